import { CITY_OFFSET_MS } from '../../contract/explain/template.ts'
import type { Fence, LonLat } from '../../contract/fence.ts'
import { depthOfRing, distanceM, distanceToLine, isInRing, middleOf, type Place, planeAround } from '../geo.ts'

/** How a place lies to the fences in force. */
export interface Standing {
  /** Metres beyond the nearest border; negative: within it. */
  beyond: number
  /** The fence of that border. */
  fence: string
  /** How deep within its border that fence is at its deepest, m. */
  depth: number
}

interface Drawn {
  name: string
  depth: number
  beyond(place: Place): number
  isInForce(at: number): boolean
}

/**
 * The standing to the fences in force at a time: inside is inside at least one of them.
 * @param home for circles around it; unknown: these are left out
 * @param always also when none is in force, by all of them: a fence that ended does not bring anybody home
 * @returns null: there is no fence to judge by
 */
export function standing(
  fences: readonly Fence[],
  home: Place | null,
  place: Place,
  at: number,
  always: boolean,
): Standing | null {
  const drawn = draw(fences, home)
  return nearest(drawn, place, (one) => one.isInForce(at)) ?? (always ? nearest(drawn, place, () => true) : null)
}

function nearest(drawn: readonly Drawn[], place: Place, counts: (one: Drawn) => boolean): Standing | null {
  let best: Standing | null = null
  for (const one of drawn) {
    if (!counts(one)) continue
    const beyond = one.beyond(place)
    if (best === null || beyond < best.beyond) best = { beyond, fence: one.name, depth: one.depth }
  }
  return best
}

/** Whether any fence is in force. */
export function isFenced(fences: readonly Fence[], home: Place | null, at: number): boolean {
  return draw(fences, home).some((one) => one.isInForce(at))
}

/** Fences as drawn on their planes: once for each list of them and home, not for each position. */
const cache = new WeakMap<readonly Fence[], { lat: number; lon: number; drawn: readonly Drawn[] }>()

function draw(fences: readonly Fence[], home: Place | null): readonly Drawn[] {
  const lat = home?.lat ?? Number.POSITIVE_INFINITY
  const lon = home?.lon ?? Number.POSITIVE_INFINITY
  const known = cache.get(fences)
  if (known && known.lat === lat && known.lon === lon) return known.drawn
  const drawn = fences.flatMap((fence) => {
    const shape = shapeOf(fence, home)
    return shape ? [{ name: fence.name, isInForce: schedule(fence.schedule), ...shape }] : []
  })
  cache.set(fences, { lat, lon, drawn })
  return drawn
}

function shapeOf(fence: Fence, home: Place | null): Pick<Drawn, 'depth' | 'beyond'> | null {
  switch (fence.shape) {
    case 'circle': {
      const center = fence.center === null ? home : placeOf(fence.center)
      if (center === null) return null
      const { radiusM } = fence
      return { depth: radiusM, beyond: (place) => distanceM(center, place) - radiusM }
    }
    case 'corridor': {
      const plane = planeAround(middleOf(fence.points))
      const line = fence.points.map((point) => plane(placeOf(point)))
      return { depth: fence.widthM, beyond: (place) => distanceToLine(plane(place), line) - fence.widthM }
    }
    case 'polygon': {
      const plane = planeAround(middleOf(fence.points))
      const open = fence.points.map((point) => plane(placeOf(point)))
      const ring = [...open, ...open.slice(0, 1)]
      const beyond = (place: Place) => {
        const point = plane(place)
        const border = distanceToLine(point, ring)
        return isInRing(point, ring) ? -border : border
      }
      return { depth: depthOfRing(ring), beyond }
    }
  }
}

const placeOf = ([lon, lat]: LonLat): Place => ({ lat, lon })

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440

/** Whether a time lies within a fence's hours of the city's day. Hours over midnight belong to the day they began on. */
function schedule(hours: Fence['schedule']): (at: number) => boolean {
  if (hours === null) return () => true
  const days = hours.days ?? []
  const isOn = (day: number) => days.length === 0 || days.includes(weekday(day))
  const span = { from: minuteOf(hours.from), to: minuteOf(hours.to) }
  return (at) => {
    const began = beganOn(span, at)
    return began !== null && isOn(began)
  }
}

/** Whether it is between two times of the city's day, `HH:MM`; equal ones are the whole day. */
export function isBetween(from: string, to: string, at: number): boolean {
  return beganOn({ from: minuteOf(from), to: minuteOf(to) }, at) !== null
}

/** The city's day (since 1970) on which the span that a time lies in began; null: it lies in none. */
function beganOn({ from, to }: { from: number; to: number }, at: number): number | null {
  const minutes = Math.floor((at + CITY_OFFSET_MS) / MINUTE_MS)
  const day = Math.floor(minutes / DAY_MINUTES)
  const minute = minutes - day * DAY_MINUTES
  if (from < to) return minute >= from && minute < to ? day : null
  if (minute >= from) return day
  return minute < to ? day - 1 : null
}

/** 1 Monday … 7 Sunday. The first of January 1970 was a Thursday. */
const weekday = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
