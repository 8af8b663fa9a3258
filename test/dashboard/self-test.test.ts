import { describe, expect, test } from 'vitest'
import { compareCases, nextWaiting } from '../../dashboard/console/queue-order.ts'
import { judgeSelfTest } from '../../dashboard/console/self-test.ts'
import type { SelfTestView } from '../../server/contract/drill.ts'
import { makeCase } from './make-case.ts'

const now = Date.parse('2026-03-02T02:41:53Z')
const view = (change: Partial<SelfTestView> = {}): SelfTestView => ({
  enabled: true,
  now: new Date(now).toISOString(),
  state: 'ok',
  lastOkAt: new Date(now).toISOString(),
  pubackMs: 5,
  deskMs: 9,
  failures: 0,
  failedAt: null,
  failure: null,
  staleAfterMs: 150_000,
  ...change,
})

describe('the self-test as a desk sees it', () => {
  test('is found to fail by the clock alone when the server says nothing any more', () => {
    expect(judgeSelfTest(view(), now + 150_000)).toBe('ok')
    expect(judgeSelfTest(view(), now + 150_001)).toBe('failing')
    expect(judgeSelfTest(view({ state: 'unknown', lastOkAt: null }), now + 150_001)).toBe('failing')
  })
  test('is what the server says otherwise', () => {
    expect(judgeSelfTest(undefined, now)).toBe('unknown')
    expect(judgeSelfTest(view({ state: 'failing' }), now)).toBe('failing')
    expect(judgeSelfTest(view({ state: 'off', lastOkAt: null }), now + 1e9)).toBe('off')
  })
})

test('a drill waits behind whatever is real, however urgent it is', () => {
  const drill = makeCase('a', { drill: { drillId: 'd', title: 't' }, priority: 1 })
  const help = makeCase('b', { kind: 'help', category: 'help', priority: 3, openedAt: '2026-03-02T03:00:00Z' })
  expect([drill, help].toSorted(compareCases).map(({ caseId }) => caseId)).toEqual(['b', 'a'])
  expect(nextWaiting([drill, help], null)?.caseId).toBe('b')
  expect(nextWaiting([drill], null)?.caseId).toBe('a')
})
