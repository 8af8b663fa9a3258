import { type Kysely, sql } from 'kysely'
import type { SelfTestView } from '../contract/drill.ts'
import type { Database } from '../store/schema.ts'
import { iso } from '../store/views.ts'
import { isFailing, STALE_MS } from './judge.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Single runs are kept for a week; hours for ever: one short row each. */
const RUNS_KEPT_MS = 7 * DAY_MS

/** Sums whole hours up and forgets runs that are older than a week. Any node may do it. */
export async function rollUp(db: Kysely<Database>, now: number): Promise<void> {
  const hour = new Date(Math.floor(now / HOUR_MS) * HOUR_MS)
  await sql`
    insert into self_test_hour (hour, runs, failed, median_ms, max_ms)
    select date_trunc('hour', at), count(*), count(failure),
      percentile_cont(0.5) within group (order by desk_ms), max(desk_ms)
    from self_test_run where at < ${hour}
      and not exists (select from self_test_hour h where h.hour = date_trunc('hour', at))
    group by 1 on conflict do nothing`.execute(db)
  await db
    .deleteFrom('self_test_run')
    .where('at', '<', new Date(now - RUNS_KEPT_MS - HOUR_MS))
    .execute()
}

/** How the self-test stands. @param enabled whether this node takes part */
export async function selfTestView(db: Kysely<Database>, enabled: boolean, now: number): Promise<SelfTestView> {
  const row = await db.selectFrom('self_test').selectAll().executeTakeFirst()
  const lastOkAt = row?.last_ok_at?.getTime() ?? null
  const failing = row !== undefined && isFailing({ lastOkAt, failures: row.failures }, 0, now)
  return {
    enabled: enabled || row !== undefined,
    now: new Date(now).toISOString(),
    state:
      !enabled && row === undefined
        ? 'off'
        : lastOkAt === null && (row?.failures ?? 0) < 2
          ? 'unknown'
          : failing
            ? 'failing'
            : 'ok',
    lastOkAt: iso(row?.last_ok_at ?? null),
    pubackMs: row?.puback_ms ?? null,
    deskMs: row?.desk_ms ?? null,
    failures: row?.failures ?? 0,
    failedAt: iso(row?.failed_at ?? null),
    failure: row?.failure ?? null,
    staleAfterMs: STALE_MS,
  }
}

/** The last day's runs in hours, newest first. */
export async function selfTestHours(db: Kysely<Database>, now: number) {
  const { rows } = await sql<{ hour: Date; runs: number; failed: number; median: number | null; max: number | null }>`
    select date_trunc('hour', at) as hour, count(*)::int as runs, count(failure)::int as failed,
      percentile_cont(0.5) within group (order by desk_ms)::float8 as median, max(desk_ms)::float8 as max
    from self_test_run where at > ${new Date(now - DAY_MS)} group by 1 order by 1 desc`.execute(db)
  return rows.map(({ hour, runs, failed, median, max }) => ({
    hour: hour.toISOString(),
    runs,
    failed,
    medianMs: median,
    maxMs: max,
  }))
}
