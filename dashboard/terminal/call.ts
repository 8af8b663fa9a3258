import type { LinkView } from './mqtt/link-view.ts'

/** A call for help as the person who pressed sees it. Pure: all of it is a function of what happened and the time. */

export type CallKind = 'sos' | 'help'
/** How far help has come, in this order; `cancelled` is the person's own end of it. */
export const STEPS = ['sending', 'received', 'answered', 'dispatched', 'arrived', 'closed', 'cancelled'] as const
export type Step = (typeof STEPS)[number]

export interface Call {
  /** Null: the press was another device's in this home, the centre only told us how far help has come. */
  kind: CallKind | null
  step: Step
  /** Ms since the epoch: first press, and when this step began. */
  startedAt: number
  since: number
  /** Ids of all presses of this call, and of those (cancel included) that have no PUBACK yet. */
  pressIds: readonly string[]
  unsent: readonly string[]
  /** The centre's own name for the case, when it has told. */
  caseId: string | null
  /** Words of the centre to this step. */
  text: string | null
  /** What was spoken last about waiting, when, and how often. */
  told: { what: Waiting; at: number; times: number } | null
}

/** Why nobody is known to have heard yet, or what else the waiting is for. */
export type Waiting = 'sending' | 'slow' | 'queued' | 'unreachable' | 'refused' | 'received'

export function newCall(kind: CallKind, id: string, now: number): Call {
  return {
    kind,
    step: 'sending',
    startedAt: now,
    since: now,
    pressIds: [id],
    unsent: [id],
    caseId: null,
    text: null,
    told: null,
  }
}

/** True once the person has to be shown that the call has ended. */
export const isOver = (call: Call): boolean => call.step === 'closed' || call.step === 'cancelled'

/**
 * A press, perhaps during a call. Another press of the same call is one more message of it; it never takes the person
 * back to "sending". The red key during a green call, and any key after the end, begin a new one.
 */
export function pressed(call: Call | null, kind: CallKind, id: string, now: number): Call {
  const isRaised = call !== null && kind === 'sos' && call.kind === 'help'
  if (call === null || isOver(call) || isRaised) return newCall(kind, id, now)
  return { ...call, kind: call.kind ?? kind, pressIds: [...call.pressIds, id], unsent: [...call.unsent, id] }
}

/** The person is fine. The cancel goes out behind the presses that still wait: the centre sees both. */
export function cancelled(call: Call, id: string, now: number): Call {
  return { ...call, step: 'cancelled', since: now, unsent: [...call.unsent, id], text: null, told: null }
}

/** A PUBACK came, which means stored: the platform has it. */
export function acknowledged(call: Call, id: string, now: number): Call {
  if (!call.unsent.includes(id)) return call
  const unsent = call.unsent.filter((other) => other !== id)
  const isHeard = call.step === 'sending' && call.pressIds.includes(id)
  if (isHeard) return { ...call, unsent, step: 'received', since: now, told: null }
  // A cancel is on the screen from its acknowledgement on.
  return call.step === 'cancelled' && unsent.length === 0 ? { ...call, unsent, since: now } : { ...call, unsent }
}

/** A call that nobody has answered for so long may be ended by a late message about an earlier one. */
const UNANSWERED_CLOSE_MS = 5_000

export interface Feedback {
  step: Exclude<Step, 'sending' | 'cancelled'>
  text: string | null
  /** Which press or case it is about, where the centre says so. */
  eventId: string | null
  caseId: string | null
}

/**
 * The centre tells how far help has come. Steps only go forward. What can't be about this call (it is about another case,
 * or this call has not even been stored) changes nothing: a late message about an earlier alarm must never make the screen
 * say that help is here.
 * @param endedCase the case of the call before this one
 */
export function fedBack(call: Call | null, feedback: Feedback, endedCase: string | null, now: number): Call | null {
  if (call === null || isOver(call)) return fromElsewhere(call, feedback, now)
  if (!isAbout(call, feedback, endedCase)) return call
  const caseId = feedback.caseId ?? call.caseId
  if (STEPS.indexOf(feedback.step) <= STEPS.indexOf(call.step)) return { ...call, caseId }
  if (feedback.step === 'closed' && call.step === 'received' && now - call.since < UNANSWERED_CLOSE_MS) return call
  return { ...call, caseId, step: feedback.step, since: now, text: feedback.text, told: null }
}

