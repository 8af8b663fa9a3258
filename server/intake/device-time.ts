/** A device that stored while it was offline may be this late. */
export const MAX_PAST_MS = 30 * 86_400_000
/** A device's clock may run ahead by this much. */
export const MAX_FUTURE_MS = 5 * 60_000

/**
 * When something happened: the device's time where it is plausible, else when it was received. Both are stored.
 * @param deviceTs ms since the epoch, or null when the device gave none
 * @param receivedAt ms since the epoch
 */
export function occurredAt(deviceTs: number | null, receivedAt: number): number {
  if (deviceTs === null) return receivedAt
  const plausible = deviceTs >= receivedAt - MAX_PAST_MS && deviceTs <= receivedAt + MAX_FUTURE_MS
  return plausible ? deviceTs : receivedAt
}

/** What a device says of one message id may come again by a retry; a re-used id is another message. */
export const REPLAY_TOLERANCE_MS = 10 * 60_000

/**
 * Whether a message whose id is known is the same one again. Cheap devices count from 1 after a change of battery: an
 * SOS under a used id must not vanish as a duplicate. Same type and about the same device time is a retry (retries may
 * re-stamp); without a device time on both sides the id alone decides.
 */
export function isReplay(
  stored: { type: string; deviceTs: number | null },
  incoming: { type: string; deviceTs: number | null },
): boolean {
  if (stored.type !== incoming.type) return false
  if (stored.deviceTs === null || incoming.deviceTs === null) return true
  return Math.abs(stored.deviceTs - incoming.deviceTs) <= REPLAY_TOLERANCE_MS
}
