import { Problem } from '../../contract/errors.ts'
import { MonthlyReport, ReportQuery } from '../../contract/report.ts'
import { monthlyReport } from '../../reports/monthly/report.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

/** Reports for whoever answers for the centre: city, county or town. */
export async function reportRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  api.get(
    '/reports/monthly',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['reports'],
        summary: 'All figures of a month, of the city, a county or a town',
        querystring: ReportQuery,
        response: { 200: MonthlyReport, 400: Problem, 403: Problem },
      },
    },
    async (request) => monthlyReport(db, request.query, currentUser(request).displayName, clock.now()),
  )
}
