import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Observation } from '../../server/contract/observation.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { type DetectState, judge, judgeDeadlines } from '../../server/detect/engine.ts'
import { routine } from '../../server/detect/routine.ts'
import { contextOf, DAY, device, HOUR, MINUTE, MORNING, sample, signal } from './routine-life.ts'

const DETECTORS = [routine as Detector<unknown>]
const devices = [
  device('m', 'motion_sensor'),
  device('d', 'door_sensor'),
  device('f', 'door_sensor', { role: 'ordinary' }),
  device('w', 'watch'),
  device('h', 'hub'),
]
const CONTEXT = contextOf(devices, { routine: { minDays: 3 } })
const TYPES: SignalType[] = [
  'motion',
  'motion',
  'door_open',
  'door_close',
  'button',
  'hub_offline',
  'hub_online',
  'smoke',
  'test',
]

/** Three weeks of a resident with mornings and hours that are hers, and what chance adds to them. */
const life = fc
  .record({
    wakes: fc.integer({ min: 60, max: 400 }),
    skipped: fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 }),
    extra: fc.array(
      fc.record({
        minute: fc.integer({ min: 0, max: 21 * 1440 }),
        late: fc.integer({ min: 0, max: 2000 }),
        type: fc.constantFrom(...TYPES),
        of: fc.nat(3),
        steps: fc.nat(200),
      }),
      { maxLength: 40 },
    ),
  })
  .map(({ wakes, skipped, extra }) => {
    const [motion] = devices
    const days = Array.from({ length: 21 }, (_, day) => day).filter((day) => !skipped.includes(day))
    const own = days.flatMap((day) =>
      Array.from({ length: 12 }, (_, hour) =>
        signal(motion!, 'motion', MORNING + day * DAY + wakes * MINUTE + hour * HOUR),
      ),
    )
    const more = extra.map(({ minute, late, type, of, steps }): Observation => {
      const at = MORNING + minute * MINUTE
      if (steps > 150) return sample(devices[3]!, { steps }, at)
      return signal(devices[of]!, type, at, at + (late > 1000 ? late * MINUTE : 0))
    })
    return [...own, ...more].sort((a, b) => a.receivedAt - b.receivedAt)
  })

const END = MORNING + 23 * DAY
function all(seen: readonly Observation[]) {
  const judged = judge({}, seen, CONTEXT, DETECTORS)
  const end = judgeDeadlines(judged.state, CONTEXT, END, DETECTORS)
  expect([...judged.failures, ...end.failures]).toEqual([])
  return { state: end.state, found: [...judged.found, ...end.found].map(({ now, finding }) => ({ now, finding })) }
}
const stored = (state: DetectState): DetectState => JSON.parse(JSON.stringify(state)) as DetectState

describe('routine, whatever comes', () => {
  it('finds the same when everything comes twice', () => {
    fc.assert(
      fc.property(life, (seen) => {
        expect(all(seen.flatMap((one) => [one, one]))).toEqual(all(seen))
      }),
    )
  })

  it('finds the same through a restart at any point, however often somebody looks', () => {
    fc.assert(
      fc.property(life, fc.array(fc.nat(1000), { maxLength: 5 }), (seen, cuts) => {
        let state: DetectState = {}
        const found = []
        const places = cuts.map((cut) => Math.floor((cut / 1000) * seen.length)).sort((a, b) => a - b)
        for (const [index, one] of seen.entries()) {
          if (places.includes(index)) {
            const looked = judgeDeadlines(stored(state), CONTEXT, one.receivedAt - 1, DETECTORS)
            state = stored(looked.state)
            found.push(...looked.found)
          }
          const judged = judge(state, [one], CONTEXT, DETECTORS)
          state = judged.state
          found.push(...judged.found)
        }
        const end = judgeDeadlines(state, CONTEXT, END, DETECTORS)
        const twice = [...found, ...end.found].map(({ now, finding }) => ({ now, finding }))
        expect({ state: end.state, found: twice }).toEqual(all(seen))
      }),
    )
  })

  it('finds the same in whatever order a late batch lies', () => {
    fc.assert(
      fc.property(life, fc.nat(20), fc.infiniteStream(fc.nat()), (seen, day, order) => {
        // From this day on nothing came through; then all of it at once.
        const from = MORNING + day * DAY
        const signals = seen.filter((one) => one.kind === 'signal')
        const on = signals.filter((one) => one.receivedAt < from)
        const late = signals.filter((one) => one.receivedAt >= from).map((one) => ({ ...one, receivedAt: END }))
        const key = new Map(late.map((one) => [one.signalId, order.next().value ?? 0]))
        const shuffled = [...late].sort((a, b) => (key.get(a.signalId) ?? 0) - (key.get(b.signalId) ?? 0))
        const [one, other] = [late, shuffled].map((batch) => {
          const judged = judge({}, [...on, ...batch], CONTEXT, DETECTORS)
          const end = judgeDeadlines(judged.state, CONTEXT, END + DAY, DETECTORS)
          const effects = [...judged.found, ...end.found].map(({ finding: { effect, reason } }) => [
            effect,
            reason.rule,
          ])
          return { before: judged.state, after: end.state, effects }
        })
        expect(other).toEqual(one)
      }),
    )
  })

  it('tells at most once without a sign of life in between, and restores only what it told', () => {
    fc.assert(
      fc.property(life, (seen) => {
        let isTold = false
        for (const { finding } of all(seen).found) {
          expect(finding.effect).toBe(isTold ? 'restore' : 'raise')
          isTold = !isTold
        }
      }),
    )
  })

  it('gives back the very same state when nothing is new, and keeps it small', () => {
    fc.assert(
      fc.property(life, (seen) => {
        let state: unknown
        for (const one of seen) {
          const step = (routine as Detector<unknown>).step(state, one, CONTEXT, one.receivedAt)
          const again = (routine as Detector<unknown>).step(step.state, one, CONTEXT, one.receivedAt)
          expect(again.state).toBe(step.state)
          expect(again.findings).toEqual([])
          state = step.state
          expect(JSON.stringify(state ?? {}).length).toBeLessThanOrEqual(350)
        }
      }),
      { numRuns: 30 },
    )
  })
})
