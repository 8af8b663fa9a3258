import { describe, expect, test } from 'vitest'
import { conflictsIn, copied, hoursOf, isSame, slotsOf, withCell } from '../../dashboard/centre/roster/plan.ts'
import { byCounty, byPressing, kindFigures, oldestOf } from '../../dashboard/centre/wall/figures.ts'
import type { GapView, PatternView, RosterEntry, RosterWeekView } from '../../server/contract/roster.ts'
import type { WallCase } from '../../server/contract/wall.ts'

const pattern = (patternId: string, start: string, end: string, active = true): PatternView => ({
  patternId,
  name: patternId,
  start,
  end,
  required: [],
  active,
  version: 1,
  updatedAt: '2026-03-01T00:00:00Z',
  updatedBy: null,
})
const entry = (userId: string, day: string, patternId: string, startAt = '', endAt = ''): RosterEntry => ({
  entryId: `${userId}${day}`,
  userId,
  day,
  patternId,
  startAt,
  endAt,
})
const week = (change: Partial<RosterWeekView> = {}): RosterWeekView => ({
  monday: '2026-03-02',
  version: 1,
  people: [{ userId: 'li', displayName: '李敏', role: 'operator' }],
  patterns: [
    pattern('early', '08:00', '16:00'),
    pattern('night', '22:00', '08:00'),
    pattern('old', '09:00', '17:00', false),
  ],
  entries: [],
  around: [],
  conflicts: [],
  ...change,
})

describe('planning a week', () => {
  test('a cell holds one shift or none; others stay', () => {
    const one = withCell([], 'li', '2026-03-02', 'early')
    const other = withCell(one, 'li', '2026-03-03', 'early')
    expect(withCell(other, 'li', '2026-03-02', 'night').map(({ patternId }) => patternId)).toEqual(['early', 'night'])
    expect(isSame(withCell(other, 'li', '2026-03-03', null), one)).toBe(true)
    expect(isSame(other, other.toReversed())).toBe(true)
    expect(isSame(one, other)).toBe(false)
  })
  test('last week is copied by weekday, without retired patterns and without who has left', () => {
    const before = week({
      entries: [
        entry('li', '2026-02-23', 'early'),
        entry('li', '2026-02-24', 'old'),
        entry('chen', '2026-02-25', 'early'),
      ],
    })
    expect(copied(before, week())).toEqual([{ userId: 'li', day: '2026-03-02', patternId: 'early' }])
    expect(slotsOf(before.entries)).toHaveLength(3)
  })
  test("Sunday's night before counts for rest, hours only of the week", () => {
    const slots = [{ userId: 'li', day: '2026-03-02', patternId: 'early' }]
    const around = [entry('li', '2026-03-01', 'night', '2026-03-01T14:00:00Z', '2026-03-02T00:00:00Z')]
    expect(conflictsIn(slots, week({ around }))).toMatchObject([{ kind: 'rest', day: '2026-03-02', hours: 0 }])
    expect(hoursOf(slots, week({ around })).get('li')).toBe(8)
  })
})

describe('figures of the wall', () => {
  const one = (caseId: string, change: Partial<WallCase>): WallCase => ({
    caseId,
    kind: 'sos',
    category: 'emergency',
    state: 'new',
    openedAt: '2026-03-02T02:00:00Z',
    county: null,
    lat: null,
    lon: null,
    ownerId: null,
    handover: false,
    ...change,
  })
  test('per kind: waiting, in hand, the longest wait', () => {
    const cases = [
      one('a', { openedAt: '2026-03-02T02:00:10Z' }),
      one('b', {}),
      one('c', { state: 'dispatched', openedAt: '2026-03-02T01:00:00Z' }),
      one('d', { category: 'care', kind: 'inactivity' }),
    ]
    expect(kindFigures(cases)).toEqual([
      { category: 'emergency', waiting: 2, inHand: 1, oldest: '2026-03-02T02:00:00Z' },
      { category: 'help', waiting: 0, inHand: 0, oldest: null },
      { category: 'care', waiting: 1, inHand: 0, oldest: '2026-03-02T02:00:00Z' },
      { category: 'fault', waiting: 0, inHand: 0, oldest: null },
    ])
    expect(oldestOf([])).toBeNull()
  })
  test('by county, without those that nobody has located', () => {
    const cases = [one('a', { county: '弋阳县' }), one('b', { county: '弋阳县' }), one('c', {})]
    expect([...byCounty(cases)]).toEqual([['弋阳县', 2]])
  })
  test('gaps: what has begun comes before what is planned for tomorrow', () => {
    const gap = (gapId: string, horizon: GapView['horizon'], from: string) => ({ gapId, horizon, from }) as GapView
    const order = byPressing([
      gap('day', 'day', '1'),
      gap('later', 'now', '3'),
      gap('soon', 'soon', '2'),
      gap('now', 'now', '2'),
    ])
    expect(order.map(({ gapId }) => gapId)).toEqual(['now', 'later', 'soon', 'day'])
  })
})
