import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldFindings } from '../../server/cases/fold.ts'
import { type CaseFinding, subjectOf } from '../../server/cases/folded.ts'
import { urgencyOf } from '../../server/cases/urgency.ts'
import type { ALERT_KINDS } from '../../server/contract/case.ts'
import type { Reason } from '../../server/contract/explain/explain.ts'
import type { Assess, Finding, Raise } from '../../server/contract/finding.ts'
import { EVENT_TYPES } from '../../server/contract/signal.ts'
import { alarmRule } from '../../server/detect/reported.ts'

const reason: Reason = { rule: 'reported.alarm', values: { at: 5 }, settingsVersion: 0 }

interface Told {
  type: (typeof EVENT_TYPES)[number]
  deviceId: string
  residentId: string | null
  occurredAt: number
}

const signals = fc.array(
  fc.record({
    type: fc.constantFrom(...EVENT_TYPES),
    deviceId: fc.constantFrom('d1', 'd2', 'd3'),
    residentId: fc.constantFrom('r1', 'r2', null),
    occurredAt: fc.integer({ min: 0, max: 1_000_000 }),
  }),
  { maxLength: 40 },
)

/** What is found in each of the signals, those in which nothing is left out. */
const complete = (list: readonly Told[]): CaseFinding[] =>
  list.flatMap(({ type, deviceId, residentId, occurredAt: at }, n) => {
    const rule = alarmRule(type, null)
    if (rule === null) return []
    const { because: _, ...effect } = rule
    const finding = { ...effect, deviceId, at, reason } as Finding
    return [{ signalId: `s${n}`, residentId, finding, foundAt: 1_000_000 + n }]
  })

const raised = (over: Partial<Raise> = {}): CaseFinding => ({
  signalId: 's',
  residentId: 'r1',
  foundAt: 10,
  finding: { effect: 'raise', kind: 'fall', deviceId: 'd1', at: 5, reason, ...over },
})
const assessed = (over: Partial<Assess> = {}): CaseFinding => ({
  signalId: null,
  residentId: 'r1',
  foundAt: 20,
  finding: { effect: 'assess', kind: 'fall', deviceId: 'd1', at: 15, reason, ...over },
})

describe('folding findings', () => {
  test('every raising signal is linked to exactly one alert, and the counts add up', () => {
    fc.assert(
      fc.property(signals, (list) => {
        const all = complete(list)
        const changes = foldFindings(new Map(), all)
        const links = changes.flatMap((change) => change.links)
        const raising = all.filter(({ finding }) => finding.effect === 'raise')
        expect(links.map((link) => link.signalId).sort()).toEqual(raising.map((signal) => signal.signalId).sort())
        for (const { case: folded, log } of changes) {
          expect(folded.signalCount).toBe(folded.alerts.reduce((sum, alert) => sum + alert.signalCount, 0))
          expect(folded).toMatchObject(urgencyOf(folded.alerts))
          expect(folded).toMatchObject({ state: 'new', version: 1 })
          expect(log[0]?.action).toBe('opened')
        }
        expect(new Set(changes.map((change) => subjectOf(change.case))).size).toBe(changes.length)
      }),
    )
  })

  test('batches give the same case as one after the other, apart from the version', () => {
    fc.assert(
      fc.property(signals, fc.nat(40), (list, cut) => {
        const all = complete(list)
        const whole = foldFindings(new Map(), all)
        const first = foldFindings(new Map(), all.slice(0, cut))
        const open = new Map(first.map((change) => [subjectOf(change.case), change.case]))
        for (const change of foldFindings(open, all.slice(cut))) open.set(subjectOf(change.case), change.case)
        const plain = (cases: typeof whole) =>
          cases
            .map(({ case: { caseId: _, version: __, alerts, ...rest } }) => ({
              ...rest,
              alerts: alerts.map(({ alertId: ___, ...alert }) => alert),
            }))
            .sort((a, b) => subjectOf(a).localeCompare(subjectOf(b)))
        expect(
          plain([...open.values()].map((folded) => ({ case: folded, isNew: true, log: [], links: [], told: true }))),
        ).toEqual(plain(whole))
      }),
    )
  })

  test('folding changes nothing of what it was given', () => {
    const [change] = foldFindings(
      new Map(),
      complete([{ type: 'sos', deviceId: 'd1', residentId: 'r1', occurredAt: 5 }]),
    )
    if (!change) throw new Error('a press opens a case')
    const before = structuredClone(change.case)
    foldFindings(
      new Map([[subjectOf(change.case), change.case]]),
      complete([{ type: 'sos_cancel', deviceId: 'd1', residentId: 'r1', occurredAt: 6 }]),
    )
    expect(change.case).toEqual(before)
  })
})

