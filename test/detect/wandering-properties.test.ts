import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Observation } from '../../server/contract/observation.ts'
import { type DetectState, judge, judgeDeadlines } from '../../server/detect/engine.ts'
import { circle, context, DETECTORS, fix, HOUR, MIN, run, S, signal, T0, told } from './wandering-support.ts'

const NIGHT = 13 * HOUR
const OF = context({
  fences: [circle(400), circle(150, { schedule: { from: '23:30', to: '05:00' } })],
  silenceOutsideS: 900,
  nightExit: { enabled: true, from: '22:00', to: '06:00', returnS: 300 },
  route: { enabled: true, awayM: 300, minWalks: 3 },
})

const seconds = (max: number) => fc.integer({ min: 0, max }).map((s) => NIGHT + s * S)
const north = fc.oneof(
  fc.integer({ min: -60, max: 60 }),
  fc.integer({ min: 250, max: 550 }),
  fc.integer({ min: 600, max: 9_000 }),
)
const aFix = (late: fc.Arbitrary<number>) =>
  fc
    .record({
      at: seconds(7_200),
      north,
      late,
      acc: fc.constantFrom(5, 20, 60, 800),
      device: fc.constantFrom('watch-1', 'watch-1', 'phone-1', 'pendant-2'),
    })
    .map(({ at, north: n, late: by, acc, device }) => fix(at, n, 0, { late: by, acc, device }))
const live = aFix(fc.integer({ min: 0, max: 8 }).map((s) => s * S))
const stored = aFix(fc.integer({ min: 6, max: 120 }).map((minutes) => minutes * MIN))
const aSignal = fc
  .tuple(
    seconds(7_200),
    fc.constantFrom(...(['door_open', 'door_close', 'motion', 'bed_enter', 'wander_end'] as const)),
  )
  .map(([at, type]) => {
    const device = {
      door_open: 'door-1',
      door_close: 'door-1',
      motion: 'hall-1',
      bed_enter: 'bed-1',
      wander_end: 'watch-1',
    }
    return signal(at, type, device[type])
  })
const day = fc.array(fc.oneof({ weight: 4, arbitrary: live }, { weight: 1, arbitrary: aSignal }), { maxLength: 60 })
const END = NIGHT + 6 * HOUR
const RUNS = { numRuns: 300 }

const byArrival = (seen: readonly Observation[]) => [...seen].sort((a, b) => a.receivedAt - b.receivedAt)

describe('whatever comes in', () => {
  test('stored positions change nothing that is found, in whatever order they come', () => {
    const batch = fc.array(stored, { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(day, batch, fc.integer({ min: 0, max: 7_200 }), (seen, late, at) => {
        const receivedAt = T0 + NIGHT + at * S + 2 * HOUR + 6 * MIN
        const together = late.map((one) => ({ ...one, receivedAt }))
        const without = told(run(seen, OF, END).found)
        expect(told(run([...seen, ...late], OF, END).found)).toEqual(without)
        expect(told(run([...seen, ...together], OF, END).found)).toEqual(without)
        expect(told(run([...together.reverse(), ...seen], OF, END).found)).toEqual(without)
      }),
      RUNS,
    )
  })

  test('the same observations again change nothing', () => {
    fc.assert(
      fc.property(
        day,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 600 })), { maxLength: 20 }),
        (seen, again) => {
          const copies = again.flatMap(([which, after]) => {
            const one = seen[which % Math.max(1, seen.length)]
            return one === undefined || (one.kind === 'signal' && after > 0)
              ? []
              : [{ ...one, receivedAt: one.receivedAt + after * S }]
          })
          const twice = byArrival(seen).flatMap((one) => [one, one])
          const once = told(run(seen, OF, END).found)
          expect(told(run(twice, OF, END).found)).toEqual(once)
          expect(told(run([...twice, ...copies], OF, END).found)).toEqual(once)
        },
      ),
      RUNS,
    )
  })

  test('a state that was written and read at any point, and looked at in between, finds the same', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 5 }), (seen, each) => {
        const sorted = byArrival(seen)
        const whole = run(sorted, OF, END).found
        let state: DetectState = {}
        const found = []
        for (let at = 0; at < sorted.length; at += each) {
          const judged = judge(state, sorted.slice(at, at + each), OF, DETECTORS)
          const next = sorted[at + each]?.receivedAt ?? 0
          const looked = judgeDeadlines(JSON.parse(JSON.stringify(judged.state)), OF, next - 1, DETECTORS)
          state = JSON.parse(JSON.stringify(looked.state))
          found.push(...judged.found, ...looked.found)
          expect([...judged.failures, ...looked.failures]).toEqual([])
        }
        found.push(...judgeDeadlines(state, OF, T0 + END, DETECTORS).found)
        expect(told(found)).toEqual(told(whole))
      }),
      RUNS,
    )
  })

  test('raises and restores of a device take turns, and nothing fails', () => {
    fc.assert(
      fc.property(day, (seen) => {
        const active = new Map<string, boolean>()
        for (const { finding } of run(seen, OF, END).found) {
          const kinds = finding.effect === 'restore' ? finding.kinds : [finding.kind]
          const key = `${finding.deviceId} ${kinds}`
          if (finding.effect === 'restore') expect(active.get(key)).toBe(true)
          const { rule } = finding.reason
          // `wander_end` takes back what the device's alert says without a finding of this detector.
          const isEnded = seen.some((one) => one.kind === 'signal' && one.type === 'wander_end')
          if (finding.effect === 'raise' && rule !== 'wandering.silent_outside' && !isEnded) {
            expect(active.get(key) ?? false).toBe(false)
          }
          if (finding.effect !== 'assess') active.set(key, finding.effect === 'raise')
        }
      }),
      RUNS,
    )
  })

  test('positions that are all unsure of the border never raise', () => {
    const unsure = fc
      .tuple(seconds(7_200), fc.integer({ min: -100, max: 100 }), fc.integer({ min: 0, max: 60 }))
      .map(([at, beyond, more]) => fix(at, 400 + beyond, 0, { acc: Math.min(200, Math.abs(beyond) + 2 + more) }))
    const of = context({ fences: [circle(400)] })
    fc.assert(
      fc.property(fc.array(unsure, { minLength: 1, maxLength: 40 }), (seen) => {
        const rules = run(seen, of, END).found.map(({ finding }) => finding.reason.rule)
        expect(rules).not.toContain('wandering.outside')
      }),
      RUNS,
    )
  })
})
