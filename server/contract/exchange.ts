import Type, { type Static } from 'typebox'

/** Call records of a telephone exchange. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601 with its offset' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const PhoneNumber = Type.String({ pattern: '^\\+?[0-9][0-9 -]{1,24}$', description: 'Digits, perhaps with + in front' })

export const EXCHANGE_DIRECTIONS = ['in', 'out'] as const
export type ExchangeDirection = (typeof EXCHANGE_DIRECTIONS)[number]

/** Body of `POST /exchange/calls`. */
export const ExchangeRecord = Type.Object(
  {
    externalId: Type.String({
      minLength: 1,
      maxLength: 128,
      pattern: '^[!-~]+$',
      description: "The exchange's own id",
    }),
    direction: Type.Enum([...EXCHANGE_DIRECTIONS], { description: 'in: somebody called the centre' }),
    from: PhoneNumber,
    to: PhoneNumber,
    startedAt: Timestamp,
    answeredAt: Type.Optional(Nullable(Timestamp)),
    endedAt: Type.Optional(Nullable(Timestamp)),
    recordingUrl: Type.Optional(Nullable(Type.String({ pattern: '^https?://', maxLength: 1000 }))),
  },
  { additionalProperties: false },
)
export type ExchangeRecord = Static<typeof ExchangeRecord>

export const ExchangeStored = Type.Object({
  externalId: Type.String(),
  caseId: Nullable(Type.String({ description: 'The open case that it was put to; null: none' })),
  repeated: Type.Boolean({ description: 'It was known already; what was still missing has been added' }),
})
export type ExchangeStored = Static<typeof ExchangeStored>

/** Numbers are masked. */
export const ExchangeCallView = Type.Object({
  externalId: Type.String(),
  direction: Type.Enum([...EXCHANGE_DIRECTIONS]),
  from: Type.String(),
  to: Type.String(),
  startedAt: Timestamp,
  answeredAt: Nullable(Timestamp),
  endedAt: Nullable(Timestamp),
  hasRecording: Type.Boolean(),
  caseId: Nullable(Type.String()),
})
export type ExchangeCallView = Static<typeof ExchangeCallView>

export const ExchangeQuery = Type.Object({
  matched: Type.Optional(Type.Boolean({ description: 'false: those that no open case was found for' })),
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
})
