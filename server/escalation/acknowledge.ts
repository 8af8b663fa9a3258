import { sql, type Transaction } from 'kysely'
import { cancelNotifications } from '../notify/outbox.ts'
import type { Database } from '../store/schema.ts'

type Tx = Transaction<Database>

/** Who took a case, and in what state it is then: that decides how long silence is accepted. */
export interface Acknowledgement {
  caseId: string
  /** Null: one of the resident's contacts or a group of responders. */
  userId: string | null
  sent: boolean
  /** A hold ends sooner than anything else. */
  holdUntil: Date | null
}

/**
 * Somebody has taken the case: nothing more is told, and what waits to be sent is taken back, in the same transaction. The
 * silence that is accepted from now on is the policy's. Does nothing to a case that does not escalate, yet or any more.
 */
export async function acknowledge(
  tx: Tx,
  { caseId, userId, sent, holdUntil }: Acknowledgement,
  now: number,
): Promise<void> {
  const seconds = sent ? 'dispatchedForSeconds' : 'acknowledgeForSeconds'
  await sql`
    update escalation e set state = 'acknowledged', ack_by = ${userId}, step = 0, round = 0,
      held = ${holdUntil !== null}, ack_until = coalesce(${holdUntil}::timestamptz, until.at), due_at = coalesce(${holdUntil}::timestamptz, until.at)
    from escalation_policy p
    cross join lateral (
      select ${new Date(now)}::timestamptz + make_interval(secs => (p.policy->>${seconds}::text)::int) as at
    ) until
    where e.case_id = ${caseId} and p.version = e.policy_version and e.state <> 'ended'`.execute(tx)
  await cancelNotifications(tx, caseId, now)
}

/** The case is being worked on: the time of silence begins anew, unless a hold ends sooner. */
export async function extend(tx: Tx, { caseId, userId, sent, holdUntil }: Acknowledgement, now: number): Promise<void> {
  const { rows } = await sql`
    select 1 from escalation where case_id = ${caseId} and state = 'acknowledged'`.execute(tx)
  if (rows.length > 0) await acknowledge(tx, { caseId, userId, sent, holdUntil }, now)
}

/** The work is done. */
export async function end(tx: Tx, caseId: string, now: number): Promise<void> {
  await sql`
    update escalation set state = 'ended', due_at = null, ack_until = null where case_id = ${caseId}`.execute(tx)
  await cancelNotifications(tx, caseId, now)
}

/** The case waits again as on its first day; the policy is chosen anew when its first step comes. */
export async function restart(tx: Tx, caseId: string, now: number): Promise<void> {
  const at = new Date(now)
  await sql`
    update escalation set state = 'pending', step = 0, round = 0, base_at = ${at}, due_at = ${at}, ack_until = null,
      ack_by = null, held = false, level = 0, told_at = null
    where case_id = ${caseId}`.execute(tx)
  await cancelNotifications(tx, caseId, now)
}
