import type { Kysely } from 'kysely'
import type { AlertView, CaseDetail, CaseLogEntry } from '../contract/case.ts'
import { reasonView } from '../contract/reason.ts'
import type { Database } from '../store/schema.ts'
import { findCase } from './summaries.ts'

type Db = Kysely<Database>

/** The case itself, without the files of the resident and her devices. */
export type CaseRecord = Pick<CaseDetail, 'case' | 'outcome' | 'alerts' | 'log' | 'previous'>

/** A case with its alerts, its log and the resident's cases before it. @throws DomainError not_found */
export async function caseRecord(db: Db, caseId: string, now: number): Promise<CaseRecord> {
  const found = await findCase(db, caseId, now)
  const [alerts, log, previous] = await Promise.all([
    alertsOf(db, caseId),
    logOf(db, caseId),
    previousOf(db, found.case.residentId, found.openedAt),
  ])
  return { case: found.case, outcome: found.outcome, alerts, log, previous }
}

async function alertsOf(db: Db, caseId: string): Promise<AlertView[]> {
  const rows = await db
    .selectFrom('alert')
    .innerJoin('device', 'device.device_id', 'alert.device_id')
    .selectAll('alert')
    .select(['device.kind as device_kind', 'device.room'])
    .where('case_id', '=', caseId)
    .orderBy('alert_id')
    .execute()
  return rows.map((row) => ({
    alertId: row.alert_id,
    kind: row.kind,
    deviceState: row.device_state,
    deviceId: row.device_id,
    deviceKind: row.device_kind,
    room: row.room,
    firstSignalAt: row.first_signal_at.toISOString(),
    lastSignalAt: row.last_signal_at.toISOString(),
    signalCount: row.signal_count,
    certainty: row.certainty,
    severe: row.severe,
    reason: row.reason && reasonView(row.reason),
    assessment: row.assessment && reasonView(row.assessment),
    samples: row.samples.map(({ at, ...sample }) => ({ ...sample, at: new Date(at).toISOString() })),
  }))
}

/** The log lines shown at most, the newest: a runaway device must not fill the screen's memory. */
const LOG_SHOWN = 500

async function logOf(db: Db, caseId: string): Promise<CaseLogEntry[]> {
  const rows = await db
    .selectFrom('case_log')
    .leftJoin('app_user', 'app_user.user_id', 'case_log.actor_id')
    .selectAll('case_log')
    .select('app_user.display_name')
    .where('case_id', '=', caseId)
    .orderBy('log_id', 'desc')
    .limit(LOG_SHOWN)
    .execute()
  return rows.reverse().map((row) => ({
    at: row.at.toISOString(),
    action: row.action,
    actor: row.display_name,
    fromState: row.from_state,
    toState: row.to_state,
    version: row.version,
    detail: row.detail,
  }))
}

async function previousOf(db: Db, residentId: string | null, before: Date): Promise<CaseDetail['previous']> {
  if (residentId === null) return []
  const rows = await db
    .selectFrom('alarm_case')
    .select(['case_id', 'kind', 'opened_at', 'state', 'outcome'])
    .where('resident_id', '=', residentId)
    .where('opened_at', '<', before)
    .orderBy('opened_at', 'desc')
    .limit(10)
    .execute()
  return rows.map((row) => ({
    caseId: row.case_id,
    kind: row.kind,
    openedAt: row.opened_at.toISOString(),
    state: row.state,
    outcome: row.outcome,
  }))
}
