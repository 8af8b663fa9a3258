import Type, { type Static } from 'typebox'
import { ALERT_KINDS, CASE_STATES, OUTCOMES } from './case.ts'

/** Drills, and the platform's test of itself. */

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** `GET /selftest` */
export const SelfTestView = Type.Object({
  enabled: Type.Boolean(),
  now: Timestamp,
  state: Type.Enum(['off', 'unknown', 'ok', 'failing']),
  lastOkAt: Nullable(Timestamp),
  pubackMs: Nullable(Type.Number({ description: 'From the publish to its acknowledgement' })),
  deskMs: Nullable(Type.Number({ description: 'From the publish to the desk’s socket' })),
  failures: Type.Integer({ description: 'Since the last that passed' }),
  failedAt: Nullable(Timestamp),
  failure: Nullable(Type.String({ description: 'How far it came: desk_connect, device_connect, puback, desk_event' })),
  staleAfterMs: Type.Integer({ description: 'Older than this it counts as failing, whatever the server says' }),
})
export type SelfTestView = Static<typeof SelfTestView>

/** `GET /selftest/hours`, the last day */
export const SelfTestHour = Type.Object({
  hour: Timestamp,
  runs: Type.Integer(),
  failed: Type.Integer(),
  medianMs: Nullable(Type.Number()),
  maxMs: Nullable(Type.Number()),
})
export type SelfTestHour = Static<typeof SelfTestHour>

export const DRILL_STATES = ['planned', 'running', 'over'] as const

/** Kinds that a drill can raise: calls and dangers, which is what is practised. */
export const DRILL_KINDS = [
  'sos',
  'fall',
  'smoke',
  'gas',
  'co',
  'wander',
  'water_leak',
  'help',
  'inactivity',
] as const satisfies readonly (typeof ALERT_KINDS)[number][]

/** `POST /drills` */
export const NewDrill = Type.Object({
  title: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  note: Type.Optional(Type.String({ maxLength: 2000 })),
  divisionCode: Type.Optional(Type.String({ maxLength: 12, description: 'Where the virtual homes lie' })),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Now, unless said' })),
  minutes: Type.Integer({ minimum: 5, maximum: 480, description: 'It ends by itself after so long' }),
  virtualHomes: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 20, default: 0, description: 'Homes in which nobody lives' }),
  ),
  residentIds: Type.Optional(
    Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 50,
      description: 'Residents who have agreed: alarms can be raised for them. What their own devices say stays real.',
    }),
  ),
  participantIds: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 100 })),
})
export type NewDrill = Static<typeof NewDrill>

export const DrillView = Type.Object({
  drillId: Type.String(),
  title: Type.String(),
  note: Nullable(Type.String()),
  place: Nullable(Type.String()),
  state: Type.Enum([...DRILL_STATES]),
  from: Timestamp,
  until: Timestamp,
  endedAt: Nullable(Timestamp),
  endedBy: Nullable(Type.String({ description: 'Null: at its limit, by itself' })),
  author: Type.String(),
  residents: Type.Integer(),
  cases: Type.Integer(),
})
export type DrillView = Static<typeof DrillView>

const Seconds = Nullable(Type.Number({ description: 'Seconds; null: it did not come to that' }))

export const DrillCase = Type.Object({
  caseId: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  residentName: Nullable(Type.String()),
  raisedAt: Timestamp,
  state: Type.Enum([...CASE_STATES]),
  outcome: Nullable(Type.Enum([...OUTCOMES])),
  upgraded: Type.Boolean({ description: 'A real alarm joined it: it is no part of the figures any more' }),
  operator: Nullable(Type.String({ description: 'Who answered it' })),
  answerS: Seconds,
  dispatchS: Nullable(Type.Number({ description: 'From the answer to the first dispatch, seconds' })),
  arriveS: Nullable(Type.Number({ description: 'From the first dispatch to the arrival, seconds' })),
  resolveS: Seconds,
})
export type DrillCase = Static<typeof DrillCase>

export const DrillOperator = Type.Object({
  operator: Type.String(),
  cases: Type.Integer(),
  meanAnswerS: Type.Number(),
  answeredInTime: Type.Integer(),
  dispatched: Type.Integer(),
  dispatchedInTime: Type.Integer(),
})
export type DrillOperator = Static<typeof DrillOperator>

/** Answered within 60 s (TSA); dispatched within 60 s of the answer (NFPA 1225). */
export const DRILL_TARGETS = { answerS: 60, dispatchS: 60 } as const

/** `GET /drills/{drillId}` */
export const DrillDetail = Type.Object({
  drill: DrillView,
  residents: Type.Array(
    Type.Object({
      residentId: Type.String(),
      name: Type.String(),
      place: Nullable(Type.String()),
      virtual: Type.Boolean(),
    }),
  ),
  participants: Type.Array(Type.Object({ userId: Type.String(), displayName: Type.String() })),
  cases: Type.Array(DrillCase),
  operators: Type.Array(DrillOperator),
  targets: Type.Object({ answerS: Type.Number(), dispatchS: Type.Number() }),
})
export type DrillDetail = Static<typeof DrillDetail>

/** `POST /drills/{drillId}/alarms` */
export const DrillAlarm = Type.Object({
  residentId: Type.String({ maxLength: 64 }),
  kind: Type.Enum([...DRILL_KINDS]),
})
export type DrillAlarm = Static<typeof DrillAlarm>
