import { type Kysely, sql } from 'kysely'
import { CASE_CATEGORIES, type CaseCategory, type Outcome } from '../../contract/case.ts'
import type { CaseTotals, MonthlyReport } from '../../contract/report.ts'
import { VERDICTS } from '../../contract/statistics.ts'
import type { Database } from '../../store/schema.ts'
import { isWithin, PLACE_JOINS, partOf } from './area.ts'
import { daysOf, type Span } from './span.ts'

export type CasePart = Pick<
  MonthlyReport,
  'totals' | 'totalsBefore' | 'byCategory' | 'byKind' | 'byOutcome' | 'byArea' | 'byDay' | 'byHour'
>

const outcomes = (verdict: 'true' | 'false') =>
  Object.entries(VERDICTS).flatMap(([outcome, meant]) => (meant === verdict ? [outcome] : []))
const FALSE = outcomes('false')
const DECIDED = [...FALSE, ...outcomes('true')]

interface Row extends CaseTotals {
  /** Which of the grouping sets. */
  set: (typeof SETS)[number]
  now: boolean
  key: string | null
  category: CaseCategory | null
}

const SETS = ['total', 'category', 'kind', 'outcome', 'part', 'day', 'hour'] as const

/** All that is counted of cases, of a month and the one before, in one reading of both. */
export async function countCases(
  db: Kysely<Database>,
  area: MonthlyReport['area'],
  month: Span,
  before: Span,
): Promise<CasePart> {
  const { rows } = await sql<Row>`
    with base as materialized (
      select c.category, c.kind, c.outcome, c.state, c.resident_id, c.cancelled, c.suppression_id,
        c.opened_at >= ${new Date(month.from)}::timestamptz as now,
        (c.opened_at at time zone 'Asia/Shanghai') as at, coalesce(${partOf(area)}, '') as part
      from alarm_case c ${PLACE_JOINS}
      where c.opened_at >= ${new Date(before.from)}::timestamptz and c.opened_at < ${new Date(month.to)}::timestamptz
        and c.purpose = 'real' and ${isWithin(area)}
    ), named as (
      select *, to_char(at, 'YYYY-MM-DD') as day, extract(hour from at)::int::text as hour,
        coalesce(outcome, '') as ended from base
    )
    select now, category,
      case when grouping(kind) = 0 then 'kind' when grouping(ended) = 0 then 'outcome' when grouping(part) = 0 then 'part'
        when grouping(day) = 0 then 'day' when grouping(hour) = 0 then 'hour'
        when grouping(category) = 0 then 'category' else 'total' end as set,
      coalesce(kind, ended, part, day, hour) as key,
      count(*)::int as cases, count(*) filter (where category = 'emergency')::int as emergencies,
      count(*) filter (where outcome = any(${FALSE}::text[]))::int as "falseAlarms",
      count(*) filter (where outcome = any(${DECIDED}::text[]))::int as decided,
      count(*) filter (where cancelled)::int as cancelled, count(suppression_id)::int as suppressed,
      count(*) filter (where state not in ('resolved', 'closed'))::int as open,
      case when grouping(category, kind, ended, part, day, hour) = 63 then count(distinct resident_id) else 0 end::int
        as residents
    from named
    group by grouping sets ((now), (now, category), (now, kind), (now, ended), (now, part), (now, day, category),
      (now, hour, category))`.execute(db)
  const of = (set: Row['set'], now = true) => rows.filter((row) => row.set === set && row.now === now)
  const names = await areaNames(db)
  const parts = partsOf(of('part'), of('part', false))
  return {
    totals: totals(of('total')[0]),
    totalsBefore: totals(of('total', false)[0]),
    byCategory: CASE_CATEGORIES.map((key) => ({
      key,
      ...numbers(
        of('category').find((row) => row.category === key),
        of('category', false).find((row) => row.category === key),
      ),
    })),
    byKind: partsOf(of('kind'), of('kind', false)) as CasePart['byKind'],
    byOutcome: partsOf(of('outcome'), of('outcome', false)).map(({ key, ...rest }) => ({
      key: key === '' ? null : (key as Outcome),
      ...rest,
    })),
    byArea:
      area.level === 'town'
        ? []
        : parts.map(({ key, ...rest }) => ({ code: key, name: names.get(key) ?? null, ...rest })),
    byDay: daysOf(month).map((day) => {
      const count = (category: CaseCategory) =>
        of('day').find((row) => row.key === day && row.category === category)?.cases ?? 0
      return { day, emergency: count('emergency'), help: count('help'), care: count('care'), fault: count('fault') }
    }),
    byHour: Array.from({ length: 24 }, (_, hour) => {
      const there = of('hour').filter((row) => row.key === String(hour))
      const sum = (some: readonly Row[]) => some.reduce((all, row) => all + row.cases, 0)
      return { hour, cases: sum(there), calls: sum(there.filter(({ category }) => category !== 'fault')) }
    }),
  }
}

async function areaNames(db: Kysely<Database>): Promise<Map<string, string>> {
  const rows = await db.selectFrom('division').select(['code', 'name']).execute()
  return new Map(rows.map(({ code, name }) => [code, name]))
}

const numbers = (row: CaseTotals | undefined, before: CaseTotals | undefined) => ({
  cases: row?.cases ?? 0,
  before: before?.cases ?? 0,
  falseAlarms: row?.falseAlarms ?? 0,
})

/** What stands in either month, most of this one first. */
function partsOf(rows: readonly Row[], before: readonly Row[]) {
  const keys = new Set([...rows, ...before].map(({ key }) => key ?? ''))
  return [...keys]
    .map((key) => ({
      key,
      ...numbers(
        rows.find((row) => row.key === key),
        before.find((row) => row.key === key),
      ),
    }))
    .sort((a, b) => b.cases - a.cases || b.before - a.before || a.key.localeCompare(b.key))
}

function totals(row: Row | undefined): CaseTotals {
  const { cases = 0, emergencies = 0, falseAlarms = 0, decided = 0 } = row ?? {}
  const { cancelled = 0, suppressed = 0, open = 0, residents = 0 } = row ?? {}
  return { cases, emergencies, falseAlarms, decided, cancelled, suppressed, open, residents }
}
