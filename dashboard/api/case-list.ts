import type { CaseSummary } from '../../server/contract/case.ts'
import type { CaseEvent, QueueRows } from '../../server/contract/push.ts'

/**
 * The queue as a desk keeps it: fetched whole, then changed row by row as the push line says. Pure but for what it keeps.
 */

/** What was pushed is remembered for as long as a fetch may take, ms: an answer can be older than a row that overtook it. */
const REMEMBERED_MS = 60_000

interface Pushed {
  /** When it came, on the same clock as `since`. */
  at: number
  seq: number
  /** null: the case is in the queue no more. */
  row: CaseSummary | null
}

export interface PushedRows {
  /** Takes in what the push line brought. */
  take(rows: QueueRows, now: number): void
  /** Whether a row that was pushed already shows this event. */
  shows(event: Pick<CaseEvent, 'caseId' | 'seq'>): boolean
  /**
   * A fetched list with what was pushed since its fetch began: the server may have read the one before it committed the other.
   * @param since when the fetch began
   */
  over(items: readonly CaseSummary[], since: number): CaseSummary[]
}

export function createPushedRows(): PushedRows {
  // In the order in which they came.
  const pushed = new Map<string, Pushed>()

  function put(caseId: string, one: Pushed): void {
    pushed.delete(caseId)
    pushed.set(caseId, one)
  }

  return {
    take: ({ items, over, seqs }, now) => {
      for (const row of items) put(row.caseId, { at: now, seq: seqs[row.caseId] ?? 0, row })
      for (const caseId of over) put(caseId, { at: now, seq: seqs[caseId] ?? 0, row: null })
      for (const [caseId, { at }] of pushed) {
        if (now - at < REMEMBERED_MS) break
        pushed.delete(caseId)
      }
    },
    shows: ({ caseId, seq }) => (pushed.get(caseId)?.seq ?? -1) >= seq,
    over: (items, since) => {
      const newer = new Map([...pushed].filter(([, { at }]) => at >= since))
      const kept = items.flatMap((item) => {
        const one = newer.get(item.caseId)
        newer.delete(item.caseId)
        if (one === undefined) return item
        // Reopened after it was pushed as over, or the other way round: the push line tells of that, too, in a moment.
        return one.row === null ? [] : newest(item, one.row)
      })
      return [...kept, ...[...newer.values()].flatMap(({ row }) => row ?? [])]
    },
  }
}

/** At the same version the pushed one: what changes a row without a new version is pushed as well. */
const newest = (fetched: CaseSummary, row: CaseSummary) => (fetched.version > row.version ? fetched : row)

/** The list after a push. Rows that have not changed stay the same objects. @param changes null: in the queue no more */
export function withRows(
  items: readonly CaseSummary[],
  changes: ReadonlyMap<string, CaseSummary | null>,
): CaseSummary[] {
  const left = new Map(changes)
  const kept = items.flatMap((item) => {
    const row = left.get(item.caseId)
    if (row === undefined) return item
    left.delete(item.caseId)
    return row === null ? [] : newest(item, row)
  })
  for (const row of left.values()) if (row) kept.push(row)
  return kept
}