function isAbout(call: Call, { step, eventId, caseId }: Feedback, endedCase: string | null): boolean {
  if (eventId !== null) return call.pressIds.includes(eventId)
  if (call.step === 'sending') return false
  if (caseId === null || caseId === call.caseId) return true
  // A press soon after may be put to the case of the one before; then the centre says "received" to it once more.
  return call.caseId === null && (caseId !== endedCase || step === 'received')
}

/**
 * The centre tells of a call that isn't shown here: another button of this home was pressed, or a cancelled call goes on.
 * The mere "received" of a call that has just ended is late news.
 */
function fromElsewhere(call: Call | null, { step, text, caseId }: Feedback, now: number): Call | null {
  if (step === 'closed' || (step === 'received' && call !== null)) return call
  return { ...newCall('sos', '', now), kind: null, pressIds: [], unsent: [], step, text, caseId }
}

/**
 * Whether the centre may be heard here without a tap: a press of the red key here, or a call for help from this home that
 * the centre has told of, which is stored and not over. A help call has time for a tap.
 * @param caseId what the centre wants to talk about
 */
export function mayBeHeard(call: Call | null, caseId: string): boolean {
  if (call === null || isOver(call) || call.step === 'sending' || call.kind === 'help') return false
  return call.caseId === null || call.caseId === caseId
}

/** How long a finished call stays on the screen, and one that nobody has ended, ms. */
const CLOSED_MS = 20_000
const CANCELLED_MS = 10_000
const FORGOTTEN_MS = 2 * 3_600_000

/** True when the screen may go back to the two keys. An unsent press is never put away. */
export function isDone(call: Call, now: number): boolean {
  if (call.unsent.length > 0) return false
  const shown = now - call.since
  if (call.step === 'closed') return shown >= CLOSED_MS
  if (call.step === 'cancelled') return shown >= CANCELLED_MS
  return shown >= FORGOTTEN_MS
}

/** How long "sending" is said before the reason is, ms. */
const PATIENCE_MS = 3_000
const SLOW_MS = 6_000

/** What a call is waiting for; null: nothing that has to be told. */
export function waitingOf(call: Call, link: LinkView, now: number): Waiting | null {
  if (call.step === 'received') return 'received'
  const isWaiting = call.step === 'sending' || (call.step === 'cancelled' && call.unsent.length > 0)
  if (!isWaiting) return null
  const waited = now - call.since
  switch (link.state) {
    case 'online':
      return waited < SLOW_MS ? 'sending' : 'slow'
    case 'no_network':
      return 'queued'
    case 'refused':
      return 'refused'
    case 'connecting':
    case 'unreachable':
      return waited < PATIENCE_MS ? 'sending' : 'unreachable'
  }
}

/** A quick acknowledgement needs no "sending" before it, ms. */
const QUIET_MS = 1_500
/** Waiting is told again after so long, the first times; later only now and then. */
const AGAIN_MS = 60_000
const AGAIN_TIMES = 10
const SELDOM_MS = 600_000

/** What of the waiting is to be spoken now; null: nothing. */
export function toTell(call: Call, link: LinkView, now: number): Waiting | null {
  const what = waitingOf(call, link, now)
  if (what === null) return null
  const { told } = call
  // The step itself was spoken when it came.
  if (what === 'received' && told === null) return now - call.since >= AGAIN_MS ? what : null
  if (told?.what !== what) return what === 'sending' && now - call.since < QUIET_MS ? null : what
  if (what === 'sending') return null
  return now - told.at >= (told.times < AGAIN_TIMES ? AGAIN_MS : SELDOM_MS) ? what : null
}

/** Nobody has answered for so long: time to name the telephone, ms. */
const UNANSWERED_MS = 120_000

/** True when the person should try another way as well. */
export function needsOtherWay(call: Call, link: LinkView, now: number): boolean {
  const waiting = call.step === 'cancelled' ? null : waitingOf(call, link, now)
  if (waiting === null || waiting === 'sending') return false
  return waiting === 'received' ? now - call.since >= UNANSWERED_MS : true
}
