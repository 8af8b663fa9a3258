import { type Kysely, sql } from 'kysely'
import type { SignalQuery, SignalView } from '../contract/api.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'

/** A page of the signals as they were recorded, newest first. */
export async function listSignals(
  db: Kysely<Database>,
  query: Omit<SignalQuery, 'limit'> & { limit: number },
): Promise<{ items: SignalView[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2)
  const { deviceId, from, to } = query
  const rows = await db
    .selectFrom('signal')
    .selectAll()
    .$if(deviceId !== undefined, (q) => q.where('device_id', '=', deviceId ?? ''))
    .$if(from !== undefined, (q) => q.where('received_at', '>=', new Date(from ?? 0)))
    .$if(to !== undefined, (q) => q.where('received_at', '<', new Date(to ?? 0)))
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(received_at, signal_id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`),
    )
    .orderBy('received_at', 'desc')
    .orderBy('signal_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return page(
    rows,
    query.limit,
    (row) => [row.received_at.toISOString(), row.signal_id],
    (row) => ({
      signalId: row.signal_id,
      deviceId: row.device_id,
      messageId: row.message_id,
      type: row.type,
      deviceTs: iso(row.device_ts),
      occurredAt: row.occurred_at.toISOString(),
      receivedAt: row.received_at.toISOString(),
      residentId: row.resident_id,
      protocol: row.protocol,
      detail: row.detail,
    }),
  )
}
