import { sql, type Transaction } from 'kysely'
import { OPEN_STATES } from '../contract/case.ts'
import type { CaseEvent } from '../contract/push.ts'
import { appendOutbox } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'
import { rowEvent } from './event.ts'
import type { CaseRow } from './rules.ts'

/**
 * Events for the open cases of somebody whose file has changed, and of whoever lives in the same home: desks that show one
 * fetch it again, so that a must-see notice is seen by the operator who is sending somebody there now. The cases themselves
 * stay as they are. Last in its transaction.
 */
export async function tellOpenCases(tx: Transaction<Database>, residentId: string, now: number): Promise<CaseEvent[]> {
  const { rows } = await sql<CaseRow>`
    select c.* from alarm_case c join resident r using (resident_id)
    where c.state = any(${[...OPEN_STATES]}) and c.purpose <> 'self_test'
      and (r.resident_id = ${residentId} or r.home_id = (select home_id from resident where resident_id = ${residentId}))
    order by c.case_id`.execute(tx)
  return rows.length === 0
    ? []
    : appendOutbox(
        tx,
        rows.map((row) => rowEvent(row, now)),
        now,
      )
}
