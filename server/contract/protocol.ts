import Type, { type Static } from 'typebox'
import { ALERT_KINDS, OUTCOMES } from './kinds.ts'

/** Executable steps per kind of alarm and risk of the resident; what is asked, and what follows from each answer. */

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const RISK_LEVELS = ['low', 'normal', 'high'] as const
export type RiskLevel = (typeof RISK_LEVELS)[number]

/** The rules by which a resident's risk is judged (resident-risk.ts). */
export const RISK_REASONS = [
  'no_file',
  'disabled',
  'very_old',
  'old_alone',
  'frail_alone',
  'grave_illness',
  'unprotected',
  'alone',
  'old',
  'less_able',
  'not_assessed',
  'illness',
] as const
export type RiskReason = (typeof RISK_REASONS)[number]

export const STEP_TYPES = ['ask', 'call', 'decide', 'dispatch', 'inform'] as const
export type StepType = (typeof STEP_TYPES)[number]

/** One text in each language; a draft may lack one. */
export const Words = Type.Object({ 'zh-CN': Type.String({ maxLength: 300 }), en: Type.String({ maxLength: 300 }) })
export type Words = Static<typeof Words>

/** Whether somebody has heard or seen the resident, or spoken with a person who is with her. */
export const ContactMark = Type.Enum(['made', 'none'], {
  description: 'made: the resident, or somebody who is with her, was reached; none: nobody was',
})
export type ContactMark = Static<typeof ContactMark>

/** What an answer does with the case, and what its dialog starts with. */
export const AnswerAction = Type.Union([
  Type.Object({ type: Type.Literal('dispatch'), to: Nullable(Words), text: Nullable(Words) }),
  Type.Object({ type: Type.Literal('arrive') }),
  Type.Object({ type: Type.Literal('resolve'), outcome: Type.Enum([...OUTCOMES]), reason: Nullable(Words) }),
])
export type AnswerAction = Static<typeof AnswerAction>

const StepId = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' })

export const ProtocolAnswer = Type.Object({
  key: Type.Integer({ minimum: 1, maximum: 9, description: 'The key that gives it' }),
  label: Words,
  next: Nullable(StepId),
  contact: Nullable(ContactMark),
  action: Nullable(AnswerAction),
})
export type ProtocolAnswer = Static<typeof ProtocolAnswer>

export const ProtocolStep = Type.Object({
  id: StepId,
  type: Type.Enum([...STEP_TYPES]),
  text: Words,
  why: Nullable(Words),
  answers: Type.Array(ProtocolAnswer, { maxItems: 9 }),
})
export type ProtocolStep = Static<typeof ProtocolStep>

/** Begins with its first step; ends with an answer that resolves the case. */
export const ProtocolContent = Type.Object({
  title: Words,
  kinds: Type.Array(Type.Enum([...ALERT_KINDS]), { maxItems: ALERT_KINDS.length }),
  risks: Type.Array(Type.Enum([...RISK_LEVELS]), { maxItems: RISK_LEVELS.length }),
  steps: Type.Array(ProtocolStep, { maxItems: 60 }),
})
export type ProtocolContent = Static<typeof ProtocolContent>

export const PROTOCOL_ID = '^[a-z][a-z0-9-]{1,39}$'

/** One cell of the matrix. */
export const ProtocolCell = Type.Object({
  kind: Type.Enum([...ALERT_KINDS]),
  risk: Type.Enum([...RISK_LEVELS]),
  protocolId: Nullable(Type.String({ description: 'null: no published protocol; its cases get the general fallback' })),
})
export type ProtocolCell = Static<typeof ProtocolCell>

export const ProtocolView = Type.Object({
  protocolId: Type.String(),
  title: Words,
  number: Nullable(Type.Integer({ description: 'Of the newest published version, counted from 1' })),
  publishedAt: Nullable(Timestamp),
  publishedBy: Nullable(Type.String({ description: 'null: as delivered' })),
  draft: Type.Boolean({ description: 'There is a draft that is newer than what is published' }),
  cells: Type.Integer({ description: 'Kinds × risks that it serves now' }),
})
export type ProtocolView = Static<typeof ProtocolView>

/** `GET /protocols` */
export const ProtocolList = Type.Object({ items: Type.Array(ProtocolView), cells: Type.Array(ProtocolCell) })
export type ProtocolList = Static<typeof ProtocolList>

