import { TELEMETRY_FIELD } from '../../contract/signal.ts'
import { MAX_TS } from './rows.ts'
import type { TelemetryQuery } from './telemetry.ts'

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const EVERY = /^([1-9][0-9]{0,5})([smhd])$/
const MAX_EVERY_MS = 366 * UNIT_MS.d

/**
 * The window of `every=5m`: a whole number and s, m, h or d, at most 366 days. Windows are aligned to the epoch, so a
 * day is a UTC day.
 * @returns ms, or null when the text is none
 */
export function parseEvery(text: string): number | null {
  const match = EVERY.exec(text)
  if (!match) return null
  const [, count, unit] = match
  const ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]
  return ms <= MAX_EVERY_MS ? ms : null
}

/** The start of the window that `ts` falls into. */
export function windowStart(ts: number, everyMs: number): number {
  return Math.floor(ts / everyMs) * everyMs
}

/**
 * A query with its bounds inside what every engine can express, or null when it can't match anything.
 * @throws RangeError for a field name, window or limit that is not well-formed: the caller should have checked
 */
export function checkedQuery(query: TelemetryQuery): TelemetryQuery | null {
  if (!TELEMETRY_FIELD.test(query.field)) throw new RangeError('field name is not well-formed')
  if (!Number.isInteger(query.limit) || query.limit < 1) throw new RangeError('limit must be a positive integer')
  if (query.everyMs !== null && !(Number.isInteger(query.everyMs) && query.everyMs > 0)) {
    throw new RangeError('everyMs must be a positive integer')
  }
  if (!(Number.isFinite(query.from) && Number.isFinite(query.to))) throw new RangeError('from and to must be numbers')
  const from = Math.max(0, Math.ceil(query.from))
  const to = Math.min(MAX_TS, Math.ceil(query.to))
  return from < to ? { ...query, from, to } : null
}
