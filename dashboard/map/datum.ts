import loaded from 'gcoord'
import type { LonLat } from '../../server/contract/fence.ts'
import type { MapDatum } from '../../server/contract/map.ts'

// Its types describe a default export within the default export; node and the bundler both give the inner one.
const gcoord = loaded as unknown as typeof loaded.default

/** Positions are WGS-84 everywhere but on pictures that are drawn in GCJ-02: converted here, at the map's edge. Pure. */
export function toMap(at: LonLat, datum: MapDatum): LonLat {
  return datum === 'wgs84' ? at : pair(gcoord.transform([at[0], at[1]], gcoord.WGS84, gcoord.GCJ02))
}

/** The other way round; exact to about a metre. */
export function fromMap(at: LonLat, datum: MapDatum): LonLat {
  return datum === 'wgs84' ? at : pair(gcoord.transform([at[0], at[1]], gcoord.GCJ02, gcoord.WGS84))
}

const pair = ([lon = 0, lat = 0]: number[]): LonLat => [lon, lat]
