import Type, { type Static } from 'typebox'
import { LANGUAGES } from './explain/template.ts'

/** Messages to people: by which way, how far each has come, and where people can be reached. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/**
 * `desk`: the console, its sound and the mark in the queue; `voice`: a call that reads the text and takes a key;
 * `webhook`: one message for another system of the city.
 */
export const NOTIFY_CHANNELS = ['desk', 'email', 'sms', 'voice', 'webhook'] as const
export type NotifyChannel = (typeof NOTIFY_CHANNELS)[number]

/**
 * `queued` → `sent` (the next hop took it) → `delivered` (the other end says so); `failed`: given up, somebody should
 * look; `cancelled`: not needed any more before it was sent.
 */
export const NOTIFICATION_STATES = ['queued', 'sent', 'delivered', 'failed', 'cancelled'] as const
export type NotificationState = (typeof NOTIFICATION_STATES)[number]

/** `exhausted`: all rounds are over and nobody took the case. */
export const ESCALATION_STATES = ['pending', 'acknowledged', 'exhausted', 'ended'] as const
export type EscalationState = (typeof ESCALATION_STATES)[number]

/** On a case: how far up it went. */
export const CaseEscalation = Type.Object({
  level: Type.Integer({ description: 'The highest step told so far, from 1' }),
  state: Type.Enum([...ESCALATION_STATES]),
  at: Nullable(Timestamp),
})
export type CaseEscalation = Static<typeof CaseEscalation>

export const RECIPIENT_KINDS = ['desks', 'user', 'contact', 'group', 'system'] as const
export type RecipientKind = (typeof RECIPIENT_KINDS)[number]

/** Why a notification was not sent. Codes, never the other side's words: those may hold addresses. */
export const NOTIFY_ERRORS = [
  'channel_unset',
  'no_address',
  'refused',
  'unavailable',
  'timeout',
  'too_late',
  'no_answer',
  'declined',
] as const
export type NotifyError = (typeof NOTIFY_ERRORS)[number]

/** `GET /notifications`, newest first. Names of residents and contacts are not in it. */
export const NotificationView = Type.Object({
  notificationId: Type.String(),
  caseId: Type.String(),
  channel: Type.Enum([...NOTIFY_CHANNELS]),
  recipient: Type.Object({
    kind: Type.Enum([...RECIPIENT_KINDS]),
    name: Nullable(Type.String({ description: "A user's or group's name; of a contact its place in the order" })),
  }),
  step: Type.Integer({ description: 'From 1' }),
  round: Type.Integer({ description: 'From 1' }),
  state: Type.Enum([...NOTIFICATION_STATES]),
  attempts: Type.Integer(),
  createdAt: Timestamp,
  dueAt: Nullable(Timestamp),
  sentAt: Nullable(Timestamp),
  settledAt: Nullable(Timestamp),
  error: Nullable(Type.Enum([...NOTIFY_ERRORS])),
})
export type NotificationView = Static<typeof NotificationView>
export const NotificationQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  state: Type.Optional(Type.Enum([...NOTIFICATION_STATES])),
  caseId: Type.Optional(Type.String({ format: 'uuid' })),
})

export const NOTIFICATION_ANSWERS = ['accepted', 'declined', 'delivered', 'no_answer', 'failed'] as const
export type NotificationAnswer = (typeof NOTIFICATION_ANSWERS)[number]

/**
 * `POST /notifications/{notificationId}/answer`, from whoever carries calls and short messages, signed as
 * docs/escalation.md says. `accepted`: 1 was pressed, and whoever was called takes responsibility.
 */
export const AnswerBody = Type.Object({ answer: Type.Enum([...NOTIFICATION_ANSWERS]) })
export const AnswerHeaders = Type.Object({
  'x-anhu-timestamp': Type.String({ pattern: '^[0-9]{10}$', description: 'Seconds since the epoch' }),
  'x-anhu-signature': Type.String({ pattern: '^sha256=[0-9a-f]{64}$' }),
})
export const AnswerResult = Type.Object({
  taken: Type.Boolean({ description: 'The case is acknowledged now by whoever was called' }),
})

const Email = Nullable(Type.String({ maxLength: 200, pattern: '^[^\\s@<>,;]+@[^\\s@<>,;]+$' }))
/** In which language somebody is written to and called. */
const Spoken = Type.Enum([...LANGUAGES])
const Phone = Nullable(Type.String({ pattern: '^\\+?[0-9][0-9 -]{4,22}[0-9]$' }))

/** Where one user can be reached away from the desk. `GET /escalation/addresses` */
export const UserAddress = Type.Object({
  userId: Type.String(),
  displayName: Type.String(),
  role: Type.String(),
  email: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  language: Spoken,
  onDuty: Type.Boolean(),
})
export type UserAddress = Static<typeof UserAddress>
/** Responders who are called together, of a street or a fire brigade, say. */
export const GroupAddress = Type.Object({
  groupId: Type.String(),
  name: Type.String(),
  email: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  language: Spoken,
})
export type GroupAddress = Static<typeof GroupAddress>
export const Addresses = Type.Object({ users: Type.Array(UserAddress), groups: Type.Array(GroupAddress) })
export type Addresses = Static<typeof Addresses>
/** `PUT /escalation/addresses/users/{userId}`. Without a language it stays as it is; Chinese at first. */
export const AddressBody = Type.Object({ email: Email, phone: Phone, language: Type.Optional(Spoken) })
export type AddressBody = Static<typeof AddressBody>
/** `PUT /escalation/addresses/groups/{groupId}` */
export const GroupBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
  email: Email,
  phone: Phone,
  language: Type.Optional(Spoken),
})
export type GroupBody = Static<typeof GroupBody>
