import type { FeedbackType } from '../../server/contract/command.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { Call, CallKind } from './call.ts'
import type { Command } from './command.ts'
import type { LinkState, LinkView } from './mqtt/link-view.ts'
import type { Pending } from './outbox.ts'

/** What the terminal knows, what happens to it, and what it does. The decisions are in state.ts. */

export interface State {
  call: Call | null
  /** The centre's name for the case of the call before. */
  endedCase: string | null
  /** What the centre wants to be seen, the oldest first. */
  notices: readonly Notice[]
  link: LinkView
  /** Ms since the epoch. */
  lastTouchAt: number
  /** A key was let go too early: when, and how often in a row. */
  slip: { at: number; times: number } | null
  /** When the test was stored, or false while it is on its way. */
  test: { id: string; storedAt: number | null } | null
  /** Ids of the commands that were carried out, the newest last: a repeated one is only answered again. */
  seen: readonly string[]
}

export type Notice = { id: string; at: number } & ({ kind: 'message'; text: string } | { kind: 'ring'; until: number })

export type Input =
  | { type: 'press'; key: CallKind; id: string }
  | { type: 'cancel'; id: string }
  | { type: 'slip' }
  | { type: 'test'; id: string }
  | { type: 'acknowledged'; id: string }
  | { type: 'command'; command: Command; noticeId: string }
  | { type: 'link'; state: LinkState }
  /** What was found in the outbox after a start, a part of it or all. */
  | { type: 'found'; pending: readonly Pending[]; isAll: boolean }
  | { type: 'touch' }
  | { type: 'dismiss' }
  | { type: 'tick' }

/** What is spoken; `words/` has the sentences. */
export type Saying = FeedbackType | 'sending' | 'slow' | 'queued' | 'unreachable' | 'refused' | SayingOfKeys
type SayingOfKeys = 'waiting' | 'cancelled' | 'hold' | 'test' | 'ring'

export type Effect =
  /** To be kept, then sent. */
  | { do: 'record'; id: string; type: EventType; detail: Record<string, unknown> }
  | { do: 'say'; saying: Saying; text: string | null }
  | { do: 'read'; text: string }
  | { do: 'chime'; tone: 'press' | 'step' | 'end' }
  | { do: 'ring'; seconds: number }
  | { do: 'hush' }
  | { do: 'reply'; id: string | number; body: Record<string, unknown> }
  | { do: 'locate'; id: string | number }
  | { do: 'configure'; intervalSeconds: number | null; phone: string | null }
  /** Don't wait for the next attempt. */
  | { do: 'connect' }

export interface Next {
  state: State
  effects: Effect[]
}

export function initialState(now: number): State {
  const link: LinkView = { state: 'connecting', since: now }
  return { call: null, endedCase: null, notices: [], link, lastTouchAt: now, slip: null, test: null, seen: [] }
}

/** What must survive a reload; the outbox keeps the messages themselves. */
export type Saved = Pick<State, 'call' | 'endedCase' | 'seen'>
export const savedPart = ({ call, endedCase, seen }: State): Saved => ({ call, endedCase, seen })

/** Two minutes without a touch and without news: the dim clock. Ms. */
const IDLE_MS = 120_000

/** True when the screen may be dim: nothing is going on. */
export function isIdle({ call, notices, lastTouchAt }: State, now: number): boolean {
  return call === null && notices.length === 0 && now - lastTouchAt >= IDLE_MS
}
