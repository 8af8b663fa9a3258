import Type from 'typebox'
import { Page } from '../../contract/api.ts'
import { AuditEntryView, AuditExportQuery, AuditFilters, AuditQuery, SealView } from '../../contract/audit.ts'
import { Problem } from '../../contract/errors.ts'
import { audit } from '../../org/audit.ts'
import { auditFilters, exportAudit, listAudit } from '../../org/audit-queries.ts'
import { sealView } from '../../org/seal/verifications.ts'
import { currentUser } from '../auth.ts'
import { csvOf } from '../csv.ts'
import type { Api, HttpDeps } from '../deps.ts'

const COLUMNS = ['auditId', 'at', 'user', 'userId', 'action', 'subject', 'detail'] as const

/** Who saw and did what, and whether the record is still as it was written. */
export async function auditRoutes(api: Api, { db, clock, verifications }: HttpDeps): Promise<void> {
  api.get(
    '/audit',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['audit'],
        summary: 'Who saw and did what, newest first',
        querystring: AuditQuery,
        response: { 200: Page(AuditEntryView), 400: Problem, 403: Problem },
      },
    },
    async ({ query }) => listAudit(db, query),
  )

  api.get(
    '/audit/filters',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['audit'],
        summary: 'Persons and actions to filter by',
        response: { 200: AuditFilters, 403: Problem },
      },
    },
    async () => auditFilters(db),
  )

  api.post(
    '/audit/export',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['audit'],
        summary: 'The newest 50,000 entries as CSV; that is noted as well',
        body: AuditExportQuery,
        response: { 200: Type.String(), 400: Problem, 403: Problem },
      },
    },
    async (request, reply) => {
      const rows = await exportAudit(db, request.body)
      const { subject = null } = request.body
      const { userId } = currentUser(request)
      await audit(db, { userId, action: 'audit.export', subject, detail: { rows: rows.length } }, clock.now())
      reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="audit.csv"')
      const cell = (row: AuditEntryView, name: (typeof COLUMNS)[number]) =>
        name === 'detail' ? JSON.stringify(row.detail) : row[name]
      return csvOf([COLUMNS, ...rows.map((row) => COLUMNS.map((name) => cell(row, name)))])
    },
  )

  api.get(
    '/audit/seal',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['audit'],
        summary: 'How far the record is sealed, and how its last verification went',
        response: { 200: SealView, 403: Problem },
      },
    },
    async () => sealView(db),
  )

  api.post(
    '/audit/verify',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['audit'],
        summary: 'Go over the whole record now; GET /audit/seal tells how far it is',
        response: { 202: SealView, 403: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { userId } = currentUser(request)
      const subject = await verifications.start(userId)
      await audit(db, { userId, action: 'audit.verify', subject }, clock.now())
      return reply.code(202).send(await sealView(db))
    },
  )
}
