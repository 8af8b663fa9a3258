import { type Kysely, sql, type Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { NotifyChannel, RecipientKind } from '../contract/notify.ts'
import type { Database } from '../store/schema.ts'

/** Messages to people wait in a table: written with what causes them, sent by whichever node comes first. */

/** A message about a case that comes later than this helps nobody, ms. */
const LIFE_MS = 30 * 60_000

export interface NewNotification {
  caseId: string
  policyVersion: number
  /** Both from 0. */
  step: number
  round: number
  channel: NotifyChannel
  kind: RecipientKind
  id: string
  /** How long it waits before it is sent, ms. */
  delayMs: number
}

/** Queues messages in the transaction of what they are about. What goes to the desks is delivered with its event. */
export async function queueNotifications(
  tx: Transaction<Database>,
  messages: readonly NewNotification[],
  now: number,
): Promise<void> {
  if (messages.length === 0) return
  const at = new Date(now)
  await tx
    .insertInto('notification')
    .values(
      messages.map((one) => {
        const dueAt = new Date(now + one.delayMs)
        const isDesk = one.channel === 'desk'
        return {
          notification_id: uuidv7(),
          case_id: one.caseId,
          policy_version: one.policyVersion,
          step: one.step,
          round: one.round,
          channel: one.channel,
          recipient_kind: one.kind,
          recipient_id: one.id,
          created_at: at,
          expires_at: new Date(dueAt.getTime() + LIFE_MS),
          ...(isDesk
            ? { state: 'sent' as const, due_at: null, sent_at: at, settled_at: at }
            : { state: 'queued' as const, due_at: dueAt }),
        }
      }),
    )
    .execute()
}

/** Nobody needs to be told of this case any more: takes back whatever has not been sent. @returns how many */
export async function cancelNotifications(db: Kysely<Database>, caseId: string, now: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update notification set state = 'cancelled', due_at = null, settled_at = ${new Date(now)}
    where case_id = ${caseId} and state = 'queued'`.execute(db)
  return Number(numAffectedRows ?? 0)
}
