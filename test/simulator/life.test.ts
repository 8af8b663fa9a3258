import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distance } from '../../simulator/geo.ts'
import { DAY_MS, drawHabits, midnight, planDay } from '../../simulator/life/day.ts'
import { devicesAt, tellingsOf, worn } from '../../simulator/life/devices.ts'
import { startGps, startJump, stepGps } from '../../simulator/life/gps.ts'
import {
  type Body,
  comeHome,
  fall,
  getUp,
  type Happening,
  leave,
  loseSky,
  nextChange,
  observe,
  type Resident,
  startResident,
  stepResident,
} from '../../simulator/life/resident.ts'
import { startWalk, stepWalk } from '../../simulator/life/walk.ts'
import { createRandom } from '../../simulator/random.ts'

const HOME = { lat: 28.4, lon: 117.45 }
const NOON = Date.parse('2026-03-01T04:00:00Z')
const MIDNIGHT = midnight(NOON)
const MINUTE = 60_000

/** Lives on from noon: happenings, and what is measured every `everyMs`. */
function live(seed: string | number, ms: number, everyMs = 300_000, begin = startResident(NOON, createRandom(seed))) {
  const random = createRandom(`${seed}/on`)
  let state: Resident = begin
  const happenings: Happening[] = []
  const bodies: (Body & { at: number; place: string })[] = []
  for (let now = NOON; now < NOON + ms; now += everyMs) {
    const step = stepResident(state, now, random)
    happenings.push(...step.happenings)
    const observed = observe(step.state, HOME, now, random)
    state = observed.state
    bodies.push({ ...observed.body, at: now, place: state.place })
  }
  return { state, happenings, bodies }
}

describe('a day', () => {
  it('is the same for a seed, in order, and from waking to the night', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed)
        const habits = drawHabits(random)
        const stays = planDay(MIDNIGHT, habits, random)
        expect(stays).toEqual(planDay(MIDNIGHT, drawHabits(createRandom(seed)), replayed(seed)))
        for (const [at, stay] of stays.entries()) {
          const before = stays[at - 1]
          if (!before) continue
          expect(stay.at).toBeGreaterThan(before.at)
          expect(stay.place).not.toBe(before.place)
        }
        expect(stays[0]?.place).toBe('bedroom')
        expect(stays.at(-1)?.place).toBe('bed')
        expect(stays[0]!.at).toBeGreaterThanOrEqual(MIDNIGHT + 4 * 60 * MINUTE)
        expect(stays.at(-1)!.at).toBeLessThanOrEqual(MIDNIGHT + DAY_MS + 4 * 60 * MINUTE)
      }),
    )
  })

  it('goes on for weeks, and what happened is where it left off', () => {
    const { happenings } = live('weeks', 14 * DAY_MS, 600_000)
    const moves = happenings.filter((one) => one.kind === 'moved')
    for (const [at, move] of moves.entries()) {
      if (at > 0) expect(move.from).toBe(moves[at - 1]!.to)
    }
    const nights = moves.filter(({ to }) => to === 'bed').length
    const outs = moves.filter(({ to }) => to === 'out').length
    expect(nights).toBeGreaterThan(14)
    expect(outs).toBeGreaterThan(5)
    expect(moves.filter(({ to }) => to === 'bathroom').length).toBeGreaterThan(40)
  })

  it('says when its next change is due, and changes nothing before', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 3_600_000 }), (seed, wait) => {
        const resident = startResident(NOON, createRandom(seed))
        const due = nextChange(resident)
        expect(due).toBeGreaterThan(NOON)
        const before = stepResident(resident, Math.min(NOON + wait, due - 1), createRandom(seed))
        expect(before.happenings).toEqual([])
      }),
    )
  })
})

/** The source of a day's numbers after its habits were drawn. */
function replayed(seed: number) {
  const random = createRandom(seed)
  drawHabits(random)
  return random
}

