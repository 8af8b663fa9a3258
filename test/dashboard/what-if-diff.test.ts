import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DiffRow, diffFindings, perWeek } from '../../dashboard/admin/detection/what-if-diff.ts'
import type { ReplayedFinding } from '../../server/contract/detection.ts'

const START = Date.parse('2026-11-01T00:00:00Z')

function finding(minute: number, over: Partial<ReplayedFinding> = {}): ReplayedFinding {
  return {
    at: new Date(START + minute * 60_000).toISOString(),
    effect: 'raise',
    kinds: ['fall'],
    certainty: 'likely',
    severe: false,
    deviceId: 'fall-1',
    reason: { rule: 'reported.alarm', explanation: { 'zh-CN': '跌倒', en: 'Fall' }, values: {}, settingsVersion: 0 },
    ...over,
  }
}

const findings = fc.array(
  fc
    .record({
      minute: fc.nat(600),
      kinds: fc.constantFrom<ReplayedFinding['kinds']>(['fall'], ['sos'], ['wander']),
      certainty: fc.constantFrom('possible' as const, 'likely' as const, 'confirmed' as const),
      effect: fc.constantFrom('raise' as const, 'assess' as const),
    })
    .map(({ minute, ...over }) => finding(minute, over)),
  { maxLength: 30 },
)
const states = (rows: readonly DiffRow[]) => rows.map(({ state }) => state)

describe('the difference of two replays', () => {
  it('has each finding exactly once, oldest first', () => {
    fc.assert(
      fc.property(findings, findings, (before, after) => {
        const rows = diffFindings(before, after)
        expect(new Set(rows.flatMap((row) => row.before ?? []))).toEqual(new Set(before))
        expect(rows.filter((row) => row.before !== null)).toHaveLength(before.length)
        expect(rows.filter((row) => row.after !== null)).toHaveLength(after.length)
        expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted((a, b) => a - b))
      }),
    )
  })

  it('is none between the same, and turns round with its sides', () => {
    fc.assert(
      fc.property(findings, findings, (a, b) => {
        expect(states(diffFindings(a, structuredClone(a))).filter((state) => state !== 'same')).toEqual([])
        const count = (rows: DiffRow[], state: DiffRow['state']) => states(rows).filter((one) => one === state).length
        const [there, back] = [diffFindings(a, b), diffFindings(b, a)]
        expect(count(there, 'same')).toBe(count(back, 'same'))
      }),
    )
  })

  it('tells what is new, gone, later or surer', () => {
    const rows = diffFindings(
      [finding(0), finding(10), finding(20, { kinds: ['wander'] })],
      [finding(0), finding(13), finding(200, { kinds: ['wander'] }), finding(210, { kinds: ['sos'] })],
    )
    expect(states(rows)).toEqual(['same', 'changed', 'before', 'after', 'after'])
    expect(states(diffFindings([finding(0)], [finding(0, { certainty: 'confirmed' })]))).toEqual(['changed'])
  })

  it('counts alerts a week, not judgements', () => {
    const two = [finding(0), finding(5), finding(6, { effect: 'assess' })]
    expect(perWeek(two, 14 * 86_400_000)).toBe(1)
    expect(perWeek(two, 0)).toBe(0)
  })
})
