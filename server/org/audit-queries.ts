import { type Kysely, sql } from 'kysely'
import type { AuditEntryView, AuditFilters, AuditQuery } from '../contract/audit.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'

type Db = Kysely<Database>
type Filters = Omit<AuditQuery, 'cursor' | 'limit'>

/** Rows of an export at most; more has to be asked for by time. */
export const EXPORT_ROWS = 50_000

function entries(db: Db, { userId, action, subject, from, to }: Filters) {
  return db
    .selectFrom('audit')
    .leftJoin('app_user', 'app_user.user_id', 'audit.user_id')
    .select(['audit_id', 'at', 'audit.user_id', 'display_name', 'action', 'subject', 'detail'])
    .$if(userId !== undefined, (q) => q.where('audit.user_id', '=', userId ?? null))
    .$if(action !== undefined, (q) => q.where('action', '=', action ?? ''))
    .$if(subject !== undefined, (q) => q.where('subject', '=', subject ?? null))
    .$if(from !== undefined, (q) => q.where('at', '>=', new Date(from ?? 0)))
    .$if(to !== undefined, (q) => q.where('at', '<', new Date(to ?? 0)))
    .orderBy('at', 'desc')
    .orderBy('audit_id', 'desc')
}

type Row = Awaited<ReturnType<ReturnType<typeof entries>['execute']>>[number]

const view = (row: Row): AuditEntryView => ({
  auditId: row.audit_id,
  at: row.at.toISOString(),
  userId: row.user_id,
  user: row.display_name,
  action: row.action,
  subject: row.subject,
  detail: row.detail,
})

/** A page of entries, newest first. */
export async function listAudit(
  db: Db,
  { cursor, limit = 100, ...filters }: AuditQuery,
): Promise<{ items: AuditEntryView[]; nextCursor: string | null }> {
  const after = cursor === undefined ? null : decodeCursor(cursor, 2)
  const rows = await entries(db, filters)
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(at, audit_id) < (${after?.[0]}::timestamptz, ${after?.[1]}::bigint)`),
    )
    .limit(limit + 1)
    .execute()
  return page(rows, limit, (row) => [row.at.toISOString(), row.audit_id], view)
}

/** The newest entries for an export. */
export async function exportAudit(db: Db, filters: Filters): Promise<AuditEntryView[]> {
  return (await entries(db, filters).limit(EXPORT_ROWS).execute()).map(view)
}

/** Everybody who has an account, and each action that has been noted. */
export async function auditFilters(db: Db): Promise<AuditFilters> {
  const users = await db
    .selectFrom('app_user')
    .select(['user_id', 'display_name'])
    .where('service', '=', false)
    .orderBy('display_name')
    .execute()
  // One look into the index for each action instead of going over all entries.
  const { rows } = await sql<{ action: string }>`
    with recursive named as (
      (select action from audit order by action limit 1)
      union all
      select (select action from audit where audit.action > named.action order by action limit 1)
      from named where named.action is not null
    ) select action from named where action is not null`.execute(db)
  return {
    users: users.map((row) => ({ userId: row.user_id, displayName: row.display_name })),
    actions: rows.map(({ action }) => action),
  }
}
