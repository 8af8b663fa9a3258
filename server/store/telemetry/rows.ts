import { type Measurement, measurementOf, TELEMETRY_FIELD } from '../../contract/signal.ts'
import { RefusedRowsError, type TelemetryRow } from './telemetry.ts'

/** The last millisecond that fits InfluxDB's 64-bit nanoseconds (2262-04-11). PostgreSQL could go further. */
export const MAX_TS = 9_223_372_036_854
export const DAY_MS = 86_400_000

/** Names already found well-formed: the check costs one look-up per value. Devices choose names, so it is bounded. */
const known = new Map<string, Measurement>()
const KNOWN_LIMIT = 10_000

/** The measurement of a well-formed field name, or undefined for a name that must never reach a statement. */
export function checkedMeasurement(field: string): Measurement | undefined {
  const measurement = known.get(field)
  if (measurement !== undefined) return measurement
  if (!TELEMETRY_FIELD.test(field)) return undefined
  if (known.size >= KNOWN_LIMIT) known.clear()
  const found = measurementOf(field)
  known.set(field, found)
  return found
}

// PostgreSQL's text can't hold U+0000, line protocol no line break; no device id needs any other of them either.
const CONTROL = /\p{Cc}/u

function refusal({ deviceId, ts, fields }: TelemetryRow, oldest: number): string | undefined {
  if (deviceId === '' || deviceId.length > 512 || CONTROL.test(deviceId)) return 'device id can not be stored'
  if (!Number.isInteger(ts) || ts > MAX_TS) return 'time can not be stored'
  if (ts < oldest) return 'older than the retention'
  for (const field in fields) {
    if (checkedMeasurement(field) === undefined) return 'field name is not well-formed'
    if (!Number.isFinite(fields[field])) return 'value is not a finite number'
  }
  return undefined
}

/**
 * Throws a `RefusedRowsError` naming every row that no engine could hold, so that all engines refuse the same and a bad
 * row never costs a search. `oldest`: ms since the epoch; what lies before would be dropped by the retention at once.
 */
export function assertStorable(rows: readonly TelemetryRow[], oldest: number): void {
  let bad: Map<TelemetryRow, string> | undefined
  for (const row of rows) {
    const reason = refusal(row, oldest)
    if (reason === undefined) continue
    bad ??= new Map()
    bad.set(row, reason)
  }
  if (bad) throw new RefusedRowsError(`${bad.size} of ${rows.length} rows can not be stored`, bad)
}

/**
 * One row per device and time, the later value of a field winning: PostgreSQL can't update a row twice in one statement
 * (SQLSTATE 21000). Rows of the input are not changed.
 */
export function mergeRows(rows: readonly TelemetryRow[]): readonly TelemetryRow[] {
  const merged = new Map<string, TelemetryRow>()
  for (const row of rows) {
    const key = `${row.ts} ${row.deviceId}`
    const earlier = merged.get(key)
    merged.set(key, earlier ? { ...row, fields: { ...earlier.fields, ...row.fields } } : row)
  }
  return merged.size === rows.length ? rows : [...merged.values()]
}
