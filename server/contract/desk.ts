import Type, { type Static } from 'typebox'
import { ROLES } from './api.ts'
import { CASE_CATEGORIES } from './case.ts'

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })

/**
 * ready: cases are offered. busy: working on something, nothing is offered. break: away from the desk on purpose. off: not
 * on duty. That somebody is away without having said so is no status but seen: `away`.
 */
export const DUTY_STATUSES = ['ready', 'busy', 'break', 'off'] as const
export type DutyStatus = (typeof DUTY_STATUSES)[number]

/** `GET /desk/duty` */
export const DutyView = Type.Object({
  userId: Uuid,
  displayName: Type.String(),
  role: Type.Enum([...ROLES]),
  status: Type.Enum([...DUTY_STATUSES]),
  since: Nullable(Timestamp),
  connected: Type.Boolean({ description: 'A desk of hers is connected now, on whichever node' }),
  away: Type.Boolean({ description: 'On duty, but signed out, or no desk connected for longer than `awaySeconds`' }),
  seenAt: Nullable(Timestamp),
  muted: Type.Boolean({ description: 'Her desk does not ring' }),
  inHand: Type.Integer({ description: 'Open cases that she owns' }),
  emergencies: Type.Integer({ description: 'Of these, emergencies' }),
})
export type DutyView = Static<typeof DutyView>

/** `POST /desk/status` */
export const StatusChange = Type.Object({
  status: Type.Enum([...DUTY_STATUSES]),
  reason: Type.Optional(Type.String({ maxLength: 200 })),
})
export type StatusChange = Static<typeof StatusChange>

/** `POST /desk/muted`: what the desk says of itself. */
export const MutedReport = Type.Object({ muted: Type.Boolean() })

export const DutyLogQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  userId: Type.Optional(Uuid),
})
export type DutyLogQuery = Static<typeof DutyLogQuery>

export const DutyLogLine = Type.Object({
  at: Timestamp,
  userId: Uuid,
  displayName: Type.String(),
  action: Type.Enum(['status', 'muted', 'unmuted']),
  fromStatus: Type.Enum([...DUTY_STATUSES]),
  toStatus: Type.Enum([...DUTY_STATUSES]),
  actor: Nullable(Type.String({ description: 'Null: the platform' })),
  reason: Nullable(Type.String()),
})
export type DutyLogLine = Static<typeof DutyLogLine>

const word = Type.String({ minLength: 1, maxLength: 40, pattern: '\\S' })

/** What an operator can do. All of it is preference: nobody is kept from taking any case. */
export const OperatorProfile = Type.Object({
  skills: Type.Array(Type.Enum([...CASE_CATEGORIES]), { uniqueItems: true, minItems: 1 }),
  dialects: Type.Array(word, {
    maxItems: 20,
    uniqueItems: true,
    description: 'Besides 普通话, which everybody speaks',
  }),
  areas: Type.Array(Type.String({ pattern: '^[0-9]{2,12}$' }), {
    maxItems: 50,
    uniqueItems: true,
    description: 'Division codes, with all that lies in them; empty: everywhere',
  }),
})
export type OperatorProfile = Static<typeof OperatorProfile>

/** Of whom nobody has said anything. */
export const PROFILE_DEFAULT: OperatorProfile = { skills: [...CASE_CATEGORIES], dialects: [], areas: [] }

export const ProfileView = Type.Object({
  userId: Uuid,
  displayName: Type.String(),
  role: Type.Enum([...ROLES]),
  profile: OperatorProfile,
  version: Type.Integer({ description: '0 while nobody has said anything' }),
  updatedAt: Nullable(Timestamp),
  updatedBy: Nullable(Type.String()),
})
export type ProfileView = Static<typeof ProfileView>

/** `PUT /desk/profiles/{userId}` */
export const ProfileChange = Type.Object({
  version: Type.Integer({ minimum: 0, description: 'The one that was looked at; a stale one is refused' }),
  profile: OperatorProfile,
})
export type ProfileChange = Static<typeof ProfileChange>

export type OfferOutcome = 'accepted' | 'passed' | 'withdrawn'
/**
 * Why an offer ended. passed: `late` nobody reacted, `gone` the desk lost its connection, `not_ready` the operator said that
 * she is not ready, `engaged` she took an emergency meanwhile. withdrawn: `taken` by somebody else, `settled` it waits no more, `stopped` distribution was turned off.
 */
export type OfferEnd = 'claimed' | 'late' | 'gone' | 'not_ready' | 'engaged' | 'taken' | 'settled' | 'stopped'

/** `GET /desk/shift`: the own figures since midnight in Shanghai. */
export const ShiftFigures = Type.Object({
  since: Timestamp,
  claimed: Type.Integer({ description: 'First answers' }),
  meanAnswerSeconds: Nullable(Type.Number({ description: 'Opened → claimed' })),
  closed: Type.Integer(),
  offered: Type.Integer(),
  accepted: Type.Integer(),
  passed: Type.Integer(),
})
export type ShiftFigures = Static<typeof ShiftFigures>

/** `GET /desk/areas`: what a profile may name. */
export const AreaView = Type.Object({ code: Type.String(), name: Type.String({ description: 'With what it lies in' }) })
export type AreaView = Static<typeof AreaView>
