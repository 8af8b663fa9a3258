import Type from 'typebox'
import { Page, PageQuery } from '../../contract/api.ts'
import { DrillAlarm, DrillDetail, DrillView, NewDrill, SelfTestHour, SelfTestView } from '../../contract/drill.ts'
import { Problem } from '../../contract/errors.ts'
import { createDrill, endDrill, raiseAlarm } from '../../drills/drills.ts'
import { drillDetail, listDrills } from '../../drills/queries.ts'
import { audited } from '../../org/audit.ts'
import { selfTestHours, selfTestView } from '../../selftest/history.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const DrillId = Type.Object({ drillId: Type.String({ format: 'uuid' }) })

/** Drills, and the platform's test of itself. */
export async function drillRoutes(api: Api, { db, clock, committed, selfTest }: HttpDeps): Promise<void> {
  api.get(
    '/selftest',
    { schema: { tags: ['drills'], summary: 'The last end-to-end self-test', response: { 200: SelfTestView } } },
    async () => selfTestView(db, selfTest, clock.now()),
  )

  api.get(
    '/selftest/hours',
    {
      schema: {
        tags: ['drills'],
        summary: "The last day's self-tests by the hour",
        response: { 200: Type.Object({ items: Type.Array(SelfTestHour) }) },
      },
    },
    async () => ({ items: await selfTestHours(db, clock.now()) }),
  )

  api.get(
    '/drills',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['drills'],
        summary: 'Drills, newest first',
        querystring: PageQuery,
        response: { 200: Page(DrillView), 400: Problem, 403: Problem },
      },
    },
    async ({ query: { limit = 50, ...rest } }) => listDrills(db, { limit, ...rest }, clock.now()),
  )

  api.post(
    '/drills',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['drills'],
        summary: 'Plan a drill or begin it',
        body: NewDrill,
        response: { 201: DrillDetail, 400: Problem, 403: Problem },
      },
    },
    async (request, reply) => {
      const { userId } = currentUser(request)
      const now = clock.now()
      const drillId = await audited(
        db,
        { userId, action: 'drill.create' },
        now,
        (tx) => createDrill(tx, request.body as NewDrill, { userId, now }),
        (made) => made,
      )
      return reply.code(201).send(await drillDetail(db, drillId, now))
    },
  )

  api.get(
    '/drills/:drillId',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['drills'],
        summary: 'One drill with its report',
        params: DrillId,
        response: { 200: DrillDetail, 403: Problem, 404: Problem },
      },
    },
    async ({ params: { drillId } }) => drillDetail(db, drillId, clock.now()),
  )

  api.post(
    '/drills/:drillId/alarms',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['drills'],
        summary: 'Raise an alarm in a drill that runs',
        params: DrillId,
        body: DrillAlarm,
        response: { 201: DrillDetail, 400: Problem, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { drillId } = request.params
      const { userId } = currentUser(request)
      const now = clock.now()
      const alarm = request.body as DrillAlarm
      const by = { userId, action: 'drill.raise', detail: { ...alarm } }
      committed(
        await audited(
          db,
          by,
          now,
          (tx) => raiseAlarm(tx, drillId, alarm, now),
          () => drillId,
        ),
      )
      return reply.code(201).send(await drillDetail(db, drillId, now))
    },
  )

  api.post(
    '/drills/:drillId/end',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['drills'],
        summary: 'End a drill before its time; its open cases end with it',
        params: DrillId,
        response: { 200: DrillDetail, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { drillId } = request.params
      const { userId } = currentUser(request)
      const now = clock.now()
      committed(
        await audited(
          db,
          { userId, action: 'drill.end' },
          now,
          (tx) => endDrill(tx, drillId, { userId, now }),
          () => drillId,
        ),
      )
      return drillDetail(db, drillId, now)
    },
  )
}
