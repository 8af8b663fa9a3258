import type { CaseSummary } from '../../server/contract/case.ts'
import type { CaseEvent, QueueRows } from '../../server/contract/push.ts'
import type { PushedRows } from './case-list.ts'
import type { Timer } from './coalesce.ts'

/** Between two changes of the list, ms: a storm redraws it twenty times a second, a single alarm at once. */
export const REDRAW_MS = 50
/** The row of an event is waited for so long, ms; then the list is fetched. The server repeats the event after 2 s. */
export const ROW_MS = 1_000

export interface QueueKeeperDeps {
  pushed: PushedRows
  /** Changes the list that the operator sees. null: in the queue no more. */
  apply(changes: ReadonlyMap<string, CaseSummary | null>): void
  /** Whether there is a list; until then no row of it can be shown. */
  ready(): boolean
  /** Fetches the whole list; resolves whether that succeeded. */
  fetchAll(): Promise<boolean>
  /** Whether nobody looks at the page: browsers hold its timers back, so nothing may depend on one. */
  hidden(): boolean
  timer: Timer
}

export interface QueueKeeper {
  rows(rows: QueueRows): void
  /** Resolves true once the list holds what the event tells. */
  changed(event: Pick<CaseEvent, 'caseId' | 'seq' | 'purpose'>): Promise<boolean>
}

/** Keeps a desk's list by the rows that are pushed, and fetches it whole only when a row does not come. */
export function createQueueKeeper({ pushed, apply, ready, fetchAll, hidden, timer }: QueueKeeperDeps): QueueKeeper {
  let changes = new Map<string, CaseSummary | null>()
  let planned = false
  let drawnAt = Number.NEGATIVE_INFINITY
  const waiting = new Set<{ event: Pick<CaseEvent, 'caseId' | 'seq'>; shown: (ok: boolean) => void }>()

  const draw = () => {
    planned = false
    if (changes.size === 0) return
    drawnAt = timer.now()
    const drawn = changes
    changes = new Map()
    apply(drawn)
    if (!ready()) return
    for (const one of waiting) {
      if (!pushed.shows(one.event)) continue
      waiting.delete(one)
      one.shown(true)
    }
  }

  return {
    rows: (rows) => {
      pushed.take(rows, timer.now())
      for (const row of rows.items) changes.set(row.caseId, row)
      for (const caseId of rows.over) changes.set(caseId, null)
      const wait = drawnAt + REDRAW_MS - timer.now()
      if (wait <= 0 || hidden()) draw()
      else if (!planned) {
        planned = true
        timer.after(wait, draw)
      }
    },
    changed: (event) => {
      // The self-test's case is in no queue.
      if (event.purpose === 'self_test' || (ready() && pushed.shows(event) && !changes.has(event.caseId))) {
        return Promise.resolve(true)
      }
      return new Promise((shown) => {
        const one = { event, shown }
        waiting.add(one)
        timer.after(ROW_MS, () => {
          if (waiting.delete(one)) void fetchAll().then(shown)
        })
      })
    },
  }
}
