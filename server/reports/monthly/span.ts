/** Months as Shanghai counts them: UTC+8 all year. Pure. */

const OFFSET_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

export interface Span {
  /** Ms since the epoch; `to` excluded. */
  from: number
  to: number
}

/** @param month yyyy-mm */
export function spanOf(month: string): Span {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return { from: Date.UTC(year, number - 1, 1) - OFFSET_MS, to: Date.UTC(year, number, 1) - OFFSET_MS }
}

/** The month before; `2026-12` of `2027-01`. */
export function monthBefore(month: string): string {
  return monthAt(spanOf(month).from - 1)
}

/** In which month a moment lies. */
export function monthAt(at: number): string {
  return new Date(at + OFFSET_MS).toISOString().slice(0, 7)
}

/** Each day of it, yyyy-mm-dd. */
export function daysOf({ from, to }: Span): string[] {
  return Array.from({ length: Math.round((to - from) / DAY_MS) }, (_, n) =>
    new Date(from + OFFSET_MS + n * DAY_MS).toISOString().slice(0, 10),
  )
}
