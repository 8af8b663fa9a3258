import type { Kysely, Transaction } from 'kysely'
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
 * Does something that must not stay unnoted: the work and its audit line are committed together or not at all.
 * @param subject the id of what it was done to, from the work's result
 */
export function audited<T>(
  db: Kysely<Database>,
  by: { userId: string; action: string },
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
