import Type, { type Static } from 'typebox'
import { OUTCOMES, type Outcome } from './kinds.ts'
import { Month } from './month.ts'

/** How closed cases ended, how their handling was judged, and how much operators had to do. */

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const QUALITY_GROUPS = ['operator', 'area', 'kind', 'device', 'month'] as const
export type QualityGroup = (typeof QUALITY_GROUPS)[number]

/** `GET /quality/statistics` */
export const QualityQuery = Type.Object({
  from: Type.Optional(Month),
  to: Type.Optional(Month),
  by: Type.Optional(Type.Enum([...QUALITY_GROUPS], { default: 'operator' })),
  format: Type.Optional(Type.Enum(['json', 'csv'])),
})

const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, Type.Integer()])) as Record<
  Outcome,
  Type.TInteger
>
const figures = {
  closed: Type.Integer({ description: 'Cases closed in the months, without drills, tests and what was kept quiet' }),
  outcomes: Type.Object(outcomes),
  falseCases: Type.Integer({ description: 'false_alarm, no_help_needed or fault_reported' }),
  falseRate: Nullable(Type.Number({ description: '0…1 of those whose outcome says whether the alarm was right' })),
  due: Type.Integer({ description: 'Audits that were drawn' }),
  completed: Type.Integer({ description: '… of these completed' }),
  overdue: Type.Integer(),
  picked: Type.Integer({ description: 'Completed audits of cases picked by hand; besides' }),
  meanScore: Nullable(Type.Number({ description: '0…100, of all that are completed' })),
  criticalFailures: Type.Integer({ description: 'Completed audits in which a critical criterion got 0' }),
  below: Type.Integer({ description: 'Completed audits below the pass mark' }),
}
export const QualityFigures = Type.Object(figures)
export type QualityFigures = Static<typeof QualityFigures>
export const QualityRow = Type.Object({
  key: Type.String({ description: "An operator's id, a county's code, a kind, `kind|model` of a device, a month" }),
  name: Nullable(Type.String({ description: "The operator's or county's name" })),
  ...figures,
})
export type QualityRow = Static<typeof QualityRow>
export const QualityStatistics = Type.Object({
  from: Month,
  to: Month,
  by: Type.Enum([...QUALITY_GROUPS]),
  running: Type.Boolean({ description: 'The last month is not over yet' }),
  total: QualityFigures,
  rows: Type.Array(QualityRow),
})
export type QualityStatistics = Static<typeof QualityStatistics>

/** One alarm in ten minutes is what an operator manages for long (EEMUA 191). */
export const ALARMS_PER_HOUR = 6

/**
 * Whether there was more to do than one can manage for long. Whoever was there for less than ten minutes may have taken
 * one. Pure.
 * @param hours on duty, of all operators together
 */
export function isOverloaded(alarms: number, hours: number): boolean {
  return alarms > Math.max(1, ALARMS_PER_HOUR * hours)
}

/** `GET /quality/load` */
export const LoadQuery = Type.Object({
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Begins with this hour; 28 days before `to`' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Excluded; now unless given' })),
  table: Type.Optional(Type.Enum(['operators', 'hours'], { default: 'operators', description: 'Of the CSV' })),
  format: Type.Optional(Type.Enum(['json', 'csv'])),
})

const load = {
  alarms: Type.Integer({ description: 'Real cases answered, of all categories' }),
  hours: Type.Number({ description: 'On duty: ready or busy' }),
  perHour: Nullable(Type.Number({ description: 'Alarms per operator and hour on duty; null: nobody was' })),
}
export const LoadFigures = Type.Object(load)
export type LoadFigures = Static<typeof LoadFigures>
export const LoadOperator = Type.Object({
  userId: Type.String(),
  displayName: Type.String(),
  ...load,
  hoursOver: Type.Integer({ description: 'Clock hours with more than she could manage' }),
  most: Type.Integer({ description: 'Most alarms in one clock hour' }),
})
export type LoadOperator = Static<typeof LoadOperator>
export const LoadCell = Type.Object({
  weekday: Type.Integer({ minimum: 1, maximum: 7, description: '1 is Monday' }),
  hour: Type.Integer({ minimum: 0, maximum: 23, description: 'In Shanghai' }),
  ...load,
  over: Type.Integer({ description: 'How many of these hours were more than those on duty could manage' }),
  of: Type.Integer({ description: 'How many hours there were in the range' }),
})
export type LoadCell = Static<typeof LoadCell>
export const LoadView = Type.Object({
  from: Timestamp,
  to: Timestamp,
  target: Type.Number({ description: 'Alarms per operator and hour' }),
  total: LoadFigures,
  hoursOver: Type.Integer({ description: 'Clock hours in which the centre had more than those on duty could manage' }),
  hoursOf: Type.Integer(),
  operators: Type.Array(LoadOperator),
  cells: Type.Array(LoadCell),
  worst: Type.Array(Type.Object({ at: Timestamp, ...load }), { description: 'The ten worst hours' }),
  live: Type.Object(
    { ...load, onDuty: Type.Integer({ description: 'Ready or busy now' }) },
    {
      description: 'The last 60 minutes',
    },
  ),
})
export type LoadView = Static<typeof LoadView>
