import Type, { type Static } from 'typebox'
import { ROLES } from './api.ts'
import { CASE_CATEGORIES } from './case.ts'
import { CONFLICT_KINDS } from './roster-conflicts.ts'

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })
const Day = Type.String({ format: 'date', description: 'A day in Asia/Shanghai' })
const Clock = (description: string) => Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description })

/** How many people with a skill and for an area must be there. Each line is judged by itself: one person may count in several. */
export const ShiftRequirement = Type.Object({
  skill: Nullable(Type.Enum([...CASE_CATEGORIES], { description: 'Null: any' })),
  area: Nullable(
    Type.String({ pattern: '^[0-9]{2,12}$', description: 'A division that must be covered whole; null: any' }),
  ),
  heads: Type.Integer({ minimum: 1, maximum: 50 }),
})
export type ShiftRequirement = Static<typeof ShiftRequirement>

/** `POST /roster/patterns` */
export const ShiftPattern = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 30, pattern: '\\S' }),
  start: Clock('HH:MM in Asia/Shanghai'),
  end: Clock('Not after the start: on the next day'),
  required: Type.Array(ShiftRequirement, { maxItems: 20 }),
  active: Type.Boolean({ description: 'False: kept for the record, no longer planned with' }),
})
export type ShiftPattern = Static<typeof ShiftPattern>

export const PatternView = Type.Object({
  patternId: Uuid,
  ...ShiftPattern.properties,
  version: Type.Integer(),
  updatedAt: Timestamp,
  updatedBy: Nullable(Type.String()),
})
export type PatternView = Static<typeof PatternView>

/** `PUT /roster/patterns/{patternId}` */
export const PatternChange = Type.Object({
  version: Type.Integer({ minimum: 1, description: 'The one that was looked at; a stale one is refused' }),
  pattern: ShiftPattern,
})
export type PatternChange = Static<typeof PatternChange>

export const RosterSlot = Type.Object({ userId: Uuid, day: Day, patternId: Uuid })
export type RosterSlot = Static<typeof RosterSlot>

export const RosterEntry = Type.Object({
  entryId: Uuid,
  ...RosterSlot.properties,
  startAt: Timestamp,
  endAt: Timestamp,
})
export type RosterEntry = Static<typeof RosterEntry>

export const RosterConflict = Type.Object({
  kind: Type.Enum([...CONFLICT_KINDS]),
  userId: Uuid,
  day: Day,
  patternId: Uuid,
  hours: Type.Number({ description: 'rest: between the shifts; hours: in the week; overlap: in common' }),
})

/** `GET /roster/weeks/{monday}` */
export const RosterWeekView = Type.Object({
  monday: Day,
  version: Type.Integer({ description: '0 while nobody has planned it' }),
  people: Type.Array(Type.Object({ userId: Uuid, displayName: Type.String(), role: Type.Enum([...ROLES]) })),
  patterns: Type.Array(PatternView),
  entries: Type.Array(RosterEntry),
  around: Type.Array(RosterEntry, { description: 'The days beside the week, for rest and double booking' }),
  conflicts: Type.Array(RosterConflict),
})
export type RosterWeekView = Static<typeof RosterWeekView>

/** `PUT /roster/weeks/{monday}`: the whole week anew. */
export const RosterWeekChange = Type.Object({
  version: Type.Integer({ minimum: 0, description: 'The one that was looked at; a stale one is refused' }),
  entries: Type.Array(RosterSlot, { maxItems: 2000 }),
  accept: Type.Optional(
    Type.Boolean({ description: 'Short rest and long weeks are meant; a note must say why. Double booking is never.' }),
  ),
  note: Type.Optional(Type.String({ maxLength: 200 })),
})
export type RosterWeekChange = Static<typeof RosterWeekChange>

const Named = Type.Object({ ...RosterSlot.properties, displayName: Type.String(), pattern: Type.String() })
export interface RosterChange {
  added: RosterSlot[]
  removed: RosterSlot[]
  /** Conflicts that were accepted. */
  accepted: Static<typeof RosterConflict>[]
}

/** `GET /roster/weeks/{monday}/history`, newest first */
export const RosterHistoryLine = Type.Object({
  version: Type.Integer(),
  at: Timestamp,
  by: Nullable(Type.String()),
  note: Nullable(Type.String()),
  added: Type.Array(Named),
  removed: Type.Array(Named),
  accepted: Type.Integer({ description: 'Conflicts that were meant' }),
})
export type RosterHistoryLine = Static<typeof RosterHistoryLine>

/** `GET /roster/mine` */
export const OwnShift = Type.Object({
  entryId: Uuid,
  day: Day,
  pattern: Type.String(),
  startAt: Timestamp,
  endAt: Timestamp,
})
export type OwnShift = Static<typeof OwnShift>

/**
 * planned: too few are on the roster. late: not signed on five minutes after the start. fell_away: signed on, then away or
 * off before the end. uncovered: nobody is there for a skill or an area.
 */
export const GAP_KINDS = ['planned', 'late', 'fell_away', 'uncovered'] as const
export type GapKind = (typeof GAP_KINDS)[number]
export type GapEnd = 'filled' | 'over'
/** now: it has begun. soon: within 30 min. day: within 24 h. */
export const GAP_HORIZONS = ['now', 'soon', 'day'] as const
export type GapHorizon = (typeof GAP_HORIZONS)[number]

/** `GET /duty-gaps` */
export const GapView = Type.Object({
  gapId: Uuid,
  kind: Type.Enum([...GAP_KINDS]),
  horizon: Type.Enum([...GAP_HORIZONS]),
  pattern: Nullable(Type.String()),
  person: Nullable(Type.Object({ userId: Uuid, displayName: Type.String() })),
  skill: Nullable(Type.Enum([...CASE_CATEGORIES])),
  area: Nullable(Type.Object({ code: Type.String(), name: Type.String() })),
  need: Type.Integer(),
  have: Type.Integer(),
  from: Timestamp,
  until: Timestamp,
  openedAt: Timestamp,
  closedAt: Nullable(Timestamp),
  closedWhy: Nullable(Type.Enum(['filled', 'over'])),
  seenBy: Type.Array(Type.Object({ displayName: Type.String(), at: Timestamp })),
})
export type GapView = Static<typeof GapView>

export const GapQuery = Type.Object({
  open: Type.Optional(Type.Boolean({ description: 'Only open ones, the most pressing first; otherwise newest first' })),
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
})
