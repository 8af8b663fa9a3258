import Type, { type Static } from 'typebox'
import { ALERT_KINDS, CASE_CATEGORIES, CASE_STATES } from './case.ts'
import { ESCALATION_STATES, NOTIFY_CHANNELS } from './notify.ts'

/** Who is told of a case that nobody takes, after how long and by which way. docs/escalation.md has the rules in words. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Note = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' })
const DAY = 86_400

/** Only whoever has a desk can be told at the desk; a resident's contacts are called or texted. */
export const TARGET_TYPES = ['on_duty', 'role', 'users', 'contacts', 'responders'] as const
export type TargetType = (typeof TARGET_TYPES)[number]
export const TARGET_CHANNELS: Readonly<Record<TargetType, readonly (typeof NOTIFY_CHANNELS)[number][]>> = {
  on_duty: NOTIFY_CHANNELS,
  role: NOTIFY_CHANNELS,
  users: NOTIFY_CHANNELS,
  contacts: ['sms', 'voice'],
  responders: ['email', 'sms', 'voice'],
}
export const ESCALATION_ROLES = ['supervisor', 'admin'] as const

export const EscalationTarget = Type.Union([
  Type.Object({ type: Type.Literal('on_duty') }),
  Type.Object({ type: Type.Literal('role'), role: Type.Enum([...ESCALATION_ROLES]) }),
  Type.Object({
    type: Type.Literal('users'),
    userIds: Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 20 }),
  }),
  Type.Object({ type: Type.Literal('contacts') }),
  Type.Object({ type: Type.Literal('responders'), groupId: Type.String({ minLength: 1, maxLength: 64 }) }),
])
export type EscalationTarget = Static<typeof EscalationTarget>

export const EscalationStep = Type.Object({
  afterSeconds: Type.Integer({
    minimum: 0,
    maximum: 7 * DAY,
    description: 'From the beginning of the round; never less than the step before',
  }),
  targets: Type.Array(EscalationTarget, { minItems: 1, maxItems: 10 }),
  channels: Type.Array(Type.Enum([...NOTIFY_CHANNELS]), { minItems: 1, maxItems: 5, uniqueItems: true }),
})
export type EscalationStep = Static<typeof EscalationStep>

export const EscalationPolicy = Type.Object({
  steps: Type.Array(EscalationStep, { minItems: 1, maxItems: 10 }),
  rounds: Type.Integer({ minimum: 1, maximum: 20, description: 'How often all steps are gone through' }),
  repeatAfterSeconds: Type.Integer({ minimum: 30, maximum: DAY, description: 'From the last step to the next round' }),
  acknowledgeForSeconds: Type.Integer({
    minimum: 60,
    maximum: 7 * DAY,
    description: 'How long whoever took a case may be silent',
  }),
  dispatchedForSeconds: Type.Integer({
    minimum: 300,
    maximum: 7 * DAY,
    description: 'The same once somebody was sent',
  }),
})
export type EscalationPolicy = Static<typeof EscalationPolicy>

const scope = {
  category: Type.Enum([...CASE_CATEGORIES]),
  kind: Nullable(Type.Enum([...ALERT_KINDS], { description: 'One kind of the category; null: all of them' })),
  divisionCode: Nullable(Type.String({ maxLength: 12, description: 'County or town; null: everywhere' })),
}

export const WARNING_CODES = [
  /** No setting says how to reach this channel. */
  'channel_unset',
  /** Nobody at all can be reached by this step now. */
  'step_unreachable',
  /** Nobody is on duty. */
  'nobody_on_duty',
  /** A named user has no address for this channel, or may not sign in any more. */
  'no_address',
  'user_disabled',
  'group_unknown',
] as const
export const EscalationWarning = Type.Object({
  code: Type.Enum([...WARNING_CODES]),
  step: Nullable(Type.Integer({ description: 'From 1; null: the whole policy' })),
  channel: Nullable(Type.Enum([...NOTIFY_CHANNELS])),
  who: Nullable(Type.String({ description: 'Display name of the user or group' })),
})
export type EscalationWarning = Static<typeof EscalationWarning>

export const PolicyView = Type.Object({
  ...scope,
  place: Nullable(Type.String({ description: 'Name of the division' })),
  version: Type.Integer(),
  policy: Nullable(EscalationPolicy),
  at: Timestamp,
  by: Nullable(Type.String({ description: 'Display name; null: as delivered' })),
  note: Type.String(),
  warnings: Type.Array(EscalationWarning),
})
export type PolicyView = Static<typeof PolicyView>
export const PolicyList = Type.Object({ items: Type.Array(PolicyView) })
export type PolicyList = Static<typeof PolicyList>

