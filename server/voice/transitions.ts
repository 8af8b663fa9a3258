import type { CallReason, CallState } from '../contract/voice.ts'

/**
 * What becomes of a call, written as a table; what is not in it changes nothing.
 *
 *   state       answered    refused   hang_up   media    due
 *   ringing     connected   failed    ended     failed   failed (no_answer)
 *   connected   –           –         ended     failed   failed (lost)
 *   ended, failed: over
 *
 * A refusal is the terminal's (declined, no microphone, busy, can't), a hang-up either side's, `media` means that no sound
 * gets through, `due` that the time in the row's column has come.
 */
const TABLE: Record<CallState, Partial<Record<CallEvent['type'], CallState>>> = {
  ringing: { answered: 'connected', refused: 'failed', hang_up: 'ended', media: 'failed', due: 'failed' },
  connected: { hang_up: 'ended', media: 'failed', due: 'failed' },
  ended: {},
  failed: {},
}

export type CallEvent =
  | { type: 'answered' }
  | { type: 'refused'; reason: 'declined' | 'no_microphone' | 'busy' | 'unsupported' }
  | { type: 'hang_up'; by: 'operator' | 'resident' }
  | { type: 'media' }
  | { type: 'due' }

/** The call's next state, and why it is over if it is; null: nothing changes. */
export function nextCall(state: CallState, event: CallEvent): { state: CallState; reason: CallReason | null } | null {
  const to = TABLE[state][event.type]
  return to === undefined ? null : { state: to, reason: reasonOf(state, event) }
}

function reasonOf(state: CallState, event: CallEvent): CallReason | null {
  switch (event.type) {
    case 'answered':
      return null
    case 'refused':
      return event.reason
    case 'hang_up':
      return event.by
    case 'media':
      return 'media'
    case 'due':
      return state === 'ringing' ? 'no_answer' : 'lost'
  }
}
