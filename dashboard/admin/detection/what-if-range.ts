/** The time that is replayed. Pure; days are the city's, UTC+8 without summer time. */
export type Range = { days: number } | { fromDay: string; toDay: string }
export const PRESET_DAYS = [1, 7, 14, 30, 60] as const
const DAY_MS = 86_400_000
const LONGEST_MS = 60 * DAY_MS

/** @param now ms since the epoch @returns ISO 8601, or null when it is no range that can be replayed */
export function limitsOf(range: Range, now: number): { from: string; to: string } | null {
  const [from, to] =
    'days' in range
      ? [now - range.days * DAY_MS, now]
      : [Date.parse(`${range.fromDay}T00:00:00+08:00`), Date.parse(`${range.toDay}T00:00:00+08:00`) + DAY_MS]
  const end = Math.min(to, now)
  if (!(from < end) || end - from > LONGEST_MS) return null
  return { from: new Date(from).toISOString(), to: new Date(end).toISOString() }
}
