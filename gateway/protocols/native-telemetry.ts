import type { DecodedItem } from '../../server/contract/ports.ts'
import { measurementOf, TELEMETRY_FIELD } from '../../server/contract/signal.ts'
import { isRecord, parseJson, toNumber, toTime } from './json.ts'

/** Telemetry of the native protocol: `{"ts","battery","hr",…}` or an array of those. Pure; the gateway's hot path. */

const MAX_SAMPLES = 1_000
const MAX_FIELDS = 100
/** Names of a message's own, not readings. */
const NOT_READINGS: ReadonlySet<string> = new Set(['ts', 'id', 'type'])
/** Devices say -1 for "not measured". */
const MINUS_ONE_IS_UNKNOWN: ReadonlySet<string> = new Set(['battery', 'hr'])
/** Readings of the device itself that may ride on an event; vitals and position may as well. */
const DEVICE_READINGS: ReadonlySet<string> = new Set(['battery', 'rssi', 'snr', 'voltage', 'temperature', 'humidity'])

/** Whether a field name may be stored; names repeat without end, so the answer is remembered for some of them. */
const KNOWN_NAMES = new Map<string, boolean>()
const KNOWN_NAMES_MAX = 1_000

function isReadingName(name: string): boolean {
  const known = KNOWN_NAMES.get(name)
  if (known !== undefined) return known
  const answer = TELEMETRY_FIELD.test(name) && !NOT_READINGS.has(name)
  if (KNOWN_NAMES.size < KNOWN_NAMES_MAX) KNOWN_NAMES.set(name, answer)
  return answer
}

/** Decodes a telemetry message. Never throws; at least one item. */
export function decodeTelemetry(payload: Uint8Array, _receivedAt: number): DecodedItem[] {
  const parsed = parseJson(payload)
  if (!parsed.ok) return [{ kind: 'unreadable', reason: parsed.reason, explanation: parsed.explanation, alarm: false }]
  const { value } = parsed
  if (!Array.isArray(value)) return [decodeSample(value)]
  if (value.length === 0) {
    return [{ kind: 'unreadable', reason: 'empty', explanation: 'The array is empty', alarm: false }]
  }
  if (value.length > MAX_SAMPLES) {
    const explanation = `${value.length} samples; a message may have ${MAX_SAMPLES}`
    return [{ kind: 'unreadable', reason: 'too_large', explanation, alarm: false }]
  }
  const items: DecodedItem[] = []
  let bad: DecodedItem | null = null
  let badCount = 0
  for (const entry of value) {
    const item = decodeSample(entry)
    if (item.kind !== 'unreadable') items.push(item)
    else {
      bad ??= item
      badCount++
    }
  }
  // One dead letter speaks for all bad entries: it keeps the whole message anyway.
  if (bad?.kind === 'unreadable') {
    items.push({ ...bad, explanation: `${badCount} of ${value.length} samples: ${bad.explanation}` })
  }
  return items
}

function decodeSample(value: unknown): DecodedItem {
  if (!isRecord(value)) {
    return { kind: 'unreadable', reason: 'not_an_object', explanation: 'A sample is a JSON object', alarm: false }
  }
  const fields = fieldsOf(value, isReadingName)
  if (fields === null) {
    return { kind: 'unreadable', reason: 'missing_field', explanation: 'No usable reading', alarm: false }
  }
  return { kind: 'telemetry', sample: { deviceTs: toTime(value.ts), fields } }
}

/** The readings that an event carries besides, or null. */
export function readingsIn(event: Record<string, unknown>): Record<string, number> | null {
  return fieldsOf(event, (name) => DEVICE_READINGS.has(name) || measurementOf(name) !== 'device')
}

function fieldsOf(source: Record<string, unknown>, wanted: (name: string) => boolean): Record<string, number> | null {
  const fields: Record<string, number> = {}
  let count = 0
  let position = false
  for (const name in source) {
    if (!wanted(name)) continue
    const raw = source[name]
    const number = typeof raw === 'number' && Number.isFinite(raw) ? raw : toNumber(raw)
    if (number === null || (number === -1 && MINUS_ONE_IS_UNKNOWN.has(name))) continue
    if (name === 'lat' || name === 'lon') position = true
    fields[name] = number
    if (++count === MAX_FIELDS) break
  }
  if (position && !isPosition(fields.lat, fields.lon)) {
    for (const name of ['lat', 'lon']) {
      if (!Object.hasOwn(fields, name)) continue
      delete fields[name]
      count--
    }
  }
  return count === 0 ? null : fields
}

/** A receiver without a fix says 0,0, which lies in the Gulf of Guinea. */
function isPosition(lat: number | undefined, lon: number | undefined): boolean {
  if (lat === undefined || lon === undefined) return false
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && !(lat === 0 && lon === 0)
}
