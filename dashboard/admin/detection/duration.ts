import type { DurationUnit } from './fields.ts'

/** Durations as people say them; stored in seconds. Pure. */
export const UNIT_SECONDS: Readonly<Record<DurationUnit, number>> = { s: 1, min: 60, h: 3600, d: 86_400 }
export const DURATION_UNITS = Object.keys(UNIT_SECONDS) as DurationUnit[]

/** The largest unit that says it without a fraction: 90 s stays 90 s, 120 s is 2 min. Two days are still 48 h. */
export function unitFor(seconds: number, usual: DurationUnit): DurationUnit {
  if (seconds === 0) return usual
  if (seconds % UNIT_SECONDS.d === 0 && seconds > 2 * UNIT_SECONDS.d) return 'd'
  if (seconds % UNIT_SECONDS.h === 0) return 'h'
  return seconds % UNIT_SECONDS.min === 0 ? 'min' : 's'
}

/** How many of the unit. */
export function amountIn(seconds: number, unit: DurationUnit): number {
  return Math.round((seconds / UNIT_SECONDS[unit]) * 1000) / 1000
}

/** Whole seconds. */
export function secondsOf(amount: number, unit: DurationUnit): number {
  return Math.round(amount * UNIT_SECONDS[unit])
}
