import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Clock } from '../../contract/clock.ts'
import { isRefusal, sqlState } from '../sql-errors.ts'
import { checkedQuery } from './aggregate.ts'
import { assertStorable, DAY_MS, mergeRows } from './rows.ts'
import {
  RefusedRowsError,
  type TelemetryPoint,
  type TelemetryQuery,
  type TelemetryRow,
  type TelemetryStore,
} from './telemetry.ts'

/**
 * One round trip. A single jsonb parameter: as fast as arrays (118,000 against 117,000 to 124,000 rows/s here) and nothing
 * to escape. A row that is written again as it is costs no new version (`@>`). In order of the key, so that two nodes
 * with the same rows (a device that moved, a spool) wait for each other and don't deadlock.
 */
const INSERT = `
insert into telemetry.sample (device_id, ts, fields)
select "deviceId", to_timestamp(ts / 1000.0), fields
from jsonb_to_recordset($1::jsonb) as r("deviceId" text, ts bigint, fields jsonb)
order by 1, 2
on conflict (device_id, ts) do update set fields = sample.fields || excluded.fields
where not sample.fields @> excluded.fields`

const MATCH = `
from telemetry.sample
where device_id = $1 and fields ? $2 and ts >= to_timestamp($3 / 1000.0) and ts < to_timestamp($4 / 1000.0)`

const RAW = `
select (extract(epoch from ts) * 1000)::float8 as ts, value, value as min, value as max, 1 as count
from (select ts, (fields ->> $2)::float8 as value ${MATCH} order by ts desc limit $5) newest
order by ts`

const WINDOWS = `
select (extract(epoch from bin) * 1000)::float8 as ts, value, min, max, count
from (
  select bin, avg(value) as value, min(value) as min, max(value) as max, count(*)::float8 as count
  from (
    select date_bin(make_interval(secs => $6::float8 / 1000), ts, timestamptz 'epoch') as bin,
      (fields ->> $2)::float8 as value
    ${MATCH}
  ) matching
  group by bin order by bin desc limit $5
) newest
order by ts`

/** check_violation: also "no partition of relation found for row", when a partition was dropped behind our back. */
const CHECK_VIOLATION = '23514'
const DEADLOCK = '40P01'
/** So that a write ends, and frees its connection, even if the server hangs. */
const WRITE_TIMEOUT_MS = 5_000

export interface PostgresTelemetryOptions {
  /** Connections under the application's role. */
  pool: Pool
  retentionDays: number
  clock: Clock
  log: Logger
}

/** Telemetry in partitioned tables (migration 0002-telemetry). */
export class PostgresTelemetry implements TelemetryStore {
  readonly engine = 'postgres'
  readonly #options: PostgresTelemetryOptions
  /** Days (since the epoch) whose partition is known to be there. */
  readonly #days = new Set<number>()

  constructor(options: PostgresTelemetryOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    await this.maintain(this.#options.clock.now())
  }

  async stop(): Promise<void> {
    this.#days.clear()
  }

  async ping(): Promise<void> {
    await this.#options.pool.query(timed('select 1', []))
  }

  async write(rows: readonly TelemetryRow[]): Promise<void> {
    if (rows.length === 0) return
    assertStorable(rows, this.#options.clock.now() - this.#options.retentionDays * DAY_MS)
    const merged = mergeRows(rows)
    try {
      await this.#insert(merged)
    } catch (error) {
      const state = sqlState(error)
      if (state !== CHECK_VIOLATION && state !== DEADLOCK) throw refused(error)
      this.#days.clear()
      await this.#insert(merged).catch((again: unknown) => {
        throw refused(again)
      })
    }
  }

  async #insert(rows: readonly TelemetryRow[]): Promise<void> {
    let missing: Set<number> | undefined
    for (const { ts } of rows) {
      const day = Math.floor(ts / DAY_MS)
      if (!this.#days.has(day)) {
        missing ??= new Set()
        missing.add(day)
      }
    }
    if (missing) await this.#ensure([...missing])
    await this.#options.pool.query({ name: 'telemetry-insert', ...timed(INSERT, [JSON.stringify(rows)]) })
  }

  async #ensure(days: readonly number[]): Promise<void> {
    const dates = days.map(isoDate)
    await this.#options.pool.query(timed('select telemetry.ensure_day(d) from unnest($1::date[]) as d', [dates]))
    for (const day of days) this.#days.add(day)
  }

  async query(query: TelemetryQuery): Promise<TelemetryPoint[]> {
    const checked = checkedQuery(query)
    if (!checked) return []
    const values = [checked.deviceId, checked.field, checked.from, checked.to, checked.limit]
    const { rows } = await this.#options.pool.query<TelemetryPoint>(
      checked.everyMs === null ? { text: RAW, values } : { text: WINDOWS, values: [...values, checked.everyMs] },
    )
    return rows
  }

  /** Makes today's and tomorrow's partition and drops those that lie wholly before the retention. */
  async maintain(now: number): Promise<void> {
    const today = Math.floor(now / DAY_MS)
    await this.#ensure([today, today + 1])
    const first = today - this.#options.retentionDays
    const { rows } = await this.#options.pool.query<{ dropped: number }>(
      'select telemetry.drop_before($1::date) as dropped',
      [isoDate(first)],
    )
    for (const day of this.#days) if (day < first) this.#days.delete(day)
    const dropped = rows[0]?.dropped ?? 0
    if (dropped > 0) this.#options.log.info({ dropped, before: isoDate(first) }, 'telemetry partitions dropped')
  }
}

/** A statement with its own time limit; `query_timeout` is read by pg per query but missing in its types. */
function timed(text: string, values: unknown[]): { text: string; values: unknown[]; query_timeout: number } {
  return { text, values, query_timeout: WRITE_TIMEOUT_MS }
}

function isoDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** Errors of the data become a refusal, named by SQLSTATE only: PostgreSQL's text repeats values. */
function refused(error: unknown): unknown {
  return isRefusal(error) ? new RefusedRowsError(`PostgreSQL refuses the data (${sqlState(error)})`) : error
}
