import Type, { type Static } from 'typebox'
import { RECORDING_PARTS } from './voice-times.ts'

/** Talking with a home: calls to its terminal, what both sides tell each other, recordings, telephones. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const CALL_STATES = ['ringing', 'connected', 'ended', 'failed'] as const
export type CallState = (typeof CALL_STATES)[number]

/** Why a call is over. */
export const CALL_REASONS = [
  'operator',
  'resident',
  /** The resident did not want to talk. */
  'declined',
  /** The terminal may not use its microphone, or has none. */
  'no_microphone',
  'busy',
  /** The browser of the terminal can't talk. */
  'unsupported',
  /** No way for the sound between the two, also after trying again. */
  'media',
  'no_answer',
  /** The desk was not heard of any more. */
  'lost',
] as const
export type CallReason = (typeof CALL_REASONS)[number]

/** An ICE server as browsers take it (W3C WebRTC, RTCIceServer). */
export const IceServer = Type.Object({
  urls: Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: 8 })]),
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String()),
})
export type IceServer = Static<typeof IceServer>

export const RECORDING_MODES = ['off', 'with_notice'] as const
export type RecordingMode = (typeof RECORDING_MODES)[number]

export const VoiceSettings = Type.Object({
  recording: Type.Enum([...RECORDING_MODES], {
    description: 'with_notice: once the terminal has said and shown that the call is recorded',
  }),
  retentionDays: Type.Integer({ minimum: 30, maximum: 3650, description: 'Recordings are deleted after so many days' }),
})
export type VoiceSettings = Static<typeof VoiceSettings>

export const RecordingView = Type.Object({
  parts: Type.Integer({ description: 'Stored so far' }),
  bytes: Type.Integer(),
  complete: Type.Boolean({ description: 'All of it is there, and its hash is right' }),
  expired: Type.Boolean({ description: 'Deleted when its time was over' }),
  sha256: Nullable(Type.String({ description: 'Of the whole, hexadecimal' })),
})
export type RecordingView = Static<typeof RecordingView>

export const CallView = Type.Object({
  callId: Type.String(),
  caseId: Type.String(),
  deviceId: Type.String(),
  operator: Type.Object({ userId: Type.String(), displayName: Type.String() }),
  state: Type.Enum([...CALL_STATES]),
  reason: Nullable(Type.Enum([...CALL_REASONS])),
  auto: Type.Boolean({ description: 'The terminal may take it by itself, if it knows of her call for help too' }),
  record: Type.Boolean({ description: 'It is to be recorded' }),
  startedAt: Timestamp,
  answeredAt: Nullable(Timestamp),
  endedAt: Nullable(Timestamp),
  noticeAt: Nullable(Timestamp),
  recording: Nullable(RecordingView),
})
export type CallView = Static<typeof CallView>

/** Body of `POST /cases/{caseId}/calls`. */
export const NewCall = Type.Object(
  { deviceId: Type.Optional(Type.String({ maxLength: 64, description: "One of the resident's terminals" })) },
  { additionalProperties: false },
)
export type NewCall = Static<typeof NewCall>

export const StartedCall = Type.Object({ call: CallView, iceServers: Type.Array(IceServer) })
export type StartedCall = Static<typeof StartedCall>

/** Whom to telephone: the resident, or a contact by its place in the order, from 1. */
export const DialTarget = Type.Union([
  Type.Object({ kind: Type.Literal('resident') }, { additionalProperties: false }),
  Type.Object(
    { kind: Type.Literal('contact'), position: Type.Integer({ minimum: 1, maximum: 100 }) },
    { additionalProperties: false },
  ),
])
export type DialTarget = Static<typeof DialTarget>
export const Dial = Type.Object({ target: DialTarget }, { additionalProperties: false })
export const Dialled = Type.Object({ uri: Type.String({ description: 'tel: or sip:' }) })
export type Dialled = Static<typeof Dialled>

