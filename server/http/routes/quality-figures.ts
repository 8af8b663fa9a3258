import Type from 'typebox'
import { DomainError, Problem } from '../../contract/errors.ts'
import { monthOf } from '../../contract/month.ts'
import { LoadQuery, LoadView, QualityQuery, QualityStatistics } from '../../contract/quality-figures.ts'
import { operatorLoad } from '../../quality/load.ts'
import { qualityStatistics } from '../../quality/statistics.ts'
import type { Api, HttpDeps } from '../deps.ts'
import { loadCsv, qualityCsv } from '../quality-csv.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LONGEST_DAYS = 366
const LONGEST_MONTHS = 36
const supervisor = { allow: 'supervisor' } as const
const CSV = 'text/csv; charset=utf-8'

const wrongRange = (message: string) =>
  new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors: [{ field: 'from', message }] })

const months = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5))

const wantsCsv = (format: 'json' | 'csv' | undefined, accept: string | undefined): boolean =>
  format === undefined ? accept?.includes('text/csv') === true : format === 'csv'

/** Outcomes, false alarms, scores, and the load of operators. */
export async function qualityFigureRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  api.get(
    '/quality/statistics',
    {
      config: supervisor,
      schema: {
        tags: ['quality'],
        summary: 'How closed cases ended and were judged, by month; as CSV with format=csv or accept: text/csv',
        querystring: QualityQuery,
        response: { 200: Type.Union([QualityStatistics, Type.String()]), 400: Problem, 403: Problem },
      },
    },
    async ({ query, headers }, reply) => {
      const now = clock.now()
      const to = query.to ?? monthOf(now)
      const from = query.from ?? to
      if (from > to || months(to) - months(from) >= LONGEST_MONTHS) {
        throw wrongRange(`must not be after to, nor ${LONGEST_MONTHS} months before it`)
      }
      const by = query.by ?? 'operator'
      const statistics = await qualityStatistics(db, { from, to, by }, now)
      if (!wantsCsv(query.format, headers.accept)) return statistics
      reply.type(CSV).header('content-disposition', `attachment; filename="quality-by-${by}.csv"`)
      return qualityCsv(statistics)
    },
  )

  api.get(
    '/quality/load',
    {
      config: supervisor,
      schema: {
        tags: ['quality'],
        summary: 'Alarms per operator and hour on duty; as CSV with format=csv or accept: text/csv',
        querystring: LoadQuery,
        response: { 200: Type.Union([LoadView, Type.String()]), 400: Problem, 403: Problem },
      },
    },
    async ({ query, headers }, reply) => {
      const now = clock.now()
      const to = query.to === undefined ? now : Date.parse(query.to)
      const since = query.from === undefined ? to - 28 * DAY_MS : Date.parse(query.from)
      if (since >= to || to - since > LONGEST_DAYS * DAY_MS) {
        throw wrongRange(`must be before to, by ${LONGEST_DAYS} days at most`)
      }
      const load = await operatorLoad(db, { from: Math.floor(since / HOUR_MS) * HOUR_MS, to }, now)
      if (!wantsCsv(query.format, headers.accept)) return load
      const table = query.table ?? 'operators'
      reply.type(CSV).header('content-disposition', `attachment; filename="operator-load-${table}.csv"`)
      return loadCsv(load, table)
    },
  )
}
