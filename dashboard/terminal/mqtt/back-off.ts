/** At most so long between two attempts, ms. */
const MOST_MS = 10_000
const FIRST_MS = 500

/**
 * How long to wait before attempt number `attempts` + 2, ms: doubling up to ten seconds, and anywhere between the half and
 * the whole of that, so that a city's terminals don't all come back in the same second.
 * @param random 0 up to 1
 */
export function backOffMs(attempts: number, random: number): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempts, 10))
  return Math.round(most * (0.5 + random / 2))
}
