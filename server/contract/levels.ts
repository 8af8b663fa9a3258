import Type, { type Static } from 'typebox'
import { ALERT_KINDS, CASE_CATEGORIES, CASE_STATES } from './case.ts'

/** How quickly calls are answered and help is sent, and the reviews of those that waited too long. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/**
 * Within how many seconds, and in which share. The first two: TSA's indicators as MASCOT publishes them; the third has no
 * target of its own; the last: NFPA 1225 (2022), from the answer to the first dispatch.
 */
export const LEVELS = [
  { key: 'within60', seconds: 60, target: 0.975, of: 'answer' },
  { key: 'within180', seconds: 180, target: 0.99, of: 'answer' },
  { key: 'within15', seconds: 15, target: null, of: 'answer' },
  { key: 'dispatch60', seconds: 60, target: 0.9, of: 'dispatch' },
] as const
export type LevelKey = (typeof LEVELS)[number]['key']
/** Every answer later than this is reviewed, s (TSA). */
export const REVIEW_AFTER_SECONDS = 180

/** `calls`: of people (emergency, help, care); faults are told by machines, and wait. */
export const LEVEL_CATEGORIES = ['calls', ...CASE_CATEGORIES] as const
export type LevelCategory = (typeof LEVEL_CATEGORIES)[number]
export const LEVEL_GROUPS = ['operator', 'area', 'shift', 'category'] as const
export type LevelGroup = (typeof LEVEL_GROUPS)[number]

export const LevelsQuery = Type.Object({
  from: Type.Optional(
    Type.String({ format: 'date-time', description: 'Opened at or after; 24 h before `to` unless given' }),
  ),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Opened before; now unless given' })),
  category: Type.Optional(Type.Enum([...LEVEL_CATEGORIES], { default: 'calls' })),
  by: Type.Optional(Type.Enum([...LEVEL_GROUPS], { default: 'operator' })),
  format: Type.Optional(Type.Enum(['json', 'csv'])),
})
export type LevelsQuery = Static<typeof LevelsQuery>

const figures = {
  calls: Type.Integer({ description: 'Answered, or waiting for longer than 15 s' }),
  answered: Type.Integer(),
  waiting: Type.Integer({ description: 'Not answered yet' }),
  within15: Nullable(Type.Number({ description: '0…1 of the calls; who waits for longer counts against it' })),
  within60: Nullable(Type.Number()),
  within180: Nullable(Type.Number()),
  meanSeconds: Nullable(Type.Number()),
  dispatches: Type.Integer(),
  dispatch60: Nullable(Type.Number({ description: '0…1 of the cases to which somebody was sent' })),
}
export const LevelFigures = Type.Object(figures)
export type LevelFigures = Static<typeof LevelFigures>
export const LevelRow = Type.Object({
  key: Type.String({ description: 'Id of the operator, code of the county, hour of the shift, category; empty: none' }),
  name: Nullable(Type.String({ description: "The operator's or county's name" })),
  ...figures,
})
export type LevelRow = Static<typeof LevelRow>
export const LevelPoint = Type.Object({ at: Timestamp, ...figures })
export type LevelPoint = Static<typeof LevelPoint>
export const LevelsView = Type.Object({
  from: Timestamp,
  to: Timestamp,
  every: Type.Enum(['hour', 'day']),
  total: LevelFigures,
  trend: Type.Array(LevelPoint),
  rows: Type.Array(LevelRow),
  openReviews: Type.Integer(),
})
export type LevelsView = Static<typeof LevelsView>

export const REVIEW_STATES = ['open', 'closed'] as const
/** `unanswered`: an emergency for which nobody came to the line within the limit, found while it still waited. */
export const REVIEW_REASONS = ['late_answer', 'unanswered'] as const
export const REVIEW_CAUSES = ['load', 'staffing', 'technical', 'operator', 'procedure', 'other'] as const
export type ReviewCause = (typeof REVIEW_CAUSES)[number]

export const ReviewView = Type.Object({
  reviewId: Type.String(),
  caseId: Type.String(),
  kind: Type.Enum([...ALERT_KINDS]),
  category: Type.Enum([...CASE_CATEGORIES]),
  caseState: Type.Enum([...CASE_STATES]),
  place: Nullable(Type.String()),
  reason: Type.Enum([...REVIEW_REASONS]),
  since: Timestamp,
  answerSeconds: Nullable(Type.Integer({ description: 'Null: not answered yet' })),
  answeredBy: Nullable(Type.String()),
  state: Type.Enum([...REVIEW_STATES]),
  version: Type.Integer(),
  createdAt: Timestamp,
  reviewer: Nullable(Type.String()),
  finding: Nullable(Type.String()),
  cause: Nullable(Type.Enum([...REVIEW_CAUSES])),
  action: Nullable(Type.String({ description: 'What is done so that it does not happen again' })),
  closedAt: Nullable(Timestamp),
})
export type ReviewView = Static<typeof ReviewView>
export const ReviewQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  state: Type.Optional(Type.Enum([...REVIEW_STATES])),
})
/** `POST /reviews/{reviewId}`; every change is kept. Closing needs finding, cause and action. */
export const ReviewBody = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  finding: Nullable(Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })),
  cause: Nullable(Type.Enum([...REVIEW_CAUSES])),
  action: Nullable(Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })),
  close: Type.Boolean(),
})
export type ReviewBody = Static<typeof ReviewBody>
export const ReviewHistory = Type.Object({
  items: Type.Array(
    Type.Object({
      at: Timestamp,
      by: Nullable(Type.String()),
      version: Type.Integer(),
      state: Type.Enum([...REVIEW_STATES]),
      finding: Nullable(Type.String()),
      cause: Nullable(Type.Enum([...REVIEW_CAUSES])),
      action: Nullable(Type.String()),
    }),
  ),
})
