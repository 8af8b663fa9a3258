/** Whether the self-test says that something is wrong. Pure; the page judges by the same rule from the server's clock. */
export const INTERVAL_MS = 60_000
/** After a failure the next one does not wait a minute. */
export const RETRY_MS = 15_000
/** Without a success for so long something is wrong, whoever should have tested. */
export const STALE_MS = 150_000
const MOST_FAILURES = 2

export interface SelfTestState {
  /** Ms since the epoch; null: never. */
  lastOkAt: number | null
  /** One after the other, since the last success. */
  failures: number
}

/** @param since when this node began to look: one that has just started blames nobody for the time before */
export function isFailing({ lastOkAt, failures }: SelfTestState, since: number, now: number): boolean {
  return failures >= MOST_FAILURES || now - Math.max(lastOkAt ?? 0, since) > STALE_MS
}
