import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CaseSignal, foldSignals, subjectOf } from '../../server/cases/fold.ts'
import { urgencyOf } from '../../server/cases/urgency.ts'
import type { ALERT_KINDS } from '../../server/contract/case.ts'
import { EVENT_TYPES } from '../../server/contract/signal.ts'
import { alarmRule } from '../../server/detect/alarm-rules.ts'

const signals = fc.array(
  fc.record({
    type: fc.constantFrom(...EVENT_TYPES),
    deviceId: fc.constantFrom('d1', 'd2', 'd3'),
    residentId: fc.constantFrom('r1', 'r2', null),
    occurredAt: fc.integer({ min: 0, max: 1_000_000 }),
  }),
  { maxLength: 40 },
)

const complete = (
  list: { type: (typeof EVENT_TYPES)[number]; deviceId: string; residentId: string | null; occurredAt: number }[],
): CaseSignal[] =>
  list.map(({ type, ...rest }, n) => ({
    ...rest,
    finding: alarmRule(type, null),
    signalId: `s${n}`,
    receivedAt: 1_000_000 + n,
  }))

describe('folding signals', () => {
  test('every raising signal is linked to exactly one alert, and the counts add up', () => {
    fc.assert(
      fc.property(signals, (list) => {
        const all = complete(list)
        const changes = foldSignals(new Map(), all)
        const links = changes.flatMap((change) => change.links)
        const raising = all.filter((signal) => signal.finding.effect === 'raise')
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
        const whole = foldSignals(new Map(), all)
        const first = foldSignals(new Map(), all.slice(0, cut))
        const open = new Map(first.map((change) => [subjectOf(change.case), change.case]))
        for (const change of foldSignals(open, all.slice(cut))) open.set(subjectOf(change.case), change.case)
        const plain = (cases: typeof whole) =>
          cases
            .map(({ case: { caseId: _, version: __, alerts, ...rest } }) => ({
              ...rest,
              alerts: alerts.map(({ alertId: ___, ...alert }) => alert),
            }))
            .sort((a, b) => subjectOf(a).localeCompare(subjectOf(b)))
        expect(plain([...open.values()].map((folded) => ({ case: folded, isNew: true, log: [], links: [] })))).toEqual(
          plain(whole),
        )
      }),
    )
  })

  test('folding changes nothing of what it was given', () => {
    const [change] = foldSignals(
      new Map(),
      complete([{ type: 'sos', deviceId: 'd1', residentId: 'r1', occurredAt: 5 }]),
    )
    if (!change) throw new Error('a press opens a case')
    const before = structuredClone(change.case)
    foldSignals(
      new Map([[subjectOf(change.case), change.case]]),
      complete([{ type: 'sos_cancel', deviceId: 'd1', residentId: 'r1', occurredAt: 6 }]),
    )
    expect(change.case).toEqual(before)
  })
})

describe('urgency', () => {
  test('a restored alert never outranks an active one, and cancelled is one step lower', () => {
    const alert = (kind: (typeof ALERT_KINDS)[number], deviceState: 'active' | 'restored') => ({
      kind,
      deviceId: 'd',
      deviceState,
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
