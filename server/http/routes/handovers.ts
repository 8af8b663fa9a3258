import Type from 'typebox'
import { createDeviceCounts } from '../../care/devices/counts.ts'
import { caseSummary } from '../../cases/summaries.ts'
import { Page, PageQuery, ROLES } from '../../contract/api.ts'
import { CaseSummary } from '../../contract/case.ts'
import { DutyView } from '../../contract/desk.ts'
import { Problem } from '../../contract/errors.ts'
import {
  HandoverCases,
  HandoverDecline,
  HandoverInbox,
  HandoverLine,
  HandoverView,
  MessagesRead,
  NewHandover,
  Reassign,
  SignOff,
  Whisper,
} from '../../contract/handover.ts'
import { WallView } from '../../contract/wall.ts'
import { dutyOf, setStatus } from '../../desk/duty.ts'
import { endAssist, reassign, startAssist, whisper } from '../../desk/handover/company.ts'
import { offerHandover, type Signature, signHandover } from '../../desk/handover/handover.ts'
import { handoverInbox, handoverSheet, listHandovers, markRead } from '../../desk/handover/sheets.ts'
import { deskSettings } from '../../desk/settings.ts'
import { wall } from '../../desk/wall/wall.ts'
import { audited } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const CaseId = Type.Object({ caseId: Type.String({ format: 'uuid' }) })
const SheetId = Type.Object({ handoverId: Type.String({ format: 'uuid' }) })
const supervisor = { allow: 'supervisor' } as const
const tags = ['handover']
const refusals = { 400: Problem, 404: Problem, 409: Problem }
const SIGNATURES: Record<Signature, string> = {
  accept: 'Sign for cases: from now on they are mine',
  decline: 'Decline cases, with a reason: they stay with the giver',
  withdraw: 'Take an offer back',
}

/** Signed handovers, a supervisor beside an operator, and the wall. */
export async function handoverRoutes(api: Api, deps: HttpDeps): Promise<void> {
  const { db, clock, committed, desk } = deps
  const by = (request: Parameters<typeof currentUser>[0]) => ({ userId: currentUser(request).userId, now: clock.now() })
  const reader = (request: Parameters<typeof currentUser>[0]) => {
    const { userId, role } = currentUser(request)
    return { userId, supervisor: ROLES.indexOf(role) >= ROLES.indexOf('supervisor') }
  }

  api.post(
    '/handovers',
    { schema: { tags, summary: 'Offer open cases', body: NewHandover, response: { 201: HandoverView, ...refusals } } },
    async (request, reply) => {
      const { handoverId, events } = await offerHandover(db, request.body, by(request))
      committed(events)
      reply.code(201)
      return handoverSheet(db, reader(request), handoverId)
    },
  )

  api.get(
    '/handovers',
    {
      schema: {
        tags,
        summary: 'Sheets, newest first',
        querystring: PageQuery,
        response: { 200: Page(HandoverLine), 400: Problem },
      },
    },
    async (request) => {
      const { limit = 50, ...rest } = request.query
      return listHandovers(db, reader(request), { limit, ...rest })
    },
  )

  api.get(
    '/handovers/inbox',
    { schema: { tags, summary: 'What waits for me', response: { 200: HandoverInbox } } },
    async (request) => handoverInbox(db, currentUser(request).userId),
  )

  api.get(
    '/handovers/:handoverId',
    { schema: { tags, summary: 'A sheet', params: SheetId, response: { 200: HandoverView, 404: Problem } } },
    async (request) => handoverSheet(db, reader(request), request.params.handoverId),
  )

  for (const signature of ['accept', 'withdraw', 'decline'] as const) {
    api.post(
      `/handovers/:handoverId/${signature}`,
      {
        schema: {
          tags,
          summary: SIGNATURES[signature],
          params: SheetId,
          body: signature === 'decline' ? HandoverDecline : HandoverCases,
          response: { 200: HandoverInbox, ...refusals },
        },
      },
      async (request) => {
        const { caseIds } = request.body
        const reason = 'reason' in request.body ? String(request.body.reason).trim() : null
        const { handoverId } = request.params
        committed(await signHandover(db, { handoverId, caseIds, reason }, signature, by(request)))
        return handoverInbox(db, currentUser(request).userId)
      },
    )
  }

  api.post(
    '/desk/messages/read',
    {
      schema: {
        tags,
        summary: 'Note that I have read these',
        body: MessagesRead,
        response: { 200: HandoverInbox, 400: Problem },
      },
    },
    async (request) => {
      const { userId } = currentUser(request)
      await markRead(db, userId, request.body.messageIds, clock.now())
      return handoverInbox(db, userId)
    },
  )

  api.post(
    '/desk/sign-off',
    {
      config: supervisor,
      schema: {
        tags,
        summary: "End an operator's shift although she still has cases",
        body: SignOff,
        response: { 200: DutyView, ...refusals, 403: Problem },
      },
    },
    async (request) => {
      const { userId, reason } = request.body
      const { userId: actorId, now } = by(request)
      const change = { userId, status: 'off' as const, actorId, reason: reason.trim() }
      const { awaySeconds } = (await deskSettings(db)).away
      // Nobody's shift is made up for an id that is nobody's.
      await dutyOf(db, userId, awaySeconds, now)
      await audited(
        db,
        { userId: actorId, action: 'desk.sign_off' },
        now,
        (tx) => setStatus(tx, change, now),
        () => userId,
      )
      desk.wake()
      return dutyOf(db, userId, awaySeconds, now)
    },
  )

  api.post(
    '/cases/:caseId/reassign',
    {
      config: supervisor,
      schema: {
        tags: ['cases'],
        summary: 'Give a case to another operator',
        params: CaseId,
        body: Reassign,
        response: { 200: CaseSummary, ...refusals, 403: Problem },
      },
    },
    async (request) => {
      const { caseId } = request.params
      committed(await reassign(db, caseId, request.body, by(request)))
      return caseSummary(db, caseId, clock.now())
    },
  )

  for (const [path, work, summary] of [
    ['assist', startAssist, 'Look on silently'],
    ['assist/end', endAssist, 'Look on no more'],
  ] as const) {
    api.post(
      `/cases/:caseId/${path}`,
      {
        config: supervisor,
        schema: {
          tags: ['cases'],
          summary,
          params: CaseId,
          response: { 200: CaseSummary, 403: Problem, 404: Problem, 409: Problem },
        },
      },
      async (request) => {
        const { caseId } = request.params
        await work(db, caseId, by(request))
        return caseSummary(db, caseId, clock.now())
      },
    )
  }

  api.post(
    '/cases/:caseId/whisper',
    {
      config: supervisor,
      schema: {
        tags: ['cases'],
        summary: 'Words to the operator who has the case',
        params: CaseId,
        body: Whisper,
        response: { 200: CaseSummary, ...refusals, 403: Problem },
      },
    },
    async (request) => {
      const { caseId } = request.params
      committed(await whisper(db, caseId, request.body.text, by(request)))
      return caseSummary(db, caseId, clock.now())
    },
  )

  const deviceCounts = createDeviceCounts(db)
  api.get(
    '/wall',
    {
      config: supervisor,
      schema: { tags: ['wall'], summary: 'Everything on the wall', response: { 200: WallView, 403: Problem } },
    },
    async () => {
      const now = clock.now()
      const [view, devices] = await Promise.all([wall(db, now), deviceCounts(now)])
      return { ...view, ...devices }
    },
  )
}
