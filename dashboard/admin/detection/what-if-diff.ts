import type { ReplayedFinding } from '../../../server/contract/detection.ts'

/** Two replays of the same past, side by side. Pure. */
export interface DiffRow {
  /** `same`; `changed`: found both times, at another time or with another certainty; else only one side has it. */
  state: 'same' | 'changed' | 'before' | 'after'
  before: ReplayedFinding | null
  after: ReplayedFinding | null
  /** The earlier of the two, ms since the epoch. */
  at: number
  /** Unlike that of every other row. */
  key: string
}

/** A deadline that was moved finds the same thing at another time; farther apart than this it is another thing. Ms. */
const MOVED_MS = 3_600_000

const what = (one: ReplayedFinding) => [one.effect, one.kinds.join(), one.deviceId, one.reason.rule].join('|')
const when = (one: ReplayedFinding) => Date.parse(one.at)
const how = (one: ReplayedFinding) => [one.at, one.certainty, one.severe].join('|')

/** Puts what belongs together into one row; oldest first. Each finding is in exactly one row. */
export function diffFindings(before: readonly ReplayedFinding[], after: readonly ReplayedFinding[]): DiffRow[] {
  const rest = new Set(after)
  const take = (fits: (other: ReplayedFinding) => boolean): ReplayedFinding | null => {
    for (const other of rest) {
      if (!fits(other)) continue
      rest.delete(other)
      return other
    }
    return null
  }
  // Exact matches first, so that a moved one never takes the partner of an unmoved one.
  const exact = new Map(
    before.map((one) => [one, take((other) => what(one) === what(other) && how(one) === how(other))] as const),
  )
  const rows = before.map((one): Row => {
    const twin = exact.get(one) ?? null
    if (twin) return { state: 'same', before: one, after: twin, at: when(one) }
    const moved = take((other) => what(one) === what(other) && Math.abs(when(one) - when(other)) <= MOVED_MS)
    if (moved === null) return { state: 'before', before: one, after: null, at: when(one) }
    return { state: 'changed', before: one, after: moved, at: Math.min(when(one), when(moved)) }
  })
  const added = [...rest].map((one): Row => ({ state: 'after', before: null, after: one, at: when(one) }))
  return [...rows, ...added].map((row, n) => ({ ...row, key: String(n) })).toSorted((a, b) => a.at - b.at)
}

type Row = Omit<DiffRow, 'key'>

/** Alerts raised in a week, at this rate; one decimal. @param spanMs the time that was replayed */
export function perWeek(findings: readonly ReplayedFinding[], spanMs: number): number {
  const raised = findings.filter(({ effect }) => effect === 'raise').length
  return spanMs <= 0 ? 0 : Math.round((raised / (spanMs / (7 * 86_400_000))) * 10) / 10
}
