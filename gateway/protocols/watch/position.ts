import { toNumber } from '../json.ts'
import { readStatus, type Status } from './status.ts'

/**
 * Position content: `word,ddmmyy,hhmmss(UTC),A|V,lat,N|S,lon,E|W,km/h,course,altitude m,satellites,GSM %,battery %,steps,
 * tumbles,STATUS,cells…,Wi-Fi…,accuracy m` (Beesure/SeTracker server protocol, Appendix I).
 */
export interface Position {
  /** Ms since the epoch; null: the watch has no time. */
  deviceTs: number | null
  /** Field names of the telemetry. Latitude and longitude (WGS-84 degrees) only with a fix. */
  readings: Record<string, number>
  hasFix: boolean
  /** Null: not found. */
  status: Status | null
  cells: number
  wifi: number
  /** The first field that can't be read; null: all could. */
  problem: string | null
}

const FIRST_NETWORK_FIELD = 17
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i
const MAC_LENGTH = 17
const HEX = /^[0-9a-f]{1,10}$/i

/** Reads what can be read. `fields`: the content split at its commas, the word first. */
export function readPosition(fields: readonly string[]): Position {
  const deviceTs = readTime(fields[1], fields[2])
  const flag = fields[3]?.trim()
  const lat = coordinate(fields[4], fields[5], 'S', 90)
  const lon = coordinate(fields[6], fields[7], 'W', 180)
  const status = readStatus(fields)
  const isPlace = lat !== null && lon !== null
  // 0,0 lies in the Gulf of Guinea: it is what a watch sends before its first fix.
  const hasFix = flag === 'A' && isPlace && (lat !== 0 || lon !== 0)
  const network = readNetwork(fields)
  return {
    deviceTs: deviceTs ?? null,
    readings: readingsOf(fields, hasFix ? { lat, lon, acc: network.acc } : null),
    hasFix,
    status,
    cells: network.cells,
    wifi: network.wifi,
    problem: firstProblem([
      ['date or time', deviceTs !== undefined],
      ['validity', flag === 'A' || flag === 'V'],
      ['position', isPlace || flag === 'V'],
      ['status', status?.isInPlace === true],
    ]),
  }
}

/** True for fields that are a position whatever the word says: date, time, validity. */
export function looksLikePosition(fields: readonly string[]): boolean {
  return isSixDigits(fields[1]) && isSixDigits(fields[2]) && (fields[3] === 'A' || fields[3] === 'V')
}

function firstProblem(checks: readonly (readonly [string, boolean])[]): string | null {
  return checks.find(([, isRight]) => !isRight)?.[0] ?? null
}

interface Place {
  lat: number
  lon: number
  /** m; null: not given. */
  acc: number | null
}

/** [index of the field, name, lowest, highest]; what is outside is unknown. Speed and the like mean nothing without a fix. */
const ALWAYS = [
  [11, 'sats', 0, 99],
  [12, 'gsm', 0, 100],
  [13, 'battery', 0, 100],
  [14, 'steps', 0, 1e8],
  [15, 'tumbles', 0, 1e8],
] as const
const WITH_FIX = [
  [8, 'speed', 0, 1000],
  [9, 'course', 0, 360],
  [10, 'alt', -500, 9000],
] as const

function readingsOf(fields: readonly string[], place: Place | null): Record<string, number> {
  const readings: Record<string, number> = {}
  if (place !== null) {
    readings.lat = place.lat
    readings.lon = place.lon
    if (place.acc !== null) readings.acc = place.acc
    for (const [index, name, low, high] of WITH_FIX) put(readings, name, fields[index], low, high)
  }
  for (const [index, name, low, high] of ALWAYS) put(readings, name, fields[index], low, high)
  return readings
}

/** Sets the reading when the text is a number within the limits. */
export function put(
  readings: Record<string, number>,
  name: string,
  text: string | undefined,
  low: number,
  high: number,
): void {
  const value = toNumber(text)
  if (value !== null && value >= low && value <= high) readings[name] = value || 0
}

/** The sign may stand in the value, in the hemisphere, or in both. */
function coordinate(
  text: string | undefined,
  side: string | undefined,
  negative: string,
  limit: number,
): number | null {
  const value = toNumber(text)
  if (value === null || Math.abs(value) > limit) return null
  return (side?.trim() === negative ? -Math.abs(value) : value) || 0
}

function isSixDigits(text: string | undefined): text is string {
  return text !== undefined && /^\d{6}$/.test(text)
}

/** Ms since the epoch; null for a day or hour that doesn't exist (an unset clock); undefined when it isn't a time. */
function readTime(date: string | undefined, time: string | undefined): number | null | undefined {
  if (!isSixDigits(date) || !isSixDigits(time)) return undefined
  const [day, month, year] = pairs(date)
  const [hour, minute, second] = pairs(time)
  if (hour > 23 || minute > 59 || second > 59) return null
  const ms = Date.UTC(2000 + year, month - 1, day, hour, minute, second)
  const back = new Date(ms)
  return back.getUTCDate() === day && back.getUTCMonth() === month - 1 ? ms : null
}

function pairs(text: string): [number, number, number] {
  const all = Number(text)
  return [Math.floor(all / 10_000), Math.floor(all / 100) % 100, all % 100]
}

/**
 * `n,delay,mcc,mnc,` n times `lac,cell,signal`, then `m,` m times `name,mac,signal`, then the accuracy. Wi-Fi names may
 * hold commas and makes differ, so access points are counted by their addresses.
 */
function readNetwork(fields: readonly string[]): { cells: number; wifi: number; acc: number | null } {
  const declared = toNumber(fields[FIRST_NETWORK_FIELD]) ?? 0
  let at = FIRST_NETWORK_FIELD + 1
  let cells = 0
  if (declared > 0) {
    at += 3
    while (cells < declared && isHex(fields[at]) && isHex(fields[at + 1])) {
      cells++
      at += 3
    }
  }
  let wifi = 0
  let last = at
  for (let index = at; index < fields.length; index++) {
    const text = fields[index] ?? ''
    if (text.length !== MAC_LENGTH || !MAC.test(text)) continue
    wifi++
    last = index + 1
  }
  const acc = last + 2 === fields.length ? toNumber(fields[last + 1]) : null
  return { cells, wifi, acc: acc !== null && acc > 0 && acc <= 100_000 ? acc : null }
}

function isHex(text: string | undefined): boolean {
  return text !== undefined && HEX.test(text.trim())
}
