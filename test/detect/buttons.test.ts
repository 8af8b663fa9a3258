import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldFindings } from '../../server/cases/fold.ts'
import { subjectOf } from '../../server/cases/folded.ts'
import { explain } from '../../server/contract/explain/explain.ts'
import type { Observation } from '../../server/contract/observation.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import { buttons } from '../../server/detect/buttons.ts'
import type { Detector } from '../../server/detect/detector.ts'
import { judge } from '../../server/detect/engine.ts'
import { reported } from '../../server/detect/reported.ts'
import { after, context, device, HOUR, MINUTE, run, runWithRestarts, SECOND, START, signal, told } from './support.ts'

const GREEN = device('green', 'button', { role: 'help' })
const RED = device('red', 'sos_button', { role: 'sos' })
const LAMP = device('lamp', 'button', { role: 'ordinary' })
const HOME = context({ devices: [GREEN, RED, LAMP] })
const ONLY = [buttons as Detector<unknown>]

const press = (at: number, key = GREEN, over = {}) => signal('button', START + at, { device: key, ...over })
const findings = (seen: readonly Observation[]) => told(run(ONLY, seen, HOME, START + HOUR))

describe('help pressed again and again', () => {
  test('three times in twenty seconds is an emergency, said once', () => {
    const judged = run(
      ONLY,
      [0, 7, 15, 16, 17, 18].map((s) => press(s * SECOND)),
      HOME,
      START + HOUR,
    )
    expect(told(judged)).toEqual(['raise sos buttons.urgent_help'])
    const { finding } = judged.found[0]!
    expect(finding).toMatchObject({ deviceId: 'green', at: START + 15 * SECOND })
    expect(finding.reason).toMatchObject({ values: { presses: 3, within: 20_000 }, settingsVersion: 7 })
    expect(explain(finding.reason, 'zh-CN')).toBe('20 秒内按了 3 次求助键,按紧急呼叫处理')
    expect(explain(finding.reason, 'en')).toBe('The help key was pressed 3 times within 20 s: taken as an emergency')
  })

  test('slower, or on a key of no meaning, it is not', () => {
    expect(findings([0, 15, 30, 45].map((s) => press(s * SECOND)))).toEqual([])
    expect(findings([0, 1, 2, 3].map((s) => press(s * SECOND, LAMP)))).toEqual([])
  })

  test('it counts by the time of pressing, whatever key and in whatever order the network delivers', () => {
    const late = [40, 35, 30].map((s, n) =>
      press(n * SECOND, n ? GREEN : device('other', 'terminal', { role: 'help' }), {
        occurredAt: START - s * SECOND,
        receivedAt: START + (40 - s) * SECOND,
      }),
    )
    expect(findings(late)).toEqual(['raise sos buttons.urgent_help'])
    expect(findings([...late].reverse())).toEqual(['raise sos buttons.urgent_help'])
    expect(
      findings([
        press(0),
        press(10, GREEN, { receivedAt: START + MINUTE }),
        press(19, GREEN, { receivedAt: START + MINUTE }),
      ]),
    ).toEqual(['raise sos buttons.urgent_help'])
  })

  test('a second burst is told again, and so is one after the resident took the first back', () => {
    const burst = (from: number) => [0, 1, 2].map((s) => press(from + s * SECOND))
    expect(findings([...burst(0), ...burst(30 * SECOND)])).toHaveLength(2)
    expect(findings([...burst(0), signal('sos_cancel', START + 3 * SECOND), ...burst(4 * SECOND)])).toHaveLength(2)
    expect(findings([...burst(0), ...burst(4 * SECOND)])).toHaveLength(1)
  })
})

describe('SOS pressed again and again', () => {
  test('makes it worse, once', () => {
    const judged = run(
      ONLY,
      [0, 5, 9, 12].map((s) => press(s * SECOND, RED)),
      HOME,
      START + HOUR,
    )
    expect(judged.found.map(({ finding }) => finding)).toMatchObject([
      { effect: 'assess', kind: 'sos', severe: true, deviceId: 'red', reason: { rule: 'buttons.repeated' } },
    ])
    expect(explain(judged.found[0]!.finding.reason, 'en')).toContain('3 times within 20 s')
  })

  test('help and SOS are not added up', () => {
    expect(findings([press(0), press(1, RED), press(2), press(3, RED)])).toEqual([])
  })
})

