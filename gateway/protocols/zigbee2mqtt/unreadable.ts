import type { DeadLetterReason, DecodedItem } from '../../../server/contract/ports.ts'

/** A message that was not understood; `from` is the device behind the hub that it is about, if any. */
export function unreadable(
  reason: DeadLetterReason,
  explanation: string,
  alarm: boolean,
  from: string | null = null,
): DecodedItem {
  const item = { kind: 'unreadable', reason, explanation, alarm } as const
  return from === null ? item : { from, ...item }
}
