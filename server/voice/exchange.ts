import { type Kysely, sql, type Transaction } from 'kysely'
import type { ExchangeCallView, ExchangeRecord, ExchangeStored } from '../contract/exchange.ts'
import type { CaseEvent } from '../contract/push.ts'
import { decodeCursor, page } from '../store/cursor.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'
import { logOnCase } from './change.ts'
import { isTelling, maskNumber, plainNumber } from './phone.ts'

type Tx = Transaction<Database>

const time = (value: string | null | undefined): Date | null => (value == null ? null : new Date(value))

/**
 * Keeps a record of the exchange, and puts it to the open case of whoever has the number. A record that is known already
 * changes nothing, but what it lacked is added: an exchange may tell of a call first when it begins.
 */
export async function storeRecord(
  tx: Tx,
  record: ExchangeRecord,
  now: number,
): Promise<{ stored: ExchangeStored; events: CaseEvent[] }> {
  const { externalId, direction, from, to } = record
  const answered_at = time(record.answeredAt)
  const ended_at = time(record.endedAt)
  const recording_url = record.recordingUrl ?? null
  const caseId = await openCaseOf(tx, direction === 'in' ? from : to)
  const written = await tx
    .insertInto('exchange_call')
    .values({
      external_id: externalId,
      direction,
      from_number: from,
      to_number: to,
      started_at: new Date(record.startedAt),
      answered_at,
      ended_at,
      recording_url,
      case_id: caseId,
      received_at: new Date(now),
    })
    .onConflict((c) => c.doNothing())
    .executeTakeFirst()
  if (written.numInsertedOrUpdatedRows === 1n) {
    if (caseId === null) return { stored: { externalId, caseId, repeated: false }, events: [] }
    const detail = { externalId, direction, answered: answered_at !== null, seconds: secondsOf(answered_at, ended_at) }
    const events = await logOnCase(tx, caseId, { action: 'exchange_call', actorId: null, now, detail })
    return { stored: { externalId, caseId, repeated: false }, events }
  }
  const known = await tx
    .updateTable('exchange_call')
    .set((eb) => ({
      answered_at: eb.fn.coalesce('answered_at', eb.val(answered_at)),
      ended_at: eb.fn.coalesce('ended_at', eb.val(ended_at)),
      recording_url: eb.fn.coalesce('recording_url', eb.val(recording_url)),
    }))
    .where('external_id', '=', externalId)
    .returning('case_id')
    .executeTakeFirstOrThrow()
  return { stored: { externalId, caseId: known.case_id, repeated: true }, events: [] }
}

const secondsOf = (from: Date | null, to: Date | null): number | null =>
  from === null || to === null ? null : Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000))

/** The newest open case whose resident, or one of the resident's contacts, has this number. */
async function openCaseOf(tx: Tx, number: string): Promise<string | null> {
  const wanted = plainNumber(number)
  if (!isTelling(wanted)) return null
  // Open cases are few; their numbers are compared here, because people write them in many ways.
  const { rows } = await sql<{ case_id: string; phone: string }>`
    select c.case_id, p.phone from alarm_case c
    join lateral (
      select phone from resident where resident_id = c.resident_id and phone is not null
      union all select phone from contact where resident_id = c.resident_id
    ) p on true
    where c.state in ('new', 'claimed', 'dispatched', 'on_scene')
      and right(regexp_replace(p.phone, '\\D', '', 'g'), 7) = ${wanted.slice(-7)}
    order by c.opened_at desc`.execute(tx)
  return rows.find(({ phone }) => plainNumber(phone) === wanted)?.case_id ?? null
}

/** A page of the exchange's records, newest first; numbers are masked. */
export async function listRecords(
  db: Kysely<Database>,
  { matched, cursor, limit }: { matched?: boolean; cursor?: string; limit: number },
): Promise<{ items: ExchangeCallView[]; nextCursor: string | null }> {
  const after = cursor === undefined ? null : decodeCursor(cursor, 2)
  const rows = await db
    .selectFrom('exchange_call')
    .selectAll()
    .$if(matched !== undefined, (q) => q.where('case_id', matched ? 'is not' : 'is', null))
    .$if(after !== null, (q) =>
      q.where(sql<boolean>`(started_at, external_id) < (${after?.[0]}::timestamptz, ${after?.[1]}::text)`),
    )
    .orderBy('started_at', 'desc')
    .orderBy('external_id', 'desc')
    .limit(limit + 1)
    .execute()
  return page(
    rows,
    limit,
    (row) => [row.started_at.toISOString(), row.external_id],
    (row) => ({
      externalId: row.external_id,
      direction: row.direction,
      from: maskNumber(row.from_number),
      to: maskNumber(row.to_number),
      startedAt: row.started_at.toISOString(),
      answeredAt: iso(row.answered_at),
      endedAt: iso(row.ended_at),
      hasRecording: row.recording_url !== null,
      caseId: row.case_id,
    }),
  )
}
