import { type Kysely, type RawBuilder, sql } from 'kysely'
import { ALARMS_PER_HOUR, type LoadFigures, type LoadView } from '../contract/quality-figures.ts'
import type { Database } from '../store/schema.ts'
import { foldHours, type HourRow, hoursBetween } from './load-hours.ts'

type Db = Kysely<Database>

const HOUR_MS = 3_600_000

interface WorkRow {
  user_id: string | null
  hour: Date | null
  alarms: number
  seconds: number
  over: number
  most: number
}

/**
 * Alarms answered against the time on duty, by operator and by clock hour. On duty is who said ready or busy; a break is
 * none. An hour that has only begun counts for as long as it has lasted.
 * @param asked ms since the epoch; `from` the beginning of an hour, `to` excluded
 */
export async function operatorLoad(db: Db, asked: { from: number; to: number }, now: number): Promise<LoadView> {
  const to = Math.min(asked.to, now)
  const [rows, people, live] = await Promise.all([
    workBetween(db, asked.from, to),
    db.selectFrom('app_user').select(['user_id', 'display_name']).execute(),
    liveLoad(db, now),
  ])
  const names = new Map(people.map((one) => [one.user_id, one.display_name]))
  const hours = rows.flatMap((row): HourRow[] =>
    row.hour === null ? [] : [{ at: row.hour.getTime(), alarms: row.alarms, hours: row.seconds / 3600 }],
  )
  const folded = foldHours(hours, hoursBetween(asked.from, to))
  return {
    from: new Date(asked.from).toISOString(),
    to: new Date(to).toISOString(),
    target: ALARMS_PER_HOUR,
    ...folded,
    operators: rows
      .flatMap((row) =>
        row.user_id === null
          ? []
          : [
              {
                userId: row.user_id,
                displayName: names.get(row.user_id) ?? '',
                ...figures(row.alarms, row.seconds / 3600),
                hoursOver: row.over,
                most: row.most,
              },
            ],
      )
      .sort((a, b) => b.hoursOver - a.hoursOver || (b.perHour ?? 0) - (a.perHour ?? 0)),
    live,
  }
}

/** @param hours on duty */
const figures = (alarms: number, hours: number): LoadFigures => ({
  alarms,
  hours: Math.round(hours * 100) / 100,
  perHour: hours > 0 ? alarms / hours : null,
})

/** One row for each operator, and one for each clock hour. */
async function workBetween(db: Db, from: number, to: number): Promise<WorkRow[]> {
  if (to <= from) return []
  const { rows } = await sql<WorkRow>`
    with ${onDuty(from, to)}, duty as (
      select user_id, hour, sum(extract(epoch from least(until, hour + interval '1 hour') - greatest(since, hour))::float8) as seconds
      from span, generate_series(date_bin('1 hour', since, 'epoch'), until - interval '1 microsecond', interval '1 hour') as hour
      group by 1, 2
    ), answered as (
      select operator_id as user_id, date_bin('1 hour', answered_at, 'epoch') as hour, count(*) as alarms from case_answer
      where answered_at >= ${new Date(from)} and answered_at < ${new Date(to)} and operator_id is not null
      group by 1, 2
    ), work as (
      select user_id, hour, coalesce(alarms, 0) as alarms, coalesce(seconds, 0) as seconds
      from duty full join answered using (user_id, hour)
    )
    select user_id, hour, sum(alarms)::int as alarms, sum(seconds)::float8 as seconds,
      (count(*) filter (where alarms > greatest(1, ${ALARMS_PER_HOUR}::int * seconds / 3600)))::int as over,
      max(alarms)::int as most
    from work group by grouping sets ((user_id), (hour)) order by hour`.execute(db)
  return rows
}

/** Times in which somebody was ready or busy, as `span (user_id, since, until)`, cut to the range. */
function onDuty(from: number, to: number): RawBuilder<unknown> {
  const [since, until] = [new Date(from), new Date(to)]
  return sql`line as (
      select l.user_id, l.at, l.to_status, l.line_id from duty_log l
      where l.action = 'status' and l.at >= ${since} and l.at < ${until}
      union all
      select u.user_id, before.at, before.to_status, before.line_id from app_user u cross join lateral (
        select at, to_status, line_id from duty_log
        where user_id = u.user_id and action = 'status' and at < ${since} order by at desc, line_id desc limit 1
      ) before
    ), span as (
      select user_id, since, until from (
        select user_id, to_status, greatest(at, ${since}::timestamptz) as since,
          lead(at, 1, ${until}::timestamptz) over (partition by user_id order by line_id) as until
        from line
      ) said where to_status in ('ready', 'busy') and until > since
    )`
}

/** The last 60 minutes. */
async function liveLoad(db: Db, now: number): Promise<LoadView['live']> {
  const from = now - HOUR_MS
  const { rows } = await sql<{ alarms: number; seconds: number; on_duty: number }>`
    with ${onDuty(from, now)}
    select (select coalesce(sum(extract(epoch from until - since)), 0) from span)::float8 as seconds,
      (select count(*)::int from case_answer where answered_at > ${new Date(from)} and answered_at <= ${new Date(now)})
        as alarms,
      (select count(*)::int from duty where status in ('ready', 'busy')) as on_duty`.execute(db)
  const { alarms = 0, seconds = 0, on_duty: onDutyNow = 0 } = rows[0] ?? {}
  return { ...figures(alarms, seconds / 3600), onDuty: onDutyNow }
}
