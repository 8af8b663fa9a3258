import { RefusedRowsError, type TelemetryRow } from './telemetry.ts'

/** Rows an engine can never take, and why (no values in it). */
export type OnRefused = (rows: readonly TelemetryRow[], reason: string) => void

export interface WriteOutcome {
  /** Rows written. */
  stored: number
  /** What is still to be written, in order, when `error` stopped it. Empty when all is done. */
  left: readonly TelemetryRow[]
  error?: unknown
}

/**
 * Writes rows in order. Rows that the engine refuses for good are handed to `onRefused` and left out: by name where the
 * refusal names them, else found by halving. Any other error ends it; the refused ones are not in `left` then.
 */
export async function writeRows(
  rows: readonly TelemetryRow[],
  write: (rows: readonly TelemetryRow[]) => Promise<void>,
  onRefused: OnRefused,
): Promise<WriteOutcome> {
  let stored = 0
  const parts = [rows]
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    if (part.length === 0) continue
    try {
      await write(part)
      stored += part.length
    } catch (error) {
      if (!(error instanceof RefusedRowsError)) return { stored, left: [part, ...parts].flat(), error }
      parts.unshift(...withoutRefused(part, error, onRefused))
    }
  }
  return { stored, left: [] }
}

function withoutRefused(
  rows: readonly TelemetryRow[],
  error: RefusedRowsError,
  onRefused: OnRefused,
): (readonly TelemetryRow[])[] {
  const named = error.rows
  if (named && named.size > 0) {
    for (const reason of new Set(named.values())) {
      onRefused(
        rows.filter((row) => named.get(row) === reason),
        reason,
      )
    }
    return [rows.filter((row) => !named.has(row))]
  }
  if (rows.length === 1) {
    onRefused(rows, error.message)
    return []
  }
  const middle = rows.length >> 1
  return [rows.slice(0, middle), rows.slice(middle)]
}
