import type { CaseEvent } from '../contract/push.ts'

/** How long a desk has to acknowledge before it is told again, ms, per try; after the last it counts as silent. */
export const REPEAT_AFTER_MS = [2_000, 3_000, 5_000, 10_000] as const
/** Events that wait for one desk's answer at most; a desk so far behind fetches the list anyway. */
const MAX_WAITING = 1_000

export interface DeskSocket {
  /** Sends and calls back once: `null` when acknowledged, an error after `timeoutMs`. */
  send(event: CaseEvent, timeoutMs: number, answered: (error: Error | null) => void): void
  connected(): boolean
}

export interface DeskOutcome {
  repeated(): void
  acknowledged(afterMs: number): void
  /** The desk never answered. */
  silent(event: CaseEvent): void
}

/** One operator's desk: each event is sent until it is acknowledged, or the desk is silent or gone. */
export function createDesk(socket: DeskSocket, outcome: DeskOutcome, now: () => number) {
  // By case: a newer event of a case makes waiting for the older one pointless.
  const waiting = new Map<string, number>()

  function deliver(event: CaseEvent, attempt: number, since: number): void {
    const timeout = REPEAT_AFTER_MS[attempt]
    if (timeout === undefined) {
      waiting.delete(event.caseId)
      outcome.silent(event)
      return
    }
    if (attempt > 0) outcome.repeated()
    socket.send(event, timeout, (error) => {
      if (waiting.get(event.caseId) !== event.seq) return
      if (error === null) {
        waiting.delete(event.caseId)
        outcome.acknowledged(now() - since)
      } else if (socket.connected()) deliver(event, attempt + 1, since)
      else waiting.delete(event.caseId)
    })
  }

  return {
    push(event: CaseEvent): void {
      if (waiting.size >= MAX_WAITING && !waiting.has(event.caseId)) waiting.delete(waiting.keys().next().value ?? '')
      waiting.set(event.caseId, event.seq)
      deliver(event, 0, now())
    },
    /** Events that wait for this desk's answer. */
    waiting: () => waiting.size,
  }
}
