import type { LonLat } from '../contract/fence.ts'

/**
 * Distances for areas of a city's size. Our own instead of a library's: they are the core of what is judged, a screenful
 * of school geometry, and run for every position; general libraries build GeoJSON objects on the way and measure along
 * great circles, which changes nothing at this size. Nothing here minds the 180th meridian or the poles.
 */

/** WGS-84 degrees. */
export interface Place {
  lat: number
  lon: number
}

/** Metres east and north of a plane's origin. */
export interface Metres {
  east: number
  north: number
}

/** Mean radius of the earth, m (IUGG). */
const EARTH_M = 6_371_008.8
const RADIANS = Math.PI / 180
const METRES_PER_DEGREE = EARTH_M * RADIANS

/** As near as this (degrees, 11 km) a flat triangle is as good as the great circle, to a few mm. */
const NEAR = 0.1

/** Metres along the great circle (haversine). */
export function distanceM(a: Place, b: Place): number {
  const lat = b.lat - a.lat
  const lon = b.lon - a.lon
  const middle = Math.cos(((a.lat + b.lat) / 2) * RADIANS)
  if (Math.abs(lat) < NEAR && Math.abs(lon) < NEAR) {
    return METRES_PER_DEGREE * Math.sqrt(lat * lat + lon * lon * middle * middle)
  }
  const north = Math.sin((lat * RADIANS) / 2)
  const east = Math.sin((lon * RADIANS) / 2)
  const h = north * north + Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * east * east
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/**
 * A flat map around an origin (equirectangular). At 30° of latitude a place 10 km to the north and east is drawn about
 * 9 m off; within 3 km, less than 1 m.
 */
export function planeAround(origin: Place): (place: Place) => Metres {
  const perLon = METRES_PER_DEGREE * Math.cos(origin.lat * RADIANS)
  return ({ lat, lon }) => ({ east: (lon - origin.lon) * perLon, north: (lat - origin.lat) * METRES_PER_DEGREE })
}

/** The middle of the points' bounding box. */
export function middleOf(points: readonly LonLat[]): Place {
  const lons = points.map(([lon]) => lon)
  const lats = points.map(([, lat]) => lat)
  const mid = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2
  return { lat: mid(lats), lon: mid(lons) }
}

/** Metres from a point to a line through at least two points. */
export function distanceToLine(point: Metres, line: readonly Metres[]): number {
  let nearest = Number.POSITIVE_INFINITY
  let from = line[0]
  for (let at = 1; at < line.length; at++) {
    const to = line[at]
    if (from === undefined || to === undefined) break
    nearest = Math.min(nearest, distanceToSegment(point, from, to))
    from = to
  }
  return nearest
}

function distanceToSegment(point: Metres, from: Metres, to: Metres): number {
  const east = to.east - from.east
  const north = to.north - from.north
  const length2 = east * east + north * north
  const along = (point.east - from.east) * east + (point.north - from.north) * north
  const share = length2 === 0 ? 0 : Math.max(0, Math.min(1, along / length2))
  return Math.hypot(point.east - from.east - share * east, point.north - from.north - share * north)
}

/** Whether a point lies in a closed ring (first point repeated at the end): even-odd rule. */
export function isInRing(point: Metres, ring: readonly Metres[]): boolean {
  let inside = false
  let from = ring[0]
  for (let at = 1; at < ring.length; at++) {
    const to = ring[at]
    if (from === undefined || to === undefined) break
    const crosses = from.north > point.north !== to.north > point.north
    if (crosses) {
      const east = from.east + ((point.north - from.north) / (to.north - from.north)) * (to.east - from.east)
      if (point.east < east) inside = !inside
    }
    from = to
  }
  return inside
}

/** Area (m²) over perimeter (m) of a closed ring: no point of it is less deep than that at its deepest. */
export function depthOfRing(ring: readonly Metres[]): number {
  let twice = 0
  let perimeter = 0
  let from = ring[0]
  for (let at = 1; at < ring.length; at++) {
    const to = ring[at]
    if (from === undefined || to === undefined) break
    twice += from.east * to.north - to.east * from.north
    perimeter += Math.hypot(to.east - from.east, to.north - from.north)
    from = to
  }
  return perimeter === 0 ? 0 : Math.abs(twice) / 2 / perimeter
}
