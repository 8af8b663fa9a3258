import type { Fence, LonLat } from '../../../../server/contract/fence.ts'
import { offset } from '../../../map/geometry.ts'

/** What can be done to a list of fences. Pure. */
export type FenceShape = Fence['shape']

/** The middle of the city's northern plain would help nobody: new fences begin at the home, or here (Shangrao, WGS-84). */
export const CITY_CENTER: LonLat = [117.9434, 28.4546]

/**
 * A circle around the home that is smaller than this is left by positions alone: with receivers indoors 60 m gave one false
 * alarm in 12 weeks, 50 m twenty (measured on the simulator's drifting weeks), 80 m none.
 */
export const LEAST_HOME_M = 80

/** Allowed, and to be warned of: false alarms are to be expected of somebody who sits at home. */
export const isNarrow = (fence: Fence): boolean =>
  fence.shape === 'circle' && fence.center === null && fence.radiusM < LEAST_HOME_M

/** A fence of a sensible size around a point. @param taken ids that are in use */
export function newFence(shape: FenceShape, name: string, home: LonLat | null, taken: readonly string[]): Fence {
  const at = home ?? CITY_CENTER
  const common = { fenceId: freeId(taken), name, schedule: null }
  const around = (eastM: number, northM: number): LonLat => {
    const [lon, lat] = offset(at, eastM, northM)
    return [Math.round(lon * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6]
  }
  switch (shape) {
    case 'circle':
      return { ...common, shape, center: home === null ? around(0, 0) : null, radiusM: 500 }
    case 'polygon':
      return { ...common, shape, points: [around(-300, -300), around(300, -300), around(300, 300), around(-300, 300)] }
    case 'corridor':
      return { ...common, shape, points: [around(0, 0), around(400, 0)], widthM: 60 }
  }
}

function freeId(taken: readonly string[]): string {
  for (let n = 1; ; n++) if (!taken.includes(`f${n}`)) return `f${n}`
}

export function replaced(fences: readonly Fence[], fence: Fence): Fence[] {
  return fences.map((one) => (one.fenceId === fence.fenceId ? fence : one))
}

/** A fence that was deleted, and where it stood. */
export interface Removed {
  fence: Fence
  index: number
}

export function without(fences: readonly Fence[], fenceId: string): { fences: Fence[]; removed: Removed | null } {
  const index = fences.findIndex((fence) => fence.fenceId === fenceId)
  const fence = fences[index]
  return fence
    ? { fences: fences.toSpliced(index, 1), removed: { fence, index } }
    : { fences: [...fences], removed: null }
}

export function putBack(fences: readonly Fence[], { fence, index }: Removed): Fence[] {
  return fences.toSpliced(Math.min(index, fences.length), 0, fence)
}
