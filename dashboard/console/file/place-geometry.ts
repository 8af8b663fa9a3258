import type { CaseDetail } from '../../../server/contract/case.ts'
import type { Fence, LonLat } from '../../../server/contract/fence.ts'
import type { PositionView } from '../../../server/contract/position.ts'
import { boundsOf, metresBetween, outlineOf } from '../../map/geometry.ts'

/** What a case's map and sketch are drawn from. Pure; positions are WGS-84. */

export const homeOf = ({ resident }: Pick<CaseDetail, 'resident'>): LonLat | null => {
  const home = resident?.home
  return home && home.lat !== null && home.lon !== null ? [home.lon, home.lat] : null
}

export const pointOf = ({ lon, lat }: Pick<PositionView, 'lon' | 'lat'>): LonLat => [lon, lat]

/** Least width of a sketch, m: a house and its neighbours. */
const LEAST_M = 640

/** A sketch's middle and how many metres it spans, so that everything is on it. @param ratio width by height */
export function frameOf(points: readonly LonLat[], ratio: number): { center: LonLat; spanM: number } | null {
  const bounds = boundsOf(points)
  if (bounds === null) return null
  const [[west, south], [east, north]] = bounds
  const center: LonLat = [(west + east) / 2, (south + north) / 2]
  const width = metresBetween([west, center[1]], [east, center[1]])
  const height = metresBetween([center[0], south], [center[0], north])
  return { center, spanM: Math.max(LEAST_M, 1.35 * width, 1.6 * height * ratio) }
}

/** Outlines of fences as they are drawn; a corridor's is its line. */
export function outlines(fences: readonly Fence[], home: LonLat | null): { id: string; points: LonLat[] }[] {
  return fences.flatMap((fence) => {
    const points = outlineOf(fence, home)
    return points && points.length > 1 ? [{ id: fence.fenceId, points }] : []
  })
}

/** A round length for a scale bar, m: about a sixth of what is spanned. */
export function scaleOf(spanM: number): number {
  const wanted = spanM / 6
  const power = 10 ** Math.floor(Math.log10(wanted))
  const step = [1, 2, 5, 10].findLast((factor) => factor * power <= wanted) ?? 1
  return step * power
}

/** `460 m`, `1.2 km` */
export function distanceText(metres: number): string {
  return metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`
}
