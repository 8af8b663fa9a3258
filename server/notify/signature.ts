import { createHmac, timingSafeEqual } from 'node:crypto'

/** Requests between the platform and whoever carries its messages are signed with one shared secret. */

/** A signed request is worth something for so long, ms: one that was recorded can not be used later. */
const LIFE_MS = 5 * 60_000

/** @param timestamp seconds since the epoch, as in `x-anhu-timestamp` @returns the value of `x-anhu-signature` */
export function sign(secret: string, timestamp: string, content: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${content}`).digest('hex')}`
}

/** Whether a request was signed with the secret, not longer than 5 min ago nor in the future. */
export function isSigned(
  secret: string,
  { timestamp, signature }: { timestamp: string; signature: string },
  content: string,
  now: number,
): boolean {
  const expected = Buffer.from(sign(secret, timestamp, content))
  const given = Buffer.from(signature)
  const fits = given.length === expected.length && timingSafeEqual(given, expected)
  return fits && Math.abs(now - Number(timestamp) * 1000) <= LIFE_MS
}
