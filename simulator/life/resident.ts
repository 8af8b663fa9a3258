import { offset, type Position } from '../geo.ts'
import type { Random } from '../random.ts'
import { DAY_MS, drawHabits, type Habits, HOUR_MS, midnight, type Place, planDay, type Stay } from './day.ts'
import { type Fix, type GpsState, type Sky, startGps, startJump, stepGps } from './gps.ts'
import { skyOf, startWalk, stepWalk, type Walk } from './walk.ts'

/**
 * A resident through the day, as pure steps: state, time and chance in, state and happenings out. Times are routine time,
 * ms since the epoch, which may run faster than the clock.
 */
export interface Resident {
  habits: Habits
  place: Place
  since: number
  /** What comes next, in order. */
  stays: readonly Stay[]
  /** The day that `stays` was planned for. */
  day: number
  walk: Walk | null
  /** Lies where the fall was, until somebody or the person gets up. */
  fall: Fall | null
  gps: GpsState
  /** Heart rate above resting, beats per minute. */
  effort: number
  steps: number
  /** Of the newest measurement. */
  at: number
}

export interface Fall {
  at: number
  /** Lies still until then; null: doesn't get up alone. */
  upAt: number | null
}

export type Happening =
  | { kind: 'moved'; at: number; from: Place; to: Place }
  | { kind: 'fell'; at: number }
  | { kind: 'got_up'; at: number }

/** What devices on and around the person could measure. Without a fix there is no position. */
export interface Body {
  hr: number
  spo2: number
  sys: number
  dia: number
  resp: number
  /** Of this day. */
  steps: number
  fix: Fix | null
  /** km/h and degrees, of a walk. */
  speed: number
  course: number
}

/** Steps of a slow walk, per metre. */
const STEPS_PER_METRE = 1.7
/** Steps of an awake minute at home. */
const STEPS_AT_HOME = 3

/** @param isDay false: sits at home, whatever the hour, until something is asked for */
export function startResident(now: number, random: Random, isDay = true): Resident {
  const habits = drawHabits(random)
  const day = midnight(now)
  // Begins with what was planned for yesterday, whose night may not be over.
  const planned = [...planDay(day - DAY_MS, habits, random), ...planDay(day, habits, random)]
  const past = planned.filter(({ at }) => at <= now)
  const { place, at: since } = (isDay ? past.at(-1) : null) ?? { place: 'living', at: now }
  const resident: Resident = {
    habits,
    ...{ place, since, day, walk: null, fall: null },
    stays: planned.slice(past.length),
    ...{ gps: startGps(now), effort: 0, steps: 0, at: now },
  }
  return place === 'out' ? { ...resident, walk: walkOf(resident, since, random) } : resident
}

function walkOf({ stays, habits }: Resident, from: number, random: Random): Walk {
  const endsAt = stays[0]?.at ?? from + HOUR_MS
  return startWalk('stroll', from, endsAt, habits.pace, random)
}

/** When the next happening is due by itself. */
export function nextChange({ stays, fall, walk, day }: Resident): number {
  if (fall) return fall.upAt ?? Number.POSITIVE_INFINITY
  // Somebody has to bring the person home.
  if (walk?.kind === 'wander') return Number.POSITIVE_INFINITY
  return stays[0]?.at ?? day + DAY_MS
}

/** Goes on to `now`. */
export function stepResident(
  state: Resident,
  now: number,
  random: Random,
): { state: Resident; happenings: Happening[] } {
  const happenings: Happening[] = []
  let next = state
  for (let due = nextChange(next); due <= now; due = nextChange(next)) {
    const step = next.fall ? getUp(next, due, random) : moveOn(next, due, random)
    next = step.state
    happenings.push(...step.happenings)
  }
  return { state: next, happenings }
}

type Step = { state: Resident; happenings: Happening[] }

function moveOn(state: Resident, now: number, random: Random): Step {
  const [stay, ...stays] = state.stays
  if (!stay) {
    const day = state.day + DAY_MS
    return { state: { ...state, day, stays: planDay(day, state.habits, random), steps: 0 }, happenings: [] }
  }
  return goTo({ ...state, stays }, stay.place, now, random)
}

/** What comes next from `now` on, when some of the plan was missed. */
function resume(state: Resident, now: number, random: Random): Resident {
  const stays = state.stays.filter(({ at }) => at > now)
  if (stays.length > 0) return { ...state, stays }
  const day = midnight(now)
  return { ...state, day, stays: planDay(day, state.habits, random).filter(({ at }) => at > now) }
}

