import { type Kysely, sql } from 'kysely'
import type { DeskStats } from '../contract/api.ts'
import type { AlertView, CaseCategory, CaseDetail, CaseLogEntry, CaseState, CaseSummary } from '../contract/case.ts'
import { OPEN_STATES } from '../contract/case.ts'
import { DomainError } from '../contract/errors.ts'
import type { CaseEscalation } from '../contract/notify.ts'
import { reasonView } from '../contract/reason.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { ageAt, iso } from '../store/views.ts'

type Db = Kysely<Database>

function summaries(db: Db) {
  return (
    db
      .selectFrom('alarm_case as c')
      .innerJoin('device', 'device.device_id', 'c.device_id')
      .leftJoin('resident', 'resident.resident_id', 'c.resident_id')
      .leftJoin('home', 'home.home_id', 'resident.home_id')
      .leftJoin('division_place', 'division_place.code', 'home.division_code')
      .leftJoin('app_user as owner', 'owner.user_id', 'c.owner_id')
      .leftJoin('resident_protection', 'resident_protection.resident_id', 'c.resident_id')
      .leftJoin('suppression', 'suppression.suppression_id', 'c.suppression_id')
      .leftJoin('app_user as suppressor', 'suppressor.user_id', 'suppression.author_id')
      .leftJoin('incident', 'incident.incident_id', 'c.incident_id')
      .leftJoin('division_place as area', (on) =>
        on.onRef('area.code', '=', 'incident.area_id').on('incident.area_kind', '=', 'division'),
      )
      .leftJoin('escalation', 'escalation.case_id', 'c.case_id')
      // One row at most, by the unique key of alert.
      .leftJoin('alert as lead', (on) =>
        on
          .onRef('lead.case_id', '=', 'c.case_id')
          .onRef('lead.device_id', '=', 'c.device_id')
          .onRef('lead.kind', '=', 'c.kind'),
      )
      .selectAll('c')
      .select([
        'lead.certainty',
        'lead.severe',
        'resident_protection.unprotected_since',
        'suppression.kind as suppression_kind',
        'suppression.reason as suppression_reason',
        'suppression.until_at as suppressed_until',
        'suppressor.display_name as suppressed_by',
        'incident.area_kind',
        'incident.area_id',
        'area.place as area_place',
        'escalation.level',
        'escalation.state as escalation_state',
        'escalation.told_at',
      ])
      .select((eb) => {
        const members = eb.selectFrom('incident_member as m').whereRef('m.incident_id', '=', 'c.incident_id')
        return [
          members.select(eb.fn.countAll<number>().as('n')).as('incident_devices'),
          members.where('m.left_at', 'is', null).select(eb.fn.countAll<number>().as('n')).as('incident_lost'),
        ]
      })
      .select(['resident.name', 'resident.birth_date', 'device.room', 'owner.display_name', 'division_place.place'])
  )
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof summaries>['execute']>>[number]

function summary(row: SummaryRow, now: number): CaseSummary {
  return {
    caseId: row.case_id,
    kind: row.kind,
    category: row.category,
    priority: row.priority,
    state: row.state,
    version: row.version,
    openedAt: row.opened_at.toISOString(),
    lastSignalAt: row.last_signal_at.toISOString(),
    signalCount: row.signal_count,
    cancelled: row.cancelled,
    residentId: row.resident_id,
    residentName: row.name,
    residentAge: ageAt(row.birth_date, now),
    place: row.place ?? row.area_place,
    room: row.room,
    deviceId: row.device_id,
    owner: row.owner_id === null ? null : { userId: row.owner_id, displayName: row.display_name ?? '' },
    holdUntil: iso(row.hold_until),
    claimedAt: iso(row.claimed_at),
    certainty: row.certainty ?? 'confirmed',
    severe: row.severe ?? false,
    unprotected: row.unprotected_since !== null,
    suppressed: suppressionOf(row),
    incident: incidentOf(row),
    escalation: escalationOf(row),
  }
}

function suppressionOf(row: SummaryRow): CaseSummary['suppressed'] {
  const { suppression_id, suppression_kind, suppression_reason, suppressed_until, suppressed_by } = row
  if (suppression_id === null || suppression_kind === null || suppressed_until === null) return null
  return {
    suppressionId: suppression_id,
    kind: suppression_kind,
    reason: suppression_reason ?? '',
    until: suppressed_until.toISOString(),
    by: suppressed_by ?? '',
  }
}

function incidentOf(row: SummaryRow): CaseSummary['incident'] {
  const { incident_id, area_kind, area_id } = row
  if (incident_id === null || area_kind === null || area_id === null) return null
  return {
    incidentId: incident_id,
    area: { kind: area_kind, id: area_id, name: row.area_place },
    devices: row.incident_devices ?? 0,
    lost: row.incident_lost ?? 0,
  }
}

/** The first step is the alarm itself. */
function escalationOf({ level, escalation_state, told_at }: SummaryRow): CaseEscalation | null {
  if (level === null || escalation_state === null || level < 2) return null
  return { level, state: escalation_state, at: iso(told_at) }
}

export interface CaseListQuery {
  /** `open`: the queue, most urgent first, then oldest. A single state or `all`: newest first. */
  state: 'open' | 'all' | CaseState
  /** Only calls of this category. */
  category?: CaseCategory
  cursor?: string
  limit: number
}

/** A page of cases. */
export async function listCases(
  db: Db,
  query: CaseListQuery,
  now: number,
): Promise<{ items: CaseSummary[]; nextCursor: string | null }> {
  if (query.state === 'open') return listQueue(db, query, now)
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { state } = query
  const rows = await summaries(db)
    .$if(state !== 'all', (q) => q.where('c.state', '=', state as CaseState))
    .$if(query.category !== undefined, (q) => q.where('c.category', '=', query.category as CaseCategory))
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(c.opened_at, c.case_id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`),
    )
    .orderBy('c.opened_at', 'desc')
    .orderBy('c.case_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(
    rows,
    query.limit,
    (row) => [row.opened_at.toISOString(), row.case_id],
    (row) => summary(row, now),
  )
}

async function listQueue(db: Db, query: CaseListQuery, now: number) {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 3)
  const rows = await summaries(db)
    .where('c.state', 'in', OPEN_STATES)
    .$if(query.category !== undefined, (q) => q.where('c.category', '=', query.category as CaseCategory))
    .$if(after !== null, (q) =>
      q.where(
        sql<boolean>`(c.priority, c.opened_at, c.case_id) > (${after?.[0]}::int, ${after?.[1]}::timestamptz, ${after?.[2]}::uuid)`,
      ),
    )
    .orderBy('c.priority')
    .orderBy('c.opened_at')
    .orderBy('c.case_id')
    .limit(query.limit + 1)
    .execute()
  return page(
    rows,
    query.limit,
    (row) => [row.priority, row.opened_at.toISOString(), row.case_id],
    (row) => summary(row, now),
  )
}

/** One row of the queue. @throws DomainError not_found */
export async function caseSummary(db: Db, caseId: string, now: number): Promise<CaseSummary> {
  return summary(await findCase(db, caseId), now)
}

async function findCase(db: Db, caseId: string): Promise<SummaryRow> {
  const row = await summaries(db).where('c.case_id', '=', caseId).executeTakeFirst()
  if (!row) throw new DomainError('not_found', 'There is no such case.')
  return row
}

/** The case itself, without the files of the resident and her devices. */
export type CaseRecord = Pick<CaseDetail, 'case' | 'outcome' | 'alerts' | 'log' | 'previous'>

/** A case with its alerts, its log and the resident's cases before it. @throws DomainError not_found */
export async function caseRecord(db: Db, caseId: string, now: number): Promise<CaseRecord> {
  const row = await findCase(db, caseId)
  const [alerts, log, previous] = await Promise.all([alertsOf(db, caseId), logOf(db, caseId), previousOf(db, row)])
  return { case: summary(row, now), outcome: row.outcome, alerts, log, previous }
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

async function previousOf(
  db: Db,
  of: { resident_id: string | null; case_id: string; opened_at: Date },
): Promise<CaseDetail['previous']> {
  if (of.resident_id === null) return []
  const rows = await db
    .selectFrom('alarm_case')
    .select(['case_id', 'kind', 'opened_at', 'state', 'outcome'])
    .where('resident_id', '=', of.resident_id)
    .where('opened_at', '<', of.opened_at)
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

export type CaseStats = Omit<DeskStats, 'devicesOnline' | 'devicesTotal'>

/** The figures of the console's top bar. Answer times are those of the last 24 h: opened → first claimed. */
export async function deskStats(db: Db, now: number): Promise<CaseStats> {
  const since = new Date(now - 86_400_000)
  const { rows } = await sql<CaseStats>`
    select
      (select count(*) from alarm_case where state = 'new')::int as waiting,
      (select count(*) from alarm_case where state in ('claimed', 'dispatched', 'on_scene'))::int as "inHand",
      answers.share as "answeredWithin60sShare", answers.mean as "meanAnswerSeconds",
      (select count(*) from dead_letter where received_at > ${since})::int as "deadLetters24h"
    from (
      select avg((seconds <= 60)::int)::float8 as share, avg(seconds)::float8 as mean
      from (
        select extract(epoch from min(log.at) - c.opened_at) as seconds
        from case_log log join alarm_case c using (case_id)
        where log.action = 'claim' and log.at > ${since}
        group by c.case_id
      ) answer
    ) answers`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the figures gave no row')
  return row
}
