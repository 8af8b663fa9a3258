import Type, { type Static } from 'typebox'
import { ALERT_KINDS, CASE_CATEGORIES, OUTCOMES } from './case.ts'
import { Month } from './month.ts'

/** The month's report of the city, a county or a town. Days and hours are Shanghai's. Holds nothing about persons. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const count = (description?: string) => Type.Integer(description === undefined ? {} : { description })
const share = (description: string) => Nullable(Type.Number({ description: `0…1; ${description}` }))
const seconds = (description: string) => Nullable(Type.Number({ description: `s; ${description}` }))

export const ReportQuery = Type.Object({
  month: Month,
  area: Type.Optional(
    Type.String({
      pattern: '^[0-9]{2,12}$',
      description: 'Code of the city, a county or a town; the city unless said',
    }),
  ),
})
export type ReportQuery = Static<typeof ReportQuery>

/** How many of a month, of the month before, and how many of this month's were false. */
const numbers = {
  cases: count(),
  before: count('In the month before'),
  falseAlarms: count('Ended as false alarm, no help needed or fault reported'),
}
const part = <T extends Type.TSchema>(key: T) => Type.Object({ key, ...numbers })

/** Answers count where the case began to wait; one that still waits counts against each limit that has passed. */
export const AnswerReport = Type.Object({
  calls: count('Answered, or waiting for longer than 15 s'),
  answered: count(),
  within15: share('of the calls'),
  within60: share('of the calls'),
  within180: share('of the calls'),
  meanSeconds: seconds('to the first answer'),
  medianSeconds: seconds('half were answered sooner'),
  p95Seconds: seconds('95 % were answered sooner'),
})
export type AnswerReport = Static<typeof AnswerReport>

export const CaseTotals = Type.Object({
  cases: count('Real ones; drills and self-tests stand apart'),
  emergencies: count(),
  falseAlarms: count(),
  decided: count('With an outcome that says whether the alarm was true'),
  cancelled: count('Taken back by the resident, or every alert was restored'),
  suppressed: count('Of devices on test or in maintenance'),
  open: count('Not resolved yet'),
  residents: count('Residents whom they were about'),
})
export type CaseTotals = Static<typeof CaseTotals>

export const HelpReport = Type.Object({
  dispatched: count('Cases to which somebody was sent'),
  dispatch60: share('sent within 60 s of the answer'),
  dispatchSeconds: seconds('median, from the answer to the first dispatch'),
  arrived: count('Of these, where an arrival is written down'),
  arrivalSeconds: seconds('median, from the dispatch to the arrival'),
  arrival15: share('arrived within 15 min of the dispatch'),
  arrival30: share('arrived within 30 min of the dispatch'),
})
export type HelpReport = Static<typeof HelpReport>

const DeviceReport = Type.Object({
  recordedAt: Timestamp,
  devices: count('In use'),
  online: count(),
  lowBattery: count(),
})

export const MonthlyReport = Type.Object({
  month: Type.String(),
  monthBefore: Type.String(),
  complete: Type.Boolean({ description: 'The month is over' }),
  area: Type.Object({ code: Type.String(), name: Type.String(), level: Type.Enum(['city', 'county', 'town']) }),
  city: Type.String(),
  county: Nullable(Type.String({ description: 'Of a town' })),
  generatedAt: Timestamp,
  generatedBy: Type.String(),
  totals: CaseTotals,
  totalsBefore: CaseTotals,
  byCategory: Type.Array(part(Type.Enum([...CASE_CATEGORIES]))),
  byKind: Type.Array(part(Type.Enum([...ALERT_KINDS])), { description: 'Most first' }),
  byOutcome: Type.Array(part(Nullable(Type.Enum([...OUTCOMES]))), { description: 'Null: not resolved yet' }),
  byArea: Type.Array(Type.Object({ code: Type.String(), name: Nullable(Type.String()), ...numbers }), {
    description: 'What lies directly below the area; an empty code for cases without a place. Most first',
  }),
  byDay: Type.Array(
    Type.Object({ day: Type.String(), emergency: count(), help: count(), care: count(), fault: count() }),
    { description: 'Each day of the month' },
  ),
  byHour: Type.Array(Type.Object({ hour: Type.Integer(), cases: count(), calls: count('Without faults') }), {
    description: 'All days together, 0 to 23',
  }),
  answers: AnswerReport,
  answersBefore: AnswerReport,
  answersByCategory: Type.Array(Type.Object({ key: Type.Enum([...CASE_CATEGORIES]), answers: AnswerReport })),
  help: HelpReport,
  helpBefore: HelpReport,
  escalation: Type.Object({
    escalated: count('Cases that were told further up'),
    exhausted: count('Nobody took it in all rounds'),
    reviews: count('Answered later than 180 s, or by nobody in time'),
    openReviews: count('Of these, not closed yet'),
  }),
  devices: Nullable(DeviceReport),
  devicesBefore: Nullable(DeviceReport),
  residents: Type.Object({ registered: count('With a file, now'), withCases: count('Of this month') }),
  tests: Type.Object({
    drills: count('Held in the whole city'),
    drillCases: count('Of the area'),
    selfTests: count('Of the platform itself, in the whole city'),
    selfTestsFailed: count(),
  }),
})
export type MonthlyReport = Static<typeof MonthlyReport>
