import Type from 'typebox'
import { Page, PageQuery } from '../../contract/api.ts'
import { Problem } from '../../contract/errors.ts'
import {
  GapQuery,
  GapView,
  OwnShift,
  PatternChange,
  PatternView,
  RosterHistoryLine,
  RosterWeekChange,
  RosterWeekView,
  ShiftPattern,
} from '../../contract/roster.ts'
import { listGaps, listOpenGaps, markGapSeen } from '../../desk/roster/gaps.ts'
import { rosterCsv, rosterHistory } from '../../desk/roster/history.ts'
import { addPattern, changePattern, listPatterns } from '../../desk/roster/patterns.ts'
import { ownShifts, planWeek, rosterWeek } from '../../desk/roster/roster.ts'
import { audited } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const Week = Type.Object({ monday: Type.String({ format: 'date' }) })
const PatternParams = Type.Object({ patternId: Type.String({ format: 'uuid' }) })
const GapParams = Type.Object({ gapId: Type.String({ format: 'uuid' }) })
const Items = <T extends Type.TSchema>(item: T) => Type.Object({ items: Type.Array(item) })
const supervisor = { allow: 'supervisor' } as const
const tags = ['roster']

/** Shift patterns, weeks, and gaps. */
export async function rosterRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  api.get(
    '/roster/patterns',
    {
      config: supervisor,
      schema: { tags, summary: 'Shift patterns', response: { 200: Items(PatternView), 403: Problem } },
    },
    async () => ({ items: await listPatterns(db) }),
  )

  api.post(
    '/roster/patterns',
    {
      config: supervisor,
      schema: {
        tags,
        summary: 'Add a shift pattern',
        body: ShiftPattern,
        response: { 201: Type.Object({ patternId: Type.String() }), 400: Problem, 403: Problem },
      },
    },
    async (request, reply) => {
      const by = { userId: currentUser(request).userId, now: clock.now() }
      const entry = { userId: by.userId, action: 'roster.pattern' }
      const patternId = await audited(db, entry, by.now, (tx) => addPattern(tx, request.body, by), String)
      reply.code(201)
      return { patternId }
    },
  )

  api.put(
    '/roster/patterns/:patternId',
    {
      config: supervisor,
      schema: {
        tags,
        summary: 'Change a shift pattern; shifts to come take its new times',
        params: PatternParams,
        body: PatternChange,
        response: { 200: Items(PatternView), 400: Problem, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { patternId } = request.params
      const by = { userId: currentUser(request).userId, now: clock.now() }
      const entry = { userId: by.userId, action: 'roster.pattern' }
      await audited(
        db,
        entry,
        by.now,
        (tx) => changePattern(tx, patternId, request.body, by),
        () => patternId,
      )
      return { items: await listPatterns(db) }
    },
  )

  api.get(
    '/roster/weeks/:monday',
    {
      config: supervisor,
      schema: {
        tags,
        summary: 'A week with its conflicts',
        params: Week,
        response: { 200: RosterWeekView, 400: Problem, 403: Problem },
      },
    },
    async ({ params: { monday } }) => rosterWeek(db, monday),
  )

  api.put(
    '/roster/weeks/:monday',
    {
      config: supervisor,
      schema: {
        tags,
        summary: 'Plan a week anew',
        params: Week,
        body: RosterWeekChange,
        response: { 200: RosterWeekView, 400: Problem, 403: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { monday } = request.params
      const by = { userId: currentUser(request).userId, now: clock.now() }
      const entry = { userId: by.userId, action: 'roster.week' }
      await audited(
        db,
        entry,
        by.now,
        (tx) => planWeek(tx, monday, request.body, by),
        () => monday,
      )
      return rosterWeek(db, monday)
    },
  )

  api.get(
    '/roster/weeks/:monday/csv',
    {
      config: supervisor,
      schema: {
        tags,
        summary: 'A week as CSV',
        params: Week,
        response: { 200: Type.String(), 400: Problem, 403: Problem },
      },
    },
    async ({ params: { monday } }, reply) => {
      const csv = rosterCsv(await rosterWeek(db, monday))
      const name = `attachment; filename="roster-${monday}.csv"`
      reply.type('text/csv; charset=utf-8').header('content-disposition', name)
      return csv
    },
  )

  api.get(
    '/roster/weeks/:monday/history',
    {
      config: supervisor,
      schema: {
        tags,
        summary: 'Who changed what in a week, newest first',
        params: Week,
        querystring: PageQuery,
        response: { 200: Page(RosterHistoryLine), 400: Problem, 403: Problem },
      },
    },
    async ({ params: { monday }, query: { limit = 50, ...rest } }) => rosterHistory(db, monday, { limit, ...rest }),
  )

  api.get(
    '/roster/mine',
    { schema: { tags, summary: 'The own shifts, from yesterday for four weeks', response: { 200: Items(OwnShift) } } },
    async (request) => ({ items: await ownShifts(db, currentUser(request).userId, clock.now()) }),
  )

  api.get(
    '/duty-gaps',
    {
      config: supervisor,
      schema: {
        tags,
        summary: 'Who is missing; with open=true only now',
        querystring: GapQuery,
        response: { 200: Page(GapView), 400: Problem, 403: Problem },
      },
    },
    async ({ query: { open = false, limit = 100, ...rest } }) =>
      open
        ? { items: await listOpenGaps(db, clock.now()), nextCursor: null }
        : listGaps(db, { limit, ...rest }, clock.now()),
  )

  api.post(
    '/duty-gaps/:gapId/seen',
    {
      config: supervisor,
      schema: {
        tags,
        summary: 'Note that one has seen it',
        params: GapParams,
        response: { 204: Type.Null(), 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      await markGapSeen(db, request.params.gapId, { userId: currentUser(request).userId, now: clock.now() })
      reply.code(204)
      return null
    },
  )
}
