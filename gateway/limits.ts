import type { Clock } from '../server/contract/clock.ts'

/**
 * Limits and the rate limiter. The limiter is a token bucket in the form of ITU-T I.371's GCRA: the whole state is one
 * number, the "theoretical arrival time" in ms, so a device's bucket costs no object and no timer.
 */

/**
 * What rates are measured with: it neither jumps when the machine's clock is set, nor stands still under a test's clock.
 */
export const monotonicClock: Clock = { now: () => performance.now() }

export interface Rate {
  /** Sustained rate. */
  perSecond: number
  /** How many may come at once after a quiet time; at least 1. */
  burst: number
}

/** State of a bucket that has never been used (or is full again). */
export const FULL = 0

/** The state after one more message at `now` (ms), whether or not it conforms. */
export function charge(state: number, now: number, rate: Rate): number {
  return Math.max(state, now) + 1000 / rate.perSecond
}

/** How many ms from `now` until the message that `charge` led to this `state` for is within the rate; 0 when it is. */
export function excessMs(state: number, now: number, rate: Rate): number {
  return Math.max(0, state - now - (rate.burst * 1000) / rate.perSecond)
}

/** True when one more message at `now` would be within the rate. */
export function conforms(state: number, now: number, rate: Rate): boolean {
  return excessMs(charge(state, now, rate), now, rate) === 0
}

export interface GatewayLimits {
  /** Sockets at most, over all listeners. */
  connections: number
  /** Sockets at most from one source address (an IPv6 /64 counts as one address). */
  connectionsPerAddress: number
  /** New sockets from one source address; above it they wait up to `connectMs`, then are refused. */
  newConnectionsPerAddress: Rate
  /** Addresses whose number and rate of connections are not limited: a proxy on this machine stands for many homes. */
  unlimitedAddresses: readonly string[]
  /** Authenticated connections of one device; the newest win. */
  connectionsPerDevice: number
  /** A CONNECT must have arrived within this time. */
  connectMs: number
  /** A TCP device that is silent for so long is gone: watches send a keep-alive every 3 to 10 minutes. */
  tcpSilenceMs: number
  /** A login that has no answer by then is refused with CONNACK 3. */
  loginMs: number
  /** Largest packet before and after CONNECT, bytes after the fixed header. */
  connectBytes: number
  packetBytes: number
  /** Messages of one device; above it its connections are read more slowly. */
  messagesPerDevice: Rate
  /** Messages, and their bytes, that may wait for the store before the connection is no longer read. */
  waitingPerConnection: number
  waitingBytesPerConnection: number
  waitingTotal: number
  waitingBytesTotal: number
  /** A client that does not take what is sent to it for so long is disconnected. */
  drainMs: number
  /** Failed logins of one device id from one address, and of one address. */
  failuresPerAddressAndDevice: Rate
  failuresPerAddress: Rate
  /** argon2 verifications at a time, and how many may wait. */
  verifications: number
  verificationsWaiting: number
  /** Devices whose verified secret is remembered (as a keyed hash) so that reconnecting is cheap. */
  rememberedSecrets: number
  /** A command that the device has not acknowledged by then counts as not delivered. */
  commandMs: number
}

const MIB = 1024 * 1024

export const DEFAULT_LIMITS: GatewayLimits = {
  connections: 20_000,
  connectionsPerAddress: 2_000,
  newConnectionsPerAddress: { perSecond: 20, burst: 200 },
  unlimitedAddresses: ['127.0.0.1', '::1'],
  connectionsPerDevice: 4,
  connectMs: 10_000,
  tcpSilenceMs: 30 * 60_000,
  loginMs: 10_000,
  connectBytes: 16 * 1024,
  packetBytes: 2 * MIB,
  messagesPerDevice: { perSecond: 100, burst: 300 },
  waitingPerConnection: 1_000,
  waitingBytesPerConnection: 4 * MIB,
  waitingTotal: 50_000,
  waitingBytesTotal: 64 * MIB,
  drainMs: 5_000,
  failuresPerAddressAndDevice: { perSecond: 0.2, burst: 10 },
  failuresPerAddress: { perSecond: 2, burst: 100 },
  verifications: 2,
  verificationsWaiting: 5_000,
  rememberedSecrets: 50_000,
  commandMs: 10_000,
}
