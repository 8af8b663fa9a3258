import type { Kysely, Transaction } from 'kysely'
import { DomainError } from '../contract/errors.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { CaseVoice, DialTarget } from '../contract/voice.ts'
import type { Database } from '../store/schema.ts'
import { logOnCase } from './change.ts'
import { type DialSettings, dialUri, maskNumber } from './phone.ts'

/** Whom a case's desk can telephone, the resident first; numbers are masked. */
export async function telephonesOf(db: Kysely<Database>, residentId: string): Promise<CaseVoice['telephones']> {
  const resident = await db
    .selectFrom('resident')
    .select(['name', 'phone'])
    .where('resident_id', '=', residentId)
    .executeTakeFirst()
  const contacts = await db
    .selectFrom('contact')
    .select(['position', 'name', 'relation', 'phone'])
    .where('resident_id', '=', residentId)
    .orderBy('position')
    .execute()
  const own =
    resident?.phone == null
      ? []
      : [{ target: { kind: 'resident' as const }, who: resident.name, masked: maskNumber(resident.phone) }]
  const others = contacts.map(({ position, name, relation, phone }) => ({
    target: { kind: 'contact' as const, position },
    who: `${relation} ${name}`,
    masked: maskNumber(phone),
  }))
  return [...own, ...others]
}

/**
 * The address to dial, and a line in the case's log.
 * @throws DomainError not_found, drill_case, not_owner, no_telephone
 */
export async function dial(
  tx: Transaction<Database>,
  { caseId, target, userId }: { caseId: string; target: DialTarget; userId: string },
  settings: DialSettings,
  now: number,
): Promise<{ uri: string; events: CaseEvent[] }> {
  const found = await tx
    .selectFrom('alarm_case')
    .select(['resident_id', 'owner_id', 'purpose'])
    .where('case_id', '=', caseId)
    .executeTakeFirst()
  if (!found) throw new DomainError('not_found', 'There is no such case.')
  if (found.purpose !== 'real') throw new DomainError('drill_case', 'This is a drill: nobody outside is called.')
  if (found.owner_id !== userId)
    throw new DomainError('not_owner', 'Only who has this case may telephone from it. Take it first.')
  const number = found.resident_id === null ? null : await numberOf(tx, found.resident_id, target)
  if (number === null) throw new DomainError('no_telephone', 'There is no such number in the resident’s file.')
  const events = await logOnCase(tx, caseId, { action: 'dialled', actorId: userId, now, detail: { target } })
  return { uri: dialUri(number, settings), events }
}

async function numberOf(tx: Transaction<Database>, residentId: string, target: DialTarget): Promise<string | null> {
  if (target.kind === 'resident') {
    const row = await tx.selectFrom('resident').select('phone').where('resident_id', '=', residentId).executeTakeFirst()
    return row?.phone ?? null
  }
  const row = await tx
    .selectFrom('contact')
    .select('phone')
    .where('resident_id', '=', residentId)
    .where('position', '=', target.position)
    .executeTakeFirst()
  return row?.phone ?? null
}
