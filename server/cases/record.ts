import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { CaseEvent } from '../contract/push.ts'
import { feedbackParts } from '../store/commands.ts'
import { baseOf, numbered, outboxParts } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'
import { caseEvent } from './event.ts'
import { type CaseChange, type FoldedCase, subjectOf } from './folded.ts'
import { applySuppressions, type InForce, suppressionsInForce } from './suppressed.ts'
import { awaitsHelp, categoryOf } from './urgency.ts'

type Tx = Transaction<Database>

/** What findings meet: the open cases of their subjects, and what is kept quiet. */
export interface Standing {
  /** By `subjectOf`. */
  open: Map<string, FoldedCase>
  suppressions: readonly InForce[]
}

/**
 * Loads the open cases of the subjects with their alerts. The subjects must have been locked (`lockSubjects`), so that of
 * two nodes (or a reopening operator) only one at a time opens or changes a case of theirs.
 */
export async function loadOpenCases(
  tx: Tx,
  of: readonly { residentId: string | null; deviceId: string }[],
  now: number,
): Promise<Standing> {
  const residents = of.flatMap(({ residentId }) => residentId ?? [])
  const devices = of.filter(({ residentId }) => residentId === null).map(({ deviceId }) => deviceId)
  const { rows } = await sql<{ suppressions: InForce[] | null; open: FoldedCase[] | null }>`
    with c as materialized (
      select * from alarm_case
      where state in ('new', 'claimed', 'dispatched', 'on_scene')
        and (resident_id = any(${residents}) or (resident_id is null and device_id = any(${devices})))
      for no key update
    )
    select ${suppressionsInForce(now)} as suppressions, (
      select jsonb_agg(jsonb_build_object('caseId', case_id, 'residentId', resident_id, 'deviceId', device_id,
        'kind', kind, 'category', category, 'priority', priority, 'state', state, 'version', version,
        'openedAt', round(extract(epoch from opened_at) * 1000),
        'lastSignalAt', round(extract(epoch from last_signal_at) * 1000), 'signalCount', signal_count,
        'cancelled', cancelled, 'incidentId', incident_id, 'suppressionId', suppression_id, 'alerts', (
          select jsonb_agg(jsonb_build_object('alertId', alert_id, 'deviceId', device_id, 'kind', kind,
            'deviceState', device_state, 'firstSignalAt', round(extract(epoch from first_signal_at) * 1000),
            'lastSignalAt', round(extract(epoch from last_signal_at) * 1000), 'signalCount', signal_count,
            'certainty', certainty, 'severe', severe, 'reason', reason, 'assessment', assessment,
            'samples', samples) order by alert_id)
          from alert where alert.case_id = c.case_id)))
      from c
    ) as open`.execute(tx)
  const [row] = rows
  const open = (row?.open ?? []).map((one) => [subjectOf(one), one] as const)
  return { open: new Map(open), suppressions: row?.suppressions ?? [] }
}

/** Serialises whoever opens cases for the same residents, until the end of the transaction. */
export async function lockSubjects(tx: Tx, subjects: readonly string[]): Promise<void> {
  await sql`select ${subjectLocks(subjects)}`.execute(tx)
}

/** The same as an expression of another statement; in sorted order, so that two batches can't deadlock. */
export function subjectLocks(subjects: readonly string[]): RawBuilder<unknown> {
  const sorted = [...new Set(subjects)].sort()
  return sql`(select count(pg_advisory_xact_lock(hashtextextended(s, 0))) from unnest(${sorted}::text[]) s)`
}

/**
 * Decides what is kept quiet, and writes cases, their alerts, the links from signals, the log lines, the outgoing events,
 * and to whoever pressed that it was received: one statement for any number of cases, because each round trip is time that
 * somebody lies on the floor.
 * @param besides another change, carried out by the same statement
 * @returns the events, numbered
 */
