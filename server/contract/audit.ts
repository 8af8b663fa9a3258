import Type, { type Static } from 'typebox'

/** The audit: who saw and did what, and the chain of seals that shows whether anybody has changed it since. */

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Tables whose rows are sealed. */
export const SEAL_SOURCES = ['audit', 'case_log', 'signal'] as const
export type SealSource = (typeof SEAL_SOURCES)[number]

/** What can be wrong with the record. */
export const CHAIN_FAULTS = [
  'changed',
  'missing',
  'inserted',
  'reordered',
  /** A seal does not fit its own content or the one before it. */
  'seal_broken',
  'seal_missing',
  /** What was noted outside is another. */
  'anchor_differs',
] as const
export type ChainFault = (typeof CHAIN_FAULTS)[number]

export const ChainProblem = Type.Object({
  fault: Type.Enum([...CHAIN_FAULTS]),
  seal: Type.Integer({ description: 'Number of the seal' }),
  source: Nullable(Type.Enum([...SEAL_SOURCES])),
  entry: Nullable(Type.String({ description: 'Id of the row; of one that is missing: of the row before it' })),
  text: Type.String({ description: 'English, for whoever investigates' }),
})
export type ChainProblem = Static<typeof ChainProblem>

/** `GET /audit` and its export. */
const Filters = {
  userId: Type.Optional(Type.String({ format: 'uuid' })),
  action: Type.Optional(Type.String({ pattern: '^[a-z_]+(\\.[a-z_]+)*$', maxLength: 60 })),
  subject: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Id of a case, resident, device …' }),
  ),
  from: Type.Optional(Type.String({ format: 'date-time' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Excluded' })),
}
export const AuditQuery = Type.Object({
  ...Filters,
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
})
export type AuditQuery = Static<typeof AuditQuery>
export const AuditExportQuery = Type.Object(Filters)

export const AuditEntryView = Type.Object({
  auditId: Type.Integer(),
  at: Timestamp,
  userId: Nullable(Type.String()),
  user: Nullable(Type.String({ description: 'Display name; null for the platform or nobody known' })),
  action: Type.String(),
  subject: Nullable(Type.String()),
  detail: Type.Record(Type.String(), Type.Unknown()),
})
export type AuditEntryView = Static<typeof AuditEntryView>

/** `GET /audit/filters`: what there is to choose from. */
export const AuditFilters = Type.Object({
  users: Type.Array(Type.Object({ userId: Type.String(), displayName: Type.String() })),
  actions: Type.Array(Type.String()),
})
export type AuditFilters = Static<typeof AuditFilters>

export const VerificationView = Type.Object({
  verificationId: Type.String(),
  startedAt: Timestamp,
  by: Nullable(Type.String()),
  finishedAt: Nullable(Timestamp),
  sealsDone: Type.Integer(),
  sealsTotal: Type.Integer(),
  rowsDone: Type.Integer(),
  ok: Nullable(Type.Boolean({ description: 'Null while it runs' })),
  problems: Type.Array(ChainProblem, { description: 'The first 20' }),
  failure: Nullable(Type.String({ description: 'Why it could not be carried out' })),
})
export type VerificationView = Static<typeof VerificationView>

/** `GET /audit/seal` */
export const SealView = Type.Object({
  seal: Nullable(
    Type.Object({
      number: Type.Integer(),
      hash: Type.String({ description: 'SHA-256, hex: note it outside, and nobody can rewrite what is before it' }),
      sealedAt: Timestamp,
    }),
  ),
  unsealed: Type.Integer({ description: 'Audit entries that wait for their seal' }),
  oldestUnsealedAt: Nullable(Timestamp),
  verification: Nullable(VerificationView),
})
export type SealView = Static<typeof SealView>
