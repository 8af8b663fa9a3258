import { type Kysely, sql } from 'kysely'
import type { Database } from '../../store/schema.ts'

/** Lines of the log that are taken over at a time. */
const STEP = 20_000

/** Makes what was written before this search existed findable, some thousand lines at a time. Any node may do it. */
export async function takeOverWords(db: Kysely<Database>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ log_id: number; to_log_id: number }>`
      select log_id, to_log_id from case_words_mark where log_id < to_log_id for update skip locked`.execute(tx)
    const [mark] = rows
    if (mark === undefined) return
    const until = Math.min(mark.log_id + STEP, mark.to_log_id)
    await sql`select take_over_words(${mark.log_id}::bigint, ${until}::bigint)`.execute(tx)
    await sql`update case_words_mark set log_id = ${until}`.execute(tx)
  })
}
