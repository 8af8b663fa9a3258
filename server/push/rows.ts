import type { Logger } from 'pino'
import type { CaseSummary } from '../contract/case.ts'
import type { CaseEvent, QueueRows } from '../contract/push.ts'

/** Cases read in one go at most; a storm's others follow in the next. */
const MOST = 250
/** After a read that failed, ms. */
const AGAIN_MS = 250
/** Cases that wait for a read at most: desks so far behind fetch the list by themselves. */
const MOST_WAITING = 5_000

export interface RowsDeps {
  /** The rows of these cases as the queue shows them; those that are in no queue any more are left out. */
  read: (caseIds: readonly string[]) => Promise<CaseSummary[]>
  send: (rows: QueueRows) => void
  /** Whether anybody follows the queue. */
  wanted: () => boolean
  log: Logger
}

export interface RowPublisher {
  /** Cases have changed: their rows are read and sent after this call, never within it. */
  add(events: readonly CaseEvent[]): void
  stop(): Promise<void>
}

/**
 * Reads the rows that events are about once for all desks, instead of each desk fetching the whole queue for each event.
 * What comes in while one read is under way is read together after it. The alarm itself does not wait for this: its
 * event is sent before.
 */
export function createRowPublisher({ read, send, wanted, log }: RowsDeps): RowPublisher {
  /** The last event of each case that is to be read. */
  const waiting = new Map<string, number>()
  let running: Promise<void> | null = null
  let stopped = false

  async function run(): Promise<void> {
    while (waiting.size > 0 && !stopped) {
      const batch = [...waiting].slice(0, MOST)
      for (const [caseId] of batch) waiting.delete(caseId)
      try {
        const items = await read(batch.map(([caseId]) => caseId))
        const open = new Set(items.map(({ caseId }) => caseId))
        const seqs = Object.fromEntries(batch)
        send({ items, over: batch.flatMap(([caseId]) => (open.has(caseId) ? [] : caseId)), seqs })
      } catch (error) {
        log.warn({ err: error, cases: batch.length }, 'rows of the queue not read, trying again')
        for (const [caseId, seq] of batch) if (!waiting.has(caseId)) waiting.set(caseId, seq)
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  return {
    add: (events) => {
      if (stopped || !wanted()) return
      for (const { caseId, seq, purpose } of events) {
        // The self-test's case is in no queue.
        if (purpose === 'self_test' || (waiting.size >= MOST_WAITING && !waiting.has(caseId))) continue
        waiting.set(caseId, seq)
      }
      running ??= run().finally(() => {
        running = null
      })
    },
    stop: async () => {
      stopped = true
      await running
    },
  }
}
