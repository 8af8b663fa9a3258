import { beforeEach, describe, expect, test } from 'vitest'
import { createPushedRows, withRows } from '../../dashboard/api/case-list.ts'
import { createQueueKeeper, REDRAW_MS, ROW_MS } from '../../dashboard/api/queue-keeper.ts'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { QueueRows } from '../../server/contract/push.ts'
import { makeCase } from './make-case.ts'

const row = (caseId: string, version = 1, over: Partial<CaseSummary> = {}) => makeCase(caseId, { version, ...over })
const push = (seq: number, ...items: CaseSummary[]): QueueRows => ({
  items,
  over: [],
  seqs: Object.fromEntries(items.map(({ caseId }) => [caseId, seq])),
})
const gone = (seq: number, caseId: string): QueueRows => ({ items: [], over: [caseId], seqs: { [caseId]: seq } })
const short = (items: readonly CaseSummary[]) => items.map(({ caseId, version }) => `${caseId}${version}`).join(' ')

describe('the list', () => {
  test('changes, gains and loses rows; what did not change stays the same object', () => {
    const before = [row('a'), row('b'), row('c')]
    const after = withRows(
      before,
      new Map([
        ['b', row('b', 2)],
        ['c', null],
        ['d', row('d')],
      ]),
    )
    expect(short(after)).toBe('a1 b2 d1')
    expect(after[0]).toBe(before[0])
  })

  test('an older row changes nothing', () => {
    expect(short(withRows([row('a', 3)], new Map([['a', row('a', 2)]])))).toBe('a3')
  })
})

describe('a fetch that was overtaken', () => {
  test('does not lose what was pushed since it began, nor bring back what is over', () => {
    const pushed = createPushedRows()
    pushed.take(push(7, row('new'), row('changed', 3)), 150)
    pushed.take(gone(8, 'closed'), 160)
    expect(short(pushed.over([row('changed', 2), row('closed'), row('same')], 100))).toBe('changed3 same1 new1')
  })

  test('counts for more than what was pushed before it began', () => {
    const pushed = createPushedRows()
    pushed.take(push(7, row('a', 1)), 90)
    pushed.take(gone(8, 'reopened'), 95)
    expect(short(pushed.over([row('a', 2), row('reopened', 5)], 100))).toBe('a2 reopened5')
  })

  test('what was pushed long ago is forgotten', () => {
    const pushed = createPushedRows()
    pushed.take(push(1, row('old')), 0)
    pushed.take(push(2, row('new')), 60_000)
    expect(pushed.shows({ caseId: 'old', seq: 1 })).toBe(false)
    expect(pushed.shows({ caseId: 'new', seq: 2 })).toBe(true)
  })
})

describe('the keeper', () => {
  let now: number
  let due: { at: number; run: () => void }[]
  let items: CaseSummary[] | null
  let draws: number
  let fetched: ((ok: boolean) => void)[]
  let hidden: boolean
  const keeperOf = () =>
    createQueueKeeper({
      pushed: createPushedRows(),
      apply: (changes) => {
        draws++
        if (items) items = withRows(items, changes)
      },
      ready: () => items !== null,
      fetchAll: () => new Promise((resolve) => fetched.push(resolve)),
      hidden: () => hidden,
      timer: { now: () => now, after: (ms, run) => void due.push({ at: now + ms, run }) },
    })
  const advance = async (ms: number) => {
    now += ms
    for (const one of due.filter(({ at }) => at <= now)) {
      due.splice(due.indexOf(one), 1)
      one.run()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  const outcome = (promise: Promise<boolean>) => {
    const state: { is: boolean | null } = { is: null }
    void promise.then((ok) => {
      state.is = ok
    })
    return state
  }
  beforeEach(() => {
    now = 1_000
    due = []
    items = [row('a')]
    draws = 0
    fetched = []
    hidden = false
  })

  test('an event is shown when its row is in the list, without a fetch', async () => {
    const keeper = keeperOf()
    const shown = outcome(keeper.changed({ caseId: 'b', seq: 5 }))
    await advance(0)
    expect(shown.is).toBe(null)
    keeper.rows(push(5, row('b')))
    await advance(0)
    expect(shown.is).toBe(true)
    expect(short(items ?? [])).toBe('a1 b1')
    await advance(ROW_MS)
    expect(fetched).toEqual([])
    // Told again, as its acknowledgement was lost.
    expect(await keeper.changed({ caseId: 'b', seq: 5 })).toBe(true)
  })

  test('an older row does not count for a newer event', async () => {
    const keeper = keeperOf()
    const shown = outcome(keeper.changed({ caseId: 'b', seq: 6 }))
    keeper.rows(push(5, row('b')))
    await advance(0)
    expect(shown.is).toBe(null)
    keeper.rows(push(6, row('b')))
    await advance(REDRAW_MS)
    expect(shown.is).toBe(true)
  })

  test('a row that does not come is fetched; the fetch decides', async () => {
    const keeper = keeperOf()
    const shown = outcome(keeper.changed({ caseId: 'b', seq: 5 }))
    await advance(ROW_MS)
    expect(fetched).toHaveLength(1)
    fetched[0]?.(false)
    await advance(0)
    expect(shown.is).toBe(false)
  })

  test('a storm is drawn at most every 50 ms, the first at once; nothing waits behind a hidden page', async () => {
    const keeper = keeperOf()
    for (let n = 0; n < 20; n++) keeper.rows(push(n, row(`s${n}`)))
    expect(draws).toBe(1)
    expect(items).toHaveLength(2)
    await advance(REDRAW_MS)
    expect(draws).toBe(2)
    expect(items).toHaveLength(21)
    hidden = true
    keeper.rows(push(30, row('h')))
    keeper.rows(push(31, row('i')))
    expect(items).toHaveLength(23)
  })

  test('without a list nothing is shown', async () => {
    items = null
    const keeper = keeperOf()
    const shown = outcome(keeper.changed({ caseId: 'b', seq: 5 }))
    keeper.rows(push(5, row('b')))
    await advance(REDRAW_MS)
    expect(shown.is).toBe(null)
    await advance(ROW_MS)
    expect(fetched).toHaveLength(1)
  })

  test('the self-test is in no list', async () => {
    expect(await keeperOf().changed({ caseId: 's', seq: 1, purpose: 'self_test' })).toBe(true)
  })
})
