import { type Kysely, sql } from 'kysely'
import type { MonthlyReport } from '../../contract/report.ts'
import type { Database } from '../../store/schema.ts'
import { isWithin } from './area.ts'
import type { Span } from './span.ts'

type Others = Pick<MonthlyReport, 'escalation' | 'tests'> & { registered: number }

interface Row {
  escalated: number
  exhausted: number
  reviews: number
  openReviews: number
  drills: number
  drillCases: number
  selfTests: number
  selfTestsFailed: number
  registered: number
}

/** What went further up, drills and self-tests, and how many residents have a file. */
export async function othersOf(db: Kysely<Database>, area: MonthlyReport['area'], month: Span): Promise<Others> {
  const [from, to] = [new Date(month.from), new Date(month.to)]
  const opened = sql`c.opened_at >= ${from}::timestamptz and c.opened_at < ${to}::timestamptz and ${isWithin(area)}`
  // The first step of an escalation is the alarm itself.
  const { rows } = await sql<Row>`
    select up.escalated, up.exhausted, reviewed.reviews, reviewed."openReviews",
      (select count(*) from drill where from_at >= ${from}::timestamptz and from_at < ${to}::timestamptz)::int as drills,
      (select count(*) from alarm_case c where c.drill_id is not null and c.purpose = 'drill' and ${opened})::int
        as "drillCases",
      tests.runs as "selfTests", tests.failed as "selfTestsFailed",
      (select count(*) from resident left join home on home.home_id = resident.home_id
        where ${area.level === 'city' ? sql`true` : sql`home.division_code like ${`${area.code}%`}`})::int as registered
    from (
      select count(*) filter (where e.level > 1)::int as escalated, count(*) filter (where e.state = 'exhausted')::int as exhausted
      from escalation e join alarm_case c on c.case_id = e.case_id
      where (e.level > 1 or e.state = 'exhausted') and c.purpose = 'real' and ${opened}
    ) up, (
      select count(*)::int as reviews, count(*) filter (where r.state = 'open')::int as "openReviews"
      from review r join alarm_case c on c.case_id = r.case_id where ${opened}
    ) reviewed, (
      select coalesce(sum(runs), 0)::int as runs, coalesce(sum(failed), 0)::int as failed
      from self_test_hour where hour >= ${from}::timestamptz and hour < ${to}::timestamptz
    ) tests`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('the figures gave no row')
  const { escalated, exhausted, reviews, openReviews, drills, drillCases, selfTests, selfTestsFailed, registered } = row
  return {
    escalation: { escalated, exhausted, reviews, openReviews },
    tests: { drills, drillCases, selfTests, selfTestsFailed },
    registered,
  }
}
