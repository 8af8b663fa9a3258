import { type Call, fedBack } from './call.ts'
import type { Command } from './command.ts'
import type { Effect, Next, Notice, State } from './machine.ts'

/** What the centre's commands do to the terminal. Pure. */

const SEEN = 100

/** Every command is answered; a repeated one is not carried out again. */
export function commanded(state: State, command: Command, noticeId: string, now: number): Next {
  const { id } = command
  const isRepeated = id !== null && state.seen.includes(String(id))
  const seen = id === null || isRepeated ? state.seen : [...state.seen, String(id)].slice(-SEEN)
  const done =
    isRepeated && command.type !== 'locate' ? { state, effects: [] } : carriedOut(state, command, noticeId, now)
  return { state: { ...done.state, seen }, effects: [...replyTo(command), ...done.effects] }
}

function replyTo(command: Command): Effect[] {
  if (command.id === null || command.type === 'locate') return []
  const body = command.type === 'unsupported' ? { ok: false, reason: command.reason } : { ok: true }
  return [{ do: 'reply', id: command.id, body }]
}

function carriedOut(state: State, command: Command, noticeId: string, now: number): Next {
  switch (command.type) {
    case 'received':
    case 'answered':
    case 'dispatched':
    case 'arrived':
    case 'closed': {
      const { type: step, text, eventId, caseId } = command
      const call = fedBack(state.call, { step, text, eventId, caseId }, state.endedCase, now)
      return { state: { ...state, call }, effects: stepEffects(state.call, call) }
    }
    case 'message':
      return {
        state: withNotice(state, { id: noticeId, at: now, kind: 'message', text: command.text }),
        effects: [
          { do: 'chime', tone: 'step' },
          { do: 'read', text: command.text },
        ],
      }
    case 'sound':
      return {
        state: withNotice(state, { id: noticeId, at: now, kind: 'ring', until: now + command.seconds * 1000 }),
        effects: [
          { do: 'ring', seconds: command.seconds },
          { do: 'say', saying: 'ring', text: null },
        ],
      }
    case 'locate':
      return { state, effects: command.id === null ? [] : [{ do: 'locate', id: command.id }] }
    case 'config':
      return {
        state,
        effects: [{ do: 'configure', intervalSeconds: command.intervalSeconds, phone: command.phone }],
      }
    case 'unsupported':
      return { state, effects: [] }
  }
}

const NOTICES = 20

/** One ringing at a time; of very many messages the newest stay. */
function withNotice(state: State, notice: Notice): State {
  const others = notice.kind === 'ring' ? state.notices.filter(({ kind }) => kind !== 'ring') : state.notices
  return { ...state, notices: [...others, notice].slice(-NOTICES) }
}

/** A new step is spoken, shown and felt. */
export function stepEffects(before: Call | null, after: Call | null): Effect[] {
  if (after === null || before?.step === after.step) return []
  switch (after.step) {
    case 'sending':
    case 'cancelled':
      return []
    case 'received':
    case 'answered':
    case 'dispatched':
    case 'arrived':
    case 'closed':
      return [
        { do: 'chime', tone: after.step === 'closed' ? 'end' : 'step' },
        { do: 'say', saying: after.step, text: after.text },
      ]
  }
}
