import type { AlertKind, CaseCategory, CaseState } from './case.ts'

/**
 * Socket.IO events (default path, the session's cookie). Delivery is at least once: a desk that does not acknowledge is
 * sent the event again; a client that misses a `seq`, or reconnects, fetches the list again.
 */
export interface CaseEvent {
  /** Without holes and ascending over all cases. */
  seq: number
  caseId: string
  version: number
  state: CaseState
  priority: number
  kind: AlertKind
  category: CaseCategory
  residentId: string | null
  /** Kept quiet: no sound, and in a list of its own. See docs/adr/0020-suppression.md. */
  suppressed: boolean
  /** Commit time, ms since the epoch. */
  at: number
}

export interface Hello {
  /** The last `seq` before this connection; what came before is to be fetched. */
  seq: number
  /** Server clock, ms since the epoch: ages are counted from it, not from the desk's clock. */
  now: number
}

/** Open gaps of the roster, by how pressing they are. */
export interface GapBoard {
  now: number
  soon: number
  day: number
  /** Id of the newest one. */
  newest: string | null
}

export interface ServerToClientEvents {
  hello: (hello: Hello) => void
  case: (event: CaseEvent, acknowledge: () => void) => void
  /** To every desk when it changes: who is missing is fetched by whoever may. */
  gaps: (board: GapBoard) => void
}
