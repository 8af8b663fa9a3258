import type { Kysely, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { rowEvent } from '../../cases/event.ts'
import { decideOwnershipOrThrow, lockCases, writeOwnership } from '../../cases/ownership.ts'
import { DomainError } from '../../contract/errors.ts'
import type { MessageKind, Reassign } from '../../contract/handover.ts'
import type { CaseEvent } from '../../contract/push.ts'
import { appendOutbox } from '../../store/outbox.ts'
import type { Database } from '../../store/schema.ts'
import { isAway } from '../duty.ts'
import { deskSettings } from '../settings.ts'
import { inputOf } from './handover.ts'
import { namesOf, withdrawOffer } from './offers.ts'

/** What a supervisor does with an operator's case: reassign it, look on, whisper. */

type Db = Kysely<Database>
type Tx = Transaction<Database>
interface By {
  userId: string
  now: number
}

const only = <T>([one]: readonly T[]): T => {
  if (one === undefined) throw new DomainError('not_found', 'There is no such case.')
  return one
}

/**
 * Gives a case to another operator; both desks are told. A case that nobody has is offered or claimed, not reassigned: it
 * would count as answered while nobody talks to anybody.
 * @throws DomainError not_found, stale_version, wrong_state, case_taken; invalid_request when the operator is not on duty
 */
export async function reassign(
  db: Db,
  caseId: string,
  { version, to, reason }: Reassign,
  by: By,
): Promise<CaseEvent[]> {
  return db.transaction().execute(async (tx) => {
    const row = only(await lockCases(tx, [caseId]))
    if (row.version !== version) {
      throw new DomainError('stale_version', 'The case has changed since you saw it. Look at it again, then decide.', {
        version: row.version,
      })
    }
    // A supervisor may give away her own case, too.
    if (row.owner_id !== by.userId) decideOwnershipOrThrow(inputOf(row, undefined), 'reassign', by.userId)
    const from = row.owner_id ?? ''
    if (to === from) throw wrongField('has this case already')
    await refuseUnlessOnDuty(tx, to, by.now)
    const names = await namesOf(tx, [from, to])
    await withdrawOffer(tx, caseId, by, 'reassigned')
    const detail = { from, fromName: names.get(from), to, toName: names.get(to), reason: reason.trim() }
    const changed = await writeOwnership(
      tx,
      row,
      { action: 'reassigned', actorId: by.userId, detail, ownerId: to },
      by.now,
    )
    await send(tx, { userId: to, caseId, kind: 'given', text: detail.reason }, by)
    if (from !== by.userId) await send(tx, { userId: from, caseId, kind: 'taken', text: detail.reason }, by)
    return appendOutbox(tx, [rowEvent(changed, by.now)], by.now)
  })
}

const wrongField = (message: string) =>
  new DomainError('invalid_request', 'This operator cannot take the case.', { errors: [{ field: 'to', message }] })

async function refuseUnlessOnDuty(tx: Tx, userId: string, now: number): Promise<void> {
  if (!(await namesOf(tx, [userId])).has(userId)) throw wrongField('no such operator, or the account is disabled')
  const row = await tx.selectFrom('duty').selectAll().where('user_id', '=', userId).executeTakeFirst()
  const { away } = await deskSettings(tx)
  const presence = row && {
    status: row.status,
    seenAt: row.seen_at?.getTime() ?? null,
    goneAt: row.gone_at?.getTime() ?? null,
  }
  if (!presence || presence.status === 'off' || isAway(presence, away.awaySeconds, now)) {
    throw wrongField('not on duty, or away from the desk')
  }
}

async function send(
  tx: Tx,
  { userId, caseId, kind, text }: { userId: string; caseId: string; kind: MessageKind; text: string },
  by: By,
): Promise<void> {
  await tx
    .insertInto('desk_message')
    .values({
      message_id: uuidv7(),
      user_id: userId,
      case_id: caseId,
      kind,
      from_id: by.userId,
      text,
      at: new Date(by.now),
    })
    .execute()
}

/**
 * A supervisor begins to look on: logged, and nothing else happens on the operator's desk.
 * @throws DomainError not_found, wrong_state, case_taken
 */
export async function startAssist(db: Db, caseId: string, by: By): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const row = only(await lockCases(tx, [caseId]))
    decideOwnershipOrThrow(inputOf(row, undefined), 'assist', by.userId)
    const begun = await tx
      .insertInto('case_assist')
      .values({ assist_id: uuidv7(), case_id: caseId, user_id: by.userId, started_at: new Date(by.now) })
      .onConflict((conflict) => conflict.columns(['case_id', 'user_id']).where('ended_at', 'is', null).doNothing())
      .executeTakeFirstOrThrow()
    if (begun.numInsertedOrUpdatedRows === 0n) return
    await writeOwnership(tx, row, { action: 'assisted', actorId: by.userId, detail: {}, quiet: true }, by.now)
  })
}

/** A supervisor goes away again; nothing when she was not there. @throws DomainError not_found */
export async function endAssist(db: Db, caseId: string, by: By): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const row = only(await lockCases(tx, [caseId]))
    const ended = await tx
      .updateTable('case_assist')
      .set({ ended_at: new Date(by.now) })
      .where('case_id', '=', caseId)
      .where('user_id', '=', by.userId)
      .where('ended_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (ended.numUpdatedRows === 0n) return
    await writeOwnership(tx, row, { action: 'assist_ended', actorId: by.userId, detail: {}, quiet: true }, by.now)
  })
}

/**
 * A supervisor's words to the operator who has the case, kept in its log. The version stays: what the operator is about to
 * press is not refused for it.
 * @throws DomainError not_found, wrong_state, case_taken
 */
export async function whisper(db: Db, caseId: string, text: string, by: By): Promise<CaseEvent[]> {
  return db.transaction().execute(async (tx) => {
    const row = only(await lockCases(tx, [caseId]))
    decideOwnershipOrThrow(inputOf(row, undefined), 'whisper', by.userId)
    const to = row.owner_id ?? ''
    const detail = { to, toName: (await namesOf(tx, [to])).get(to), text: text.trim() }
    await writeOwnership(tx, row, { action: 'whisper', actorId: by.userId, detail, quiet: true }, by.now)
    await send(tx, { userId: to, caseId, kind: 'whisper', text: detail.text }, by)
    return appendOutbox(tx, [rowEvent(row, by.now)], by.now)
  })
}
