import { type Kysely, sql, type Transaction } from 'kysely'
import type { CaseEvent } from '../contract/push.ts'
import type { Database } from './schema.ts'

/** An event before it has its number. */
export type NewEvent = Omit<CaseEvent, 'seq'>

/**
 * The parts of a statement that append events: `with ${outboxParts(…)} … select base from head`. Updating the head locks
 * it until the commit, which makes `seq` follow the order of commits without holes, and one transaction wait for the
 * other: it belongs into a transaction's last statement but the commit.
 */
export function outboxParts(events: readonly NewEvent[], now: number) {
  return sql`
    head as (
      update outbox_head set seq = seq + ${events.length} returning seq - ${events.length} as base
    ), appended as (
      insert into outbox (seq, case_id, event, created_at)
      select head.base + e.ordinality, (e.value->>'caseId')::uuid, e.value, ${new Date(now)}
      from head, jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality e
    )`
}

/** The events as they stand in the outbox. @param base what `outboxParts` gave */
export function numbered(events: readonly NewEvent[], base: number): CaseEvent[] {
  return events.map((event, n) => ({ seq: base + n + 1, ...event }))
}

/** Appends events in a statement of their own; see `outboxParts`. */
export async function appendOutbox(
  tx: Transaction<Database>,
  events: readonly NewEvent[],
  now: number,
): Promise<CaseEvent[]> {
  const { rows } = await sql<{ base: number }>`with ${outboxParts(events, now)} select base from head`.execute(tx)
  return numbered(events, baseOf(rows))
}

/** The number before the first of the appended events. */
export function baseOf(rows: readonly { base: number }[]): number {
  const [head] = rows
  if (!head) throw new Error('the outbox has no head')
  return head.base
}

/** Events after `seq`, ascending, at most `limit`. */
export async function readOutbox(db: Kysely<Database>, seq: number, limit: number): Promise<CaseEvent[]> {
  const rows = await db
    .selectFrom('outbox')
    .select(['seq', 'event'])
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ seq: row.seq, ...row.event }))
}

/** The number of the last committed event. */
export async function outboxHead(db: Kysely<Database>): Promise<number> {
  const head = await db.selectFrom('outbox_head').select('seq').executeTakeFirstOrThrow()
  return head.seq
}
