import { offset } from '../geo.ts'
import { drawHabits, type Habits, type Place, planDay } from '../life/day.ts'
import { type GpsState, startGps, startJump, stepGps } from '../life/gps.ts'
import { skyOf, startWalk, stepWalk, type Walk } from '../life/walk.ts'
import { createRandom, type Random } from '../random.ts'
import { at, DAY, HOUR, MINUTE, SECOND } from './city-time.ts'
import { circle, fenced, RADIUS } from './fences.ts'
import { homeWith, VILLAGE } from './home.ts'
import type { Scenario } from './scenario.ts'
import type { Tape } from './tape.ts'

/** Weeks in which nothing happens, to count false alarms in. */

const from = at('05:00')
/** Nobody goes nearer to the border than this, m: with less it would be anybody's guess who is right. */
const MARGIN = 15
const FIX_EVERY = { out: MINUTE, awake: 5 * MINUTE, bed: 10 * MINUTE } as const
/** Positions of a mobile cell instead of satellites, a day. */
const JUMPS_PER_DAY = 3

/** A week of somebody with a tracker who never leaves the fence: indoor drift, walks, tunnels, cell positions. */
export const driftingWeek = (week: number): Scenario => ({
  name: `drifting-week-${week}`,
  title: 'A week of walks within the fence',
  group: 'wandering',
  home: homeWith('tracker'),
  settings: fenced(circle(RADIUS)),
  from,
  lasts: 7 * DAY,
  expected: [],
  play: (tape, begin, random) => {
    const habits = drawHabits(random)
    let gps = startGps(begin)
    const stays = Array.from({ length: 7 }, (_, day) => planDay(begin - 5 * HOUR + day * DAY, habits, random)).flat()
    for (const [n, { at: since, place }] of stays.entries()) {
      const until = Math.min(stays[n + 1]?.at ?? since, begin + 7 * DAY)
      gps = fixesOf(tape, { gps, place, since, until, habits }, random)
    }
  },
})

interface Spell {
  gps: GpsState
  place: Place
  since: number
  until: number
  habits: Habits
}

function fixesOf(tape: Tape, { gps: before, place, since, until, habits }: Spell, random: Random): GpsState {
  let gps = before
  let walk: Walk | null = place === 'out' ? startWalk('stroll', since, until, habits.pace, random) : null
  const every = place === 'out' ? FIX_EVERY.out : place === 'bed' ? FIX_EVERY.bed : FIX_EVERY.awake
  for (let now = since; now < until; now += every) {
    if (walk) walk = keptInside(stepWalk(walk, now, random), random)
    if (random.chance((JUMPS_PER_DAY * every) / DAY)) gps = startJump(gps, now, random)
    const where = offset(VILLAGE, walk?.north ?? 0, walk?.east ?? 0)
    const step = stepGps(gps, where, walk ? skyOf(walk) : 'indoors', now, random)
    gps = step.state
    if (step.fix) tape.measure('tracker', { ...step.fix }, now)
  }
  return gps
}

/** Who comes to the border turns back. */
function keptInside(walk: Walk, random: Random): Walk {
  const far = Math.hypot(walk.north, walk.east)
  const most = RADIUS - MARGIN
  if (far <= most) return walk
  const heading = Math.atan2(-walk.east, -walk.north) + random.between(-1, 1)
  return { ...walk, north: (walk.north * most) / far, east: (walk.east * most) / far, heading }
}

const SENSOR: Record<Place, string | null> = {
  bed: null,
  out: null,
  bedroom: 'motion-bedroom',
  bathroom: 'motion-bath',
  kitchen: 'motion-kitchen',
  living: 'motion-living',
}

/**
 * What the sensors of a home see of a day: awake she is seen every quarter of an hour or so, and the door opens when she
 * goes out and comes home.
 * @param until nothing is told any more
 */
export function livesThrough(tape: Tape, day: number, habits: Habits, random: Random, until = day + 2 * DAY): void {
  const stays = planDay(day, habits, random)
  for (const [n, { at: begin, place }] of stays.entries()) {
    const end = stays[n + 1]?.at ?? begin
    const wasOut = stays[n - 1]?.place === 'out'
    if ((place === 'out' || wasOut) && begin < until) {
      tape.tell('door', 'door_open', begin)
      tape.tell('door', 'door_close', begin + random.between(4, 12) * SECOND)
    }
    const sensor = SENSOR[place]
    if (sensor === null) continue
    for (let now = begin; now < Math.min(end, until); now += random.between(5, 25) * MINUTE) {
      tape.tell(sensor, 'motion', now)
    }
  }
}

/** Weeks that an ordinary month lasts. */
export const MONTH_WEEKS = 5

/** Five weeks of somebody who rises at about the same time every day, walks, naps, and is up at night. */
export const ordinaryMonth = (month: number): Scenario => ({
  name: `ordinary-month-${month}`,
  title: 'Five weeks in which she rises every day',
  group: 'routine',
  home: homeWith('motion-living', 'motion-bath', 'motion-kitchen', 'motion-bedroom', 'door', 'hub'),
  from: at('00:00'),
  lasts: MONTH_WEEKS * 7 * DAY,
  expected: [],
  play: (tape, begin, random) => {
    const habits = drawHabits(createRandom(`habits ${month}`))
    for (let day = 0; day < MONTH_WEEKS * 7; day++) livesThrough(tape, begin + day * DAY, habits, random)
  },
})
