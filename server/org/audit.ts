import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../store/schema.ts'

export interface AuditEntry {
  userId: string | null
  /** What was done, e.g. `session.open`, `device.create`, `dead_letters.read`. */
  action: string
  /** Id of what it was done to; no personal data. */
  subject: string | null
  detail?: Record<string, unknown>
}

/** Notes who did what. Append-only; the application has no right to change it. */
export async function audit(db: Kysely<Database>, entry: AuditEntry, now: number): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      at: new Date(now),
      user_id: entry.userId,
      action: entry.action,
      subject: entry.subject,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute()
}

/**
 * Notes what is read again and again (a case that stays open on a screen) once within a time: the entry says that it was
 * looked at from then on, and another follows when it still is after that.
 */
export async function auditOnce(
  db: Kysely<Database>,
  { userId, action, subject, detail = {} }: AuditEntry,
  now: number,
  withinMs: number,
): Promise<void> {
  const at = new Date(now)
  const json = JSON.stringify(detail)
  await sql`
    insert into audit (at, user_id, action, subject, detail)
    select ${at}::timestamptz, ${userId}::uuid, ${action}::text, ${subject}::text, ${json}::jsonb
    where not exists (
      select from audit where user_id is not distinct from ${userId}::uuid and action = ${action}::text
        and subject is not distinct from ${subject}::text and detail = ${json}::jsonb
        and at > ${new Date(now - withinMs)}::timestamptz and at <= ${at}::timestamptz
    )`.execute(db)
}

/** Notes that somebody is sent the queue's changes: the same entry, as rarely, as when she fetches it. */
export function noteFollowing(db: Kysely<Database>, userId: string, now: number): Promise<void> {
  return auditOnce(db, { userId, action: 'cases.list', subject: null }, now, 600_000)
}

/**
 * Does something that must not stay unnoted: the work and its audit line are committed together or not at all.
 * @param subject the id of what it was done to, from the work's result
 */
export function audited<T>(
  db: Kysely<Database>,
  by: { userId: string; action: string; detail?: Record<string, unknown> },
  now: number,
  work: (tx: Transaction<Database>) => Promise<T>,
  subject: (result: T) => string,
): Promise<T> {
  return db.transaction().execute(async (tx) => {
    const result = await work(tx)
    await audit(tx, { ...by, subject: subject(result) }, now)
    return result
  })
}
