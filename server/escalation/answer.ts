import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { rowEvent } from '../cases/event.ts'
import { DomainError } from '../contract/errors.ts'
import type { NotificationAnswer } from '../contract/notify.ts'
import type { CaseEvent } from '../contract/push.ts'
import { appendOutbox } from '../store/outbox.ts'
import type { Database } from '../store/schema.ts'
import { acknowledge } from './acknowledge.ts'

type Notification = Selectable<Database['notification']>

/**
 * What became of a call or a message, as whoever carried it says. `accepted`, 1 was pressed: whoever was called takes
 * responsibility, if the case still waits for somebody; it stays in the queue, and escalates again when nothing is heard.
 * Saying it twice changes nothing.
 * @throws DomainError not_found
 */
export async function takeAnswer(
  db: Kysely<Database>,
  notificationId: string,
  answer: NotificationAnswer,
  now: number,
): Promise<{ taken: boolean; events: CaseEvent[] }> {
  return db.transaction().execute(async (tx) => {
    const found = await tx
      .selectFrom('notification')
      .select('case_id')
      .where('notification_id', '=', notificationId)
      .executeTakeFirst()
    if (found === undefined) throw new DomainError('not_found', 'There is no such notification.')
    // The case first, as operators' commands do: two who take it at once come one after the other.
    const row = await tx
      .selectFrom('alarm_case')
      .selectAll()
      .where('case_id', '=', found.case_id)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow()
    const { rows } = await sql<Notification>`
      select * from notification where notification_id = ${notificationId} for no key update`.execute(tx)
    const [notification] = rows
    if (notification === undefined) throw new Error('a notification was deleted')
    const news = await note(tx, notification, answer, now)
    if (answer !== 'accepted' || !news) return { taken: false, events: [] }
    const waits = await isPending(tx, row.case_id)
    if (!waits || row.state !== 'new') return { taken: false, events: [] }
    const userId = notification.recipient_kind === 'user' ? notification.recipient_id : null
    await acknowledge(tx, { caseId: row.case_id, userId, sent: false, holdUntil: null }, now)
    await tx
      .insertInto('case_log')
      .values({
        case_id: row.case_id,
        at: new Date(now),
        action: 'responsibility_taken',
        actor_id: userId,
        from_state: row.state,
        to_state: row.state,
        version: row.version,
        detail: JSON.stringify({
          notificationId,
          recipient: { kind: notification.recipient_kind, id: notification.recipient_id },
        }),
      })
      .execute()
    return { taken: true, events: await appendOutbox(tx, [rowEvent(row, now)], now) }
  })
}

async function isPending(tx: Transaction<Database>, caseId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from escalation where case_id = ${caseId} and state in ('pending', 'exhausted')`.execute(tx)
  return rows.length > 0
}

const STATES = {
  accepted: { state: 'delivered', error: null },
  delivered: { state: 'delivered', error: null },
  declined: { state: 'delivered', error: 'declined' },
  no_answer: { state: 'failed', error: 'no_answer' },
  failed: { state: 'failed', error: 'refused' },
} as const satisfies Record<NotificationAnswer, Pick<Notification, 'state' | 'error'>>

/** @returns false when that was known already; `accepted` is news even after `delivered` */
async function note(
  tx: Transaction<Database>,
  { notification_id, state, error }: Notification,
  answer: NotificationAnswer,
  now: number,
): Promise<boolean> {
  const to = STATES[answer]
  // What was taken back before stays so, but whoever was on the line all the same may press 1.
  if (state === 'cancelled') return answer === 'accepted'
  if (answer !== 'accepted' && state === to.state && error === to.error) return false
  await tx
    .updateTable('notification')
    .set({ ...to, due_at: null, settled_at: new Date(now) })
    .where('notification_id', '=', notification_id)
    .execute()
  return true
}
