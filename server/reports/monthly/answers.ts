import { type Kysely, sql } from 'kysely'
import { waitingSince } from '../../cases/waiting.ts'
import { CASE_CATEGORIES, type CaseCategory } from '../../contract/case.ts'
import type { AnswerReport, HelpReport, MonthlyReport } from '../../contract/report.ts'
import type { Database } from '../../store/schema.ts'
import { isWithin } from './area.ts'
import type { Span } from './span.ts'

export type AnswerPart = Pick<MonthlyReport, 'answers' | 'answersBefore' | 'answersByCategory' | 'help' | 'helpBefore'>

const within = (seconds: number) =>
  sql.raw(
    `(count(*) filter (where seconds <= ${seconds}))::float8
    / nullif(count(*) filter (where seconds is not null or waited > ${seconds}), 0)`,
  )

interface Row extends AnswerReport {
  now: boolean
  category: CaseCategory | null
  total: boolean
}

/**
 * How quickly calls of people were answered, and help sent. Counted as the service levels are (server/quality/levels.ts):
 * from when a case began to wait; faults wait and are no calls.
 */
export async function answersOf(
  db: Kysely<Database>,
  area: MonthlyReport['area'],
  month: Span,
  before: Span,
  now: number,
): Promise<AnswerPart> {
  const since = waitingSince('c')
  // The city's answers stand in one index.
  const ofCase = area.level === 'city' ? sql`` : sql`join alarm_case c on c.case_id = a.case_id`
  const [answers, help] = await Promise.all([
    sql<Row>`
      with call as (
        select a.since, a.category, extract(epoch from a.answered_at - a.since)::float8 as seconds, null::float8 as waited
        from case_answer a ${ofCase}
        where a.since >= ${new Date(before.from)}::timestamptz and a.since < ${new Date(month.to)}::timestamptz
          and a.category <> 'fault' and ${isWithin(area)}
        union all
        select * from (
          select ${since} as since, c.category, null::float8,
            extract(epoch from ${new Date(Math.min(now, month.to))}::timestamptz - ${since})::float8 as waited
          from alarm_case c
          where c.state = 'new' and c.suppression_id is null and c.purpose = 'real' and c.category <> 'fault'
            and ${isWithin(area)}
            and not exists (select from case_answer a where a.case_id = c.case_id)
        ) w where waited > 15 and since >= ${new Date(before.from)}::timestamptz and since < ${new Date(month.to)}::timestamptz
      ), dated as (select *, since >= ${new Date(month.from)}::timestamptz as now from call)
      select now, category, grouping(category) = 1 as total, count(*)::int as calls, count(seconds)::int as answered,
        ${within(15)} as within15, ${within(60)} as within60, ${within(180)} as within180, avg(seconds) as "meanSeconds",
        percentile_cont(0.5) within group (order by seconds) as "medianSeconds",
        percentile_cont(0.95) within group (order by seconds) as "p95Seconds"
      from dated group by grouping sets ((now), (now, category))`.execute(db),
    sql<HelpReport & { now: boolean }>`
      with sent as (
        select a.since >= ${new Date(month.from)}::timestamptz as now,
          extract(epoch from a.dispatched_at - a.answered_at)::float8 as seconds,
          extract(epoch from (
            select min(l.at) from case_log l
            where l.case_id = a.case_id and l.action = 'arrive' and l.at >= a.dispatched_at
          ) - a.dispatched_at)::float8 as arrival
        from case_answer a ${ofCase}
        where a.since >= ${new Date(before.from)}::timestamptz and a.since < ${new Date(month.to)}::timestamptz
          and a.dispatched_at is not null and ${isWithin(area)}
      )
      select now, count(*)::int as dispatched, count(*) filter (where seconds <= 60)::float8 / count(*) as dispatch60,
        percentile_cont(0.5) within group (order by seconds) as "dispatchSeconds", count(arrival)::int as arrived,
        percentile_cont(0.5) within group (order by arrival) as "arrivalSeconds",
        count(*) filter (where arrival <= 900)::float8 / nullif(count(arrival), 0) as arrival15,
        count(*) filter (where arrival <= 1800)::float8 / nullif(count(arrival), 0) as arrival30
      from sent group by now`.execute(db),
  ])
  const find = (total: boolean, at: boolean, category: CaseCategory | null) =>
    answer(answers.rows.find((row) => row.total === total && row.now === at && row.category === category))
  return {
    answers: find(true, true, null),
    answersBefore: find(true, false, null),
    answersByCategory: CASE_CATEGORIES.filter((one) => one !== 'fault').map((key) => ({
      key,
      answers: find(false, true, key),
    })),
    help: helped(help.rows.find((row) => row.now)),
    helpBefore: helped(help.rows.find((row) => !row.now)),
  }
}

function answer(row: AnswerReport | undefined): AnswerReport {
  const { calls = 0, answered = 0, within15 = null, within60 = null, within180 = null } = row ?? {}
  const { meanSeconds = null, medianSeconds = null, p95Seconds = null } = row ?? {}
  return { calls, answered, within15, within60, within180, meanSeconds, medianSeconds, p95Seconds }
}

function helped(row: HelpReport | undefined): HelpReport {
  const { dispatched = 0, dispatch60 = null, dispatchSeconds = null } = row ?? {}
  const { arrived = 0, arrivalSeconds = null, arrival15 = null, arrival30 = null } = row ?? {}
  return { dispatched, dispatch60, dispatchSeconds, arrived, arrivalSeconds, arrival15, arrival30 }
}