describe('what is measured', () => {
  const { bodies } = live('body', 3 * DAY_MS, 120_000)

  it('is what a person can have', () => {
    for (const { hr, spo2, sys, dia, resp, speed } of bodies) {
      expect([hr >= 42, hr < 130, spo2 > 90, spo2 <= 100, sys > dia, resp > 6, resp < 30]).not.toContain(false)
      expect(speed).toBeLessThan(7)
    }
    const mean = (of: typeof bodies) => of.reduce((sum, { hr }) => sum + hr, 0) / of.length
    const asleep = mean(bodies.filter(({ place }) => place === 'bed'))
    const awake = mean(bodies.filter(({ place }) => place === 'living'))
    const walking = mean(bodies.filter(({ speed }) => speed > 2))
    expect(awake - asleep).toBeGreaterThan(6)
    expect(walking - awake).toBeGreaterThan(8)
  })

  it('counts steps of a walk, and begins anew each day', () => {
    const resets = bodies.filter(({ steps }, at) => at > 0 && steps < bodies[at - 1]!.steps)
    expect(resets).toHaveLength(3)
    expect(Math.max(...bodies.map(({ steps }) => steps))).toBeGreaterThan(1_500)
    expect(Math.max(...bodies.map(({ steps }) => steps))).toBeLessThan(30_000)
  })

  it('is at home when the person is at home, within the error of its receiver', () => {
    const inside = bodies.filter(({ place, fix }) => place !== 'out' && fix !== null)
    const far = inside.map(({ fix }) => distance(HOME, fix!))
    expect(far.filter((metres) => metres > 80).length / far.length).toBeLessThan(0.01)
    expect(bodies.some(({ fix }) => fix === null)).toBe(true)
  })

  it('is the same for the same seed', () => {
    expect(live('same', DAY_MS).bodies).toEqual(live('same', DAY_MS).bodies)
    expect(live('same', DAY_MS).bodies).not.toEqual(live('other', DAY_MS).bodies)
  })
})

describe('a satellite receiver', () => {
  const errors = (everyMs: number, count: number) => {
    const random = createRandom(`gps${everyMs}`)
    let state = startGps(0)
    return Array.from({ length: count }, (_, n) => {
      const step = stepGps(state, HOME, 'open', (n + 1) * everyMs, random)
      state = step.state
      return state.north
    })
  }
  const correlation = (values: readonly number[]) => {
    const squares = values.reduce((sum, value) => sum + value * value, 0)
    return values.slice(1).reduce((sum, value, at) => sum + value * values[at]!, 0) / squares
  }

  it('errs as a first-order Gauss–Markov process: its deviation stays, its memory fades with the time constant', () => {
    for (const everyMs of [5_000, 90_000]) {
      const all = errors(everyMs, 20_000)
      const deviation = Math.sqrt(all.reduce((sum, value) => sum + value * value, 0) / all.length)
      expect(deviation).toBeGreaterThan(2.5)
      expect(deviation).toBeLessThan(3.5)
      // exp(-dt / 90 s)
      expect(correlation(all)).toBeCloseTo(Math.exp(-everyMs / 90_000), 1)
    }
  })

  it('has no fix without sky, and a wide one from a mobile cell', () => {
    const random = createRandom('sky')
    expect(stepGps(startGps(0), HOME, 'none', 1_000, random).fix).toBeNull()
    const jumped = startJump(startGps(0), 0, random)
    const { fix } = stepGps(jumped, HOME, 'open', 60_000, random)
    expect(distance(HOME, fix!)).toBeGreaterThan(200)
    expect(fix!.acc).toBeGreaterThanOrEqual(400)
    const later = stepGps(jumped, HOME, 'open', 200_000, random).fix
    expect(distance(HOME, later!)).toBeLessThan(30)
  })
})

describe('a walk', () => {
  it('for pleasure comes home in its time; no step is faster than a person walks', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 15, max: 90 }), (seed, minutes) => {
        const random = createRandom(seed)
        let walk = startWalk('stroll', 0, minutes * MINUTE, 0.8, random)
        let farthest = 0
        for (let now = 10_000; now <= minutes * MINUTE; now += 10_000) {
          const next = stepWalk(walk, now, random)
          expect(Math.hypot(next.north - walk.north, next.east - walk.east)).toBeLessThan(10 * 1.8)
          walk = next
          farthest = Math.max(farthest, Math.hypot(walk.north, walk.east))
        }
        expect(farthest).toBeGreaterThan(20)
        expect(farthest).toBeLessThan(minutes * 60 * 0.8)
        expect(Math.hypot(walk.north, walk.east)).toBeLessThan(120)
      }),
      { numRuns: 60 },
    )
  })

  it('of somebody who has lost the way goes far, and ends only when the person is brought home', () => {
    const random = createRandom('lost')
    const { state } = leave(startResident(NOON, random), 'wander', NOON, 0, random)
    const { bodies, state: later } = live('lost', 4 * 60 * MINUTE, 60_000, state)
    expect(nextChange(later)).toBe(Number.POSITIVE_INFINITY)
    const fixes = bodies.flatMap(({ fix }) => fix ?? [])
    expect(distance(HOME, fixes.at(-1)!)).toBeGreaterThan(500)
    expect(fixes.length).toBeLessThan(bodies.length)
    const home = comeHome(later, NOON + 4 * 60 * MINUTE, random)
    expect(home.happenings).toMatchObject([{ kind: 'moved', from: 'out', to: 'living' }])
    expect(nextChange(home.state)).toBeLessThan(NOON + 2 * DAY_MS)
  })

  it('has no fix in a tunnel', () => {
    const random = createRandom('tunnel')
    const out = leave(startResident(NOON, random), 'stroll', NOON, 60 * MINUTE, random).state
    const hidden = loseSky(out, NOON + 10 * MINUTE)
    expect(observe(hidden, HOME, NOON + 5 * MINUTE, random).body.fix).toBeNull()
  })
})

