import type { Selectable, Transaction } from 'kysely'
import type { LogAction } from '../contract/case.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { WordToDesk, WordToTerminal } from '../contract/voice.ts'
import { RING_MS, SILENT_MS } from '../contract/voice-times.ts'
import { appendOutbox } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'
import { type CallEvent, nextCall } from './transitions.ts'

type Tx = Transaction<Database>
export type CallRow = Selectable<Database['voice_call']>

/** A word as it waits for its way; what the terminal's offer needs of ICE servers is added when it goes out. */
type Waiting =
  | WordToDesk
  | Exclude<WordToTerminal, { type: 'offer' }>
  | Omit<Extract<WordToTerminal, { type: 'offer' }>, 'iceServers'>

/** Words of one side that may wait; more means that the other one is gone. */
const MOST_WAITING = 100

/** Puts a word on its way. False: too many wait already. */
export async function post(tx: Tx, side: 'terminal' | 'desk', word: Waiting, now: number): Promise<boolean> {
  const { waiting } = await tx
    .selectFrom('voice_message')
    .select((eb) => eb.fn.countAll<number>().as('waiting'))
    .where('call_id', '=', word.call)
    .where('side', '=', side)
    .executeTakeFirstOrThrow()
  if (Number(waiting) >= MOST_WAITING) return false
  await tx
    .insertInto('voice_message')
    .values({ call_id: word.call, side, body: JSON.stringify(word), created_at: new Date(now) })
    .execute()
  return true
}

/** Until when a call in this state may go on without a word. */
export const dueAt = (state: CallRow['state'], now: number): Date | null =>
  state === 'ringing' ? new Date(now + RING_MS) : state === 'connected' ? new Date(now + SILENT_MS) : null

/**
 * Carries out one event on a call whose row is locked: state, log line, last words and outgoing event.
 * @returns the events that were appended; null: the event changes nothing
 */
export async function changeCall(
  tx: Tx,
  call: CallRow,
  event: CallEvent,
  { now, notice = false }: { now: number; notice?: boolean },
): Promise<CaseEvent[] | null> {
  const next = nextCall(call.state, event)
  if (next === null) return null
  const at = new Date(now)
  const isOver = next.state === 'ended' || next.state === 'failed'
  await tx
    .updateTable('voice_call')
    .set({
      state: next.state,
      due_at: dueAt(next.state, now),
      ...(next.reason === null ? {} : { reason: next.reason }),
      ...(next.state === 'connected' ? { answered_at: at } : {}),
      ...(notice && call.record ? { notice_at: at } : {}),
      ...(isOver ? { ended_at: at } : {}),
    })
    .where('call_id', '=', call.call_id)
    .execute()
  if (isOver && next.reason !== null) {
    // What was still on its way would ring at a terminal that comes back later.
    await tx.deleteFrom('voice_message').where('call_id', '=', call.call_id).execute()
    for (const side of ['terminal', 'desk'] as const) {
      await post(tx, side, { call: call.call_id, type: 'end', reason: next.reason }, now)
    }
  }
  const seconds = call.answered_at === null ? 0 : Math.round((now - call.answered_at.getTime()) / 1000)
  return logCall(tx, call, isOver ? 'call_ended' : 'call_connected', {
    now,
    detail: isOver ? { reason: next.reason, seconds } : { notice: notice && call.record },
  })
}

/** A line in the log of the case, without a new version, and the event that makes desks look. */
export function logCall(
  tx: Tx,
  call: Pick<CallRow, 'call_id' | 'case_id' | 'device_id' | 'operator_id'>,
  action: LogAction,
  { now, detail = {} }: { now: number; detail?: Record<string, unknown> },
): Promise<CaseEvent[]> {
  return logOnCase(tx, call.case_id, {
    action,
    actorId: call.operator_id,
    now,
    detail: { callId: call.call_id, deviceId: call.device_id, ...detail },
  })
}

/** The same for what is no call to a terminal. */
export async function logOnCase(
  tx: Tx,
  caseId: string,
  line: { action: LogAction; actorId: string | null; now: number; detail: Record<string, unknown> },
): Promise<CaseEvent[]> {
  const row = await tx.selectFrom('alarm_case').selectAll().where('case_id', '=', caseId).executeTakeFirstOrThrow()
  const { state, version } = row
  await tx
    .insertInto('case_log')
    .values({
      case_id: caseId,
      at: new Date(line.now),
      action: line.action,
      actor_id: line.actorId,
      from_state: state,
      to_state: state,
      version,
      detail: JSON.stringify(line.detail),
    })
    .execute()
  const { priority, kind, category, resident_id: residentId } = row
  const suppressed = row.suppression_id !== null
  return appendOutbox(
    tx,
    [{ caseId, version, state, priority, kind, category, residentId, suppressed, at: line.now }],
    line.now,
  )
}
