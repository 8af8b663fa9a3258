import type { AlertKind, CaseCategory, CaseState, CaseSummary } from './case.ts'
import type { CasePurpose } from './purpose.ts'
import type { VoiceAnswer, WordToDesk } from './voice.ts'

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
  /** Left out of what is real. A desk need not look at a self-test. */
  purpose?: Exclude<CasePurpose, 'real'>
  /** Nobody has taken it yet: the step that was just told, from 1. The case itself has not changed, nor its version. */
  escalated?: number
  /** Commit time, ms since the epoch. */
  at: number
}

export interface Hello {
  /** The last `seq` before this connection; what came before is to be fetched. */
  seq: number
  /** Server clock, ms since the epoch: ages are counted from it, not from the desk's clock. */
  now: number
}

/** The desks that are connected to this node, by their sockets; for what is said to one of them alone. */
export interface DeskLines {
  ids(): string[]
  /** Resolves true once the desk has it. Never rejects. */
  say(deskId: string, word: WordToDesk): Promise<boolean>
}

/** Rows of the queue that have changed, read after the commit of what they tell. Not acknowledged: a desk that lacks one fetches. */
export interface QueueRows {
  items: CaseSummary[]
  /** Cases that are in the queue no more. */
  over: string[]
  /** By case: the last event that its row, or its absence, already shows. */
  seqs: Record<string, number>
}

export interface ClientToServerEvents {
  /** This desk keeps the queue, and wants the rows that change from now on. It fetches the list besides. */
  follow: () => void
  /** A word about the desk's own call: a `DeskWord`, checked by the server. */
  voice: (word: unknown, answer: (answer: VoiceAnswer) => void) => void
}

/** A case offered to the operator of this desk, or a reminder of it. Times in ms since the epoch. */
export interface OfferEvent {
  offerId: string
  caseId: string
  offeredAt: number
  /** From then on it is offered to the next. */
  expiresAt: number
  reminded: boolean
}

/** What is offered to whom at this moment. It hides nothing: everybody may take every case. */
export interface OfferBoard {
  offers: (OfferEvent & { userId: string; displayName: string })[]
  /** Cases that all were passed over for. */
  openToAll: string[]
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
  voice: (word: WordToDesk, acknowledge: () => void) => void
  hello: (hello: Hello) => void
  case: (event: CaseEvent, acknowledge: () => void) => void
  /** To every desk that follows the queue. */
  rows: (rows: QueueRows) => void
  /** To that operator's desks alone; repeated until one says that it shows it. */
  offer: (event: OfferEvent, acknowledge: () => void) => void
  /** It is over, whoever has the case now. */
  offer_over: (event: Pick<OfferEvent, 'offerId' | 'caseId'>) => void
  /** To every desk when it changes, the whole of it. */
  offers: (board: OfferBoard) => void
  /** To every desk when it changes: who is missing is fetched by whoever may. */
  gaps: (board: GapBoard) => void
}
