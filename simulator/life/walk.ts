import type { Random } from '../random.ts'
import type { Sky } from './gps.ts'

/**
 * A walk outside. `stroll` goes out and comes home in the time it was given; `wander` goes off without turning back, until
 * somebody brings the person home.
 */
export interface Walk {
  kind: 'stroll' | 'wander'
  /** When a stroll is at home again; ms since the epoch. */
  endsAt: number
  /** m from home. */
  north: number
  east: number
  /** Radians from north to east. */
  heading: number
  /** m/s now, and the person's usual one. */
  speed: number
  pace: number
  /** Until then the person rests on a bench. */
  restsUntil: number
  /** Until then there is no sky (an underpass, a market hall). */
  hiddenUntil: number
  at: number
}

export function startWalk(kind: Walk['kind'], now: number, endsAt: number, pace: number, random: Random): Walk {
  const heading = random.between(0, 2 * Math.PI)
  const still = { north: 0, east: 0, speed: 0, restsUntil: 0, hiddenUntil: 0 }
  return { kind, endsAt, heading, pace, at: now, ...still }
}

/** Longest step of the reckoning, s: between two of them the heading hardly changes. */
const STEP_S = 5
/** Standard deviation of the heading's drift, radians per square root of a second. */
const DRIFT = 0.05
const RESTS_PER_HOUR = 3
const HIDDEN_PER_HOUR = 1.5

/** Moves on to `now`. */
export function stepWalk(walk: Walk, now: number, random: Random): Walk {
  let state = walk
  while (state.at < now) {
    const dt = Math.min(STEP_S, (now - state.at) / 1000)
    state = moveOn(state, dt, random)
  }
  return state
}

function moveOn(walk: Walk, dt: number, random: Random): Walk {
  const at = walk.at + dt * 1000
  const isResting = at < walk.restsUntil
  const home = Math.hypot(walk.north, walk.east)
  const secondsLeft = (walk.endsAt - at) / 1000
  const turnsBack = walk.kind === 'stroll' && home > secondsLeft * walk.pace * 0.8
  const towardsHome = Math.atan2(-walk.east, -walk.north)
  const heading = turnsBack ? towardsHome : walk.heading + random.noise() * DRIFT * Math.sqrt(dt)
  // Whoever has turned back goes on to the door, and no further.
  const wanted = walk.pace * (1 + random.noise() * 0.08)
  const speed = isResting && !turnsBack ? 0 : Math.max(0, turnsBack ? Math.min(wanted * 1.3, home / dt) : wanted)
  const begins = (perHour: number) => random.chance((perHour * dt) / 3600)
  return {
    ...walk,
    at,
    heading,
    speed,
    north: walk.north + Math.cos(heading) * speed * dt,
    east: walk.east + Math.sin(heading) * speed * dt,
    restsUntil:
      !isResting && !turnsBack && begins(RESTS_PER_HOUR) ? at + random.between(60, 300) * 1000 : walk.restsUntil,
    hiddenUntil: begins(HIDDEN_PER_HOUR) ? at + random.between(40, 180) * 1000 : walk.hiddenUntil,
  }
}

export function skyOf(walk: Walk): Sky {
  if (walk.at < walk.hiddenUntil) return 'none'
  return Math.hypot(walk.north, walk.east) < 60 ? 'street' : 'open'
}