/** `PUT /escalation/policies`: publishes a new version; it holds for cases that begin to escalate from now on. */
export const PolicyBody = Type.Object({
  ...scope,
  policy: EscalationPolicy,
  note: Note,
  basedOn: Nullable(
    Type.Integer({ description: 'The version that was changed; null: there was none. Another one in between: 409' }),
  ),
})
export type PolicyBody = Static<typeof PolicyBody>
/** `POST /escalation/policies/withdraw`: the next wider one holds again. */
export const WithdrawBody = Type.Object({ ...scope, note: Note, basedOn: Type.Integer() })
export type WithdrawBody = Static<typeof WithdrawBody>
export type PolicyScope = Pick<PolicyBody, 'category' | 'kind' | 'divisionCode'>
export const HistoryQuery = Type.Object({
  category: Type.Enum([...CASE_CATEGORIES]),
  kind: Type.Optional(Type.Enum([...ALERT_KINDS])),
  divisionCode: Type.Optional(Type.String({ maxLength: 12 })),
})

/** `POST /escalation/simulate`: what would happen now if nobody answered. */
export const SimulateBody = Type.Object({ policy: EscalationPolicy })
export const SimulatedStep = Type.Object({
  atSeconds: Type.Integer(),
  round: Type.Integer({ description: 'From 1' }),
  step: Type.Integer({ description: 'From 1' }),
  skipped: Type.Boolean({ description: 'Nobody can be reached: the next one comes at once' }),
  told: Type.Array(
    Type.Object({
      channel: Type.Enum([...NOTIFY_CHANNELS]),
      names: Type.Array(Type.String()),
      contacts: Type.Boolean(),
    }),
  ),
})
export type SimulatedStep = Static<typeof SimulatedStep>
export const Simulation = Type.Object({
  steps: Type.Array(SimulatedStep),
  endsAtSeconds: Nullable(
    Type.Integer({ description: 'After the last round nothing more is told; null: not shown to the end' }),
  ),
  warnings: Type.Array(EscalationWarning),
})
export type Simulation = Static<typeof Simulation>

/** `GET /escalation/running`: what waits longest for the highest step comes first. */
export const RunningEscalation = Type.Object({
  caseId: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  category: Type.Enum([...CASE_CATEGORIES]),
  priority: Type.Integer(),
  caseState: Type.Enum([...CASE_STATES]),
  place: Nullable(Type.String()),
  openedAt: Timestamp,
  state: Type.Enum([...ESCALATION_STATES]),
  step: Type.Integer({ description: 'The next, from 1' }),
  steps: Type.Integer(),
  round: Type.Integer({ description: 'From 1' }),
  rounds: Type.Integer(),
  level: Type.Integer({ description: 'The highest step told so far; 0: none' }),
  dueAt: Nullable(Timestamp),
  acknowledgedBy: Nullable(Type.String({ description: "Display name; '' for one of the resident's contacts" })),
  expired: Type.Integer({ description: 'How often whoever took it fell silent' }),
})
export type RunningEscalation = Static<typeof RunningEscalation>
export const RunningQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
})

/** `GET /escalation/check`: the last look at who can be reached; made every 10 min. */
export const CheckView = Type.Object({
  at: Nullable(Timestamp),
  onDuty: Type.Integer({ description: 'People who are on duty' }),
  items: Type.Array(
    Type.Object({
      ...scope,
      place: Nullable(Type.String()),
      warnings: Type.Array(EscalationWarning),
    }),
  ),
})
export type CheckView = Static<typeof CheckView>

/** `GET /escalation/options`: what an editor chooses from. */
export const EscalationOptions = Type.Object({
  areas: Type.Array(
    Type.Object({ code: Type.String(), name: Type.String(), level: Type.Enum(['city', 'county', 'town']) }),
  ),
  users: Type.Array(Type.Object({ userId: Type.String(), displayName: Type.String(), role: Type.String() })),
  groups: Type.Array(Type.Object({ groupId: Type.String(), name: Type.String() })),
  channels: Type.Array(Type.Object({ channel: Type.Enum([...NOTIFY_CHANNELS]), set: Type.Boolean() })),
})
export type EscalationOptions = Static<typeof EscalationOptions>
