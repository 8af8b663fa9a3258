import { type Kysely, sql } from 'kysely'
import type { AlertKind } from '../contract/case.ts'
import { type AlarmStatisticsRow, TELLERS, VERDICTS } from '../contract/statistics.ts'
import type { Database } from '../store/schema.ts'

/** Ms since the epoch, `to` excluded. */
export interface AlarmRange {
  from: number
  to: number
  kind: AlertKind | undefined
}

const outcomes = (verdict: 'true' | 'false'): string[] =>
  Object.entries(VERDICTS).flatMap(([outcome, meant]) => (meant === verdict ? [outcome] : []))
const TRUE = outcomes('true')
const FALSE = outcomes('false')

interface Model {
  model: string | null
  deviceKind: string
}
type Service = Model & { devices: number; deviceWeeks: number }
type Counted = Model &
  Pick<AlarmStatisticsRow, 'kind' | 'alerts' | 'trueAlerts' | 'falseAlerts' | 'undecided' | 'cancelledByResident'>

const keyOf = ({ model, deviceKind }: Model): string => JSON.stringify([model, deviceKind])

/**
 * Alarms by device model and kind: how many were false per week in service. An alert counts where it was raised, by the
 * outcome of its case. Holds nothing about persons.
 */
export async function alarmStatistics(
  db: Kysely<Database>,
  range: AlarmRange,
  now: number,
): Promise<AlarmStatisticsRow[]> {
  const [service, counted] = await Promise.all([inService(db, range, now), countAlerts(db, range)])
  const services = new Map(service.map((row) => [keyOf(row), row]))
  const has = new Set(counted.map((row) => `${row.kind} ${keyOf(row)}`))
  const silent = service.flatMap((row) =>
    kindsTold(row.deviceKind, range.kind)
      .filter((kind) => !has.has(`${kind} ${keyOf(row)}`))
      .map((kind): Counted => ({ ...NONE, model: row.model, deviceKind: row.deviceKind, kind })),
  )
  return [...counted, ...silent]
    .map((row) => {
      const { devices = 0, deviceWeeks = 0 } = services.get(keyOf(row)) ?? {}
      const falsePerWearerWeek = deviceWeeks > 0 ? row.falseAlerts / deviceWeeks : null
      return { ...row, devices, deviceWeeks, falsePerWearerWeek }
    })
    .sort(worstFirst)
}

const NONE = { alerts: 0, trueAlerts: 0, falseAlerts: 0, undecided: 0, cancelledByResident: 0 }

function kindsTold(deviceKind: string, only: AlertKind | undefined): AlertKind[] {
  const all = Object.entries(TELLERS) as [AlertKind, readonly string[]][]
  return all.flatMap(([kind, kinds]) => ((only ?? kind) === kind && kinds.includes(deviceKind) ? [kind] : []))
}

const worstFirst = (a: AlarmStatisticsRow, b: AlarmStatisticsRow): number =>
  (b.falsePerWearerWeek ?? 0) - (a.falsePerWearerWeek ?? 0) ||
  b.alerts - a.alerts ||
  `${a.deviceKind} ${a.model} ${a.kind}`.localeCompare(`${b.deviceKind} ${b.model} ${b.kind}`)

/** From each entry of a device's life to the next it is what the entry says. */
async function inService(db: Kysely<Database>, { from, to }: AlarmRange, now: number): Promise<Service[]> {
  const [since, until] = [new Date(from), new Date(Math.min(to, now))]
  const { rows } = await sql<Service>`
    with life as (
      select device_id, at, to_state, resident_id,
        lead(at, 1, ${until}::timestamptz) over (partition by device_id order by life_id) as ended
      from device_life
    ), served as (
      select device_id, greatest(at, ${since}::timestamptz) as since, least(ended, ${until}::timestamptz) as until
      from life where to_state = 'in_service' and resident_id is not null
    )
    select d.model, d.kind as "deviceKind", count(distinct d.device_id)::int as devices,
      (sum(extract(epoch from s.until - s.since)) / 604800)::float8 as "deviceWeeks"
    from served s join device d using (device_id)
    where s.until > s.since
    group by 1, 2`.execute(db)
  return rows
}

async function countAlerts(db: Kysely<Database>, range: AlarmRange): Promise<Counted[]> {
  const [since, until] = [new Date(range.from), new Date(range.to)]
  const { rows } = await sql<Omit<Counted, 'cancelledByResident'>>`
    with counted as (
      select a.device_id, a.kind, count(*) as alerts,
        count(*) filter (where c.outcome = any(${TRUE}::text[])) as right_ones,
        count(*) filter (where c.outcome = any(${FALSE}::text[])) as wrong_ones
      from alert a join alarm_case c using (case_id)
      where c.purpose = 'real' and a.first_signal_at >= ${since} and a.first_signal_at < ${until} and ${isKind(range)}
      group by 1, 2
    )
    select d.model, d.kind as "deviceKind", n.kind, sum(n.alerts)::int as alerts,
      sum(n.right_ones)::int as "trueAlerts", sum(n.wrong_ones)::int as "falseAlerts",
      sum(n.alerts - n.right_ones - n.wrong_ones)::int as undecided
    from counted n join device d using (device_id)
    group by 1, 2, 3`.execute(db)
  const cancelled = new Map((await countCancelled(db, range)).map((row) => [keyOf(row) + row.kind, row.count]))
  return rows.map((row) => ({ ...row, cancelledByResident: cancelled.get(keyOf(row) + row.kind) ?? 0 }))
}

/**
 * A resident's cancel is a line of the log, with the kinds that it took back. Asked for apart: joined to all alerts the
 * database takes the lists of kinds for long ones and sorts everything (measured, a million cases: 10 s, apart 3 s).
 */
async function countCancelled(
  db: Kysely<Database>,
  range: AlarmRange,
): Promise<(Model & { kind: AlertKind; count: number })[]> {
  const [since, until] = [new Date(range.from), new Date(range.to)]
  const { rows } = await sql<Model & { kind: AlertKind; count: number }>`
    select d.model, d.kind as "deviceKind", a.kind, count(distinct a.alert_id)::int as count
    from case_log log join alert a using (case_id) join device d on d.device_id = a.device_id
      join alarm_case c on c.case_id = log.case_id and c.purpose = 'real'
    where log.action = 'cancelled' and log.at >= ${since} and log.detail->'kinds' ? a.kind
      and a.first_signal_at >= ${since} and a.first_signal_at < ${until} and ${isKind(range)}
    group by 1, 2, 3`.execute(db)
  return rows
}

const isKind = ({ kind }: AlarmRange) => (kind === undefined ? sql`true` : sql`a.kind = ${kind}`)
