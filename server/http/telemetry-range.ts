import type { Static } from 'typebox'
import type { TelemetryQuery } from '../contract/api.ts'
import { DomainError } from '../contract/errors.ts'
import type { TelemetryQuery as StoreQuery } from '../store/telemetry/telemetry.ts'

const DAY_MS = 86_400_000
/** Points in one answer at most; a chart can't show more. */
const MAX_POINTS = 5_000
/** Ms since the epoch, or NaN. */
function toMs(text: string): number {
  if (/^\d{10,14}$/.test(text)) return Number(text)
  return /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? Date.parse(text) : Number.NaN
}

const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS }

/**
 * Reads `from`, `to` and `every` of a telemetry request.
 * @throws DomainError invalid_request naming each wrong field
 */
export function readRange(
  query: Static<typeof TelemetryQuery>,
  now: number,
): Pick<StoreQuery, 'from' | 'to' | 'everyMs' | 'limit'> {
  const errors: { field: string; message: string }[] = []
  const time = (field: 'from' | 'to', fallback: number) => {
    const text = query[field]
    if (text === undefined) return fallback
    const ms = toMs(text)
    if (Number.isNaN(ms)) {
      errors.push({ field, message: 'must be an ISO 8601 time such as 2026-01-31T08:00:00Z, or epoch milliseconds' })
    }
    return ms
  }
  const to = time('to', now)
  const from = time('from', to - DAY_MS)
  if (from >= to) errors.push({ field: 'from', message: 'must be before to' })
  const everyMs =
    query.every === undefined ? null : Number.parseInt(query.every, 10) * (UNIT_MS[query.every.slice(-1)] ?? 1)
  if (everyMs !== null && (to - from) / everyMs > MAX_POINTS) {
    errors.push({
      field: 'every',
      message: `gives more than ${MAX_POINTS} points; take a longer window or a shorter time`,
    })
  }
  if (errors.length > 0) throw new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors })
  return { from, to, everyMs, limit: MAX_POINTS }
}