export async function writeChanges(
  tx: Tx,
  changes: readonly CaseChange[],
  { suppressions }: Pick<Standing, 'suppressions'>,
  now: number,
  besides: RawBuilder<unknown> | null = null,
): Promise<CaseEvent[]> {
  if (changes.length === 0) return []
  await applySuppressions(tx, changes, suppressions)
  const iso = (ms: number) => new Date(ms).toISOString()
  const cases = changes.map(({ case: { alerts: _, ...row }, isNew }) => ({
    ...row,
    isNew,
    openedAt: iso(row.openedAt),
    lastSignalAt: iso(row.lastSignalAt),
  }))
  const alerts = changes.flatMap(({ case: { caseId, alerts } }) =>
    alerts.map((alert) => ({
      ...alert,
      caseId,
      firstSignalAt: iso(alert.firstSignalAt),
      lastSignalAt: iso(alert.lastSignalAt),
    })),
  )
  const links = changes.flatMap((change) => change.links)
  const log = changes.flatMap((change) => change.log).map((line, n) => ({ ...line, n }))
  const told = changes.filter((change) => change.told)
  const events = told.map((change) => caseEvent(change.case, now))
  const { rows } = await sql<{ base: number }>`
    with ${outboxParts(events, now)}, c as (
      select * from jsonb_to_recordset(${JSON.stringify(cases)}::jsonb) as x("caseId" uuid, "residentId" text,
        "deviceId" text, kind text, category text, priority smallint, state text, version integer,
        "openedAt" timestamptz, "lastSignalAt" timestamptz, "signalCount" integer, cancelled boolean,
        "incidentId" uuid, "suppressionId" uuid, "isNew" boolean)
    ), opened as (
      insert into alarm_case (case_id, resident_id, device_id, kind, category, priority, state, version, opened_at,
        last_signal_at, signal_count, cancelled, incident_id, suppression_id)
      select "caseId", "residentId", "deviceId", kind, category, priority, state, version, "openedAt", "lastSignalAt",
        "signalCount", cancelled, "incidentId", "suppressionId"
      from c where "isNew"
    ), continued as (
      update alarm_case set kind = c.kind, category = c.category, priority = c.priority, device_id = c."deviceId",
        version = c.version, last_signal_at = c."lastSignalAt", signal_count = c."signalCount",
        cancelled = c.cancelled, suppression_id = c."suppressionId"
      from c where alarm_case.case_id = c."caseId" and not c."isNew"
    ), alerts as (
      insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count,
        certainty, severe, reason, assessment, samples)
      select "alertId", "caseId", "deviceId", kind, "deviceState", "firstSignalAt", "lastSignalAt", "signalCount",
        certainty, severe, nullif(reason, 'null'), nullif(assessment, 'null'), samples
      from jsonb_to_recordset(${JSON.stringify(alerts)}::jsonb) as x("alertId" uuid, "caseId" uuid, "deviceId" text,
        kind text, "deviceState" text, "firstSignalAt" timestamptz, "lastSignalAt" timestamptz, "signalCount" integer,
        certainty text, severe boolean, reason jsonb, assessment jsonb, samples jsonb)
      on conflict (alert_id) do update set device_state = excluded.device_state,
        last_signal_at = excluded.last_signal_at, signal_count = excluded.signal_count,
        certainty = excluded.certainty, severe = excluded.severe, reason = excluded.reason,
        assessment = excluded.assessment, samples = excluded.samples
    ), links as (
      insert into alert_signal (signal_id, alert_id, part)
      select "signalId", "alertId", part
      from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as x("signalId" uuid, "alertId" uuid, part text)
      on conflict do nothing
    ), log as (
      insert into case_log (case_id, at, action, actor_id, from_state, to_state, version, detail)
      select "caseId", ${new Date(now)}, action, null, "fromState", "toState", version, detail
      from jsonb_to_recordset(${JSON.stringify(log)}::jsonb) as x("caseId" uuid, action text,
        "fromState" text, "toState" text, version integer, detail jsonb, n integer)
      order by n
    ), feedback as (${feedbackParts('received', JSON.stringify(told.flatMap(raisedIn)), now)}
    )${besides === null ? sql`` : sql`, besides as (${besides})`}
    select base from head`.execute(tx)
  return numbered(events, baseOf(rows))
}

/** The calls for help in this change, and through which devices they came. */
function raisedIn({ case: { caseId, residentId, alerts }, links }: CaseChange) {
  const calls = new Map(
    alerts.filter(({ kind }) => awaitsHelp(categoryOf(kind))).map(({ alertId, deviceId }) => [alertId, deviceId]),
  )
  return links.flatMap(({ signalId, alertId, part }) => {
    const deviceId = calls.get(alertId)
    return deviceId === undefined || part === 'evidence' ? [] : [{ caseId, deviceId, residentId, signalId }]
  })
}
