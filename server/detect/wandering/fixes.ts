import type { Observation } from '../../contract/observation.ts'
import { distanceM } from '../geo.ts'
import { type Jump, type Known, placeOf, type Track, UNITS_PER_DEGREE, type WanderSettings } from './state.ts'

/**
 * Which positions are believed:
 *
 * | position                                             | is                                                        |
 * |------------------------------------------------------|-----------------------------------------------------------|
 * | 0,0 or no place on earth                             | nothing: receivers without a fix say so                   |
 * | not newer than the tracker's newest believed one     | nothing: history                                          |
 * | came in more than five minutes after it was taken    | where she was, if there is nothing newer; nothing is judged |
 * | less sure than `maxAccuracyM`                        | likewise, but only where nothing better is at hand        |
 * | farther from the last than `maxSpeedMps` allows      | a jump: believed when three positions over at least a minute agree with one another, and none with the place before |
 * | any other                                            | believed                                                  |
 */
export interface Fix extends Known {
  /** When it came in, ms. */
  receivedAt: number
}

/** Accuracy of positions that do not tell theirs, m: by satellites, by a mobile cell, by neither (a wireless network). */
const SATELLITE_ACC_M = 30
const CELL_ACC_M = 500
const UNKNOWN_ACC_M = 100
/** m for each unit of HDOP; a usual figure for single-frequency receivers in watches. */
const METRES_PER_HDOP = 8
/** No receiver of these is surer; one that says 0 does not know. */
const LEAST_ACC_M = 2

/** Jumps are believed after so many positions that agree, over so long. */
const JUMP_FIXES = 3
const JUMP_S = 60
/** Farther than this, beyond both accuracies, a tracker has moved: lying at home it drifts less. m */
const MOVED_M = 100

/** The position in a sample; null: there is none. */
export function readFix(seen: Observation): Fix | null {
  if (seen.kind !== 'sample') return null
  const { lat, lon, battery, sats } = seen.fields
  if (lat === undefined || lon === undefined || !isPlace(lat, lon)) return null
  return {
    d: seen.device.deviceId,
    // As it stands, also if the clock runs a little ahead: the same position again must be known by its time.
    a: seen.occurredAt,
    y: Math.round(lat * UNITS_PER_DEGREE),
    x: Math.round(lon * UNITS_PER_DEGREE),
    r: accuracyOf(seen.fields),
    b: battery === undefined ? undefined : Math.round(battery),
    s: sats === 0 ? 1 : undefined,
    receivedAt: seen.receivedAt,
  }
}

function isPlace(lat: number, lon: number): boolean {
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return false
  return Math.abs(lat) > 1e-4 || Math.abs(lon) > 1e-4
}

function accuracyOf({ acc, hdop, sats }: Readonly<Record<string, number>>): number {
  if (acc !== undefined && acc > 0) return Math.max(LEAST_ACC_M, Math.round(acc))
  if (sats === 0) return CELL_ACC_M
  if (hdop !== undefined) return Math.max(LEAST_ACC_M, Math.round(hdop * METRES_PER_HDOP))
  return sats === undefined ? UNKNOWN_ACC_M : SATELLITE_ACC_M
}

/**
 * Goes on from a tracker's newest believed position to one that is newer.
 * @returns the track, and whether the position is believed
 */
export function follow(
  track: Track | undefined,
  fix: Fix,
  settings: WanderSettings,
): { track: Track; believed: boolean } {
  if (track === undefined) return { track: trackAt(fix, fix.y, fix.x), believed: true }
  if (couldBe(track, track.a, fix, settings)) return { track: goOn(track, fix), believed: true }
  const jump = nextJump(track.j, fix, settings)
  const [first, , , , , count] = jump
  const isSure = count >= JUMP_FIXES && fix.a / 1_000 - first >= JUMP_S
  return isSure ? { track: goOn(track, fix), believed: true } : { track: { ...track, j: jump }, believed: false }
}

/** Whether one can have come from a place to the other in the time between. */
function couldBe(
  from: { y: number; x: number; r: number },
  at: number,
  fix: Fix,
  { maxSpeedMps }: WanderSettings,
): boolean {
  const seconds = Math.max(1, (fix.a - at) / 1_000)
  // Farther than this is no distance on earth.
  if (maxSpeedMps * seconds > 2.1e7) return true
  return distanceM(placeOf(from), placeOf(fix)) - from.r - fix.r <= maxSpeedMps * seconds
}

function nextJump(jump: Jump | undefined, fix: Fix, settings: WanderSettings): Jump {
  const { a, y, x, r } = fix
  const second = Math.floor(a / 1_000)
  if (jump === undefined) return [second, a, y, x, r, 1]
  const [first, newest, jy, jx, jr, count] = jump
  const agrees = couldBe({ y: jy, x: jx, r: jr }, newest, fix, settings)
  return agrees ? [first, a, y, x, r, Math.min(count + 1, 9)] : [second, a, y, x, r, 1]
}

/** Every track has all its keys, also undefined ones: objects of one shape are quick, and JSON leaves them out. */
function trackAt({ d, a, y, x, r, b, s, receivedAt }: Fix, v: number, h: number): Track {
  const late = Math.ceil((receivedAt - a) / 1_000)
  const l = late === 0 ? undefined : late
  return { d, a, y, x, r, b, s, l, v, h, m: undefined, n: undefined, o: undefined, u: undefined, j: undefined }
}

function goOn({ v, h, m, n, o, u, r }: Track, fix: Fix): Track {
  const next = trackAt(fix, v, h)
  next.n = n
  next.o = o
  next.u = u
  next.m = m
  if (distanceM(placeOf({ y: v, x: h }), placeOf(fix)) - r - fix.r <= MOVED_M) return next
  next.v = fix.y
  next.h = fix.x
  next.m = Math.floor(fix.a / 1_000)
  return next
}
