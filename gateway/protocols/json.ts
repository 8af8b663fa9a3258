import { isAscii, isUtf8 } from 'node:buffer'
import type { DeadLetterReason } from '../../server/contract/ports.ts'

/** Reading JSON that a device sent: nothing here throws, and what comes out can be stored in PostgreSQL's jsonb. */

export type Parsed = { ok: true; value: unknown } | { ok: false; reason: DeadLetterReason; explanation: string }

/** Containers within containers, at most. */
export const MAX_DEPTH = 16

/** Parses UTF-8 JSON text; a leading byte order mark is skipped (RFC 8259, 8.1 allows a parser to). */
export function parseJson(payload: Uint8Array): Parsed {
  if (payload.length === 0) return { ok: false, reason: 'empty', explanation: 'The message is empty' }
  const raw = decodeText(payload)
  if (raw === null) return { ok: false, reason: 'invalid_utf8', explanation: 'The message is not valid UTF-8' }
  const text = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw
  try {
    const value: unknown = JSON.parse(text)
    const look = lookAt(value, MAX_DEPTH)
    if (look === TOO_DEEP) {
      return { ok: false, reason: 'too_deep', explanation: `The JSON is nested deeper than ${MAX_DEPTH}` }
    }
    // Only escapes bring U+0000 and lone surrogates into valid UTF-8 text, so most messages need no second look.
    return { ok: true, value: look === HAS_PROTO || text.includes('\\u') ? storable(value) : value }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { ok: false, reason: 'invalid_json', explanation: 'The message is not valid JSON' }
  }
}

/** A payload as text; null: it is not valid UTF-8. Nearly all are ASCII, which is Latin-1 and read much faster as that. */
export function decodeText(payload: Uint8Array): string | null {
  const buffer = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  if (isAscii(buffer)) return buffer.toString('latin1')
  return isUtf8(buffer) ? buffer.toString('utf8') : null
}

/** What a look at a parsed value finds, the worst of it. */
const PLAIN = 0
const HAS_PROTO = 1
const TOO_DEEP = 2

/**
 * Whether containers nest deeper than so many levels, or a key is `__proto__`. V8's JSON.parse needs no stack for depth, so
 * it may come first: to look at what was parsed costs half of what a look at the text does.
 */
function lookAt(value: unknown, levels: number): number {
  if (typeof value !== 'object' || value === null) return PLAIN
  if (levels === 0) return TOO_DEEP
  let worst = PLAIN
  if (Array.isArray(value)) {
    for (const item of value) worst = Math.max(worst, lookAt(item, levels - 1))
    return worst
  }
  for (const key in value) {
    if (key === '__proto__') worst = Math.max(worst, HAS_PROTO)
    worst = Math.max(worst, lookAt((value as Record<string, unknown>)[key], levels - 1))
  }
  return worst
}

const UNSTORABLE = /[\0\p{Surrogate}]/u

/** PostgreSQL text holds neither U+0000 nor a lone surrogate; both become U+FFFD. */
export function storableText(text: string): string {
  // Nearly every text is fine as it is, and one look is cheaper than two rewritings.
  if (!UNSTORABLE.test(text)) return text
  return text.replaceAll('\0', '\ufffd').replaceAll(/\p{Surrogate}/gu, '\ufffd')
}

/** The value with storable strings and finite numbers, and without `__proto__` keys. */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (Array.isArray(value)) return value.map(storable)
  if (isRecord(value)) {
    const kept: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(value)) {
      if (key !== '__proto__') kept[storableText(key)] = storable(item)
    }
    return kept
  }
  return value
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** A finite number from a number, a decimal string or a boolean (1 and 0); else null. */
export function toNumber(value: unknown): number | null {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'boolean':
      return value ? 1 : 0
    case 'string': {
      if (value.length > 40) return null
      const text = value.trim()
      if (!DECIMAL.test(text)) return null
      const number = Number(text)
      return Number.isFinite(number) ? number : null
    }
    default:
      return null
  }
}

/** Epoch values below this are seconds: as ms it would be March 1973, before any of these devices. */
const SECONDS_BELOW = 1e11
/** ECMA-262, 21.4.1.1: the greatest time value. */
const MAX_TIME = 8.64e15
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i

/** RFC 3339, as most write it: Date.parse takes it as it is, with any number of digits in the fraction. */
const INTERNET_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

const timeOrNull = (ms: number): number | null => (Number.isNaN(ms) || ms < 0 ? null : ms)

/** Device time in ms since the epoch from epoch ms, epoch s or ISO 8601 (UTC when it names no zone); else null. */
export function toTime(value: unknown): number | null {
  if (typeof value === 'boolean') return null
  if (typeof value === 'string' && INTERNET_TIME.test(value)) return timeOrNull(Date.parse(value))
  const number = toNumber(value)
  if (number !== null) {
    const ms = Math.round(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number)
    return ms >= 0 && ms <= MAX_TIME ? ms : null
  }
  if (typeof value !== 'string' || value.length > 40) return null
  const match = ISO_8601.exec(value.trim())
  if (match === null) return null
  const zone = match[1] ?? ''
  const whole = match[0]
    .slice(0, match[0].length - zone.length)
    .replace(',', '.')
    .replace(' ', 'T')
  const hasTime = whole.includes('T')
  // Date.parse wants hours and minutes with a colon in the zone.
  const digits = zone.slice(1).replace(':', '')
  const utc = zone === '' || zone.toUpperCase() === 'Z'
  const suffix = utc ? 'Z' : `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2) || '00'}`
  return timeOrNull(Date.parse(hasTime ? whole.toUpperCase() + suffix : whole))
}
