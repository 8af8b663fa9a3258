import type { Kysely } from 'kysely'
import type { Reveal } from '../../contract/case-file.ts'
import { DomainError } from '../../contract/errors.ts'
import type { Database } from '../../store/schema.ts'
import type { Sealer } from '../../store/sealed.ts'
import { noSuchResident, wrongField } from './changes.ts'
import { codeSubject } from './details.ts'

type Db = Kysely<Database>

/** States in which whoever has a case works on it. */
const IN_HAND = ['claimed', 'dispatched', 'on_scene'] as const

/**
 * What entitles somebody to see what is hidden: an own case of this resident in hand, or a reason in words.
 * @returns what the audit is to hold
 * @throws DomainError not_owner, invalid_request
 */
export async function groundsOf(
  db: Db,
  residentId: string,
  { caseId, reason }: Reveal,
  userId: string,
): Promise<{ caseId?: string; reason?: string }> {
  const words = reason === undefined ? {} : { reason: reason.trim() }
  if (caseId === undefined) {
    if (reason === undefined) throw wrongField('reason', 'is missing: give a reason, or your case')
    return words
  }
  const own = await db
    .selectFrom('alarm_case')
    .select('case_id')
    .where('case_id', '=', caseId)
    .where('resident_id', '=', residentId)
    .where('owner_id', '=', userId)
    .where('state', 'in', IN_HAND)
    .executeTakeFirst()
  if (own) return { caseId, ...words }
  if (reason !== undefined) return { caseId, ...words }
  throw new DomainError('not_owner', 'This case of this resident is not in your hands. Claim it, or give a reason.')
}

/** A contact's whole number. @throws DomainError not_found */
export async function phoneOf(db: Db, residentId: string, position: number): Promise<string> {
  const row = await db
    .selectFrom('contact')
    .select('phone')
    .where('resident_id', '=', residentId)
    .where('position', '=', position)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such contact.')
  return row.phone
}

/** The code of the resident's home. @throws DomainError not_found */
export async function codeOf(db: Db, sealer: Sealer, residentId: string): Promise<string> {
  const row = await db
    .selectFrom('resident')
    .leftJoin('home_code', 'home_code.home_id', 'resident.home_id')
    .select(['resident.home_id', 'home_code.sealed'])
    .where('resident.resident_id', '=', residentId)
    .executeTakeFirst()
  if (!row) throw noSuchResident()
  if (row.home_id === null || row.sealed === null) throw new DomainError('not_found', 'No code is on file.')
  return String(sealer.unseal(row.sealed, codeSubject(row.home_id)).code)
}
