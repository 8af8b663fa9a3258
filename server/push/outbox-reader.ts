import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { CaseEvent } from '../contract/push.ts'
import { outboxHead, readOutbox } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'

const PAGE = 500
/** Another node's events are found within this time even when its notice got lost. */
const POLL_MS = 1_000

export interface OutboxReader {
  start(): Promise<void>
  /** Events that this process has just committed. If they are the next ones nothing has to be read. */
  offer(events: readonly CaseEvent[]): void
  /** The last event that was handed on. */
  seq(): number
  stop(): Promise<void>
}

/**
 * Hands committed events on in order, each once: its own process's as they come, another node's from the outbox. It starts at the head: what came before a desk's connection
 * the desk fetches. A failing read is tried again; nothing is skipped.
 */
export function createOutboxReader(
  db: Kysely<Database>,
  log: Logger,
  emit: (events: readonly CaseEvent[]) => void,
): OutboxReader {
  let last = 0
  let reading: Promise<void> | null = null
  let again = false
  let timer: NodeJS.Timeout | null = null
  let stopped = true

  /** A desk's fault must not look like a failed commit to whoever offers. */
  function handOn(events: readonly CaseEvent[], newest: CaseEvent): void {
    last = newest.seq
    try {
      emit(events)
    } catch (error) {
      log.error({ err: error, seq: last }, 'events not pushed; desks find them missing and fetch')
    }
  }

  async function drain(): Promise<void> {
    do {
      again = false
      const events = await readOutbox(db, last, PAGE)
      const newest = events.at(-1)
      if (newest) {
        handOn(events, newest)
      }
      again ||= events.length === PAGE
    } while (again && !stopped)
  }

  function wake(): void {
    if (stopped) return
    again = true
    reading ??= drain()
      .catch((error: unknown) => log.warn({ err: error }, 'outbox not read, trying again'))
      .finally(() => {
        reading = null
        // Woken between the last read and this moment.
        if (again) wake()
      })
  }

  function offer(events: readonly CaseEvent[]): void {
    const [first] = events
    const newest = events.at(-1)
    if (!first || !newest || stopped) return
    if (reading !== null || first.seq !== last + 1) {
      wake()
      return
    }
    handOn(events, newest)
  }

  return {
    start: async () => {
      last = await outboxHead(db)
      stopped = false
      timer = setInterval(wake, POLL_MS)
    },
    offer,
    seq: () => last,
    stop: async () => {
      stopped = true
      if (timer) clearInterval(timer)
      await reading
    },
  }
}
