import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explainInAll } from '../../server/contract/explain/explain.ts'
import type { Observation } from '../../server/contract/observation.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import { judge } from '../../server/detect/engine.ts'
import { at, caseOf, DOOR, fall, HALL, HOME, KEY, later, motion, ONLY, RADAR } from './fall-home.ts'
import { after, runWithRestarts, sample, signal, WATCH } from './support.ts'

const anything = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 40_000 }),
      late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 300_000 })),
      what: fc.constantFrom<SignalType | 'steps'>(
        'fall',
        'fall',
        'fall_suspected',
        'motion',
        'sos',
        'door_open',
        'bed_enter',
        'inactivity',
        'fall_clear',
        'sos_cancel',
        'fall_cancel',
        'vacant',
        'steps',
      ),
      of: fc.constantFrom(RADAR, WATCH, HALL, DOOR, KEY),
      steps: fc.integer({ min: 0, max: 60 }),
    }),
    { maxLength: 30 },
  )
  .map((list) => {
    const arrivals = after(list.map(({ gap }) => gap))
    return list.map(({ what, of, late, steps }, n): Observation => {
      const receivedAt = arrivals[n]!
      const over = { device: of, receivedAt, occurredAt: receivedAt - late }
      return what === 'steps'
        ? sample({ steps }, receivedAt, over)
        : signal(what, receivedAt, { ...over, signalId: `s${n}` })
    })
  })

describe('whatever comes in', () => {
  test('a restart anywhere and a second delivery change nothing, and nothing is found without a fall', () => {
    fc.assert(
      fc.property(anything, (seen) => {
        const once = later(seen, HOME, 3 * 3600)
        expect(runWithRestarts(ONLY, seen, HOME, at(3 * 3600))).toEqual(once)
        const twice = later(
          seen.flatMap((one) => [one, one]),
          HOME,
          3 * 3600,
        )
        expect(twice.found).toEqual(once.found)
        expect(once.failures).toEqual([])
        // Only the last movement is kept, for a fall that is told of late.
        expect(Object.keys(once.state).filter((name) => name !== 'falls')).toEqual([])
        expect(Object.keys(once.state.falls ?? {}).filter((key) => key !== 'l')).toEqual([])
        for (const { finding, now } of once.found) {
          const cause = seen.some(
            (one) => one.kind === 'signal' && one.type.startsWith('fall') && one.receivedAt <= now,
          )
          expect(cause).toBe(true)
          for (const sentence of Object.values(explainInAll(finding.reason)))
            expect(sentence).not.toMatch(/\?|NaN|undefined/)
        }
      }),
    )
  })

  test('an alert that is raised stays raised unless a device or the resident takes it back', () => {
    fc.assert(
      fc.property(anything, (seen) => {
        const kept = seen.filter(
          (one) => one.kind === 'sample' || !['sos_cancel', 'fall_cancel', 'fall_clear'].includes(one.type),
        )
        if (!kept.some((one) => one.kind === 'signal' && one.type === 'fall')) return
        const { folded } = caseOf(kept, HOME, 3 * 3600)
        expect(
          folded.alerts.filter(({ kind }) => kind === 'fall').every(({ deviceState }) => deviceState === 'active'),
        ).toBe(true)
        expect(folded.priority).toBeLessThanOrEqual(2)
      }),
      { numRuns: 50 },
    )
  })

  test('what is remembered stays small, and what says nothing leaves it as it is', () => {
    const uuid = '0196f3a0-7c1e-7000-8000-123456789abc'
    const busy = [
      signal('sos', at(-5), { device: KEY, signalId: uuid }),
      signal('fall', at(0), { signalId: uuid.replace('c1e', 'c1f') }),
      motion(5),
    ]
    const { state } = judge({}, busy, HOME, ONLY)
    expect(JSON.stringify(state.falls).length).toBeLessThan(300)
    const idle = [signal('vacant', at(6), { device: RADAR }), sample({ hr: 70 }, at(7)), fall(0)]
    expect(judge(state, idle, HOME, ONLY).state.falls).toBe(state.falls)
    const moved = judge({}, [motion(0)], HOME, ONLY).state
    expect(judge(moved, [motion(9), sample({ steps: 4 }, at(10))], HOME, ONLY).state.falls).toBe(moved.falls)
  })
})
