import { describe, expect, it } from 'vitest'
import {
  compareCases,
  countByTab,
  inTab,
  isWaiting,
  nextWaiting,
  TABS,
  waitingElsewhere,
} from '../../dashboard/console/queue-order.ts'
import { keepTab, keptTab, tabBeside } from '../../dashboard/console/selection.ts'
import { soundFor, urgencyOf } from '../../dashboard/console/tone.ts'
import { alertOrder, CERTAINTY_SIGN, leadAlert } from '../../dashboard/console/why.ts'
import type { AlertView } from '../../server/contract/case.ts'
import { makeCase } from './make-case.ts'

const AT = '2026-03-02T02:41:53.204Z'
const makeAlert = (alertId: string, change: Partial<AlertView> = {}): AlertView => ({
  alertId,
  kind: 'fall',
  deviceState: 'active',
  deviceId: 'w-1',
  deviceKind: 'watch',
  room: null,
  firstSignalAt: AT,
  lastSignalAt: AT,
  signalCount: 1,
  certainty: 'likely',
  severe: false,
  reason: null,
  assessment: null,
  samples: [],
  ...change,
})
const quiet = {
  suppressionId: 's-1',
  kind: 'on_test',
  reason: '每月试验',
  until: '2026-03-02T03:00:00.000Z',
  by: '管理员',
} as const

describe('why', () => {
  const fall = { kind: 'fall', deviceId: 'w-1' } as const
  const tamper = makeAlert('t', { kind: 'tamper', deviceId: 'x' })

  it('the case speaks of the alert that it is named after, else of one of its kind, else of any', () => {
    const [own, other] = [makeAlert('own'), makeAlert('other', { deviceId: 'w-2' })]
    expect(leadAlert(fall, [tamper, other, own])).toBe(own)
    expect(leadAlert(fall, [tamper, other])).toBe(other)
    expect(leadAlert(fall, [tamper])).toBe(tamper)
    expect(leadAlert(fall, [])).toBeUndefined()
  })

  it('lists the lead alert first, then what lasts, then the latest', () => {
    const lead = makeAlert('lead', { deviceState: 'restored' })
    const later = makeAlert('later', { kind: 'sos', lastSignalAt: '2026-03-02T02:50:00.000Z' })
    const over = makeAlert('over', { kind: 'help', deviceState: 'restored', lastSignalAt: '2026-03-02T03:50:00.000Z' })
    expect(alertOrder(fall, [over, tamper, later, lead]).map(({ alertId }) => alertId)).toEqual([
      'lead',
      'later',
      't',
      'over',
    ])
  })

  it('each certainty has a sign of its own, and a merely possible emergency is amber unless it is severe', () => {
    expect(new Set(Object.values(CERTAINTY_SIGN)).size).toBe(3)
    expect(urgencyOf(makeCase('p', { certainty: 'possible' }))).toBe('amber')
    expect(urgencyOf(makeCase('s', { certainty: 'possible', severe: true }))).toBe('emergency')
    expect(urgencyOf(makeCase('l', { certainty: 'likely' }))).toBe('emergency')
    expect(soundFor([makeCase('p', { certainty: 'possible' })], false)).toBe('emergency')
  })
})

describe('tabs', () => {
  const help = makeCase('h', { category: 'help', priority: 3 })
  const care = makeCase('c', { category: 'care', priority: 3, state: 'claimed' })
  const [late, early] = [makeCase('late', { openedAt: '2026-03-02T02:45:00.000Z' }), makeCase('early')]
  const held = makeCase('held', { state: 'claimed' })

  it('every case is under its own tab and under all', () => {
    expect(TABS.filter((tab) => inTab(help, tab))).toEqual(['all', 'help'])
    const counts = countByTab([help, care, late])
    expect(counts.all).toEqual({ total: 3, waiting: 2 })
    expect(counts.care).toEqual({ total: 1, waiting: 0 })
    expect(counts.fault).toEqual({ total: 0, waiting: 0 })
  })

  it('emergencies that wait out of sight are told of, the oldest first; those in hand or in sight are not', () => {
    const ids = (shown: Parameters<typeof waitingElsewhere>[1]) =>
      waitingElsewhere([help, late, early, held], shown).map(({ caseId }) => caseId)
    expect(ids([help])).toEqual(['early', 'late'])
    expect(ids([help, early])).toEqual(['late'])
    expect(ids([late, early])).toEqual([])
  })

  it('go round by key and are kept at the desk', () => {
    expect(TABS.map((tab) => tabBeside(tab, 1))).toEqual(['emergency', 'help', 'care', 'fault', 'all'])
    expect(tabBeside('all', -1)).toBe('fault')
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    }
    expect(keptTab(storage)).toBe('all')
    keepTab(storage, 'care')
    expect(keptTab(storage)).toBe('care')
    expect(keptTab({ getItem: () => 'boredom' })).toBe('all')
  })
})

describe('suppressed cases', () => {
  const suppressed = makeCase('q', { suppressed: quiet })
  const fault = makeCase('f', { category: 'fault', priority: 5, state: 'claimed' })

  it('stand at the end, grey, make no sound, are not waiting and not next', () => {
    expect([suppressed, fault].toSorted(compareCases)).toEqual([fault, suppressed])
    expect(urgencyOf(suppressed)).toBe('past')
    expect(soundFor([suppressed], false)).toBe('none')
    expect(isWaiting(suppressed)).toBe(false)
    expect(nextWaiting([suppressed], null)).toBeNull()
    expect(waitingElsewhere([suppressed], [])).toEqual([])
    expect(countByTab([suppressed]).emergency).toEqual({ total: 1, waiting: 0 })
  })
})
