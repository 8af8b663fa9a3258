import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/**
 * A dump that is restored into another server comes to one whose transactions count from a lower number: what is written
 * then would lie under old seals. The owner moves the numbers up, once, before anything is written.
 * @returns whether they had to be moved
 */
export async function alignSeals(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql<{ highest: number; position: number; start: number }>`
    select greatest(coalesce((select max(to_tx) from audit_seal), 0), coalesce((select max(written_in) from audit), 0),
        coalesce((select max(written_in) from case_log), 0), coalesce((select max(written_in) from signal), 0)) as highest,
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint + seal_offset() as position,
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint as start`.execute(db)
  const [row] = rows
  if (row === undefined || row.highest <= row.position) return false
  const offset = row.highest - row.start + 1
  await sql
    .raw(`create or replace function seal_offset() returns bigint language sql immutable as 'select ${offset}::bigint'`)
    .execute(db)
  return true
}
