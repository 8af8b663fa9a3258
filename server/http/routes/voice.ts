import Type from 'typebox'
import { Problem } from '../../contract/errors.ts'
import { CallView, CaseVoice, Dial, Dialled, NewCall, StartedCall, VoiceSettings } from '../../contract/voice.ts'
import { audit, audited } from '../../org/audit.ts'
import { endCall, startCall } from '../../voice/calls.ts'
import { dial } from '../../voice/dial.ts'
import { iceServers } from '../../voice/ice.ts'
import { caseVoice, getCall } from '../../voice/queries.ts'
import { voiceSettings, writeVoiceSettings } from '../../voice/settings.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const CaseId = Type.Object({ caseId: Type.String({ format: 'uuid' }) })
const CallId = Type.Object({ callId: Type.String({ format: 'uuid' }) })
/** Nothing of these answers belongs into a cache: logins, numbers. */
const NO_STORE = { 'cache-control': 'no-store' }

/** Talking with the home of a case: through its terminal, and by telephone. */
export async function voiceRoutes(api: Api, { db, clock, committed, voice }: HttpDeps): Promise<void> {
  api.get(
    '/cases/:caseId/voice',
    {
      schema: {
        tags: ['voice'],
        summary: 'Terminals, calls and telephones of a case; numbers are masked',
        params: CaseId,
        response: { 200: CaseVoice, 404: Problem },
      },
    },
    async ({ params: { caseId } }) => caseVoice(db, caseId),
  )

  api.post(
    '/cases/:caseId/calls',
    {
      schema: {
        tags: ['voice'],
        summary: 'Call the home terminal; what follows goes over Socket.IO, event voice',
        params: CaseId,
        body: NewCall,
        response: { 201: StartedCall, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { userId } = currentUser(request)
      const now = clock.now()
      const begin = { caseId: request.params.caseId, deviceId: request.body.deviceId, userId }
      const { callId, events } = await startCall(db, begin, now)
      committed(events)
      const call = await getCall(db, callId)
      return reply
        .code(201)
        .headers(NO_STORE)
        .send({ call, iceServers: iceServers(voice.ice, callId, now) })
    },
  )

  api.post(
    '/calls/:callId/end',
    {
      schema: {
        tags: ['voice'],
        summary: 'Hang up',
        params: CallId,
        response: { 200: CallView, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { callId } = request.params
      committed(await endCall(db, callId, currentUser(request).userId, clock.now()))
      voice.wake()
      return getCall(db, callId)
    },
  )

  api.post(
    '/cases/:caseId/dial',
    {
      schema: {
        tags: ['voice'],
        summary: 'The address that telephones the resident or a contact; audited, and a line in the case’s log',
        params: CaseId,
        body: Dial,
        response: { 200: Dialled, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { userId } = currentUser(request)
      const { caseId } = request.params
      const { target } = request.body
      const now = clock.now()
      const { uri, events } = await db.transaction().execute(async (tx) => {
        await audit(tx, { userId, action: 'telephone.dial', subject: caseId, detail: { target } }, now)
        return dial(tx, { caseId, target, userId }, voice.dial, now)
      })
      committed(events)
      return reply.headers(NO_STORE).send({ uri })
    },
  )

  api.get(
    '/voice/settings',
    {
      schema: {
        tags: ['voice'],
        summary: 'Whether calls are recorded, and how long',
        response: { 200: VoiceSettings },
      },
    },
    async () => voiceSettings(db),
  )

  api.put(
    '/voice/settings',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['voice'],
        summary: 'Decide whether calls are recorded, and how long recordings are kept',
        body: VoiceSettings,
        response: { 200: VoiceSettings, 400: Problem, 403: Problem },
      },
    },
    async (request) => {
      const { userId } = currentUser(request)
      const now = clock.now()
      await audited(
        db,
        { userId, action: 'voice.settings' },
        now,
        (tx) => writeVoiceSettings(tx, request.body, { userId, now }),
        () => 'city',
      )
      return voiceSettings(db)
    },
  )
}