describe('what the resident takes back', () => {
  const all = [reported as Detector<unknown>, ...ONLY]
  const caseOf = (seen: readonly Observation[]) => {
    const found = run(all, seen, HOME, START + HOUR).found.map(({ seen: of, now, finding }) => ({
      signalId: of?.kind === 'signal' ? of.signalId : null,
      residentId: 'r1',
      finding,
      foundAt: now,
    }))
    // One after the other, as they come in.
    const open = new Map()
    const log = found.flatMap((one) => {
      const [change] = foldFindings(open, [one])
      if (change) open.set(subjectOf(change.case), change.case)
      return change?.log.map(({ action }) => action) ?? []
    })
    return { folded: [...open.values()][0], cases: open.size, log }
  }

  test('stays open, one step lower', () => {
    const { folded, log } = caseOf([press(0, RED), signal('sos_cancel', START + 5 * SECOND, { device: RED })])
    expect(folded).toMatchObject({ state: 'new', priority: 2, cancelled: true })
    expect(log).toEqual(['opened', 'signal', 'cancelled'])
  })

  test('a press after it is a new alarm on the same case', () => {
    const { folded, cases, log } = caseOf([
      press(0, RED),
      signal('sos_cancel', START + 5 * SECOND, { device: RED }),
      press(8 * SECOND, RED),
    ])
    expect(folded).toMatchObject({ state: 'new', priority: 1, cancelled: false, signalCount: 2 })
    expect(cases).toBe(1)
    expect(log).toEqual(['opened', 'signal', 'cancelled', 'signal'])
  })

  test('what made it worse goes with it, and comes back with the next burst', () => {
    const burst = (from: number) => [0, 1, 2].map((s) => press(from + s * SECOND, RED))
    const cancel = signal('sos_cancel', START + 5 * SECOND)
    expect(caseOf(burst(0)).folded.alerts).toMatchObject([{ kind: 'sos', severe: true }])
    expect(caseOf([...burst(0), cancel, press(6 * SECOND, RED)]).folded.alerts).toMatchObject([{ severe: false }])
    expect(caseOf([...burst(0), cancel, ...burst(6 * SECOND)]).folded.alerts).toMatchObject([{ severe: true }])
  })

  test('urgent help is taken back with it, also when the SOS was on another device', () => {
    const help = [0, 1, 2].map((s) => press(s * SECOND))
    const { folded } = caseOf([...help, press(3 * SECOND, RED), signal('sos_cancel', START + 9 * SECOND)])
    expect(folded.alerts.map(({ deviceState }: { deviceState: string }) => deviceState)).toEqual(
      Array(3).fill('restored'),
    )
    expect(folded).toMatchObject({ cancelled: true, state: 'new' })
  })

  test('a cancel of nothing does nothing', () => {
    expect(caseOf([signal('sos_cancel', START)]).cases).toBe(0)
  })
})

const anyPresses = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 15_000 }),
      what: fc.constantFrom<SignalType>('help', 'sos', 'sos_cancel', 'motion'),
    }),
    {
      maxLength: 40,
    },
  )
  .map((list) => {
    const at = after(list.map(({ gap }) => gap))
    return list.map(({ what }, n) => signal(what, at[n]!, { device: what === 'help' ? GREEN : RED }))
  })

describe('whatever is pressed', () => {
  test('a restart anywhere and a second delivery change nothing, and each finding has its presses', () => {
    fc.assert(
      fc.property(anyPresses, (seen) => {
        const once = run(ONLY, seen, HOME, START + HOUR)
        expect(runWithRestarts(ONLY, seen, HOME, START + HOUR)).toEqual(once)
        expect(
          run(
            ONLY,
            seen.flatMap((one) => [one, one]),
            HOME,
            START + HOUR,
          ).found,
        ).toEqual(once.found)
        expect(once.failures).toEqual([])
        expect(once.state).toEqual({})
        for (const { finding } of once.found) {
          const type = finding.reason.rule === 'buttons.repeated' ? 'sos' : 'help'
          const cause = seen.filter(
            (one) => one.type === type && one.occurredAt <= finding.at && one.occurredAt >= finding.at - 20_000,
          )
          expect(cause.length).toBeGreaterThanOrEqual(3)
        }
      }),
    )
  })

  test('three presses of help within twenty seconds are never missed', () => {
    fc.assert(
      fc.property(anyPresses, (seen) => {
        const isBurst = seen.some((one, n) => {
          const [, second, third] = seen.slice(n)
          return (
            one.type === 'help' &&
            second?.type === 'help' &&
            third?.type === 'help' &&
            third.occurredAt - one.occurredAt <= 20_000
          )
        })
        if (isBurst) expect(findings(seen)).toContain('raise sos buttons.urgent_help')
      }),
    )
  })

  test('what is remembered stays small, and other signals leave it as it is', () => {
    const { state } = judge(
      {},
      [...[0, 1, 2, 3].map((s) => press(s, GREEN)), ...[0, 1, 2, 3].map((s) => press(s, RED))],
      HOME,
      ONLY,
    )
    expect(JSON.stringify(state.buttons).length).toBeLessThan(220)
    const other = judge(state, [signal('motion', START + 5), signal('sos_cancel', START + 6)].slice(0, 1), HOME, ONLY)
    expect(other.state.buttons).toBe(state.buttons)
  })
})
