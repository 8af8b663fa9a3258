import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldFindings } from '../../server/cases/fold.ts'
import type { Finding } from '../../server/contract/finding.ts'
import type { Observation } from '../../server/contract/observation.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { type Judged, judge, nextDeadline } from '../../server/detect/engine.ts'
import { reported } from '../../server/detect/reported.ts'
import { after, context, device, HOUR, MINUTE, run, runWithRestarts, SECOND, START, signal, told } from './support.ts'

const KEY = device('key', 'sos_button', { role: 'sos' })
const HOME = context({ devices: [KEY] })
const ONLY = [reported as Detector<unknown>]

const presses = (count: number, every: number, from = START) =>
  Array.from({ length: count }, (_, n) => signal('button', from + n * every, { device: KEY }))

const raises = ({ found }: Judged, kind: string) =>
  found.flatMap(({ finding }) => (finding.effect === 'raise' && finding.kind === kind ? [finding] : []))
const isCounted = (finding: Finding) => finding.effect === 'raise' && finding.counted === true

describe('a key that is stuck', () => {
  test('its first nine presses are told, the others counted, and the fault is told once', () => {
    const judged = run(ONLY, presses(50, SECOND), HOME, START + HOUR)
    expect(raises(judged, 'sos').map(isCounted)).toEqual([...Array(9).fill(false), ...Array(41).fill(true)])
    expect(raises(judged, 'device_fault')).toMatchObject([
      {
        deviceId: 'key',
        at: START + 9 * SECOND,
        reason: { rule: 'buttons.runaway', values: { presses: 10, within: MINUTE } },
      },
    ])
    expect(raises(judged, 'device_fault').some(isCounted)).toBe(false)
    expect(judged.failures).toEqual([])
  })

  test('is one case with one alert that counts all, and a few log lines', () => {
    const { found } = run(ONLY, presses(500, 200), HOME, START + HOUR)
    const findings = found.map(({ seen, now, finding }) => ({
      signalId: seen?.kind === 'signal' ? seen.signalId : null,
      residentId: 'r1',
      finding,
      foundAt: now,
    }))
    const [change, ...others] = foldFindings(new Map(), findings)
    expect(others).toEqual([])
    expect(change?.case.alerts.map(({ kind, signalCount }) => [kind, signalCount])).toEqual([
      ['sos', 500],
      ['device_fault', 1],
    ])
    expect(change?.links.filter(({ part }) => part === 'raised')).toHaveLength(501)
    expect(change?.log).toHaveLength(1 + 9 + 1)
  })

  test('after a minute without a press they are told again, and nothing is remembered', () => {
    const first = run(ONLY, presses(30, SECOND), HOME, START + 29 * SECOND)
    expect(nextDeadline(first.state, HOME, ONLY)).toBe(START + 89 * SECOND)
    const rested = run(ONLY, [], HOME, START + 89 * SECOND, first.state)
    expect(rested.state).toEqual({})
    const again = run(ONLY, presses(1, SECOND, START + 90 * SECOND), HOME, START + 90 * SECOND, rested.state)
    expect(raises(again, 'sos').map(isCounted)).toEqual([false])
  })

  test('somebody who presses every ten seconds has not run away', () => {
    const judged = run(ONLY, presses(100, 10 * SECOND), HOME, START + HOUR)
    expect(raises(judged, 'sos').some(isCounted)).toBe(false)
    expect(raises(judged, 'device_fault')).toEqual([])
  })

  test('a smoke sensor that flaps and a key beside it are counted apart', () => {
    const smoke = device('smoke', 'smoke_sensor')
    const flapping = Array.from({ length: 40 }, (_, n) =>
      signal(n % 2 ? 'smoke_clear' : 'smoke', START + n * SECOND, { device: smoke }),
    )
    const judged = run(ONLY, [...flapping, ...presses(3, 5 * SECOND)], HOME, START + HOUR)
    expect(raises(judged, 'smoke').filter(isCounted)).toHaveLength(11)
    expect(raises(judged, 'sos').some(isCounted)).toBe(false)
    expect(judged.found.filter(({ finding }) => finding.effect === 'restore')).toHaveLength(20)
  })

  test('the nearest settings hold', () => {
    const strict = context({ devices: [KEY], deviceSettings: { key: { buttons: { runawayPresses: 3 } } } })
    expect(raises(run(ONLY, presses(4, SECOND), strict, START + HOUR), 'sos').map(isCounted)).toEqual([
      false,
      false,
      true,
      true,
    ])
  })
})

const gaps = fc.array(fc.integer({ min: 1, max: 30_000 }), { maxLength: 60 })
const withGaps = (list: readonly number[]): Observation[] =>
  after(list).map((at) => signal('button', at, { device: KEY }))

describe('whatever the rhythm', () => {
  test('every press is a raise, ten within a minute are always noticed, and fewer than ten in 70 s never', () => {
    fc.assert(
      fc.property(gaps, (list) => {
        const seen = withGaps(list)
        const judged = run(ONLY, seen, HOME, START + HOUR)
        expect(raises(judged, 'sos')).toHaveLength(seen.length)
        const most = (ms: number) =>
          Math.max(
            0,
            ...seen.map(
              (one) => seen.filter(({ receivedAt: at }) => at <= one.receivedAt && at > one.receivedAt - ms).length,
            ),
          )
        if (most(60_000) >= 10) expect(raises(judged, 'device_fault').length).toBeGreaterThan(0)
        if (most(70_000) < 10) expect(raises(judged, 'device_fault')).toEqual([])
      }),
    )
  })

  test('a restart after each press, and each press delivered twice, change nothing', () => {
    fc.assert(
      fc.property(gaps, (list) => {
        const seen = withGaps(list)
        const once = run(ONLY, seen, HOME, START + HOUR)
        const restarted = runWithRestarts(ONLY, seen, HOME, START + HOUR)
        expect(restarted.found).toEqual(once.found)
        expect(restarted.state).toEqual(once.state)
        const twice = run(
          ONLY,
          seen.flatMap((one) => [one, one]),
          HOME,
          START + HOUR,
        )
        expect(raises(twice, 'device_fault')).toEqual(raises(once, 'device_fault'))
        expect(new Set(told(twice))).toEqual(new Set(told(once)))
      }),
    )
  })

  test('what is remembered stays small', () => {
    const { state } = judge({}, presses(9, SECOND), HOME, ONLY)
    expect(JSON.stringify(state).length).toBeLessThan(120)
    const many = Array.from({ length: 30 }, (_, n) =>
      signal('sos', START + n, { device: device(`key-${n}`, 'sos_button') }),
    )
    expect(JSON.stringify(judge({}, many, HOME, ONLY).state).length).toBeLessThan(400)
  })

  test('the same press again leaves the same state', () => {
    const first = judge({}, presses(1, 1), HOME, ONLY)
    expect(judge(first.state, presses(1, 1), HOME, ONLY).state.runaway).toBe(first.state.runaway)
  })
})
