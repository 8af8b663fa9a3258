import { describe, expect, test } from 'vitest'
import type { Observation } from '../../server/contract/observation.ts'
import { type DetectState, type Found, judge, judgeDeadlines } from '../../server/detect/engine.ts'
import { offset } from '../../simulator/geo.ts'
import { type GpsState, startGps, startJump, stepGps } from '../../simulator/life/gps.ts'
import { skyOf, startWalk, stepWalk, type Walk } from '../../simulator/life/walk.ts'
import { createRandom, type Random } from '../../simulator/random.ts'
import { circle, context, DETECTORS, HOME, HOUR, MIN, S, T0, told } from './wandering-support.ts'

/** Weeks of residents in all; with more in the environment, for a closer look. */
const WEEKS = Number(process.env.WANDER_WEEKS ?? 20)
const WEEK = 7 * 24 * HOUR

/** A resident whose tracker is followed: at home, or on a walk. */
class Life {
  gps: GpsState
  walk: Walk | null = null
  state: DetectState = {}
  readonly found: Found[] = []
  readonly random: Random
  readonly radius: number
  readonly interval: number
  farthest = 0

  constructor(seed: string, radius: number, interval: number) {
    this.random = createRandom(seed)
    this.gps = startGps(T0)
    this.radius = radius
    this.interval = interval
  }

  /** The next position, judged. A stroll that would leave the fence turns back before it. */
  step(now: number): void {
    if (this.walk) this.walk = stepWalk(this.walk, now, this.random)
    const away = this.walk ? Math.hypot(this.walk.north, this.walk.east) : 0
    this.farthest = Math.max(this.farthest, away)
    if (this.walk?.kind === 'stroll' && away > this.radius - 40) this.walk = { ...this.walk, endsAt: now }
    if (this.walk?.kind === 'stroll' && now >= this.walk.endsAt && away < 10) this.walk = null
    const place = this.walk ? offset(HOME, this.walk.north, this.walk.east) : HOME
    const { state, fix } = stepGps(this.gps, place, this.walk ? skyOf(this.walk) : 'indoors', now, this.random)
    this.gps = state
    const of = this.#context
    if (fix === null) this.#keep(judgeDeadlines(this.state, of, now, DETECTORS))
    else this.#keep(judge(this.state, [this.#sample(now, { ...fix })], of, DETECTORS))
  }

  #keep({ state, found, failures }: ReturnType<typeof judge>): void {
    if (failures.length > 0) throw failures[0]?.error
    this.state = state
    this.found.push(...found)
  }

  #sample(now: number, fields: Record<string, number>): Observation {
    const device = { deviceId: 'watch-1', kind: 'watch', role: null, model: null, room: null }
    return { kind: 'sample', device, occurredAt: now, receivedAt: now + 2 * S, fields: { ...fields, battery: 70 } }
  }

  get #context() {
    const known = contexts.get(this.radius) ?? context({ fences: [circle(this.radius)] })
    contexts.set(this.radius, known)
    return known
  }
}
const contexts = new Map<number, ReturnType<typeof context>>()

/** A week at home with two strolls a day, and a mobile cell's position every now and then. */
function liveWeek(seed: string, radius: number, interval: number): Life {
  const life = new Life(seed, radius, interval)
  const { random } = life
  let nextWalk = T0 + random.between(0, 6) * HOUR
  for (let now = T0; now < T0 + WEEK; now += interval) {
    if (now >= nextWalk) {
      const longest = Math.min(60 * MIN, ((radius - 40) / 0.8) * 2 * S)
      life.walk = startWalk('stroll', now, now + random.between(0.4, 1) * longest, random.between(0.55, 1.05), random)
      nextWalk = now + random.between(6, 18) * HOUR
    }
    if (random.chance(interval / (8 * HOUR))) life.gps = startJump(life.gps, now, random)
    life.step(now)
  }
  return life
}

describe('walks with drift', () => {
  test(`no false alarms in ${WEEKS} resident-weeks`, { timeout: 600_000 }, () => {
    const alarms: string[] = []
    for (let week = 0; week < WEEKS; week++) {
      const radius = [80, 100, 200, 500, 1_000][week % 5] ?? 500
      const interval = [MIN, 2 * MIN, 5 * MIN][week % 3] ?? MIN
      const life = liveWeek(`week ${week}`, radius, interval)
      expect(life.farthest).toBeLessThan(radius)
      for (const line of told(life.found))
        if (line.includes('raise wander')) alarms.push(`week ${week} r ${radius} every ${interval / S} s: ${line}`)
    }
    if (process.env.WANDER_WEEKS)
      process.stdout.write(`${alarms.join('\n')}\n${alarms.length} in ${WEEKS} resident-weeks\n`)
    expect(alarms.length / WEEKS, alarms.join('\n')).toBeLessThanOrEqual(0.05)
  })

  test('everybody who wanders off beyond the fence is found', { timeout: 600_000 }, () => {
    const delays: number[] = []
    for (let one = 0; one < WEEKS * 2; one++) {
      const radius = [100, 200, 300, 500][one % 4] ?? 500
      const interval = [MIN, 2 * MIN][one % 2] ?? MIN
      const life = new Life(`wanderer ${one}`, radius, interval)
      const leavesAt = T0 + 30 * MIN
      let outAt: number | null = null
      for (let now = T0; now < T0 + 4 * HOUR; now += interval) {
        if (now >= leavesAt && !life.walk) {
          const pace = life.random.between(0.55, 1.05)
          life.walk = startWalk('wander', leavesAt, Number.POSITIVE_INFINITY, pace, life.random)
        }
        life.step(now)
        if (outAt === null && life.farthest > radius + 50) outAt = now
      }
      if (outAt === null) continue
      const raised = life.found.find(({ finding }) => finding.effect === 'raise')
      expect(raised, `wanderer ${one}`).toBeDefined()
      delays.push(((raised?.now ?? 0) - outAt) / S)
    }
    delays.sort((a, b) => a - b)
    const at = (share: number) => Math.round(delays[Math.floor((delays.length - 1) * share)] ?? 0)
    if (process.env.WANDER_WEEKS) {
      process.stdout.write(
        `${delays.length} wanderers; s after 50 m beyond: median ${at(0.5)}, 95 % ${at(0.95)}, max ${at(1)}\n`,
      )
    }
    expect(delays.length).toBeGreaterThan(WEEKS)
    // Two positions, two minutes apart at most, and a short way without sky.
    expect(at(0.95)).toBeLessThanOrEqual(300)
  })
})
