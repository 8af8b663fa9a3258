import Type, { type Static } from 'typebox'
import { ALERT_KINDS, CASE_CATEGORIES, CASE_STATES, OUTCOMES } from './case.ts'
import { Month } from './month.ts'
import { AUDIT_RESULTS, SheetAnswer, SheetView } from './quality-sheet.ts'

/** Closed cases that are looked at again: which were drawn, how they were judged, what the operator says to it. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Words = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })
const Colleague = Type.Object({ userId: Type.String(), displayName: Type.String() })

/** Per operator and month (TSA's monitoring module asks for two at the least). */
export const AUDITS_PER_OPERATOR = 2

export const AUDIT_ORIGINS = ['drawn', 'picked'] as const
/** From which cases it was drawn: the operator's emergencies, or all that were left. */
export const AUDIT_STRATA = ['emergency', 'any'] as const

const row = {
  auditId: Type.String(),
  month: Month,
  caseId: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  category: Type.Enum([...CASE_CATEGORIES]),
  outcome: Nullable(Type.Enum([...OUTCOMES])),
  caseState: Type.Enum([...CASE_STATES], { description: 'Not closed: it was reopened since' }),
  place: Nullable(Type.String({ description: 'County and town' })),
  closedAt: Nullable(Timestamp),
  operator: Colleague,
  origin: Type.Enum([...AUDIT_ORIGINS], { description: 'picked by hand counts besides the two that were drawn' }),
  stratum: Nullable(Type.Enum([...AUDIT_STRATA])),
  state: Type.Enum(['open', 'completed']),
  begun: Type.Boolean({ description: 'A draft is saved' }),
  overdue: Type.Boolean(),
  dueAt: Timestamp,
  auditor: Nullable(Type.String({ description: 'Who wrote last, and signed when it is completed' })),
  completedAt: Nullable(Timestamp),
  score: Nullable(Type.Number({ description: '0…100' })),
  result: Nullable(Type.Enum([...AUDIT_RESULTS])),
  answered: Type.Boolean({ description: 'The operator has said something to it' }),
}
export const AuditRow = Type.Object(row)
export type AuditRow = Static<typeof AuditRow>

/** Counted and timed from the case's record, so that nobody searches for it. Durations in s, from the answer on. */
export const AuditFacts = Type.Object({
  answerS: Nullable(Type.Integer({ description: 'From waiting to the answer; null: not known' })),
  dispatchS: Nullable(Type.Integer()),
  arriveS: Nullable(Type.Integer()),
  resolveS: Nullable(Type.Integer()),
  steps: Type.Integer({ description: 'Answers of the protocol' }),
  protocol: Nullable(Type.String({ description: 'Number of its version; null: none' })),
  notices: Type.Integer({ description: 'Must-see notices read in the case' }),
  noticesUnread: Type.Integer({ description: 'That held when it was closed, and were not read' }),
  contact: Type.Enum(['made', 'none', 'unknown'], { description: 'Whether the record says that she was reached' }),
  contactCalls: Type.Integer(),
  calls: Type.Integer({ description: 'Voice calls that were answered' }),
  recorded: Type.Integer({ description: '… of these recorded' }),
  noticed: Type.Integer({ description: '… of the recorded ones those in which it was said before' }),
  notes: Type.Integer(),
  takeovers: Type.Integer({ description: 'Changes of the owner' }),
})
export type AuditFacts = Static<typeof AuditFacts>

export const AuditComment = Type.Object({
  at: Timestamp,
  by: Type.String(),
  byOperator: Type.Boolean({ description: 'By whoever was audited' }),
  text: Type.String(),
})
export type AuditComment = Static<typeof AuditComment>

export const AuditDetail = Type.Object({
  ...row,
  version: Type.Integer(),
  reason: Nullable(Type.String({ description: 'Why it was picked' })),
  sheet: SheetView,
  answers: Type.Array(SheetAnswer),
  remark: Nullable(Type.String()),
  facts: AuditFacts,
  comments: Type.Array(AuditComment),
  history: Type.Array(Type.Object({ at: Timestamp, by: Type.String(), version: Type.Integer() })),
  mayWrite: Type.Boolean(),
  ownCase: Type.Boolean({ description: 'The caller had this case: another supervisor audits it' }),
  mayComment: Type.Boolean(),
})
export type AuditDetail = Static<typeof AuditDetail>

/** `POST /quality/audits/{auditId}`: saves a draft, or completes and signs. */
export const AuditBody = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    sheetVersion: Type.Integer({ minimum: 1 }),
    answers: Type.Array(SheetAnswer, { maxItems: 30 }),
    remark: Nullable(Type.String({ maxLength: 2000 })),
    complete: Type.Boolean(),
  },
  { additionalProperties: false },
)
export type AuditBody = Static<typeof AuditBody>
export const CommentBody = Type.Object({ text: Words }, { additionalProperties: false })
/** `POST /quality/audits`: by hand, besides what is drawn. */
export const PickBody = Type.Object(
  { caseId: Type.String({ format: 'uuid' }), reason: Words },
  { additionalProperties: false },
)
export type PickBody = Static<typeof PickBody>

const OperatorMonth = Type.Object({
  ...Colleague.properties,
  cases: Type.Integer({ description: 'Closed calls of people that this operator had; faults are not drawn' }),
  due: Type.Integer({ description: 'Drawn; fewer than two when there were no more cases' }),
  audits: Type.Array(AuditRow),
})
export type OperatorMonth = Static<typeof OperatorMonth>

/** `GET /quality/months/{month}` */
export const QualityMonth = Type.Object({
  month: Month,
  ended: Type.Boolean(),
  draw: Nullable(Type.Object({ at: Timestamp, seed: Type.String(), node: Type.String() })),
  dueAt: Timestamp,
  operators: Type.Array(OperatorMonth),
  months: Type.Array(
    Type.Object({ month: Month, due: Type.Integer(), completed: Type.Integer(), overdue: Type.Integer() }),
    { description: 'All that were drawn, newest first' },
  ),
})
export type QualityMonth = Static<typeof QualityMonth>

/** A closed case that could be picked. */
export const PickableCase = Type.Object({
  caseId: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  category: Type.Enum([...CASE_CATEGORIES]),
  outcome: Nullable(Type.Enum([...OUTCOMES])),
  closedAt: Timestamp,
  audited: Type.Boolean({ description: 'It is among the audits already' }),
})
export type PickableCase = Static<typeof PickableCase>

const cursor = Type.Optional(Type.String({ maxLength: 300 }))
const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 }))
export const PickQuery = Type.Object({ operatorId: Type.String({ format: 'uuid' }), cursor, limit })
export const OwnAuditsQuery = Type.Object({ cursor, limit })
