import { type Kysely, sql } from 'kysely'
import type { Database } from '../store/schema.ts'

/** Users who are at work now: signed in, at some desk. The one place that knows. */
export async function onDuty(db: Kysely<Database>, now: number): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ user_id: string }>`
    select distinct session.user_id from session join app_user using (user_id)
    where expires_at > ${new Date(now)} and enabled`.execute(db)
  return new Set(rows.map((row) => row.user_id))
}
