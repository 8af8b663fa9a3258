import Type, { type Static, type TSchema } from 'typebox'
import { createDeviceCounts } from '../../care/devices/counts.ts'
import { deviceHealth } from '../../care/devices/views.ts'
import { residentFile } from '../../care/residents.ts'
import { caseRecord } from '../../cases/case-record.ts'
import { caseNotices } from '../../cases/notices.ts'
import { recentAlerts } from '../../cases/recent-alerts.ts'
import { deskStats } from '../../cases/stats.ts'
import { caseSummary, listCases } from '../../cases/summaries.ts'
import { DeskStats, Page, PageQuery } from '../../contract/api.ts'
import {
  CASE_ACTIONS,
  CASE_CATEGORIES,
  CASE_STATES,
  type CaseAction,
  CaseCommand,
  type CaseCommandBody,
  CaseDetail,
  CaseSummary,
} from '../../contract/case.ts'
import { Problem } from '../../contract/errors.ts'
import { withOffers } from '../../desk/offer-lines.ts'
import { lastPosition } from '../../intake/detection/position.ts'
import { caseProtocol } from '../../protocol/of-case.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const CaseId = Type.Object({ caseId: Type.String({ format: 'uuid' }) })
const ListQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    state: Type.Optional(Type.Enum(['open', 'all', ...CASE_STATES])),
    category: Type.Optional(Type.Enum([...CASE_CATEGORIES], { description: 'A queue of its own: care calls, say' })),
  }),
])

const SUMMARIES: Record<CaseAction, string> = {
  claim: 'Take a case, or with takeover take it from its owner',
  hold: 'Put the own case on hold; it comes back by itself',
  note: 'Write a note',
  dispatch: 'Somebody was sent',
  arrive: 'Somebody is with the resident',
  resolve: 'The resident is safe: outcome and reason',
  close: 'Close a resolved case',
  reopen: 'Put a resolved or closed case back into the queue',
}

/** The queue, one case, and the commands on it. */
export async function caseRoutes(api: Api, { db, clock, cases }: HttpDeps): Promise<void> {
  const deviceCounts = createDeviceCounts(db)
  api.get(
    '/cases',
    {
      schema: {
        tags: ['cases'],
        summary: 'Cases; state=open is the queue',
        querystring: ListQuery,
        response: { 200: Page(CaseSummary) },
      },
    },
    async ({ query: { state = 'open', limit = 100, ...rest } }) =>
      listCases(db, { state, limit, ...rest }, clock.now()),
  )

  api.get(
    '/cases/:caseId',
    {
      schema: {
        tags: ['cases'],
        summary: 'All for one decision',
        params: CaseId,
        response: { 200: CaseDetail, 404: Problem },
      },
    },
    async (request): Promise<CaseDetail> => {
      const now = clock.now()
      const record = await caseRecord(db, request.params.caseId, now)
      const { caseId, residentId, state, owner } = record.case
      const of = { caseId, residentId, state, ownerId: owner?.userId ?? null }
      const [log, resident, devices, recent, notices, position, protocol] = await Promise.all([
        withOffers(db, caseId, record.log),
        residentId === null ? null : residentFile(db, residentId, now),
        deviceHealth(db, record.case, now),
        recentAlerts(db, of),
        caseNotices(db, of, currentUser(request).userId),
        residentId === null ? null : lastPosition(db, residentId),
        caseProtocol(db, ofProtocol(record.case), now),
      ])
      return { ...record, log, resident, devices, recentAlerts: recent, notices, position, protocol }
    },
  )

  for (const action of CASE_ACTIONS) command(action, CaseCommand[action])

  function command<A extends CaseAction>(action: A, body: TSchema): void {
    api.post(
      `/cases/:caseId/${action}`,
      {
        schema: {
          tags: ['cases'],
          summary: SUMMARIES[action],
          params: CaseId,
          body,
          response: { 200: CaseSummary, 404: Problem, 409: Problem },
        },
      },
      async (request) => {
        const { caseId } = request.params as Static<typeof CaseId>
        await cases.command(caseId, action, request.body as CaseCommandBody[A], currentUser(request).userId)
        return caseSummary(db, caseId, clock.now())
      },
    )
  }

  api.get(
    '/stats',
    { schema: { tags: ['cases'], summary: "The desk's figures", response: { 200: DeskStats } } },
    async () => {
      const now = clock.now()
      const [cases, devices] = await Promise.all([deskStats(db, now), deviceCounts(now)])
      return { ...cases, ...devices }
    },
  )
}

const ofProtocol = ({ caseId, kind, residentId, openedAt }: CaseSummary) => ({
  case_id: caseId,
  kind,
  resident_id: residentId,
  opened_at: new Date(openedAt),
})
