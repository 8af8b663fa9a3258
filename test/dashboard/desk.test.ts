import { describe, expect, it } from 'vitest'
import { changesBetween } from '../../dashboard/centre/distribution/changes.ts'
import { settledAs } from '../../dashboard/console/claim-outcome.ts'
import { permittedActions } from '../../dashboard/console/permitted.ts'
import { compareCases, isWaiting } from '../../dashboard/console/queue-order.ts'
import { soundFor, urgencyOf } from '../../dashboard/console/tone.ts'
import { DESK_DEFAULTS, deskContradictions } from '../../server/contract/desk-settings.ts'
import { makeCase } from './make-case.ts'

const me = { userId: 'me', displayName: '李敏' }
const other = { userId: 'other', displayName: '王芳' }
const back = makeCase('back', { state: 'claimed', owner: other, returnedAt: '2026-03-02T02:50:00Z' })

describe('back from a hold', () => {
  it('waits on top of its priority, rings, and is for whoever is first', () => {
    const older = makeCase('older', { openedAt: '2026-03-02T02:00:00Z' })
    const urgent = makeCase('urgent', { priority: 1 })
    const lower = { ...back, priority: 2 }
    expect([older, back].toSorted(compareCases)[0]?.caseId).toBe('back')
    expect([lower, urgent].toSorted(compareCases)[0]?.caseId).toBe('urgent')
    expect(isWaiting(back)).toBe(true)
    expect(urgencyOf(back)).toBe('emergency')
    expect(soundFor([back], false, false)).toBe('emergency')
    expect(permittedActions(back, 'me').has('claim')).toBe(true)
    expect(permittedActions(back, 'other').has('resume')).toBe(true)
  })
})

describe('an offer', () => {
  it('is heard even when its kind is not, but never instead of an emergency or a lost line', () => {
    const fault = makeCase('f', { category: 'fault', kind: 'tamper' })
    expect(soundFor([fault], false, false)).toBe('none')
    expect(soundFor([fault], false, true)).toBe('offer')
    expect(soundFor([fault, makeCase('e')], false, true)).toBe('emergency')
    expect(soundFor([fault], true, true)).toBe('lost')
  })
})

describe('a claim whose answer was lost', () => {
  it.each([
    ['open', { state: 'new' as const, owner: null, returnedAt: null }],
    ['mine', { state: 'claimed' as const, owner: me, returnedAt: null }],
    ['mine', { state: 'dispatched' as const, owner: me, returnedAt: null }],
    ['other', { state: 'claimed' as const, owner: other, returnedAt: null }],
    ['open', { state: 'claimed' as const, owner: me, returnedAt: '2026-03-02T02:50:00Z' }],
  ])('ended as %s', (settled, item) => {
    expect(settledAs(item, 'me')).toBe(settled)
  })
})

describe('settings', () => {
  it('the defaults contradict nothing, and what does is named', () => {
    expect(deskContradictions(DESK_DEFAULTS)).toEqual([])
    const { distribution, ageing } = DESK_DEFAULTS
    const wrong = {
      ...DESK_DEFAULTS,
      distribution: { ...distribution, passSeconds: distribution.remindSeconds },
      ageing: { ...ageing, care: { amberSeconds: 60, redSeconds: 60 } },
    }
    expect(deskContradictions(wrong).map(({ field }) => field)).toEqual([
      'distribution.passSeconds',
      'ageing.care.redSeconds',
    ])
    const changes = changesBetween(DESK_DEFAULTS, wrong)
    expect(changes.map(({ path, from, to }) => `${path.join('.')} ${from} → ${to}`)).toEqual([
      'distribution.passSeconds 15 → 5',
      'ageing.care.amberSeconds 600 → 60',
      'ageing.care.redSeconds 1800 → 60',
    ])
  })
})
