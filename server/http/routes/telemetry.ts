import Type from 'typebox'
import { deviceExists } from '../../care/devices/views.ts'
import { DeadLetterView, Page, PageQuery, TelemetryAnswer, TelemetryQuery } from '../../contract/api.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { listDeadLetters } from '../../intake/dead-letters.ts'
import { audit } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'
import { readRange } from '../telemetry-range.ts'

/** What devices have sent: values over time, and what could not be read. */
export async function telemetryRoutes(api: Api, { db, clock, telemetry }: HttpDeps): Promise<void> {
  api.get(
    '/devices/:deviceId/telemetry',
    {
      schema: {
        tags: ['devices'],
        summary: "A field's values over time, down-sampled with `every`",
        params: Type.Object({ deviceId: Type.String({ maxLength: 64 }) }),
        querystring: TelemetryQuery,
        response: { 200: TelemetryAnswer, 400: Problem, 404: Problem },
      },
    },
    async ({ params: { deviceId }, query }) => {
      const range = readRange(query, clock.now())
      if (!(await deviceExists(db, deviceId))) throw new DomainError('not_found', 'There is no such device.')
      const points = await telemetry.query({ deviceId, field: query.field, ...range })
      return {
        deviceId,
        field: query.field,
        every: query.every ?? null,
        items: points.map((point) => ({ ...point, ts: new Date(point.ts).toISOString() })),
      }
    },
  )

  api.get(
    '/dead-letters',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Messages that could not be read, newest first',
        querystring: PageQuery,
        response: { 200: Page(DeadLetterView) },
      },
    },
    async (request) => {
      const { limit = 100, ...rest } = request.query
      await audit(db, { userId: currentUser(request).userId, action: 'dead_letters.read', subject: null }, clock.now())
      return listDeadLetters(db, { limit, ...rest })
    },
  )
}
