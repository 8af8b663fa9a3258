import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { OPEN_STATES } from '../contract/case.ts'
import { DomainError } from '../contract/errors.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'
import { type CallRow, changeCall, dueAt, logCall } from './change.ts'
import { voiceSettings } from './settings.ts'
import type { CallEvent } from './transitions.ts'

type Db = Kysely<Database>
type Tx = Transaction<Database>

/** A call's row, locked. */
export const lockCall = (tx: Tx, callId: string): Promise<CallRow | undefined> =>
  tx.selectFrom('voice_call').selectAll().where('call_id', '=', callId).forUpdate().executeTakeFirst()

/**
 * Begins a call to a terminal of the case's resident.
 * @throws DomainError not_found, wrong_state, drill_case, not_owner, no_terminal, terminal_offline, call_open
 */
export async function startCall(
  db: Db,
  { caseId, deviceId, userId }: { caseId: string; deviceId: string | undefined; userId: string },
  now: number,
): Promise<{ callId: string; events: CaseEvent[] }> {
  return db.transaction().execute(async (tx) => {
    const found = await tx
      .selectFrom('alarm_case')
      .selectAll()
      .where('case_id', '=', caseId)
      .forShare()
      .executeTakeFirst()
    if (!found) throw new DomainError('not_found', 'There is no such case.')
    if (!OPEN_STATES.some((state) => state === found.state)) {
      throw new DomainError('wrong_state', 'This case is resolved. Reopen it to call again.')
    }
    if (found.purpose !== 'real') throw new DomainError('drill_case', 'This is a drill: nobody outside is called.')
    if (found.owner_id !== userId) throw new DomainError('not_owner', 'Only who has this case may call. Take it first.')
    const terminal = await terminalOf(tx, found.resident_id, deviceId)
    const { recording } = await voiceSettings(tx)
    const call = {
      call_id: uuidv7(),
      case_id: caseId,
      device_id: terminal,
      operator_id: userId,
      desk_id: null,
      state: 'ringing' as const,
      reason: null,
      auto: found.category === 'emergency' && !found.cancelled && (await wasCalledForHelp(tx, caseId)),
      record: recording === 'with_notice',
      started_at: new Date(now),
      due_at: dueAt('ringing', now),
    }
    const written = await tx
      .insertInto('voice_call')
      .values(call)
      .onConflict((c) => c.doNothing())
      .executeTakeFirst()
    if (written.numInsertedOrUpdatedRows !== 1n) {
      throw new DomainError('call_open', 'You or this terminal are in a call already. End that one first.')
    }
    return {
      callId: call.call_id,
      events: await logCall(tx, call, 'call_started', { now, detail: { auto: call.auto } }),
    }
  })
}

/** The terminal that was named, or the connected one. Only her own: nobody listens into another home. */
async function terminalOf(tx: Tx, residentId: string | null, deviceId: string | undefined): Promise<string> {
  const terminals = residentId === null ? [] : await terminalsOf(tx, residentId)
  const named = deviceId === undefined ? terminals : terminals.filter((one) => one.deviceId === deviceId)
  const [first] = named
  if (first === undefined) {
    throw new DomainError('no_terminal', 'The resident of this case has no such terminal. Telephone instead.')
  }
  if (!first.online) throw new DomainError('terminal_offline', 'The terminal is not connected. Telephone instead.')
  return first.deviceId
}

/** Terminals that can be talked through, connected ones first. */
export async function terminalsOf(
  db: Db | Tx,
  residentId: string,
): Promise<{ deviceId: string; room: string | null; online: boolean }[]> {
  const rows = await db
    .selectFrom('device')
    .leftJoin('device_state', 'device_state.device_id', 'device.device_id')
    .select(['device.device_id', 'device.room', 'device_state.online'])
    .where('device.resident_id', '=', residentId)
    .where('device.kind', '=', 'terminal')
    .where('device.protocol', '=', 'native')
    .where('device.enabled', '=', true)
    .where('device.lifecycle', '<>', 'retired')
    .orderBy(sql`device_state.online is true desc`)
    .orderBy('device.device_id')
    .execute()
  return rows.map((row) => ({ deviceId: row.device_id, room: row.room, online: row.online === true }))
}

/** A press or a fall that nobody has taken back. */
async function wasCalledForHelp(tx: Tx, caseId: string): Promise<boolean> {
  const alert = await tx
    .selectFrom('alert')
    .select('alert_id')
    .where('case_id', '=', caseId)
    .where('kind', 'in', ['sos', 'fall'])
    .where('device_state', '=', 'active')
    .limit(1)
    .executeTakeFirst()
  return alert !== undefined
}

/** The operator hangs up. What is over already stays as it is. @throws DomainError not_found, not_owner */
export async function endCall(db: Db, callId: string, userId: string, now: number): Promise<CaseEvent[]> {
  return db.transaction().execute(async (tx) => {
    const call = await lockCall(tx, callId)
    if (!call) throw new DomainError('not_found', 'There is no such call.')
    if (call.operator_id !== userId) throw new DomainError('not_owner', 'This is another operator’s call.')
    const event: CallEvent = { type: 'hang_up', by: 'operator' }
    return (await changeCall(tx, call, event, { now })) ?? []
  })
}

/** Ends calls whose time is over, one after the other; any node may do it. */
export async function endDueCalls(
  db: Db,
  now: number,
  committed: (events: readonly CaseEvent[]) => void,
): Promise<void> {
  for (;;) {
    const events = await db.transaction().execute(async (tx) => {
      const call = await tx
        .selectFrom('voice_call')
        .selectAll()
        .where('due_at', '<=', new Date(now))
        .orderBy('due_at')
        .limit(1)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst()
      return call === undefined ? null : changeCall(tx, call, { type: 'due' }, { now })
    })
    if (events === null) return
    committed(events)
  }
}
