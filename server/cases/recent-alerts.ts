import type { Kysely } from 'kysely'
import type { RecentAlert } from '../contract/case.ts'
import type { Database } from '../store/schema.ts'

const SHOWN = 10

/** A resident's last alerts in other cases than this one, newest first, with what became of the case. */
export async function recentAlerts(
  db: Kysely<Database>,
  { caseId, residentId }: { caseId: string; residentId: string | null },
): Promise<RecentAlert[]> {
  if (residentId === null) return []
  const rows = await db
    // Each case has an alert at least: the last ten cases hold the last ten alerts.
    .selectFrom((eb) =>
      eb
        .selectFrom('alarm_case')
        .select(['case_id', 'state', 'outcome'])
        .where('resident_id', '=', residentId)
        .where('case_id', '<>', caseId)
        .orderBy('opened_at', 'desc')
        .limit(SHOWN)
        .as('c'),
    )
    .innerJoin('alert', 'alert.case_id', 'c.case_id')
    .select(['alert.alert_id', 'alert.kind', 'alert.first_signal_at', 'c.case_id', 'c.state', 'c.outcome'])
    .orderBy('alert.first_signal_at', 'desc')
    .orderBy('alert.alert_id', 'desc')
    .limit(SHOWN)
    .execute()
  return rows.map((row) => ({
    alertId: row.alert_id,
    caseId: row.case_id,
    kind: row.kind,
    at: row.first_signal_at.toISOString(),
    state: row.state,
    outcome: row.outcome,
  }))
}
