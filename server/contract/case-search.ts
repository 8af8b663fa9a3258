import Type, { type Static } from 'typebox'
import { ALERT_KINDS, CASE_CATEGORIES, CASE_STATES, CERTAINTIES, OUTCOMES } from './case.ts'
import { LANGUAGES } from './explain/template.ts'
import { RISK_LEVELS } from './protocol.ts'
import { CASE_PURPOSES } from './purpose.ts'

/** Finding cases among all that ever were, and taking what was found along as a file. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const some = <T extends Type.TSchema>(item: T, description: string) =>
  Type.Optional(Type.Array(item, { minItems: 1, maxItems: 30, description }))

/** `newest` and `oldest`: by when it was opened. `slowest`: only cases that were answered, the latest answer first. */
export const CASE_SORTS = ['newest', 'oldest', 'slowest'] as const
export type CaseSort = (typeof CASE_SORTS)[number]

const filter = {
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Opened at or after' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Opened before' })),
  states: some(Type.Enum([...CASE_STATES]), 'In one of these states'),
  categories: some(Type.Enum([...CASE_CATEGORIES]), 'Of one of these categories'),
  kinds: some(Type.Enum([...ALERT_KINDS]), 'Whose most urgent alert is one of these'),
  outcomes: some(Type.Enum([...OUTCOMES]), 'Ended in one of these'),
  purposes: some(Type.Enum([...CASE_PURPOSES]), 'Real ones unless said'),
  priorities: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 5 }), { minItems: 1, maxItems: 5 })),
  severe: Type.Optional(
    Type.Boolean({ description: 'With an alert of somebody who does not move, answer or recover' }),
  ),
  risks: some(Type.Enum([...RISK_LEVELS]), "The resident's risk when the case was taken"),
  ownerId: Type.Optional(Type.String({ format: 'uuid', description: 'Who has it, or had it last' })),
  closedBy: Type.Optional(Type.String({ format: 'uuid', description: 'Who closed it' })),
  area: Type.Optional(
    Type.String({ pattern: '^[0-9]{2,12}$', description: 'Code of a division of any tier; with all below it' }),
  ),
  deviceId: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, pattern: '\\S', description: 'With an alert of it' }),
  ),
  number: Type.Optional(
    Type.String({ minLength: 1, maxLength: 40, pattern: '\\S', description: 'The six characters that the desk shows' }),
  ),
  resident: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 60,
      pattern: '\\S',
      description: "As in the search of residents; besides, the last digits of the resident's own number",
    }),
  ),
  words: Type.Optional(
    Type.String({
      maxLength: 100,
      minLength: 2,
      pattern: '\\S\\S',
      description:
        'Each of these, two characters or more, stands in one entry: note, dispatch, arrival, outcome, hold, call …',
    }),
  ),
  slowerThan: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 86_400, description: 'First answered later than this, s' }),
  ),
}
export const CaseFilter = Type.Object(filter)
export type CaseFilter = Static<typeof CaseFilter>

/** `POST /cases/search`: in the body, since a name has no place in an address. */
export const CaseSearch = Type.Object({
  ...filter,
  sort: Type.Optional(Type.Enum([...CASE_SORTS], { default: 'newest' })),
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
})
export type CaseSearch = Static<typeof CaseSearch>

/** More are not counted. Words are read in the log of each case, which takes ten times as long as its own columns. */
export const COUNTED_CASES = 10_000
export const COUNTED_WITH_WORDS = 1_000

const Person = Type.Object({ userId: Type.String(), displayName: Type.String() })
export const CaseHit = Type.Object({
  caseId: Type.String(),
  openedAt: Timestamp,
  kind: Type.Enum([...ALERT_KINDS]),
  category: Type.Enum([...CASE_CATEGORIES]),
  priority: Type.Integer({ minimum: 1, maximum: 5 }),
  state: Type.Enum([...CASE_STATES]),
  outcome: Nullable(Type.Enum([...OUTCOMES])),
  purpose: Type.Enum([...CASE_PURPOSES]),
  suppressed: Type.Boolean({ description: 'Kept quiet: on test or in maintenance' }),
  certainty: Type.Enum([...CERTAINTIES]),
  severe: Type.Boolean(),
  risk: Nullable(Type.Enum([...RISK_LEVELS])),
  residentId: Nullable(Type.String()),
  residentName: Nullable(Type.String()),
  residentAge: Nullable(Type.Integer()),
  place: Nullable(Type.String({ description: 'County and town' })),
  deviceId: Type.String(),
  owner: Nullable(Person),
  closedBy: Nullable(Person),
  answerSeconds: Nullable(Type.Number({ description: 'From when it began to wait to the first answer' })),
  resolvedAt: Nullable(Timestamp),
  closedAt: Nullable(Timestamp),
})
export type CaseHit = Static<typeof CaseHit>

export const CaseHits = Type.Object({
  items: Type.Array(CaseHit),
  nextCursor: Nullable(Type.String()),
  total: Nullable(
    Type.Object(
      {
        count: Type.Integer(),
        more: Type.Boolean({
          description: `There are more than ${COUNTED_CASES}, or ${COUNTED_WITH_WORDS} when words are looked for`,
        }),
      },
      { description: 'Of the first page only' },
    ),
  ),
})
export type CaseHits = Static<typeof CaseHits>

/** `GET /cases/search/options` */
export const CaseSearchOptions = Type.Object({
  people: Type.Array(Person, { description: 'Whoever has or had an account' }),
  areas: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      level: Type.Enum(['city', 'county', 'town']),
      parentCode: Nullable(Type.String()),
    }),
  ),
})
export type CaseSearchOptions = Static<typeof CaseSearchOptions>

export const EXPORT_FORMATS = ['csv', 'xlsx'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]
/** Rows of a file at most. */
export const EXPORT_ROWS = 200_000
/** Header of the answer: how many rows follow. */
export const ROWS_HEADER = 'x-anhu-rows'

/** `POST /cases/export` */
export const CaseExport = Type.Object({
  ...filter,
  sort: Type.Optional(Type.Enum([...CASE_SORTS], { default: 'newest' })),
  format: Type.Enum([...EXPORT_FORMATS]),
  language: Type.Enum([...LANGUAGES]),
})
export type CaseExport = Static<typeof CaseExport>