describe('judging', () => {
  test('an assessment changes how sure and how bad, is logged with its reason, and never closes', () => {
    const [change] = foldFindings(new Map(), [
      raised({ certainty: 'possible' }),
      assessed({ certainty: 'confirmed', severe: true }),
    ])
    expect(change?.case).toMatchObject({ priority: 1, state: 'new', version: 1 })
    expect(change?.case.alerts).toMatchObject([{ certainty: 'confirmed', severe: true, deviceState: 'active' }])
    expect(change?.log.map(({ action }) => action)).toEqual(['opened', 'signal', 'assessed'])
    expect(change?.log.at(-1)?.detail).toMatchObject({ why: { en: expect.any(String), 'zh-CN': expect.any(String) } })
  })

  test('what is merely possible is one step lower, unless it is severe', () => {
    const [possible] = foldFindings(new Map(), [raised({ certainty: 'possible' })])
    expect(possible?.case.priority).toBe(2)
    const [severe] = foldFindings(new Map(), [raised({ certainty: 'possible', severe: true })])
    expect(severe?.case.priority).toBe(1)
    const [cannotTell] = foldFindings(new Map(), [raised({ kind: 'sos', certainty: 'possible' })])
    expect(cannotTell?.case.priority).toBe(1)
  })

  test('an assessment of what nobody has raised, or that says nothing new, changes nothing', () => {
    expect(foldFindings(new Map(), [assessed({ severe: true })])).toEqual([])
    const [change] = foldFindings(new Map(), [raised()])
    if (!change) throw new Error('a raise opens a case')
    const open = new Map([[subjectOf(change.case), change.case]])
    const [again] = foldFindings(open, [assessed({ certainty: 'confirmed', severe: false })])
    expect(again ?? { told: false, links: [] }).toMatchObject({ told: false, links: [] })
  })

  test('another device of the home may speak about an alert; its own device is meant first', () => {
    const [change] = foldFindings(new Map(), [
      raised({ deviceId: 'd1' }),
      raised({ deviceId: 'd2' }),
      assessed({ deviceId: 'd2', certainty: 'likely' }),
      assessed({ deviceId: 'door', certainty: 'possible' }),
    ])
    expect(change?.case.alerts.map(({ certainty }) => certainty)).toEqual(['possible', 'possible'])
    expect(change?.log.filter(({ action }) => action === 'assessed')).toHaveLength(2)
  })

  test('evidence is linked beside what raised, once', () => {
    const evidence = { signalIds: ['s', 'door', 'door'], samples: [{ deviceId: 'w', at: 3, fields: { hr: 80 } }] }
    const [change] = foldFindings(new Map(), [raised({ evidence })])
    expect(change?.links.map(({ signalId, part }) => [signalId, part])).toEqual([
      ['s', 'raised'],
      ['door', 'evidence'],
    ])
    expect(change?.case.alerts[0]?.samples).toEqual(evidence.samples)
  })

  test('presses that are only counted leave the version as it is, so that no command of an operator is refused', () => {
    const [first] = foldFindings(new Map(), [raised({ kind: 'sos' })])
    if (!first) throw new Error('a raise opens a case')
    const open = new Map([[subjectOf(first.case), first.case]])
    const [counted] = foldFindings(open, [
      raised({ kind: 'sos', counted: true }),
      raised({ kind: 'sos', counted: true }),
    ])
    expect(counted).toMatchObject({ told: false, log: [], case: { version: 1, signalCount: 3 } })
    const [restored] = foldFindings(open, [
      { ...raised(), finding: { effect: 'restore', kinds: ['sos'], byResident: true, deviceId: 'd1', at: 9, reason } },
      raised({ kind: 'sos', counted: true }),
    ])
    // After a cancel a press is news again, whoever counts.
    expect(restored).toMatchObject({ told: true, case: { cancelled: false, version: 2 } })
  })
})

describe('urgency', () => {
  test('a restored alert never outranks an active one, and cancelled is one step lower', () => {
    const alert = (kind: (typeof ALERT_KINDS)[number], deviceState: 'active' | 'restored') => ({
      kind,
      deviceId: 'd',
      deviceState,
      certainty: 'confirmed' as const,
      severe: false,
    })
    expect(urgencyOf([alert('sos', 'restored'), alert('battery_low', 'active')])).toMatchObject({
      kind: 'battery_low',
      priority: 5,
      cancelled: false,
    })
    expect(urgencyOf([alert('battery_low', 'restored'), alert('sos', 'restored')])).toMatchObject({
      kind: 'sos',
      priority: 2,
      cancelled: true,
    })
    expect(() => urgencyOf([])).toThrow(RangeError)
  })
})
