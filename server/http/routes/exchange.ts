import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import { Page } from '../../contract/api.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { ExchangeCallView, ExchangeQuery, ExchangeRecord, ExchangeStored } from '../../contract/exchange.ts'
import { listRecords, storeRecord } from '../../voice/exchange.ts'
import { checkSignature } from '../../voice/signature.ts'
import type { Api, HttpDeps } from '../deps.ts'

/** Longer is no call record, bytes. */
const MAX_BYTES = 16_384

/** What a telephone exchange reports; see docs/voice.md. */
export async function exchangeRoutes(api: Api, { db, clock, committed, voice }: HttpDeps): Promise<void> {
  // Encapsulated: here a body is read only after its signature was found right.
  const signed: FastifyPluginAsync = async (plain) => {
    const scope = plain.withTypeProvider<TypeBoxTypeProvider>()
    scope.removeContentTypeParser('application/json')
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: MAX_BYTES },
      async (_request: unknown, body: string | Buffer) => body,
    )
    scope.post(
      '/exchange/calls',
      {
        config: { allow: 'anyone' },
        schema: {
          tags: ['voice'],
          summary: 'A call record of the telephone exchange, signed with EXCHANGE_SECRET',
          security: [],
          body: ExchangeRecord,
          response: { 200: ExchangeStored, 400: Problem, 401: Problem, 404: Problem },
        },
        preValidation: async (request) => {
          const { exchangeSecret: secret } = voice
          if (secret === null)
            throw new DomainError('not_found', 'No telephone exchange is set up here: EXCHANGE_SECRET.')
          const raw: unknown = request.body
          const body = Buffer.isBuffer(raw) ? raw : Buffer.alloc(0)
          const { 'x-anhu-timestamp': timestamp, 'x-anhu-signature': signature } = request.headers
          checkSignature({ secret, timestamp, signature, body }, clock.now())
          ;(request as { body: unknown }).body = parse(body)
        },
      },
      async (request) => {
        const { stored, events } = await db.transaction().execute((tx) => storeRecord(tx, request.body, clock.now()))
        committed(events)
        return stored
      },
    )
  }
  await api.register(signed)

  api.get(
    '/exchange/calls',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['voice'],
        summary: 'Call records of the telephone exchange; matched=false: those of no open case',
        querystring: ExchangeQuery,
        response: { 200: Page(ExchangeCallView), 400: Problem, 403: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listRecords(db, { limit, ...rest }),
  )
}

/** @throws DomainError invalid_request */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new DomainError('invalid_request', 'The body is not valid JSON.')
  }
}