/** `GET /cases/{caseId}/voice`: all ways of talking with the home of a case. */
export const CaseVoice = Type.Object({
  terminals: Type.Array(
    Type.Object({ deviceId: Type.String(), room: Nullable(Type.String()), online: Type.Boolean() }),
    { description: "The resident's home terminals that can be talked through, connected ones first" },
  ),
  calls: Type.Array(CallView, { description: 'The last ten, newest first' }),
  recording: Type.Enum([...RECORDING_MODES]),
  telephones: Type.Array(
    Type.Object({ target: DialTarget, who: Type.String(), masked: Type.String({ description: 'The number, masked' }) }),
  ),
})
export type CaseVoice = Static<typeof CaseVoice>

const Sdp = Type.String({ minLength: 1, maxLength: 12_000, description: 'Session description, RFC 8866' })
const Candidate = Nullable(
  Type.Object(
    {
      candidate: Type.String({ maxLength: 1_000 }),
      sdpMid: Type.Optional(Nullable(Type.String({ maxLength: 32 }))),
      sdpMLineIndex: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 32 }))),
      usernameFragment: Type.Optional(Nullable(Type.String({ maxLength: 256 }))),
    },
    { description: 'RTCIceCandidateInit; null: there are no more' },
  ),
)
const word = <Name extends string, Fields extends Type.TProperties>(type: Name, fields: Fields) =>
  Type.Object(
    { call: Type.String({ format: 'uuid' }), type: Type.Literal(type), ...fields },
    { additionalProperties: false },
  )

/** What a desk says of its call, Socket.IO event `voice`; answered with `VoiceAnswer`. */
export const DeskWord = Type.Union([
  word('offer', { sdp: Sdp }),
  word('ice', { candidate: Candidate }),
  word('muted', { muted: Type.Boolean() }),
  /** The desk and the sound are there; to be said every `ALIVE_MS`. */
  word('alive', {}),
  word('end', { reason: Type.Enum(['operator', 'media']) }),
])
export type DeskWord = Static<typeof DeskWord>

/** What a terminal says of a call, `care/v1/{deviceId}/voice-reply`. */
export const TerminalWord = Type.Union([
  word('answer', { sdp: Sdp }),
  word('ice', { candidate: Candidate }),
  word('muted', { muted: Type.Boolean() }),
  /** Its browser does not play the sound: she hears nothing until somebody taps the screen. */
  word('silent', { silent: Type.Boolean() }),
  /** It rings, and waits for a tap. */
  word('ringing', {}),
  /** They can hear each other. */
  word('connected', { notice: Type.Boolean({ description: 'Said and shown that the call is recorded' }) }),
  word('end', { reason: Type.Enum(['resident', 'declined', 'no_microphone', 'busy', 'unsupported', 'media']) }),
])
export type TerminalWord = Static<typeof TerminalWord>

/** What a terminal is told, `care/v1/{deviceId}/voice`. */
export type WordToTerminal =
  | {
      call: string
      type: 'offer'
      sdp: string
      case: string
      /** The platform knows of a press or a fall; the terminal answers by itself only if it knows of one too. */
      auto: boolean
      record: boolean
      iceServers: IceServer[]
    }
  | { call: string; type: 'ice'; candidate: Static<typeof Candidate> }
  | { call: string; type: 'muted'; muted: boolean }
  | { call: string; type: 'end'; reason: CallReason }

/** What a desk is told, Socket.IO event `voice`. */
export type WordToDesk =
  | { call: string; type: 'answer'; sdp: string }
  | { call: string; type: 'ice'; candidate: Static<typeof Candidate> }
  | { call: string; type: 'muted'; muted: boolean }
  | { call: string; type: 'silent'; silent: boolean }
  | { call: string; type: 'ringing' }
  | { call: string; type: 'connected'; notice: boolean }
  | { call: string; type: 'end'; reason: CallReason }

export type VoiceAnswer =
  | { ok: true }
  | { ok: false; code: 'invalid' | 'not_yours' | 'over' | 'too_many' | 'unavailable' }

export const FinishRecording = Type.Object(
  {
    parts: Type.Integer({ minimum: 1, maximum: RECORDING_PARTS }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Of all parts one after the other' }),
  },
  { additionalProperties: false },
)
export const StoredPart = Type.Object({ part: Type.Integer(), bytes: Type.Integer(), sha256: Type.String() })
export type StoredPart = Static<typeof StoredPart>
export const ListenReason = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
)
