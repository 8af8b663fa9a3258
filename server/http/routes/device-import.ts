import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { checkImport, MAX_IMPORT_BYTES, MAX_IMPORT_ROWS, withSecrets, writeImport } from '../../care/devices/import.ts'
import { importTemplate } from '../../care/devices/import-columns.ts'
import { unreadable } from '../../care/devices/unreadable.ts'
import { ImportAnswer } from '../../contract/device.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { audit } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const TYPES = ['text/csv', XLSX, 'application/octet-stream']

/** Lists of devices: a template, and the import, all or nothing. */
export async function deviceImportRoutes(api: Api, { db, clock, links }: HttpDeps): Promise<void> {
  let isRunning = false

  api.get(
    '/devices/import-template',
    {
      schema: {
        tags: ['devices'],
        summary: 'An empty list with examples, as CSV that Excel opens',
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="anhu-devices.csv"')
        .send(importTemplate()),
  )

  // Here alone bodies are files; everything else speaks JSON.
  const takeFiles: FastifyPluginAsync = async (scope) => {
    const files = scope.withTypeProvider<TypeBoxTypeProvider>()
    files.addContentTypeParser(
      TYPES,
      { parseAs: 'buffer', bodyLimit: MAX_IMPORT_BYTES },
      async (_: unknown, body: unknown) => body,
    )

    files.post(
      '/devices/import',
      {
        config: { allow: 'admin' },
        bodyLimit: MAX_IMPORT_BYTES,
        schema: {
          tags: ['devices'],
          summary: 'Register a list (CSV or XLSX), all or nothing; 200 with problems: nothing was written',
          description: `At most 5 MB and ${MAX_IMPORT_ROWS} rows. Headings as in the template, Chinese or English.`,
          consumes: TYPES,
          querystring: Type.Object({
            dryRun: Type.Optional(Type.Boolean({ default: false, description: 'Only look for problems' })),
          }),
          response: { 200: ImportAnswer, 201: ImportAnswer, 400: Problem, 409: Problem, 429: Problem },
        },
      },
      async (request, reply) => {
        const { body } = request
        const { dryRun = false } = request.query
        if (!Buffer.isBuffer(body)) throw unreadable('Send the file itself, as text/csv or XLSX.')
        if (isRunning) throw new DomainError('too_many_requests', 'Another import is running. Try again in a minute.')
        isRunning = true
        try {
          const { rows, planned, problems } = await checkImport(db, body)
          if (dryRun || problems.length > 0) return { dryRun, rows, created: [], problems }
          const ready = await withSecrets(planned)
          const by = { userId: currentUser(request).userId, now: clock.now() }
          const created = await db.transaction().execute(async (tx) => {
            const made = await writeImport(tx, ready, by)
            const detail = { devices: made.length }
            await audit(tx, { userId: by.userId, action: 'device.import', subject: null, detail }, by.now)
            return made
          })
          links().changed(created.map(({ deviceId }) => deviceId))
          return reply.code(201).send({ dryRun, rows, created, problems })
        } finally {
          isRunning = false
        }
      },
    )
  }
  await api.register(takeFiles)
}
