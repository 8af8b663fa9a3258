import Type from 'typebox'
import { Page } from '../../contract/api.ts'
import { Problem } from '../../contract/errors.ts'
import { Month } from '../../contract/month.ts'
import {
  AuditBody,
  AuditDetail,
  AuditRow,
  CommentBody,
  OwnAuditsQuery,
  PickableCase,
  PickBody,
  PickQuery,
  QualityMonth,
} from '../../contract/quality.ts'
import { NewSheet, SheetView } from '../../contract/quality-sheet.ts'
import { audited } from '../../org/audit.ts'
import type { LiveSession } from '../../org/sessions.ts'
import { auditDetail, ownAudits } from '../../quality/audits.ts'
import { pickableCases, qualityMonth } from '../../quality/months.ts'
import { listSheets, publishSheet } from '../../quality/sheets.ts'
import { commentAudit, pickCase, writeAudit } from '../../quality/write-audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const AuditId = Type.Object({ auditId: Type.String({ format: 'uuid' }) })
const OfMonth = Type.Object({ month: Month })
const supervisor = { allow: 'supervisor' } as const

const readerOf = ({ userId, role }: LiveSession['user']) => ({ userId, seesAll: role !== 'operator' })

/** Audits of closed cases: what was drawn, how it was judged, what is said to it. */
export async function qualityRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  api.get(
    '/quality/months/:month',
    {
      config: supervisor,
      schema: {
        tags: ['quality'],
        summary: "A month's draw: every operator with the audits, done and due",
        params: OfMonth,
        response: { 200: QualityMonth, 400: Problem, 403: Problem },
      },
    },
    async ({ params: { month } }) => qualityMonth(db, month, clock.now()),
  )

  api.get(
    '/quality/months/:month/cases',
    {
      config: supervisor,
      schema: {
        tags: ['quality'],
        summary: "An operator's closed cases of a month, newest first, to pick one by hand",
        params: OfMonth,
        querystring: PickQuery,
        response: { 200: Page(PickableCase), 400: Problem, 403: Problem },
      },
    },
    async ({ params: { month }, query: { limit = 50, ...rest } }) => pickableCases(db, month, { limit, ...rest }),
  )

  api.get(
    '/quality/mine',
    {
      schema: {
        tags: ['quality'],
        summary: 'The own completed audits, newest first',
        querystring: OwnAuditsQuery,
        response: { 200: Page(AuditRow), 400: Problem },
      },
    },
    async (request) => {
      const { limit = 50, ...rest } = request.query
      return ownAudits(db, currentUser(request).userId, { limit, ...rest }, clock.now())
    },
  )

  api.post(
    '/quality/audits',
    {
      config: supervisor,
      schema: {
        tags: ['quality'],
        summary: 'Take a closed case by hand, besides those that are drawn',
        body: PickBody,
        response: { 201: AuditDetail, 400: Problem, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const user = currentUser(request)
      const now = clock.now()
      const { caseId } = request.body
      const made = await audited(
        db,
        { userId: user.userId, action: 'quality.pick', detail: { caseId } },
        now,
        async (tx) => auditDetail(tx, await pickCase(tx, request.body, user.userId, now), readerOf(user), now),
        ({ auditId }) => auditId,
      )
      return reply.code(201).send(made)
    },
  )

  api.get(
    '/quality/audits/:auditId',
    {
      schema: {
        tags: ['quality'],
        summary: 'One audit with its sheet; operators see their own, once it is completed',
        params: AuditId,
        response: { 200: AuditDetail, 404: Problem },
      },
    },
    async (request) => auditDetail(db, request.params.auditId, readerOf(currentUser(request)), clock.now()),
  )

  api.post(
    '/quality/audits/:auditId',
    {
      config: supervisor,
      schema: {
        tags: ['quality'],
        summary: 'Save a draft, or complete and sign it',
        params: AuditId,
        body: AuditBody,
        response: { 200: AuditDetail, 400: Problem, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { auditId } = request.params
      const user = currentUser(request)
      const now = clock.now()
      const action = request.body.complete ? 'quality.complete' : 'quality.write'
      return audited(
        db,
        { userId: user.userId, action },
        now,
        async (tx) => {
          await writeAudit(tx, auditId, request.body, user.userId, now)
          return auditDetail(tx, auditId, readerOf(user), now)
        },
        () => auditId,
      )
    },
  )

  api.post(
    '/quality/audits/:auditId/comments',
    {
      schema: {
        tags: ['quality'],
        summary: 'Say something to a completed audit; whoever was audited once',
        params: AuditId,
        body: CommentBody,
        response: { 200: AuditDetail, 400: Problem, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { auditId } = request.params
      const user = currentUser(request)
      const now = clock.now()
      return audited(
        db,
        { userId: user.userId, action: 'quality.comment' },
        now,
        async (tx) => {
          await commentAudit(tx, auditId, request.body.text, readerOf(user), now)
          return auditDetail(tx, auditId, readerOf(user), now)
        },
        () => auditId,
      )
    },
  )

  api.get(
    '/quality/sheets',
    {
      config: supervisor,
      schema: {
        tags: ['quality'],
        summary: 'Scoring sheets in all their versions, newest first; the first is in force',
        response: { 200: Type.Object({ items: Type.Array(SheetView) }), 403: Problem },
      },
    },
    async () => ({ items: await listSheets(db) }),
  )

  api.post(
    '/quality/sheets',
    {
      config: supervisor,
      schema: {
        tags: ['quality'],
        summary: 'Publish a changed scoring sheet; what is begun or completed keeps its own',
        body: NewSheet,
        response: { 201: SheetView, 400: Problem, 403: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { userId } = currentUser(request)
      const now = clock.now()
      const made = await audited(
        db,
        { userId, action: 'quality.sheet' },
        now,
        (tx) => publishSheet(tx, request.body, userId, now),
        ({ version }) => String(version),
      )
      return reply.code(201).send(made)
    },
  )
}
