import { type Kysely, sql } from 'kysely'
import type { Database } from '../store/schema.ts'

/**
 * A desk that was connected so recently counts as there, ms. Longer than the desks' own presence is believed: after a restart
 * of the platform they need some seconds to come back, and nobody else should be called for that.
 */
const THERE_MS = 60_000

export interface AtWork {
  /** Has begun a shift, is not on a break, and sits at a desk. */
  onDuty: boolean
  /** Has the console open somewhere. */
  atDesk: boolean
}

/** Who is at work now, by user; whoever is not in it is not. */
export async function atWork(db: Kysely<Database>, now: number): Promise<ReadonlyMap<string, AtWork>> {
  const since = new Date(now - THERE_MS)
  const { rows } = await sql<{ user_id: string; on_duty: boolean }>`
    select user_id, status in ('ready', 'busy') as on_duty from duty join app_user using (user_id)
    where enabled and seen_at > ${since} and (gone_at is null or gone_at > ${since})`.execute(db)
  return new Map(rows.map((row) => [row.user_id, { onDuty: row.on_duty, atDesk: true }]))
}
