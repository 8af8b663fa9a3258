import type { CallKind } from './call.ts'
import { acknowledged, cancelled, isDone, isOver, pressed, toTell } from './call.ts'
import { commanded, stepEffects } from './commanded.ts'
import type { Effect, Input, Next, State } from './machine.ts'
import { linkAfter } from './mqtt/link-view.ts'
import type { Pending } from './outbox.ts'

/** The decisions of the terminal. Pure; ids and the time come from outside. */

/** The next state and what is to be done. `now` in ms since the epoch. */
export function update(state: State, input: Input, now: number): Next {
  const next = decide(state, input, now)
  const { call } = state
  const isOther = call !== null && call.startedAt !== next.state.call?.startedAt
  return isOther && call.caseId !== null ? { ...next, state: { ...next.state, endedCase: call.caseId } } : next
}

function decide(state: State, input: Input, now: number): Next {
  switch (input.type) {
    case 'press':
      return press(state, input.key, input.id, now)
    case 'cancel':
      return cancel(state, input.id, now)
    case 'slip':
      return slip(state, now)
    case 'test':
      return {
        state: { ...state, test: { id: input.id, storedAt: null }, lastTouchAt: now },
        effects: [{ do: 'record', id: input.id, type: 'test', detail: {} }, { do: 'connect' }],
      }
    case 'acknowledged':
      return stored(state, input.id, now)
    case 'command':
      return commanded(state, input.command, input.noticeId, now)
    case 'link':
      return told({ ...state, link: linkAfter(state.link, input.state, now) }, now)
    case 'found':
      return found(state, input.pending, input.isAll, now)
    case 'touch':
      return only({ ...state, lastTouchAt: now })
    case 'dismiss':
      return dismissed(state, now)
    case 'tick':
      return tick(state, now)
  }
}

const only = (state: State): Next => ({ state, effects: [] })

function press(state: State, key: CallKind, id: string, now: number): Next {
  const call = pressed(state.call, key, id, now)
  const next = told({ ...state, call, slip: null, lastTouchAt: now }, now)
  const record: Effect = { do: 'record', id, type: key, detail: { press: 'long' } }
  return { state: next.state, effects: [record, { do: 'connect' }, { do: 'chime', tone: 'press' }, ...next.effects] }
}

function cancel(state: State, id: string, now: number): Next {
  const { call } = state
  if (call === null || isOver(call)) return only(state)
  return {
    state: { ...state, call: cancelled(call, id, now), slip: null, lastTouchAt: now },
    effects: [{ do: 'record', id, type: 'sos_cancel', detail: {} }, { do: 'connect' }, { do: 'chime', tone: 'press' }],
  }
}

/** Two slips within this time: the person means it and is told how. Ms. */
const SLIPS_MS = 6_000

function slip(state: State, now: number): Next {
  const isSecond = state.slip !== null && now - state.slip.at < SLIPS_MS
  const times = isSecond && state.slip !== null ? state.slip.times + 1 : 1
  const effects: Effect[] = times === 1 ? [] : [{ do: 'say', saying: 'hold', text: null }]
  return { state: { ...state, slip: { at: now, times }, lastTouchAt: now }, effects }
}

function stored(state: State, id: string, now: number): Next {
  const test = state.test?.id === id ? { id, storedAt: now } : state.test
  const tested: Effect[] = test === state.test ? [] : [{ do: 'say', saying: 'test', text: null }]
  if (state.call === null) return { state: { ...state, test }, effects: tested }
  const call = acknowledged(state.call, id, now)
  const isCancelHeard = call.step === 'cancelled' && call !== state.call && call.unsent.length === 0
  const ended: Effect[] = isCancelHeard ? [{ do: 'say', saying: 'cancelled', text: null }] : []
  return { state: { ...state, test, call }, effects: [...tested, ...stepEffects(state.call, call), ...ended] }
}

/** Speaks of the waiting when it is time to. */
function told(state: State, now: number): Next {
  const { call } = state
  const what = call === null ? null : toTell(call, state.link, now)
  if (call === null || what === null) return only(state)
  const times = call.told?.what === what ? call.told.times + 1 : 1
  const say: Effect = { do: 'say', saying: what === 'received' ? 'waiting' : what, text: null }
  return { state: { ...state, call: { ...call, told: { what, at: now, times } } }, effects: [say] }
}

/** A restart in the middle of a call: what has left the outbox was acknowledged; what is in it must be on the screen. */
function found(state: State, pending: readonly Pending[], isAll: boolean, now: number): Next {
  let next = only(state)
  const waits = new Set(pending.map(({ id }) => id))
  for (const id of isAll ? (state.call?.unsent ?? []) : []) {
    if (waits.has(id)) continue
    const { state: after, effects } = stored(next.state, id, now)
    next = { state: after, effects: [...next.effects, ...effects] }
  }
  for (const { id, type, ts } of pending) {
    const { call } = next.state
    if (call?.unsent.includes(id)) continue
    if (type === 'sos' || type === 'help') next.state = { ...next.state, call: pressed(call, type, id, ts) }
    else if (type === 'sos_cancel' && call !== null) next.state = { ...next.state, call: cancelled(call, id, ts) }
  }
  return next
}

/** "I see": the shown message goes; without one, a call that has come to its end. */
function dismissed(state: State, now: number): Next {
  const next = { ...state, lastTouchAt: now }
  if (state.notices.length > 0) {
    const [, ...notices] = state.notices
    const read: Effect[] = notices[0]?.kind === 'message' ? [{ do: 'read', text: notices[0].text }] : []
    return { state: { ...next, notices }, effects: [{ do: 'hush' }, ...read] }
  }
  const { call } = state
  const isLeavable = call !== null && call.unsent.length === 0 && (isOver(call) || call.step === 'arrived')
  return isLeavable ? { state: { ...next, call: null }, effects: [{ do: 'hush' }] } : only(next)
}

function tick(state: State, now: number): Next {
  const isDue = state.call !== null && isDone(state.call, now)
  const notices = state.notices.filter((notice) => notice.kind !== 'ring' || notice.until > now)
  const isSlipOld = state.slip !== null && now - state.slip.at >= SLIPS_MS
  if (!isDue && !isSlipOld && notices.length === state.notices.length) return told(state, now)
  return told({ ...state, call: isDue ? null : state.call, notices, slip: isSlipOld ? null : state.slip }, now)
}
