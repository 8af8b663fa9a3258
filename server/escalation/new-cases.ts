import { type Kysely, sql } from 'kysely'
import { waitingSince } from '../cases/waiting.ts'
import type { AlertKind, CaseCategory } from '../contract/case.ts'
import type { Database } from '../store/schema.ts'
import { policiesInForce } from './policies.ts'
import { policyFor } from './resolve.ts'

/** Cases that begin to escalate in one transaction. */
const BATCH = 100

interface NewCase {
  case_id: string
  kind: AlertKind
  category: CaseCategory
  priority: number
  division_code: string | null
  since: Date
  owner_id: string | null
  claimed_at: Date | null
  hold_until: Date | null
}

/**
 * Finds open cases that are told aloud and have no escalation yet, and begins it. A case is never made to wait for this: it
 * is done after the alarm's commit, and again each second, by any node. `key share` lets alarms through, and makes
 * whoever claims the case at this moment come first or wait for this one statement.
 */
export async function beginNew(db: Kysely<Database>): Promise<number> {
  let begun = 0
  for (let count = BATCH; count === BATCH; ) {
    count = await db.transaction().execute(async (tx) => {
      const { rows } = await sql<NewCase>`
        select c.case_id, c.kind, c.category, c.priority, coalesce(home.division_code, area.area_id) as division_code,
          ${waitingSince('c')} as since, c.owner_id, c.claimed_at, c.hold_until
        from alarm_case c
        left join resident on resident.resident_id = c.resident_id
        left join home on home.home_id = resident.home_id
        left join incident area on area.incident_id = c.incident_id and area.area_kind = 'division'
        where c.state in ('new', 'claimed', 'dispatched', 'on_scene') and c.suppression_id is null and c.purpose = 'real'
          and not exists (select from escalation e where e.case_id = c.case_id)
        order by c.priority, c.opened_at limit ${BATCH} for key share of c skip locked`.execute(tx)
      if (rows.length === 0) return 0
      const inForce = await policiesInForce(tx)
      const values = rows.flatMap((row) => {
        const found = policyFor(inForce, { ...row, divisionCode: row.division_code })
        if (found === null) return []
        const { case_id, kind, category, priority } = row
        const policy = { case_id, kind, category, priority, policy_version: found.version, step: 0, round: 0 }
        if (row.owner_id === null) {
          return { ...policy, state: 'pending' as const, base_at: row.since, due_at: row.since }
        }
        // Taken before this came to it.
        const silent = found.policy.acknowledgeForSeconds * 1000
        const until = row.hold_until ?? new Date((row.claimed_at ?? row.since).getTime() + silent)
        const ack = { ack_until: until, ack_by: row.owner_id, held: row.hold_until !== null }
        return { ...policy, ...ack, state: 'acknowledged' as const, base_at: row.since, due_at: until }
      })
      await tx
        .insertInto('escalation')
        .values(values)
        .onConflict((conflict) => conflict.column('case_id').doNothing())
        .execute()
      return values.length
    })
    begun += count
  }
  return begun
}
