/** Nearest-rank percentile of unsorted values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const round = (value: number): number => Math.round(value * 100) / 100

/** `{p50_ms, p99_ms, max_ms}` */
export function latency(values: readonly number[]): { p50_ms: number; p99_ms: number; max_ms: number } {
  return {
    p50_ms: round(percentile(values, 0.5)),
    p99_ms: round(percentile(values, 0.99)),
    max_ms: round(Math.max(...values)),
  }
}
