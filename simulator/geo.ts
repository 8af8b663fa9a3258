export interface Position {
  /** WGS-84 degrees. */
  lat: number
  lon: number
}

/** Metres in a degree of latitude; of longitude at the equator. */
const METRES_PER_DEGREE = 111_320

/** Metres from one place to another that is not far. */
export function distance(a: Position, b: Position): number {
  const north = (b.lat - a.lat) * METRES_PER_DEGREE
  const east = (b.lon - a.lon) * METRES_PER_DEGREE * Math.cos((a.lat * Math.PI) / 180)
  return Math.hypot(north, east)
}

/** The place so many metres north and east of another. */
export function offset({ lat, lon }: Position, north: number, east: number): Position {
  return {
    lat: lat + north / METRES_PER_DEGREE,
    lon: lon + east / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)),
  }
}
