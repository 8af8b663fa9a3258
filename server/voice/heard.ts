import type { Kysely, Transaction } from 'kysely'
import type { CaseEvent } from '../contract/push.ts'
import type { DeskWord, TerminalWord, VoiceAnswer, WordToDesk } from '../contract/voice.ts'
import type { Database } from '../store/schema.ts'
import { lockCall } from './calls.ts'
import { type CallRow, changeCall, dueAt, post } from './change.ts'
import type { CallEvent } from './transitions.ts'

type Tx = Transaction<Database>

/** What was heard led to this. */
export interface Heard {
  answer: VoiceAnswer
  events: readonly CaseEvent[]
}

const OK: Heard = { answer: { ok: true }, events: [] }
const refused = (code: Exclude<VoiceAnswer, { ok: true }>['code']): Heard => ({
  answer: { ok: false, code },
  events: [],
})
const isOver = ({ state }: CallRow): boolean => state === 'ended' || state === 'failed'

/** A word of a desk about its own call. */
export async function heardFromDesk(
  db: Kysely<Database>,
  word: DeskWord,
  by: { userId: string; deskId: string },
  now: number,
): Promise<Heard> {
  return db.transaction().execute(async (tx) => {
    const call = await lockCall(tx, word.call)
    if (call?.operator_id !== by.userId) return refused('not_yours')
    if (isOver(call)) return refused('over')
    // A desk that has connected anew speaks from another socket.
    if (call.desk_id !== by.deskId) {
      await tx.updateTable('voice_call').set({ desk_id: by.deskId }).where('call_id', '=', call.call_id).execute()
    }
    return fromDesk(tx, call, word, now)
  })
}

async function fromDesk(tx: Tx, call: CallRow, word: DeskWord, now: number): Promise<Heard> {
  switch (word.type) {
    case 'offer': {
      const { auto, record } = call
      return posted(await post(tx, 'terminal', { ...word, case: call.case_id, auto, record }, now))
    }
    case 'ice':
    case 'muted':
      return posted(await post(tx, 'terminal', word, now))
    case 'alive':
      if (call.state === 'connected') {
        await tx
          .updateTable('voice_call')
          .set({ due_at: dueAt('connected', now) })
          .where('call_id', '=', word.call)
          .execute()
      }
      return OK
    case 'end': {
      const event: CallEvent = word.reason === 'media' ? { type: 'media' } : { type: 'hang_up', by: 'operator' }
      return { answer: { ok: true }, events: (await changeCall(tx, call, event, { now })) ?? [] }
    }
  }
}

const posted = (isPosted: boolean): Heard => (isPosted ? OK : refused('too_many'))

/** A word of a terminal; about a call that is not its own, nothing. About one that is over it is told so. */
export async function heardFromTerminal(
  db: Kysely<Database>,
  word: TerminalWord,
  deviceId: string,
  now: number,
): Promise<Heard> {
  return db.transaction().execute(async (tx) => {
    const call = await lockCall(tx, word.call)
    if (call?.device_id !== deviceId) return refused('not_yours')
    if (isOver(call)) {
      const isAsking = word.type === 'answer' || word.type === 'connected' || word.type === 'ringing'
      if (isAsking) await post(tx, 'terminal', { call: call.call_id, type: 'end', reason: call.reason ?? 'lost' }, now)
      return refused('over')
    }
    return fromTerminal(tx, call, word, now)
  })
}

async function fromTerminal(tx: Tx, call: CallRow, word: TerminalWord, now: number): Promise<Heard> {
  switch (word.type) {
    case 'answer':
    case 'ice':
    case 'muted':
    case 'silent':
    case 'ringing':
      return posted(await post(tx, 'desk', word satisfies WordToDesk, now))
    case 'connected': {
      await post(tx, 'desk', word, now)
      const events = await changeCall(tx, call, { type: 'answered' }, { now, notice: word.notice })
      return { answer: { ok: true }, events: events ?? [] }
    }
    case 'end':
      return { answer: { ok: true }, events: (await changeCall(tx, call, endOf(word.reason), { now })) ?? [] }
  }
}

function endOf(reason: Extract<TerminalWord, { type: 'end' }>['reason']): CallEvent {
  if (reason === 'resident') return { type: 'hang_up', by: 'resident' }
  return reason === 'media' ? { type: 'media' } : { type: 'refused', reason }
}
