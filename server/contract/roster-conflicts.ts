/** When shifts are, and what is wrong with a roster. Pure; page and server decide alike. */

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Rest between two shifts, h: Directive 2003/88/EC, art. 3 (China's law names no figure); so used by default here. */
export const REST_HOURS = 11
/** Hours in a week, Monday to Sunday: Labour Law of the PRC, art. 36. */
export const WEEK_HOURS = 44

/** overlap: two shifts at once. rest: less than `REST_HOURS` between two. hours: more than `WEEK_HOURS` in the week. */
export const CONFLICT_KINDS = ['overlap', 'rest', 'hours'] as const
export type ConflictKind = (typeof CONFLICT_KINDS)[number]

export interface Conflict {
  kind: ConflictKind
  userId: string
  /** The day and pattern of the later shift; for hours those of the week's last one. */
  day: string
  patternId: string
  hours: number
}

/** Somebody's shift; ms since the epoch. */
export interface PlannedShift {
  userId: string
  day: string
  patternId: string
  start: number
  end: number
}

/** `08:30` → 510 */
export const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** 510 → `08:30` */
export const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/**
 * A shift of a day, ms since the epoch. Shanghai keeps UTC+8 all year (no summer time since 1991).
 * @param day yyyy-mm-dd @param start minutes of the day @param end not after the start: on the next day
 */
export function shiftSpan(day: string, start: number, end: number): { start: number; end: number } {
  const midnight = Date.parse(`${day}T00:00:00+08:00`)
  const from = midnight + start * 60_000
  return { start: from, end: midnight + end * 60_000 + (end <= start ? DAY_MS : 0) }
}

/** The day so many days later. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** The day in Shanghai at a moment. @param at ms since the epoch */
export const dayAt = (at: number): string => new Date(at + 8 * HOUR_MS).toISOString().slice(0, 10)

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return dayAfter(day, -((weekday + 6) % 7))
}

/** Whether it is a day that exists, and a Monday. */
export const isMonday = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) && at.getUTCDay() === 1
}

/**
 * What is wrong in a week.
 * @param shifts of the week and of the days beside it, in any order
 * @param monday only what touches this week is named
 */
export function conflictsOf(shifts: readonly PlannedShift[], monday: string): Conflict[] {
  const byUser = new Map<string, PlannedShift[]>()
  for (const shift of shifts) byUser.set(shift.userId, [...(byUser.get(shift.userId) ?? []), shift])
  return [...byUser.values()].flatMap((own) => [...pairs(own, monday), ...tooLong(own, monday)])
}

const inWeek = ({ day }: PlannedShift, monday: string) => mondayOf(day) === monday

function pairs(own: readonly PlannedShift[], monday: string): Conflict[] {
  const found: Conflict[] = []
  let before: PlannedShift | null = null
  for (const shift of own.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (before !== null && (inWeek(shift, monday) || inWeek(before, monday))) {
      const rest = (shift.start - before.end) / HOUR_MS
      const { userId, day, patternId } = shift
      if (rest < 0) {
        const common = (Math.min(before.end, shift.end) - shift.start) / HOUR_MS
        found.push({ kind: 'overlap', userId, day, patternId, hours: common })
      } else if (rest < REST_HOURS) found.push({ kind: 'rest', userId, day, patternId, hours: rest })
    }
    // A long shift may reach beyond the ones that begin in it.
    if (before === null || shift.end > before.end) before = shift
  }
  return found
}

function tooLong(own: readonly PlannedShift[], monday: string): Conflict[] {
  const week = own.filter((shift) => inWeek(shift, monday)).toSorted((a, b) => a.start - b.start)
  const hours = week.reduce((sum, { start, end }) => sum + (end - start) / HOUR_MS, 0)
  const last = week.at(-1)
  if (last === undefined || hours <= WEEK_HOURS) return []
  return [{ kind: 'hours', userId: last.userId, day: last.day, patternId: last.patternId, hours }]
}