/** One saved state of a protocol; never changed. */
export const ProtocolVersion = Type.Object({
  version: Type.Integer({ description: 'Of all saved states of all protocols' }),
  protocolId: Type.String(),
  state: Type.Enum(['draft', 'published']),
  number: Nullable(Type.Integer({ description: 'null: a draft' })),
  content: ProtocolContent,
  at: Timestamp,
  by: Nullable(Type.String({ description: 'null: as delivered' })),
  note: Nullable(Type.String()),
})
export type ProtocolVersion = Static<typeof ProtocolVersion>

/** `GET /protocols/{protocolId}` */
export const ProtocolDetail = Type.Object({
  protocolId: Type.String(),
  newest: ProtocolVersion,
  published: Nullable(ProtocolVersion),
})
export type ProtocolDetail = Static<typeof ProtocolDetail>

const Note = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' })
const Base = Type.Integer({ minimum: 1, description: 'The newest version that the author saw; a stale one is refused' })

/** `POST /protocols`: a first draft. */
export const NewProtocol = Type.Object({
  protocolId: Type.String({ pattern: PROTOCOL_ID }),
  content: ProtocolContent,
  note: Type.Optional(Note),
})
export type NewProtocol = Static<typeof NewProtocol>

/** `POST /protocols/{protocolId}/draft`: may lack things still. */
export const ProtocolDraft = Type.Object({ base: Base, content: ProtocolContent, note: Type.Optional(Note) })
export type ProtocolDraft = Static<typeof ProtocolDraft>

/** `POST /protocols/{protocolId}/publish`: must be right. */
export const ProtocolPublication = Type.Object({ base: Base, content: ProtocolContent, note: Note })
export type ProtocolPublication = Static<typeof ProtocolPublication>

export const DoneStep = Type.Object({
  stepId: Type.String(),
  key: Type.Integer(),
  by: Nullable(Type.String()),
  at: Timestamp,
  note: Nullable(Type.String()),
})
export type DoneStep = Static<typeof DoneStep>

/** The protocol of one case: `GET /cases/{caseId}`. */
export const CaseProtocol = Type.Object({
  version: Nullable(Type.Integer({ description: 'null: the kind has no protocol, this is the general fallback' })),
  number: Nullable(Type.Integer()),
  title: Words,
  kind: Type.Enum([...ALERT_KINDS], { description: 'The most urgent kind of the case so far' }),
  risk: Type.Enum([...RISK_LEVELS]),
  riskReasons: Type.Array(Type.Enum([...RISK_REASONS]), { description: 'Names of the rules that gave the risk' }),
  steps: Type.Array(ProtocolStep),
  done: Type.Array(DoneStep, { description: 'Since the case was opened or last reopened, in order' }),
  current: Nullable(Type.String({ description: 'Step id; null: all is answered' })),
  contact: Nullable(ContactMark),
  visited: Type.Boolean({ description: 'Somebody has been on scene' }),
  second: Nullable(Type.Object({ by: Type.String(), until: Timestamp, reason: Type.String() })),
})
export type CaseProtocol = Static<typeof CaseProtocol>

const version = Type.Integer({
  minimum: 1,
  description: 'The version of the case the operator was looking at; a stale one is refused',
})
const text = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })

/** `POST /cases/{caseId}/steps` */
export const StepAnswer = Type.Object({
  version,
  stepId: Type.String({ maxLength: 40 }),
  answer: Type.Integer({ minimum: 1, maximum: 9, description: "The answer's key" }),
  note: Type.Optional(text),
  dispatch: Type.Optional(
    Type.Object({ to: Type.Optional(text), text: Type.Optional(text) }, { description: 'For an answer that sends' }),
  ),
  resolve: Type.Optional(
    Type.Object(
      {
        outcome: Type.Optional(Type.Enum([...OUTCOMES])),
        reason: Type.Optional(text),
        contact: Type.Optional(ContactMark),
      },
      { description: 'For an answer that ends the case; what is left out is as the protocol proposes' },
    ),
  ),
})
export type StepAnswer = Static<typeof StepAnswer>

/** `POST /cases/{caseId}/second` */
export const SecondPerson = Type.Object({ version, reason: text })
export type SecondPerson = Static<typeof SecondPerson>
/** `POST /cases/{caseId}/second/ask` */
export const SecondAsked = Type.Object({ version })
export type SecondAsked = Static<typeof SecondAsked>
