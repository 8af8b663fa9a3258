import type { SettingsLayer } from '../../server/contract/detect-settings.ts'
import type { Fence } from '../../server/contract/fence.ts'
import { lonLat } from './track.ts'

/** Radius of the library's usual fence around the home, m. */
export const RADIUS = 300

export const circle = (radiusM: number, schedule: Fence['schedule'] = null): Fence => ({
  fenceId: `circle-${radiusM}`,
  name: `${radiusM} m`,
  schedule,
  shape: 'circle',
  center: null,
  radiusM,
})

/** The village: 400 m from west to east, 500 m from south to north, with the home in the middle. */
export const VILLAGE_SHAPE: Fence = {
  fenceId: 'village',
  name: '村内',
  schedule: null,
  shape: 'polygon',
  points: [lonLat(-250, -200), lonLat(-250, 200), lonLat(250, 200), lonLat(250, -200)],
}

/** The way to the market: 900 m to the north, then 300 m to the east, 60 m to each side. */
export const WAY_TO_MARKET: Fence = {
  fenceId: 'market',
  name: '去集市的路',
  schedule: null,
  shape: 'corridor',
  points: [lonLat(0, 0), lonLat(900, 0), lonLat(900, 300)],
  widthM: 60,
}

export const fenced = (...fences: Fence[]): SettingsLayer => ({ wandering: { enabled: true, fences } })