describe('a fall', () => {
  const begin = startResident(NOON, createRandom('fall'))

  it('keeps the person where it was, still and with a racing heart, until it ends', () => {
    const { state, happenings } = fall(begin, NOON, 30 * MINUTE)
    expect(happenings).toEqual([{ kind: 'fell', at: NOON }])
    expect(fall(state, NOON + 1, null).happenings).toEqual([])
    expect(nextChange(state)).toBe(NOON + 30 * MINUTE)
    const { bodies } = live('fall', 29 * MINUTE, MINUTE, state)
    expect(new Set(bodies.map(({ place }) => place)).size).toBe(1)
    expect(bodies.at(-1)!.hr).toBeGreaterThan(state.habits.restingHr + 18)
    expect(new Set(bodies.map(({ speed }) => speed))).toEqual(new Set([0]))
    const up = stepResident(state, NOON + 31 * MINUTE, createRandom(1))
    expect(up.happenings[0]).toEqual({ kind: 'got_up', at: NOON + 30 * MINUTE })
  })

  it('without help does not end; then the day goes on as it would be by now', () => {
    const lying = fall(begin, NOON, null).state
    const late = NOON + 8 * 60 * MINUTE
    expect(stepResident(lying, late, createRandom(1)).happenings).toEqual([])
    const { state, happenings } = getUp(lying, late, createRandom(1))
    expect(happenings).toEqual([{ kind: 'got_up', at: late }])
    const on = stepResident(state, late + 1, createRandom(1))
    expect(on.happenings).toEqual([])
    expect(nextChange(on.state)).toBeGreaterThan(late)
  })
})

describe('devices', () => {
  const device = (kind: string, room: string | null) => ({
    identity: { deviceId: `${kind}-${room}`, secret: '', kind, room },
  })
  const all = [
    device('motion_sensor', '卫生间'),
    device('fall_sensor', '卫生间'),
    device('motion_sensor', '厨房'),
    device('door_sensor', '大门'),
    device('bed_sensor', '卧室'),
    device('watch', null),
  ]
  const told = (happening: Happening, place: Parameters<typeof tellingsOf>[1]) =>
    tellingsOf(happening, place, createRandom('tell')).flatMap((telling) =>
      devicesAt(all, telling).map(({ identity }) => `${identity.deviceId} ${telling.types[0]}`),
    )

  it('tell of a move where they are', () => {
    expect(told({ kind: 'moved', at: 0, from: 'bed', to: 'bathroom' }, 'bathroom')).toEqual([
      'motion_sensor-卫生间 motion',
      'fall_sensor-卫生间 motion',
      'bed_sensor-卧室 leave_bed',
    ])
    expect(told({ kind: 'moved', at: 0, from: 'kitchen', to: 'out' }, 'out')).toEqual([
      'motion_sensor-厨房 vacant',
      'door_sensor-大门 door_open',
      'door_sensor-大门 door_close',
    ])
  })

  it('tell of a fall when they see or feel it', () => {
    expect(told({ kind: 'fell', at: 0 }, 'bathroom')).toEqual(['fall_sensor-卫生间 fall', 'watch-null fall'])
    expect(told({ kind: 'fell', at: 0 }, 'kitchen')).toEqual(['watch-null fall'])
  })

  it('measure of the body what they can', () => {
    const { body } = observe(startResident(NOON, createRandom(2)), HOME, NOON + 1, createRandom(2))
    const own = { battery: 80, rssi: -60, lat: 1, lon: 1, acc: 5 }
    expect(worn('door_sensor', own, body)).toEqual(own)
    expect(Object.keys(worn('bed_sensor', { battery: 80 }, body))).toEqual(['battery', 'hr', 'resp'])
    const hidden = worn('watch', own, { ...body, fix: null })
    expect(hidden).not.toHaveProperty('lat')
    expect(hidden).toMatchObject({ battery: 80, hr: body.hr, steps: body.steps })
  })
})
