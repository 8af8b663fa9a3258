import Type from 'typebox'
import { alarmStatistics } from '../../cases/statistics.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { AlarmStatistics, AlarmStatisticsQuery } from '../../contract/statistics.ts'
import type { Api, HttpDeps } from '../deps.ts'
import { alarmStatisticsCsv } from '../statistics-csv.ts'

const FOUR_WEEKS_MS = 28 * 86_400_000

/** Figures about devices, for whoever buys and maintains them. */
export async function statisticsRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  api.get(
    '/statistics/alarms',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['statistics'],
        summary: 'False alarms per wearer-week by device model; as CSV with format=csv or accept: text/csv',
        querystring: AlarmStatisticsQuery,
        response: { 200: Type.Union([AlarmStatistics, Type.String()]), 400: Problem, 403: Problem },
      },
    },
    async ({ query, headers }, reply) => {
      const now = clock.now()
      const to = query.to === undefined ? now : Date.parse(query.to)
      const from = query.from === undefined ? to - FOUR_WEEKS_MS : Date.parse(query.from)
      if (from >= to) {
        const errors = [{ field: 'from', message: 'must be before to' }]
        throw new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors })
      }
      const items = await alarmStatistics(db, { from, to, kind: query.kind }, now)
      const wantsCsv = query.format === undefined ? headers.accept?.includes('text/csv') : query.format === 'csv'
      if (!wantsCsv) return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), items }
      reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="alarms-by-model.csv"')
      return alarmStatisticsCsv(items)
    },
  )
}
