import { type Kysely, sql } from 'kysely'
import type { NotificationState, NotificationView } from '../contract/notify.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'

interface Row {
  notification_id: string
  case_id: string
  channel: NotificationView['channel']
  recipient_kind: NotificationView['recipient']['kind']
  recipient_id: string
  name: string | null
  step: number
  round: number
  state: NotificationState
  attempts: number
  created_at: Date
  due_at: Date | null
  sent_at: Date | null
  settled_at: Date | null
  error: NotificationView['error']
}

/** Notifications, newest first. */
export async function listNotifications(
  db: Kysely<Database>,
  query: { cursor?: string; limit: number; state?: NotificationState; caseId?: string },
): Promise<{ items: NotificationView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 1)
  const { rows } = await sql<Row>`
    select n.*, coalesce(u.display_name, g.name) as name
    from notification n
    left join app_user u on n.recipient_kind = 'user' and u.user_id::text = n.recipient_id
    left join responder_group g on n.recipient_kind = 'group' and g.group_id = n.recipient_id
    where ${query.state === undefined ? sql`true` : sql`n.state = ${query.state}`}
      and ${query.caseId === undefined ? sql`true` : sql`n.case_id = ${query.caseId}`}
      and ${after === null ? sql`true` : sql`n.notification_id < ${after[0]}::uuid`}
    order by n.notification_id desc limit ${query.limit + 1}`.execute(db)
  return page(rows, query.limit, (row) => [row.notification_id], view)
}

const view = (row: Row): NotificationView => ({
  notificationId: row.notification_id,
  caseId: row.case_id,
  channel: row.channel,
  recipient: { kind: row.recipient_kind, name: row.recipient_kind === 'contact' ? row.recipient_id : row.name },
  step: row.step + 1,
  round: row.round + 1,
  state: row.state,
  attempts: row.attempts,
  createdAt: row.created_at.toISOString(),
  dueAt: iso(row.due_at),
  sentAt: iso(row.sent_at),
  settledAt: iso(row.settled_at),
  error: row.error,
})
