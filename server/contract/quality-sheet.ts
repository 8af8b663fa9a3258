import Type, { type Static } from 'typebox'
import { Words } from './protocol.ts'

/** The sheet by which a case's handling is judged, and how a score comes from it. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const SHEET_SECTIONS = ['answer', 'handling', 'closing', 'conduct'] as const
export type SheetSection = (typeof SHEET_SECTIONS)[number]
/** `points`: 0, 1 or 2; `yes_no`: 0 or 2. Each may be not applicable. */
export const SHEET_SCALES = ['points', 'yes_no'] as const
export type SheetScale = (typeof SHEET_SCALES)[number]
/** What of the case is shown beside a criterion. */
export const SHEET_EVIDENCE = [
  'answer',
  'dispatch',
  'arrival',
  'protocol',
  'notices',
  'contact',
  'outcome',
  'log',
  'recording',
] as const
export type SheetEvidence = (typeof SHEET_EVIDENCE)[number]

export const Criterion = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9_]{1,30}$' }),
    section: Type.Enum([...SHEET_SECTIONS]),
    text: Words,
    hint: Nullable(Words),
    scale: Type.Enum([...SHEET_SCALES]),
    weight: Type.Integer({ minimum: 1, maximum: 10 }),
    critical: Type.Boolean({ description: 'With 0 here the whole sheet has failed, whatever its score' }),
    evidence: Nullable(Type.Enum([...SHEET_EVIDENCE])),
  },
  { additionalProperties: false },
)
export type Criterion = Static<typeof Criterion>

export const SheetContent = Type.Object(
  {
    passMark: Type.Integer({ minimum: 0, maximum: 100, description: '%; below it the handling was not good enough' }),
    criteria: Type.Array(Criterion, { minItems: 1, maxItems: 30 }),
  },
  { additionalProperties: false },
)
export type SheetContent = Static<typeof SheetContent>

export const SheetView = Type.Object({
  version: Type.Integer(),
  at: Timestamp,
  by: Nullable(Type.String({ description: 'Null: as delivered' })),
  note: Type.String(),
  content: SheetContent,
})
export type SheetView = Static<typeof SheetView>
/** `POST /quality/sheets` */
export const NewSheet = Type.Object(
  {
    base: Type.Integer({ description: 'The version that was changed; a stale one is refused' }),
    note: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
    content: SheetContent,
  },
  { additionalProperties: false },
)
export type NewSheet = Static<typeof NewSheet>

export const SheetAnswer = Type.Object(
  {
    id: Type.String({ maxLength: 31 }),
    value: Type.Union([Type.Integer({ minimum: 0, maximum: 2 }), Type.Literal('na')]),
    note: Nullable(Type.String({ maxLength: 1000 })),
  },
  { additionalProperties: false },
)
export type SheetAnswer = Static<typeof SheetAnswer>

export const AUDIT_RESULTS = ['passed', 'below', 'failed'] as const
export type AuditResult = (typeof AUDIT_RESULTS)[number]

export interface Scored {
  /** 0…100, one decimal; null: nothing was applicable. */
  score: number | null
  /** Critical criteria with 0. */
  failed: string[]
  /** Criteria without an answer. */
  missing: string[]
  /** Those with 0 and no word of why. */
  unexplained: string[]
  result: AuditResult
}

/** The score: the weighted share of points in what was applicable. A critical criterion with 0 fails the sheet. Pure. */
export function scoreSheet(content: SheetContent, answers: readonly SheetAnswer[]): Scored {
  const given = new Map(answers.map((answer) => [answer.id, answer]))
  let [points, weights] = [0, 0]
  const scored: Omit<Scored, 'score' | 'result'> = { failed: [], missing: [], unexplained: [] }
  for (const { id, weight, critical } of content.criteria) {
    const answer = given.get(id)
    if (answer === undefined) scored.missing.push(id)
    else if (answer.value !== 'na') {
      points += (weight * answer.value) / 2
      weights += weight
      if (answer.value === 0 && critical) scored.failed.push(id)
      if (answer.value === 0 && (answer.note ?? '').trim() === '') scored.unexplained.push(id)
    }
  }
  const score = weights === 0 ? null : Math.round((points / weights) * 1000) / 10
  const result = scored.failed.length > 0 ? 'failed' : score !== null && score < content.passMark ? 'below' : 'passed'
  return { ...scored, score, result }
}

/** What is wrong with a sheet's content besides its form: texts that are missing, ids that stand twice. Pure. */
export function checkSheet({ criteria }: SheetContent): { field: string; message: string }[] {
  return criteria.flatMap(({ id, text, hint }, n) => [
    ...(criteria.findIndex((other) => other.id === id) < n
      ? [{ field: `content.criteria.${n}.id`, message: 'stands twice' }]
      : []),
    ...(['zh-CN', 'en'] as const).flatMap((language) => [
      ...(text[language].trim() === ''
        ? [{ field: `content.criteria.${n}.text.${language}`, message: 'is needed' }]
        : []),
      ...(hint !== null && hint[language].trim() === ''
        ? [{ field: `content.criteria.${n}.hint.${language}`, message: 'is needed, or no hint at all' }]
        : []),
    ]),
  ])
}
