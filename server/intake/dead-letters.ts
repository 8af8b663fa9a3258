import { type Kysely, sql } from 'kysely'
import type { DeadLetterView } from '../contract/api.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'

const SHOWN_CHARACTERS = 2_000

/** A page of what could not be read, newest first. */
export async function listDeadLetters(
  db: Kysely<Database>,
  query: { cursor?: string; limit: number },
): Promise<{ items: DeadLetterView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const rows = await db
    .selectFrom('dead_letter')
    .selectAll()
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(received_at, dead_letter_id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`),
    )
    .orderBy('received_at', 'desc')
    .orderBy('dead_letter_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(
    rows,
    query.limit,
    (row) => [row.received_at.toISOString(), row.dead_letter_id],
    (row) => ({
      deadLetterId: row.dead_letter_id,
      receivedAt: row.received_at.toISOString(),
      deviceId: row.device_id,
      protocol: row.protocol,
      topic: row.topic,
      reason: row.reason,
      explanation: row.explanation,
      bytes: row.bytes,
      text: row.payload.toString('utf8').slice(0, SHOWN_CHARACTERS),
    }),
  )
}
