import Type, { type Static } from 'typebox'
import { EVENT_TYPES, SIGNAL_TYPES } from './signal.ts'

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** By rank: each may do all that the ones before it may. */
export const ROLES = ['operator', 'supervisor', 'admin'] as const
export type Role = (typeof ROLES)[number]

export const Credentials = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 64 }),
  password: Type.String({ minLength: 1, maxLength: 256 }),
})

/** `POST /session`, `GET /session` */
export const Session = Type.Object({
  userId: Type.String(),
  username: Type.String(),
  displayName: Type.String(),
  role: Type.Enum([...ROLES]),
  expiresAt: Timestamp,
  demo: Type.Boolean({ description: 'A demonstration city: the /simulator page is served' }),
})
export type Session = Static<typeof Session>

/** `GET /users` */
export const UserView = Type.Object({
  userId: Type.String(),
  username: Type.String(),
  displayName: Type.String(),
  role: Type.Enum([...ROLES]),
  enabled: Type.Boolean({ description: 'Whether the account may sign in' }),
  createdAt: Timestamp,
})
export type UserView = Static<typeof UserView>

/** `POST /users` */
export const NewUser = Type.Object({
  username: Type.String({
    pattern: '^[a-z][a-z0-9._-]{1,31}$',
    description: 'A small letter, then small letters, digits, and . _ - ; 2 to 32 in all',
  }),
  displayName: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S', description: 'As colleagues see it' }),
  role: Type.Enum([...ROLES]),
})
export type NewUser = Static<typeof NewUser>
const ShownOnce = Type.String({ description: 'Generated, shown once; only its hash is kept' })
export const NewUserAnswer = Type.Object({ userId: Type.String(), username: Type.String(), password: ShownOnce })

/** `POST /users/{userId}/password` */
export const NewPasswordAnswer = Type.Object({ password: ShownOnce })

/** `POST /session/password` */
export const PasswordChange = Type.Object({
  current: Type.String({ minLength: 1, maxLength: 256 }),
  password: Type.String({ minLength: 10, maxLength: 256, description: 'The new one, at least 10 characters' }),
})
export type PasswordChange = Static<typeof PasswordChange>

export const NewResident = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 60 }),
  gender: Type.Optional(Type.Enum(['female', 'male', 'unknown'])),
  birthDate: Type.Optional(Type.String({ format: 'date' })),
  divisionCode: Type.Optional(Type.String({ maxLength: 12 })),
  address: Type.Optional(Type.String({ maxLength: 200 })),
})
export type NewResident = Static<typeof NewResident>

export const ResidentView = Type.Object({
  residentId: Type.String(),
  name: Type.String(),
  age: Nullable(Type.Integer()),
  place: Nullable(Type.String()),
  deviceCount: Type.Integer(),
})
export type ResidentView = Static<typeof ResidentView>

/** `POST /residents/search`: in the body, since a name has no place in an address. */
export const ResidentSearch = Type.Object({
  q: Type.String({
    minLength: 1,
    maxLength: 60,
    pattern: '\\S',
    description:
      "Part of a resident's name; the beginning of a resident's id (8 characters or more) or of the id of one of " +
      "their devices; the last digits, at least 4, of a contact's telephone number",
  }),
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
})
export type ResidentSearch = Static<typeof ResidentSearch>

/** `GET /connection`: where devices connect to. */
export const ConnectionView = Type.Object({
  host: Nullable(
    Type.String({ description: 'PUBLIC_HOST; null: the name under which the caller reaches this server' }),
  ),
  mqtt: Type.Integer({ description: 'Port of MQTT over TCP' }),
  mqtts: Nullable(Type.Integer({ description: 'Port of MQTT over TLS; null without a certificate' })),
  websocketPath: Type.String({ description: 'MQTT over WebSocket, on the port of this API' }),
  watch: Type.Integer({ description: 'Port of GPS watches over TCP' }),
  pendant: Type.Integer({ description: 'Port of pendants over TCP' }),
})
export type ConnectionView = Static<typeof ConnectionView>

export const DeadLetterView = Type.Object({
  deadLetterId: Type.String(),
  receivedAt: Timestamp,
  deviceId: Type.String(),
  protocol: Type.String(),
  topic: Type.String(),
  reason: Type.String(),
  explanation: Type.String(),
  bytes: Type.Integer({ description: 'Size as received; the payload itself may be cut' }),
  text: Type.String({ description: 'The payload as text, unreadable bytes replaced, at most 2,000 characters' }),
})
export type DeadLetterView = Static<typeof DeadLetterView>

export const TelemetryQuery = Type.Object({
  field: Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_]{0,39}$' }),
  from: Type.Optional(Type.String({ description: 'ISO 8601 or epoch ms; default 24 hours before `to`' })),
  to: Type.Optional(Type.String({ description: 'ISO 8601 or epoch ms; default now' })),
  every: Type.Optional(
    Type.String({ pattern: '^[1-9][0-9]{0,4}(s|m|h|d)$', description: 'Window, e.g. 5m; without it raw values' }),
  ),
})
/** One value, or one window of `every`: its mean, least and greatest value and how many values it stands for. */
export const TelemetryPoint = Type.Object({
  ts: Timestamp,
  value: Type.Number(),
  min: Type.Number(),
  max: Type.Number(),
  count: Type.Integer(),
})
export const TelemetryAnswer = Type.Object({
  deviceId: Type.String(),
  field: Type.String(),
  every: Nullable(Type.String()),
  items: Type.Array(TelemetryPoint),
})

/** `GET /stats`: the figures in the console's top bar. */
export const DeskStats = Type.Object({
  waiting: Type.Integer(),
  inHand: Type.Integer(),
  answeredWithin60sShare: Nullable(Type.Number({ description: '0…1 over the last 24 h; null without answers' })),
  meanAnswerSeconds: Nullable(Type.Number()),
  devicesOnline: Type.Integer(),
  devicesTotal: Type.Integer(),
  deadLetters24h: Type.Integer(),
})
export type DeskStats = Static<typeof DeskStats>

/** A page of a list, newest or most urgent first. */
export const Page = <T extends Type.TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()) })
export const PageQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
})

/** `GET /simulator/devices` (demonstration city only) */
export const SimulatedDevice = Type.Object({
  deviceId: Type.String(),
  kind: Type.String(),
  residentId: Nullable(Type.String()),
  residentName: Nullable(Type.String()),
  place: Nullable(Type.String()),
  room: Nullable(Type.String()),
  online: Type.Boolean(),
  lastAction: Nullable(Type.String({ description: 'What it did last, as "type ISO-time"' })),
})
export type SimulatedDevice = Static<typeof SimulatedDevice>
export const SimulatedPress = Type.Object({ type: Type.Enum([...EVENT_TYPES]) })

/** `GET /signals`: the record as it was written, for whoever has to find out what happened. */
export const SignalQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  deviceId: Type.Optional(Type.String({ maxLength: 64 })),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Received at or after' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Received before' })),
})
export type SignalQuery = Static<typeof SignalQuery>
export const SignalView = Type.Object({
  signalId: Type.String(),
  deviceId: Type.String(),
  messageId: Type.String(),
  type: Type.Enum([...SIGNAL_TYPES]),
  deviceTs: Nullable(Timestamp),
  occurredAt: Timestamp,
  receivedAt: Timestamp,
  residentId: Nullable(Type.String()),
  protocol: Type.String(),
  detail: Type.Record(Type.String(), Type.Unknown()),
})
export type SignalView = Static<typeof SignalView>
