import { isIPv6 } from 'node:net'
import type { Clock } from '../server/contract/clock.ts'
import { charge, conforms, excessMs, FULL, type GatewayLimits } from './limits.ts'
import type { Refusal } from './metrics.ts'

/** What is known of one source address. */
interface Source {
  connections: number
  /** Rate limiter states, see limits.ts. */
  opened: number
  failures: number
  failuresOf: Map<string, number>
}

export type Admission = { admitted: true; afterMs: number } | { admitted: false; reason: Refusal }

/**
 * The key a source is counted by: an IPv4 address, or the /64 of an IPv6 address, since a home or an attacker holds at
 * least a whole /64.
 */
export function sourceKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!isIPv6(address) || address === '::1') return address
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0')
  const groups = [...front, ...gap, ...back].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${groups.join(':')}::/64`
}

/** Counts connections and failed logins per source address. */
export class Sources {
  readonly #limits: GatewayLimits
  readonly #clock: Clock
  readonly #sources = new Map<string, Source>()
  #connections = 0

  constructor(limits: GatewayLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** A new socket. When admitted it counts until `left`, and is to be served after `afterMs`. */
  admit(key: string): Admission {
    const limits = this.#limits
    if (this.#connections >= limits.connections) return { admitted: false, reason: 'too_many_connections' }
    const source = this.#of(key)
    let afterMs = 0
    if (!limits.unlimitedAddresses.includes(key)) {
      if (source.connections >= limits.connectionsPerAddress) {
        return { admitted: false, reason: 'too_many_from_address' }
      }
      const now = this.#clock.now()
      const opened = charge(source.opened, now, limits.newConnectionsPerAddress)
      afterMs = excessMs(opened, now, limits.newConnectionsPerAddress)
      if (afterMs > limits.connectMs) return { admitted: false, reason: 'new_connections_rate' }
      source.opened = opened
    }
    source.connections++
    this.#connections++
    return { admitted: true, afterMs }
  }

  left(key: string): void {
    const source = this.#of(key)
    source.connections--
    this.#connections--
  }

  /** True when logins for this device from this address, or any from this address, have failed too often. */
  isBlocked(key: string, deviceId: string): boolean {
    const source = this.#sources.get(key)
    if (source === undefined) return false
    const now = this.#clock.now()
    return (
      !conforms(source.failures, now, this.#limits.failuresPerAddress) ||
      !conforms(source.failuresOf.get(deviceId) ?? FULL, now, this.#limits.failuresPerAddressAndDevice)
    )
  }

  failed(key: string, deviceId: string): void {
    const now = this.#clock.now()
    const source = this.#of(key)
    const { failuresPerAddress, failuresPerAddressAndDevice } = this.#limits
    source.failures = charge(source.failures, now, failuresPerAddress)
    source.failuresOf.set(deviceId, charge(source.failuresOf.get(deviceId) ?? FULL, now, failuresPerAddressAndDevice))
  }

  /** Forgets what no longer limits anything. To be called about once a minute. */
  sweep(): void {
    const now = this.#clock.now()
    for (const [key, source] of this.#sources) {
      for (const [deviceId, state] of source.failuresOf) {
        if (state <= now) source.failuresOf.delete(deviceId)
      }
      const idle = source.connections === 0 && source.failuresOf.size === 0
      if (idle && source.opened <= now && source.failures <= now) this.#sources.delete(key)
    }
  }

  #of(key: string): Source {
    const known = this.#sources.get(key)
    if (known !== undefined) return known
    const source: Source = { connections: 0, opened: FULL, failures: FULL, failuresOf: new Map() }
    this.#sources.set(key, source)
    return source
  }
}
