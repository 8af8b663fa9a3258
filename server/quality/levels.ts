import { type Kysely, type RawBuilder, sql } from 'kysely'
import { waitingSince } from '../cases/waiting.ts'
import { CASE_CATEGORIES } from '../contract/case.ts'
import type { LevelCategory, LevelFigures, LevelGroup, LevelsView } from '../contract/levels.ts'
import type { Database } from '../store/schema.ts'

export interface LevelsAsked {
  /** Ms since the epoch; `to` excluded. */
  from: number
  to: number
  category: LevelCategory
  by: LevelGroup
}

const HOUR_MS = 3_600_000
/** Longer spans are shown by the day. */
const HOURS_SHOWN_MS = 49 * HOUR_MS

interface Row extends LevelFigures {
  bucket: Date | null
  key: string | null
  name: string | null
  is_trend: number
  is_row: number
}

/**
 * How quickly calls were answered and help was sent, in all, over time and by one more thing. A call counts where it began
 * to wait. Who waits still counts against every limit that has passed, or a centre that answers nobody would look perfect.
 */
export async function serviceLevels(db: Kysely<Database>, asked: LevelsAsked, now: number): Promise<LevelsView> {
  const every = asked.to - asked.from <= HOURS_SHOWN_MS ? 'hour' : 'day'
  const { rows } = await sql<Row>`
    with call as (${answeredCalls(asked)} union all ${waitingCalls(asked, now)}), figure as (
      select ${bucket(every)} as bucket, ${KEYS[asked.by]} as key,
        grouping(${bucket(every)}) = 0 as is_trend, grouping(${KEYS[asked.by]}) = 0 as is_row, ${FIGURES}
      from call group by grouping sets ((), (${bucket(every)}), (${KEYS[asked.by]}))
    )
    select figure.*, ${NAMES[asked.by]} as name from figure order by bucket, key`.execute(db)
  const { rows: open } = await sql<{ n: number }>`select count(*)::int as n from review where state = 'open'`.execute(
    db,
  )
  return {
    from: new Date(asked.from).toISOString(),
    to: new Date(asked.to).toISOString(),
    every,
    total: figures(rows.find((row) => !row.is_trend && !row.is_row) ?? NONE),
    trend: rows.flatMap((row) => (row.is_trend && row.bucket ? { at: row.bucket.toISOString(), ...figures(row) } : [])),
    rows: rows.flatMap((row) => (row.is_row ? { key: row.key ?? '', name: row.name, ...figures(row) } : [])),
    openReviews: open[0]?.n ?? 0,
  }
}

const categoriesOf = (category: LevelCategory): string[] =>
  category === 'calls' ? CASE_CATEGORIES.filter((one) => one !== 'fault') : [category]

const answeredCalls = ({ from, to, category }: LevelsAsked) => sql`
  select since, category, operator_id, area, extract(epoch from answered_at - since)::float8 as seconds,
    extract(epoch from dispatched_at - answered_at)::float8 as sent, null::float8 as waited
  from case_answer
  where since >= ${new Date(from)} and since < ${new Date(to)} and category = any(${categoriesOf(category)}::text[])`

/** Those that have waited for less than the shortest limit say nothing yet. */
const waitingCalls = ({ from, to, category }: LevelsAsked, now: number) => sql`
  select * from (
    select ${waitingSince('c')} as since, c.category, null::uuid, left(home.division_code, 6), null::float8, null::float8,
      extract(epoch from ${new Date(now)}::timestamptz - ${waitingSince('c')})::float8 as waited
    from alarm_case c
    left join resident on resident.resident_id = c.resident_id
    left join home on home.home_id = resident.home_id
    where c.state = 'new' and c.suppression_id is null and c.purpose = 'real' and c.category = any(${categoriesOf(category)}::text[])
      and not exists (select from case_answer a where a.case_id = c.case_id)
  ) w where waited > 15 and since >= ${new Date(from)} and since < ${new Date(to)}`

/** Shanghai keeps one time all year: 8 h before UTC. */
const local = sql`(since at time zone 'Asia/Shanghai')`
const bucket = (every: 'hour' | 'day'): RawBuilder<unknown> =>
  every === 'hour'
    ? sql`(date_trunc('hour', ${local}) at time zone 'Asia/Shanghai')`
    : sql`(date_trunc('day', ${local}) at time zone 'Asia/Shanghai')`

const KEYS: Record<LevelGroup, RawBuilder<unknown>> = {
  operator: sql`operator_id::text`,
  area: sql`area`,
  shift: sql`(floor(extract(hour from ${local}) / 8) * 8)::int::text`,
  category: sql`category`,
}
const NAMES: Record<LevelGroup, RawBuilder<unknown>> = {
  operator: sql`(select display_name from app_user where user_id::text = figure.key)`,
  area: sql`(select division.name from division where code = figure.key)`,
  shift: sql`null`,
  category: sql`null`,
}

const within = (seconds: number) =>
  sql.raw(
    `(count(*) filter (where seconds <= ${seconds}))::float8
    / nullif(count(*) filter (where seconds is not null or waited > ${seconds}), 0)`,
  )
const FIGURES = sql`
  count(*)::int as calls, count(seconds)::int as answered, count(waited)::int as waiting,
  ${within(15)} as within15, ${within(60)} as within60, ${within(180)} as within180,
  avg(seconds) as "meanSeconds", count(sent)::int as dispatches,
  (count(*) filter (where sent <= 60))::float8 / nullif(count(sent), 0) as dispatch60`

const NONE: LevelFigures = {
  calls: 0,
  answered: 0,
  waiting: 0,
  within15: null,
  within60: null,
  within180: null,
  meanSeconds: null,
  dispatches: 0,
  dispatch60: null,
}

function figures(row: LevelFigures): LevelFigures {
  const { calls, answered, waiting, within15, within60, within180, meanSeconds, dispatches, dispatch60 } = row
  return { calls, answered, waiting, within15, within60, within180, meanSeconds, dispatches, dispatch60 }
}
