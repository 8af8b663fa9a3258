import type { Fence, LonLat } from '../../server/contract/fence.ts'
import { metresBetween, offset } from './geometry.ts'

/** The dots by which a fence is dragged. Pure. */
export interface Handle {
  key: string
  kind: 'center' | 'radius' | 'vertex'
  /** Of a vertex, from 0. */
  index: number
  at: LonLat
}

/** The contract's limits of a radius, m. */
const [LEAST_M, MOST_M] = [20, 50_000]

export function handlesOf(fence: Fence, home: LonLat | null): Handle[] {
  if (fence.shape !== 'circle') {
    return fence.points.map((at, index) => ({ key: `vertex-${index}`, kind: 'vertex', index, at }))
  }
  const center = fence.center ?? home
  if (center === null) return []
  const radius: Handle = { key: 'radius', kind: 'radius', index: 0, at: offset(center, fence.radiusM, 0) }
  // A circle around the home stays there.
  return fence.center === null ? [radius] : [{ key: 'center', kind: 'center', index: 0, at: center }, radius]
}

/** The fence once a handle was dragged somewhere. */
export function dragged(fence: Fence, { kind, index }: Handle, to: LonLat, home: LonLat | null): Fence {
  const at: LonLat = [round(to[0]), round(to[1])]
  if (fence.shape !== 'circle') return { ...fence, points: fence.points.with(index, at) }
  if (kind === 'center') return { ...fence, center: at }
  const center = fence.center ?? home
  if (center === null) return fence
  return { ...fence, radiusM: Math.min(MOST_M, Math.max(LEAST_M, Math.round(metresBetween(center, at)))) }
}

/** The fence once a place was clicked: a point more, or the circle's middle. */
export function clicked(fence: Fence, to: LonLat): Fence {
  const at: LonLat = [round(to[0]), round(to[1])]
  if (fence.shape !== 'circle') return fence.points.length >= 200 ? fence : { ...fence, points: [...fence.points, at] }
  return fence.center === null ? fence : { ...fence, center: at }
}

/** 10 cm. */
const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6
