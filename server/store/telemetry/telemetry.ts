/** Telemetry storage: one interface, three engines (PostgreSQL, InfluxDB 1.x, InfluxDB 2.x), chosen at start. */

/** One sample of one device at one moment. Writing the same device and time again merges the fields (idempotent). */
export interface TelemetryRow {
  deviceId: string
  /** Ms since the epoch, already checked for plausibility. */
  ts: number
  /** Finite numbers; names match TELEMETRY_FIELD of server/contract/signal.ts. */
  fields: Record<string, number>
}

export interface TelemetryQuery {
  deviceId: string
  field: string
  /** Ms since the epoch; `from` inclusive, `to` exclusive. */
  from: number
  to: number
  /** Window in ms, aligned to the epoch; null gives raw values. */
  everyMs: number | null
  /** At most so many points, the newest ones. */
  limit: number
}

/** A raw value (count 1, min = max = value) or a window: its start, mean, least and greatest value, and count. */
export interface TelemetryPoint {
  ts: number
  value: number
  min: number
  max: number
  count: number
}

export interface TelemetryStore {
  readonly engine: 'postgres' | 'influx1' | 'influx2'
  /** Prepares what must exist (database, bucket, retention). Rejects when the engine can't be reached. */
  start(): Promise<void>
  /**
   * Resolves when all rows are durable in the engine. Rejects otherwise; then the caller spools and retries, except for
   * a `RefusedRowsError`, which trying again can't help.
   */
  write(rows: readonly TelemetryRow[]): Promise<void>
  /** Ascending by time. */
  query(query: TelemetryQuery): Promise<TelemetryPoint[]>
  /** Resolves when the engine answers; used by /readyz. */
  ping(): Promise<void>
  /** Hourly housekeeping (partitions ahead, retention). `now` in ms since the epoch. Safe on several nodes at once. */
  maintain(now: number): Promise<void>
  stop(): Promise<void>
}

/**
 * The engine (or the check before it) will never take at least one row of a batch; nothing is known about the others,
 * which may be written again. `rows` names the bad ones and why, where that is known. Holds no values, only reasons.
 */
export class RefusedRowsError extends Error {
  readonly rows: ReadonlyMap<TelemetryRow, string> | undefined
  constructor(reason: string, rows?: ReadonlyMap<TelemetryRow, string>) {
    super(reason)
    this.name = 'RefusedRowsError'
    this.rows = rows
  }
}
