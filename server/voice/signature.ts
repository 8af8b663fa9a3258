import { createHmac, timingSafeEqual } from 'node:crypto'
import { DomainError } from '../contract/errors.ts'

/** The exchange's clock may be off, and its record may have waited, by so much, ms. */
const TOLERANCE_MS = 300_000

/**
 * Checks that a message comes from the exchange and is not an old one sent again: HMAC-SHA-256 under the shared secret over
 * `timestamp + "." + body`.
 * @param timestamp seconds since the epoch, header `x-anhu-timestamp`
 * @param signature `sha256=` and 64 hexadecimal digits, header `x-anhu-signature`
 * @throws DomainError bad_signature
 */
export function checkSignature(
  { secret, timestamp, signature, body }: { secret: string; timestamp: unknown; signature: unknown; body: Buffer },
  now: number,
): void {
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp) || typeof signature !== 'string') {
    throw new DomainError('bad_signature', 'The headers x-anhu-timestamp and x-anhu-signature are needed.')
  }
  if (Math.abs(now - Number(timestamp) * 1000) > TOLERANCE_MS) {
    throw new DomainError('bad_signature', 'The timestamp is more than 5 minutes off: set the clock, then sign anew.')
  }
  const right = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest()
  const given = /^sha256=[0-9a-f]{64}$/.test(signature) ? Buffer.from(signature.slice(7), 'hex') : Buffer.alloc(32)
  if (!timingSafeEqual(right, given))
    throw new DomainError('bad_signature', 'The signature is not right for this body.')
}
