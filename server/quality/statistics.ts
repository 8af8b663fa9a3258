import { type Kysely, type RawBuilder, sql } from 'kysely'
import { OUTCOMES, type Outcome } from '../contract/kinds.ts'
import { addMonths, monthOf, monthStart } from '../contract/month.ts'
import type { QualityFigures, QualityGroup, QualityRow, QualityStatistics } from '../contract/quality-figures.ts'
import { VERDICTS } from '../contract/statistics.ts'
import type { Database } from '../store/schema.ts'

type Db = Kysely<Database>

export interface StatisticsAsked {
  /** Months, both included. */
  from: string
  to: string
  by: QualityGroup
}

/** Group of a row of `case_result`, as text. */
const KEYS: Record<QualityGroup, RawBuilder<string>> = {
  operator: sql`r.operator_id::text`,
  area: sql`r.area`,
  kind: sql`r.kind`,
  device: sql`r.device_kind || '|' || coalesce(r.model, '')`,
  month: sql`to_char(r.closed_at at time zone 'Asia/Shanghai', 'YYYY-MM')`,
}

interface EndedRow {
  key: string | null
  is_row: boolean
  outcome: Outcome | null
  n: number
}

type Audited = Pick<
  QualityFigures,
  'due' | 'completed' | 'overdue' | 'picked' | 'meanScore' | 'criticalFailures' | 'below'
>
type AuditedRow = Audited & { key: string | null; is_row: boolean }

/** How cases ended and how their handling was judged, in all and by one thing more. */
export async function qualityStatistics(db: Db, asked: StatisticsAsked, now: number): Promise<QualityStatistics> {
  const [ended, audited] = await Promise.all([endedCases(db, asked), judgedCases(db, asked, now)])
  const keys = new Set([...ended, ...audited].flatMap(({ is_row, key }) => (is_row ? [key ?? ''] : [])))
  const names = await namesOf(db, asked.by, [...keys])
  const of = (key: string | null) =>
    figures(
      ended.filter((row) => (key === null ? !row.is_row : row.is_row && (row.key ?? '') === key)),
      audited.find((row) => (key === null ? !row.is_row : row.is_row && (row.key ?? '') === key)),
    )
  return {
    ...asked,
    running: asked.to >= monthOf(now),
    total: of(null),
    rows: [...keys]
      .map((key): QualityRow => ({ key, name: names.get(key) ?? null, ...of(key) }))
      .sort((a, b) => (asked.by === 'month' ? a.key.localeCompare(b.key) : b.closed - a.closed)),
  }
}

async function endedCases(db: Db, { from, to, by }: StatisticsAsked): Promise<EndedRow[]> {
  const [since, until] = [new Date(monthStart(from)), new Date(monthStart(addMonths(to, 1)))]
  const { rows } = await sql<EndedRow>`
    select key, grouping(key) = 0 as is_row, outcome, sum(n)::int as n from (
      select ${KEYS[by]} as key, r.outcome, count(*) as n from case_result r
      where r.closed_at >= ${since} and r.closed_at < ${until}
      group by 1, 2
    ) counted group by grouping sets ((outcome), (key, outcome))`.execute(db)
  return rows
}

async function judgedCases(db: Db, { from, to, by }: StatisticsAsked, now: number): Promise<AuditedRow[]> {
  const keyOf = by === 'month' ? sql`a.month` : by === 'operator' ? sql`a.operator_id::text` : KEYS[by]
  const { rows } = await sql<AuditedRow>`
    select ${keyOf} as key, grouping(${keyOf}) = 0 as is_row,
      (count(*) filter (where a.origin = 'drawn'))::int as due,
      (count(*) filter (where a.origin = 'drawn' and a.state = 'completed'))::int as completed,
      (count(*) filter (where a.state = 'open' and a.due_at <= ${new Date(now)}))::int as overdue,
      (count(*) filter (where a.origin = 'picked' and a.state = 'completed'))::int as picked,
      avg(a.score)::float8 as "meanScore",
      (count(*) filter (where a.result = 'failed'))::int as "criticalFailures",
      (count(*) filter (where a.result = 'below'))::int as below
    from quality_audit a left join case_result r on r.case_id = a.case_id
    where a.month >= ${from} and a.month <= ${to}
    group by grouping sets ((), (${keyOf}))`.execute(db)
  return rows
}

async function namesOf(db: Db, by: QualityGroup, keys: readonly string[]): Promise<Map<string, string>> {
  if (by !== 'operator' && by !== 'area') return new Map()
  const { rows } = await (by === 'operator'
    ? sql<{ key: string; name: string }>`
        select user_id::text as key, display_name as name from app_user where user_id::text = any(${keys}::text[])`
    : sql<{ key: string; name: string }>`
        select code as key, name from division where code = any(${keys}::text[])`
  ).execute(db)
  return new Map(rows.map(({ key, name }) => [key, name]))
}

const NOT_AUDITED: Audited = {
  due: 0,
  completed: 0,
  overdue: 0,
  picked: 0,
  meanScore: null,
  criticalFailures: 0,
  below: 0,
}

function figures(ended: readonly EndedRow[], audited: Audited = NOT_AUDITED): QualityFigures {
  const counted = new Map(ended.map(({ outcome, n }) => [outcome, n]))
  const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, counted.get(outcome) ?? 0])) as Record<
    Outcome,
    number
  >
  const sum = (verdict: 'true' | 'false') =>
    OUTCOMES.reduce((n, outcome) => n + (VERDICTS[outcome] === verdict ? outcomes[outcome] : 0), 0)
  const [right, wrong] = [sum('true'), sum('false')]
  const { due, completed, overdue, picked, meanScore, criticalFailures, below } = audited
  return {
    closed: ended.reduce((n, row) => n + row.n, 0),
    outcomes,
    falseCases: wrong,
    falseRate: right + wrong === 0 ? null : wrong / (right + wrong),
    ...{ due, completed, overdue, picked, criticalFailures, below },
    meanScore: meanScore === null ? null : Math.round(meanScore * 10) / 10,
  }
}
