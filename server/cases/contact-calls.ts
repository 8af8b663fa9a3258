import type { Transaction } from 'kysely'
import type { ContactCall } from '../contract/case-file.ts'
import { DomainError } from '../contract/errors.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'
import { lockCase, logStep } from './desk-step.ts'

/**
 * Notes in a case how a call to one of the resident's contacts went. Anybody who was reached may have been called by any
 * desk: words are never refused.
 * @returns events for the desks, to be handed on after the commit
 * @throws DomainError not_found
 */
export async function logContactCall(
  tx: Transaction<Database>,
  { caseId, actorId, call }: { caseId: string; actorId: string; call: ContactCall },
  now: number,
): Promise<CaseEvent[]> {
  const current = await lockCase(tx, caseId)
  const contact = await tx
    .selectFrom('contact')
    .select(['name', 'relation'])
    .where('resident_id', '=', current.resident_id ?? '')
    .where('position', '=', call.position)
    .executeTakeFirst()
  if (!contact) throw new DomainError('not_found', 'There is no such contact.')
  const { position, outcome, text } = call
  const detail = { position, ...contact, outcome, ...(text === undefined ? {} : { text: text.trim() }) }
  return logStep(tx, current, { action: 'contact_called', actorId, detail }, now)
}
