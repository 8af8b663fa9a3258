import Type from 'typebox'
import { DomainError, Problem } from '../../contract/errors.ts'
import { CallView, FinishRecording, ListenReason, StoredPart } from '../../contract/voice.ts'
import { RECORDING_PART_BYTES, RECORDING_PARTS } from '../../contract/voice-times.ts'
import { audit } from '../../org/audit.ts'
import { getCall } from '../../voice/queries.ts'
import { finishRecording, readRecording, storePart } from '../../voice/recordings.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const CallId = Type.Object({ callId: Type.String({ format: 'uuid' }) })
const PartOf = Type.Object({
  callId: Type.String({ format: 'uuid' }),
  part: Type.Integer({ minimum: 0, maximum: RECORDING_PARTS - 1 }),
})
/** What browsers record sound as. */
const SOUND = ['audio/webm', 'audio/ogg', 'audio/mp4']

/** Recordings of calls: kept in parts as they come, never changed, heard only by supervisors with a reason. */
export async function recordingRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  for (const type of SOUND) {
    api.addContentTypeParser(
      type,
      { parseAs: 'buffer', bodyLimit: RECORDING_PART_BYTES },
      async (_request: unknown, body: string | Buffer) => body,
    )
  }

  api.post(
    '/calls/:callId/recording/:part',
    {
      bodyLimit: RECORDING_PART_BYTES,
      schema: {
        tags: ['voice'],
        summary: `A part of a recording, numbered from 0; ${SOUND.join(', ')}; sent again it is stored once`,
        params: PartOf,
        response: { 201: StoredPart, 404: Problem, 409: Problem, 413: Problem, 415: Problem },
      },
    },
    async (request, reply) => {
      const { callId, part } = request.params
      const { userId } = currentUser(request)
      const body: unknown = request.body
      const contentType = request.headers['content-type']?.split(';')[0]?.trim() ?? ''
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
      if (bytes.length === 0) {
        const errors = [{ field: 'body', message: 'is empty' }]
        throw new DomainError('invalid_request', 'A part of a recording holds sound.', { errors })
      }
      const sound = { callId, part, body: bytes, contentType, userId }
      const stored = await db.transaction().execute((tx) => storePart(tx, sound, clock.now()))
      return reply.code(201).send(stored)
    },
  )

  api.post(
    '/calls/:callId/recording/finish',
    {
      schema: {
        tags: ['voice'],
        summary: 'All parts were sent: their number, and the SHA-256 of the whole',
        params: CallId,
        body: FinishRecording,
        response: { 200: CallView, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { callId } = request.params
      const { userId } = currentUser(request)
      await db.transaction().execute((tx) => finishRecording(tx, { callId, ...request.body, userId }, clock.now()))
      return getCall(db, callId)
    },
  )

  api.post(
    '/calls/:callId/recording/listen',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['voice'],
        summary: 'The sound of a call; the reason is noted',
        params: CallId,
        body: ListenReason,
        response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }), 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { callId } = request.params
      const { userId } = currentUser(request)
      const { contentType, body } = await db.transaction().execute(async (tx) => {
        const sound = await readRecording(tx, callId)
        const detail = { reason: request.body.reason.trim() }
        await audit(tx, { userId, action: 'recording.listen', subject: callId, detail }, clock.now())
        return sound
      })
      return reply.type(contentType).header('cache-control', 'no-store').send(body)
    },
  )
}
