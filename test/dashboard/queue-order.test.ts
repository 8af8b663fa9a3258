import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareCases, countByTab, holdPlaces, matches, nextWaiting } from '../../dashboard/console/queue-order.ts'
import { makeCase } from './make-case.ts'

const at = (second: number) => new Date(Date.UTC(2026, 2, 2, 2, 0, second)).toISOString()

describe('order of the queue', () => {
  it('puts those nobody has first, then priority, then the oldest', () => {
    const sorted = [
      makeCase('in-hand', { state: 'claimed', priority: 1, openedAt: at(0) }),
      makeCase('young', { priority: 1, openedAt: at(9) }),
      makeCase('less', { priority: 2, openedAt: at(1) }),
      makeCase('old', { priority: 1, openedAt: at(3) }),
    ]
      .toSorted(compareCases)
      .map((item) => item.caseId)
    expect(sorted).toEqual(['old', 'young', 'less', 'in-hand'])
  })

  it('never swaps two cases of the same moment', () => {
    const pair = [makeCase('b'), makeCase('a')]
    expect(pair.toSorted(compareCases)[0]?.caseId).toBe('a')
    expect(pair.toReversed().toSorted(compareCases)[0]?.caseId).toBe('a')
  })

  it('finds by name, place, room, device, owner and kind', () => {
    const item = makeCase('x', { owner: { userId: 'u', displayName: 'Li Min' } })
    for (const text of ['桂兰', '桃源', '卫生间', 'SOS-17', 'li m', '求救', ' ']) {
      expect(matches(item, text, 'SOS 求救'), text).toBe(true)
    }
    expect(matches(item, '吴德胜', 'SOS 求救')).toBe(false)
  })

  it('opens the most urgent waiting case of any category next, but not the open one', () => {
    const items = [
      makeCase('fault', { category: 'fault', priority: 5 }),
      makeCase('open'),
      makeCase('help', { category: 'help', priority: 3 }),
      makeCase('taken', { state: 'claimed' }),
    ]
    expect(nextWaiting(items, 'open')?.caseId).toBe('help')
    expect(nextWaiting(items, null)?.caseId).toBe('open')
    expect(nextWaiting([makeCase('taken', { state: 'on_scene' })], null)).toBeNull()
  })

  it('counts open and waiting cases of each category', () => {
    const counts = countByTab([makeCase('a'), makeCase('b', { state: 'claimed' }), makeCase('c', { category: 'care' })])
    expect(counts.emergency).toEqual({ total: 2, waiting: 1 })
    expect(counts.care).toEqual({ total: 1, waiting: 1 })
    expect(counts.fault).toEqual({ total: 0, waiting: 0 })
  })
})

describe('nothing jumps', () => {
  it('a new emergency does not move the selected row', () => {
    expect(holdPlaces(['new', 'a', 'b'], ['a', 'b'], ['a'])).toEqual(['a', 'new', 'b'])
    expect(holdPlaces(['new', 'a', 'b', 'c'], ['a', 'b', 'c'], ['b'])).toEqual(['new', 'b', 'a', 'c'])
  })

  it('without anything pinned the order is the sorted one', () => {
    expect(holdPlaces(['new', 'a'], ['a'], [])).toEqual(['new', 'a'])
    expect(holdPlaces(['new', 'a'], ['a'], ['gone'])).toEqual(['new', 'a'])
  })

  const ids = fc.uniqueArray(
    fc.nat({ max: 40 }).map((n) => `c${n}`),
    { maxLength: 20 },
  )

  it('keeps every case exactly once, whatever is pinned', () => {
    fc.assert(
      fc.property(ids, ids, ids, (sorted, shown, pinned) => {
        expect(holdPlaces(sorted, shown, pinned).toSorted()).toEqual(sorted.toSorted())
      }),
    )
  })

  it('keeps a pinned case at its place, or at the end of a list that became shorter', () => {
    fc.assert(
      fc.property(ids, ids, fc.nat(), (others, shown, pick) => {
        fc.pre(shown.length > 0)
        const place = pick % shown.length
        const pinned = shown[place]!
        const sorted = [...others.filter((id) => id !== pinned), pinned]
        const order = holdPlaces(sorted, shown, [pinned])
        expect(order.indexOf(pinned)).toBe(Math.min(place, order.length - 1))
      }),
    )
  })
})
