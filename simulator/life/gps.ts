import { offset, type Position } from '../geo.ts'
import type { Random } from '../random.ts'

/** How much of the sky a receiver sees. */
export type Sky = 'open' | 'street' | 'indoors' | 'none'

/**
 * The error of a satellite receiver as a first-order Gauss–Markov process: it wanders, and forgets where it was within
 * its time constant. Figures: usual values for single-frequency receivers in watches.
 */
export interface GpsState {
  /** m */
  north: number
  east: number
  /** Until then it gives a mobile cell's position instead; ms since the epoch. */
  jumpUntil: number
  jump: { north: number; east: number } | null
  at: number
}

export interface Fix {
  /** WGS-84 degrees. */
  lat: number
  lon: number
  /** m, as the receiver thinks. */
  acc: number
  sats: number
}

/** Standard deviation of each axis (m), time constant (s), satellites, chance of having a fix. */
const SKIES: Record<
  Exclude<Sky, 'none'>,
  { sigma: number; tau: number; sats: readonly [number, number]; fix: number }
> = {
  open: { sigma: 3, tau: 90, sats: [8, 14], fix: 1 },
  street: { sigma: 8, tau: 60, sats: [5, 9], fix: 0.97 },
  indoors: { sigma: 22, tau: 120, sats: [3, 5], fix: 0.6 },
}
/** A cell's position is so far off (m). */
const CELL_OFF = [250, 1_500] as const
const CELL_ACC = [400, 1_800] as const
const JUMP_MS = 90_000

export const startGps = (at: number): GpsState => ({ north: 0, east: 0, jumpUntil: 0, jump: null, at })

/** From now on, for a while, the position is that of a mobile cell. */
export function startJump(state: GpsState, now: number, random: Random): GpsState {
  const far = random.between(...CELL_OFF)
  const direction = random.between(0, 2 * Math.PI)
  const jump = { north: far * Math.cos(direction), east: far * Math.sin(direction) }
  return { ...state, jumpUntil: now + JUMP_MS, jump }
}

/** The receiver's next fix at a true position; null without one (a tunnel, a cellar). */
export function stepGps(
  state: GpsState,
  place: Position,
  sky: Sky,
  now: number,
  random: Random,
): { state: GpsState; fix: Fix | null } {
  const { sigma, tau } = SKIES[sky === 'none' ? 'indoors' : sky]
  const dt = Math.max(0, now - state.at) / 1000
  const keep = Math.exp(-dt / tau)
  const kick = sigma * Math.sqrt(1 - keep * keep)
  const next: GpsState = {
    ...state,
    north: state.north * keep + random.noise() * kick,
    east: state.east * keep + random.noise() * kick,
    jump: now < state.jumpUntil ? state.jump : null,
    at: now,
  }
  if (next.jump !== null) {
    const { lat, lon } = offset(place, next.jump.north, next.jump.east)
    return { state: next, fix: { ...round({ lat, lon }), acc: Math.round(random.between(...CELL_ACC)), sats: 0 } }
  }
  if (sky === 'none' || !random.chance(SKIES[sky].fix)) return { state: next, fix: null }
  // Receivers are a little too sure of themselves.
  const acc = Math.max(2, Math.round(sigma * 1.2 + random.noise() * sigma * 0.3))
  const fix = { ...round(offset(place, next.north, next.east)), acc, sats: random.integer(...SKIES[sky].sats) }
  return { state: next, fix }
}

const round = ({ lat, lon }: Position): Position => ({ lat: Number(lat.toFixed(6)), lon: Number(lon.toFixed(6)) })
