import { isOverloaded, type LoadCell, type LoadFigures, type LoadView } from '../contract/quality-figures.ts'

/** Folds clock hours into a week. Pure. */

const HOUR_MS = 3_600_000
/** Shanghai is 8 h before UTC all year; 1970-01-01 was a Thursday. */
const SHANGHAI_HOURS = 8
const WORST = 10

export interface HourRow {
  /** Its beginning, ms since the epoch. */
  at: number
  alarms: number
  /** On duty, of all operators together. */
  hours: number
}

/** Beginnings of the clock hours that a range touches. */
export function hoursBetween(from: number, to: number): number[] {
  const first = Math.floor(from / HOUR_MS) * HOUR_MS
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / HOUR_MS)) }, (_, n) => first + n * HOUR_MS)
}

const round = (n: number) => Math.round(n * 100) / 100
const figures = (alarms: number, hours: number): LoadFigures => ({
  alarms,
  hours: round(hours),
  perHour: hours > 0 ? alarms / hours : null,
})

/** 1 is Monday. */
function cellOf(at: number): { weekday: number; hour: number } {
  const local = at / HOUR_MS + SHANGHAI_HOURS
  return { weekday: ((Math.floor(local / 24) + 3) % 7) + 1, hour: local % 24 }
}

/**
 * The hours of a range by weekday and hour of the day, with the worst of them.
 * @param rows hours in which somebody was on duty or answered; @param all every hour of the range
 */
export function foldHours(
  rows: readonly HourRow[],
  all: readonly number[],
): Pick<LoadView, 'total' | 'hoursOver' | 'hoursOf' | 'cells' | 'worst'> {
  const cells = new Map<number, { alarms: number; hours: number; over: number; of: number }>()
  const known = new Map(rows.map((row) => [row.at, row]))
  for (const at of all) {
    const { alarms, hours } = known.get(at) ?? { alarms: 0, hours: 0 }
    const { weekday, hour } = cellOf(at)
    const key = weekday * 24 + hour
    const cell = cells.get(key) ?? { alarms: 0, hours: 0, over: 0, of: 0 }
    cells.set(key, {
      alarms: cell.alarms + alarms,
      hours: cell.hours + hours,
      over: cell.over + (isOverloaded(alarms, hours) ? 1 : 0),
      of: cell.of + 1,
    })
  }
  const over = rows.filter(({ alarms, hours }) => isOverloaded(alarms, hours))
  return {
    total: figures(
      rows.reduce((n, row) => n + row.alarms, 0),
      rows.reduce((n, row) => n + row.hours, 0),
    ),
    hoursOver: over.length,
    hoursOf: all.length,
    cells: [...cells]
      .sort(([a], [b]) => a - b)
      .map(
        ([key, { alarms, hours, over, of }]): LoadCell => ({
          weekday: Math.floor(key / 24),
          hour: key % 24,
          ...figures(alarms, hours),
          over,
          of,
        }),
      ),
    worst: over
      .sort((a, b) => excess(b) - excess(a) || a.at - b.at)
      .slice(0, WORST)
      .map(({ at, alarms, hours }) => ({ at: new Date(at).toISOString(), ...figures(alarms, hours) })),
  }
}

/** How many times over what they could manage; nobody there counts as ten minutes. */
const excess = ({ alarms, hours }: HourRow) => alarms / Math.max(hours, 1 / 6)