function goTo(state: Resident, to: Place, now: number, random: Random): Step {
  const from = state.place
  if (from === to) return { state, happenings: [] }
  const moved: Resident = { ...state, place: to, since: now, walk: null }
  const walk = to === 'out' ? walkOf(moved, now, random) : null
  return { state: { ...moved, walk }, happenings: [{ kind: 'moved', at: now, from, to }] }
}

/** Falls where the resident is. @param upAfterMs null: doesn't get up alone */
export function fall(state: Resident, now: number, upAfterMs: number | null): Step {
  if (state.fall) return { state, happenings: [] }
  const next = { ...state, fall: { at: now, upAt: upAfterMs === null ? null : now + upAfterMs } }
  return { state: next, happenings: [{ kind: 'fell', at: now }] }
}

/** Gets up, or is helped up. */
export function getUp(state: Resident, now: number, random: Random): Step {
  if (!state.fall) return { state, happenings: [] }
  return { state: { ...resume(state, now, random), fall: null }, happenings: [{ kind: 'got_up', at: now }] }
}

/** Leaves home, and goes off (`wander`) or comes back by itself after so long. */
export function leave(state: Resident, kind: Walk['kind'], now: number, ms: number, random: Random): Step {
  const endsAt = kind === 'wander' ? Number.POSITIVE_INFINITY : now + ms
  const stays = [
    ...(kind === 'wander' ? [] : [{ at: endsAt, place: 'living' as const }]),
    ...state.stays.filter(({ at }) => at > endsAt),
  ]
  const happenings: Happening[] =
    state.place === 'out' ? [] : [{ kind: 'moved', at: now, from: state.place, to: 'out' }]
  const walk = startWalk(kind, now, endsAt, state.habits.pace, random)
  // Somebody who is already out goes on from there.
  const from = state.walk ? { north: state.walk.north, east: state.walk.east } : {}
  return { state: { ...state, place: 'out', since: now, stays, walk: { ...walk, ...from } }, happenings }
}

/** Is brought home. */
export function comeHome(state: Resident, now: number, random: Random): Step {
  if (state.place !== 'out') return { state, happenings: [] }
  return goTo(resume(state, now, random), 'living', now, random)
}

export const loseSky = (state: Resident, until: number): Resident =>
  state.walk ? { ...state, walk: { ...state.walk, hiddenUntil: until } } : state

export const jumpAway = (state: Resident, now: number, random: Random): Resident => ({
  ...state,
  gps: startJump(state.gps, now, random),
})

/** What could be measured now. */
export function observe(state: Resident, home: Position, now: number, random: Random): { state: Resident; body: Body } {
  const dt = Math.max(0, now - state.at) / 1000
  const walk = state.walk && !state.fall ? stepWalk(state.walk, now, random) : state.walk
  const speed = state.fall || !walk ? 0 : walk.speed
  const wanted = effortOf(state, speed)
  const effort = wanted + (state.effort - wanted) * Math.exp(-dt / 90) + random.noise() * 1.5
  const isAwake = state.place !== 'bed' && state.fall === null
  const steps = state.steps + (speed > 0 ? speed * dt * STEPS_PER_METRE : isAwake ? (STEPS_AT_HOME * dt) / 60 : 0)
  const place = walk ? offset(home, walk.north, walk.east) : home
  const { state: gps, fix } = stepGps(state.gps, place, skyFor(walk), now, random)
  const hr = Math.round(Math.max(42, state.habits.restingHr + effort))
  const body: Body = {
    hr,
    spo2: Math.round(Math.min(100, 96.5 + random.noise() * 0.7)),
    sys: Math.round(126 + effort * 0.5 + random.noise() * 5),
    dia: Math.round(76 + effort * 0.2 + random.noise() * 3),
    resp: Math.round(14 + Math.max(0, effort) * 0.12 + random.noise()),
    steps: Math.round(steps),
    fix,
    speed: Number((speed * 3.6).toFixed(1)),
    course: walk ? Math.round(((walk.heading * 180) / Math.PI + 36_000) % 360) : 0,
  }
  return { state: { ...state, walk, gps, effort, steps, at: now }, body }
}

/** Asleep the heart is slower than at rest, after a fall it races. */
function effortOf({ place, fall: fallen }: Resident, speed: number): number {
  if (fallen) return 28
  if (place === 'bed') return -7
  return speed > 0 ? 12 + speed * 22 : 5
}

const skyFor = (walk: Walk | null): Sky => (walk ? skyOf(walk) : 'indoors')
