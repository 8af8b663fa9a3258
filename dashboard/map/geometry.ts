import type { Fence, LonLat } from '../../server/contract/fence.ts'

/** Shapes on a map, WGS-84. Pure. Fences are a few kilometres wide: a local plane is exact enough to draw them. */
const METRES_PER_DEGREE = 111_320
const CORNERS = 64
/** Metres a pixel at zoom 0 on the equator, with MapLibre's world of 512 pixels: 2πR / 512, R = 6,378,137 m. */
const METRES_PER_PIXEL = 78_271.517

/** The point so far east and north of another. */
export function offset([lon, lat]: LonLat, eastM: number, northM: number): LonLat {
  const perLon = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)
  return [lon + eastM / perLon, lat + northM / METRES_PER_DEGREE]
}

/** Metres between two points that are near each other. */
export function metresBetween([lonA, latA]: LonLat, [lonB, latB]: LonLat): number {
  const perLon = METRES_PER_DEGREE * Math.cos((((latA + latB) / 2) * Math.PI) / 180)
  return Math.hypot((lonB - lonA) * perLon, (latB - latA) * METRES_PER_DEGREE)
}

/** A circle's closed ring. */
export function circleRing(center: LonLat, radiusM: number): LonLat[] {
  return Array.from({ length: CORNERS + 1 }, (_, n) => {
    const angle = (2 * Math.PI * (n % CORNERS)) / CORNERS
    return offset(center, radiusM * Math.cos(angle), radiusM * Math.sin(angle))
  })
}

/** Width in pixels at zoom 0 of a line that is so many metres wide; doubles with each zoom. */
export function widthAtZoomZero(metres: number, lat: number): number {
  return metres / (METRES_PER_PIXEL * Math.cos((lat * Math.PI) / 180))
}

/** All points that say where a fence is; null when it is around a home that nobody has located. */
export function outlineOf(fence: Fence, home: LonLat | null): LonLat[] | null {
  if (fence.shape !== 'circle') return fence.points
  const center = fence.center ?? home
  return center === null ? null : circleRing(center, fence.radiusM)
}

/** South-west and north-east corner of everything, or null when there is nothing. */
export function boundsOf(points: readonly LonLat[]): [LonLat, LonLat] | null {
  if (points.length === 0) return null
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)]
  return [
    [Math.min(...lons), Math.min(...lats)],
    [Math.max(...lons), Math.max(...lats)],
  ]
}
