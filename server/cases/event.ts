import type { Selectable } from 'kysely'
import type { NewEvent } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'
import type { FoldedCase } from './folded.ts'

/** The outgoing event of a case as it is about to be committed; its number comes from the outbox. */
export function caseEvent(
  {
    caseId,
    version,
    state,
    priority,
    kind,
    category,
    residentId,
    suppressionId,
    purpose,
  }: Omit<NewEvent, 'at' | 'suppressed' | 'purpose'> & Pick<FoldedCase, 'suppressionId' | 'purpose'>,
  now: number,
): NewEvent {
  const suppressed = suppressionId !== null
  const event = { caseId, version, state, priority, kind, category, residentId, suppressed, at: now }
  return purpose === 'real' ? event : { ...event, purpose }
}

/** The same of a row. */
export function rowEvent(row: Selectable<Database['alarm_case']>, now: number): NewEvent {
  return caseEvent({ ...row, caseId: row.case_id, residentId: row.resident_id, suppressionId: row.suppression_id }, now)
}
