import type { RosterEntry, RosterSlot, RosterWeekView } from '../../../server/contract/roster.ts'
import {
  type Conflict,
  conflictsOf,
  dayAfter,
  minuteOf,
  type PlannedShift,
  shiftSpan,
} from '../../../server/contract/roster-conflicts.ts'

/** The week that is being planned, before it is saved. Pure. */
export type Slots = readonly RosterSlot[]

export const daysOf = (monday: string): string[] => Array.from({ length: 7 }, (_, n) => dayAfter(monday, n))

export const slotsOf = (entries: readonly RosterEntry[]): RosterSlot[] =>
  entries.map(({ userId, day, patternId }) => ({ userId, day, patternId }))

/** One person's day, set to one pattern or to none. */
export function withCell(slots: Slots, userId: string, day: string, patternId: string | null): RosterSlot[] {
  const others = slots.filter((slot) => slot.userId !== userId || slot.day !== day)
  return patternId === null ? others : [...others, { userId, day, patternId }]
}

/** A week as the one before it; patterns that are no longer in use and people who have left are left out. */
export function copied(before: RosterWeekView, { patterns, people }: RosterWeekView): RosterSlot[] {
  const usable = new Set(patterns.flatMap(({ patternId, active }) => (active ? patternId : [])))
  const there = new Set(people.map(({ userId }) => userId))
  return slotsOf(before.entries)
    .filter(({ userId, patternId }) => usable.has(patternId) && there.has(userId))
    .map((slot) => ({ ...slot, day: dayAfter(slot.day, 7) }))
}

/** Times of planned shifts, as the patterns have them. */
function spans(slots: Slots, { patterns }: RosterWeekView): PlannedShift[] {
  const byId = new Map(patterns.map((one) => [one.patternId, one]))
  return slots.flatMap((slot) => {
    const pattern = byId.get(slot.patternId)
    return pattern ? [{ ...slot, ...shiftSpan(slot.day, minuteOf(pattern.start), minuteOf(pattern.end)) }] : []
  })
}

/** What is wrong with the plan, as the server will judge it. */
export function conflictsIn(slots: Slots, week: RosterWeekView): Conflict[] {
  const around = week.around.map(({ startAt, endAt, ...slot }) => ({
    ...slot,
    start: Date.parse(startAt),
    end: Date.parse(endAt),
  }))
  return conflictsOf([...spans(slots, week), ...around], week.monday)
}

/** Hours of each person in the week. */
export function hoursOf(slots: Slots, week: RosterWeekView): Map<string, number> {
  const hours = new Map<string, number>()
  for (const { userId, start, end } of spans(slots, week)) {
    hours.set(userId, (hours.get(userId) ?? 0) + (end - start) / 3_600_000)
  }
  return hours
}

export function isSame(a: Slots, b: Slots): boolean {
  const keys = (slots: Slots) =>
    slots
      .map(({ userId, day, patternId }) => `${userId} ${day} ${patternId}`)
      .toSorted()
      .join()
  return keys(a) === keys(b)
}
