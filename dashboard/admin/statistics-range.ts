/** The range that statistics are asked for. Days are those of the city, UTC+8. Pure. */

/** The last so many days, or the days from the first to the last one, both included, as YYYY-MM-DD. */
export type StatisticsRange = { days: number } | { first: string; last: string }

const DAY_MS = 86_400_000
const CITY_OFFSET_MS = 8 * 3_600_000

/** ISO times of a range; without `to` it goes up to now. @param now ms since the epoch */
export function rangeTimes(range: StatisticsRange, now: number): { from: string; to?: string } {
  if ('days' in range) return { from: iso(cityMidnight(now) - range.days * DAY_MS) }
  return {
    from: iso(Date.parse(`${range.first}T00:00:00+08:00`)),
    to: iso(Date.parse(`${range.last}T00:00:00+08:00`) + DAY_MS),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
const cityMidnight = (now: number): number => Math.floor((now + CITY_OFFSET_MS) / DAY_MS) * DAY_MS - CITY_OFFSET_MS
