import { offset, type Position } from '../geo.ts'
import { type Sky, startGps, stepGps } from '../life/gps.ts'
import type { Random } from '../random.ts'
import { SECOND } from './city-time.ts'
import { VILLAGE } from './home.ts'
import type { Otherwise, Tape } from './tape.ts'

/** From `at` (ms since the epoch) on the way from here (m north and east of home) to the next point, in a straight line. */
interface Waypoint {
  at: number
  north: number
  east: number
  sky: Sky
}

/** Where somebody really is, over time. */
export interface Track {
  /** Stays where she is. */
  stay(ms: number, sky?: Sky): Track
  /** Goes there, m north and east of home. @param mps metres a second */
  go(north: number, east: number, mps: number, sky?: Sky): Track
  /** Ms since the epoch. */
  begin(): number
  end(): number
  whereAt(now: number): { north: number; east: number; sky: Sky }
}

/** A track that begins at home. */
export function startTrack(from: number): Track {
  return trackOf([{ at: from, north: 0, east: 0, sky: 'indoors' }])
}

function trackOf(points: readonly Waypoint[]): Track {
  const [first] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('a track has at least one point')
  const leg = (ms: number, north: number, east: number, sky: Sky) =>
    trackOf([...points.slice(0, -1), { ...last, sky }, { at: last.at + ms, north, east, sky }])
  return {
    stay: (ms, sky = 'indoors') => leg(ms, last.north, last.east, sky),
    go: (north, east, mps, sky = 'open') =>
      leg((Math.hypot(north - last.north, east - last.east) / mps) * SECOND, north, east, sky),
    begin: () => first.at,
    end: () => last.at,
    whereAt: (now) => {
      const next = points.findIndex(({ at }) => at > now)
      const a = next === -1 ? last : (points[next - 1] ?? first)
      const b = next === -1 ? last : (points[next] ?? last)
      const share = b.at > a.at ? Math.max(0, now - a.at) / (b.at - a.at) : 0
      const { sky } = a
      return { north: a.north + (b.north - a.north) * share, east: a.east + (b.east - a.east) * share, sky }
    },
  }
}

/** When the track first meets the condition, ms since the epoch. @throws RangeError when it never does */
export function firstTime(track: Track, meets: (place: { north: number; east: number }) => boolean): number {
  for (let now = track.begin(); now <= track.end(); now += SECOND) if (meets(track.whereAt(now))) return now
  throw new RangeError('the track never gets there')
}

export const beyond =
  (radiusM: number) =>
  ({ north, east }: { north: number; east: number }): boolean =>
    Math.hypot(north, east) > radiusM

export interface Receiver {
  everyMs: number
  /** Of home, WGS-84. */
  home?: Position
  /** What differs from a fix that is sent at once; null: this one is never taken (switched off). */
  otherwise?: (at: number) => Otherwise | null
  /** What the fix says; as received when not given. */
  fields?: (fix: Record<string, number>, at: number) => Record<string, number>
}

/** What a receiver makes of a track: fixes with the errors of `simulator/life/gps.ts`, none where there is no sky. */
export function receive(tape: Tape, deviceId: string, track: Track, random: Random, receiver: Receiver): void {
  const { everyMs, home = VILLAGE, otherwise = () => ({}), fields = (fix) => fix } = receiver
  let gps = startGps(track.begin())
  for (let now = track.begin(); now <= track.end(); now += everyMs * random.between(0.97, 1.03)) {
    const { north, east, sky } = track.whereAt(now)
    const step = stepGps(gps, offset(home, north, east), sky, now, random)
    gps = step.state
    const other = otherwise(now)
    if (step.fix !== null && other !== null) tape.measure(deviceId, fields({ ...step.fix }, now), now, other)
  }
}

/** Fixes taken between two moments are kept by the tracker until it has a network again, and come all together. */
export const storedUntil =
  (from: number, to: number, arrives: number) =>
  (at: number): Otherwise =>
    at >= from && at < to ? { arrives } : {}

/** The place so many metres north and east of home, as `[longitude, latitude]`. */
export function lonLat(north: number, east: number): [number, number] {
  const { lat, lon } = offset(VILLAGE, north, east)
  return [lon, lat]
}
