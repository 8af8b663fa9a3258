import type { Clock } from '../server/contract/clock.ts'
import { internalsOf } from './aedes-internals.ts'
import type { Connection, OnlineDevice } from './connections.ts'
import { charge, excessMs, type GatewayLimits } from './limits.ts'

/** Why a connection is not being read; TCP's own window then slows the device down, and nothing is dropped. */
const HOLD = {
  /** Too many of its messages wait for the store. */
  own: 1,
  /** Too many messages of all connections wait for the store. */
  all: 2,
  /** The device sends faster than its rate. */
  rate: 4,
} as const

/** How often the keep-alive timers of held connections are put back. The shortest keep-alive is 1.5 s. */
const KEEP_ALIVE_MS = 500

/** Bounds what waits in memory. */
export class Flow {
  readonly #limits: GatewayLimits
  readonly #clock: Clock
  readonly #held = new Set<Connection>()
  readonly #timers = new Map<Connection, NodeJS.Timeout>()
  #waiting = 0
  #waitingBytes = 0
  #keepAlive: NodeJS.Timeout | null = null

  constructor(limits: GatewayLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** Messages that are not stored yet, over all connections. */
  get waiting(): number {
    return this.#waiting
  }

  /** A message was taken from the connection. */
  taken(connection: Connection, device: OnlineDevice, bytes: number): void {
    const limits = this.#limits
    const now = this.#clock.now()
    this.#waiting++
    this.#waitingBytes += bytes
    const { answers } = connection
    if (answers.waiting >= limits.waitingPerConnection || answers.waitingBytes >= limits.waitingBytesPerConnection) {
      this.#hold(connection, HOLD.own)
    }
    if (this.#waiting >= limits.waitingTotal || this.#waitingBytes >= limits.waitingBytesTotal) {
      this.#hold(connection, HOLD.all)
    }
    device.messages = charge(device.messages, now, limits.messagesPerDevice)
    const excess = excessMs(device.messages, now, limits.messagesPerDevice)
    if (excess > 0) this.#slowDown(connection, device, excess)
  }

  /** A message of the connection is durable (or was given up at shutdown), and answered if its turn had come. */
  settled(connection: Connection, bytes: number): void {
    const limits = this.#limits
    this.#waiting--
    this.#waitingBytes -= bytes
    if (connection.holds & HOLD.own) {
      const { answers } = connection
      const few = answers.waiting * 2 <= limits.waitingPerConnection
      if (few && answers.waitingBytes * 2 <= limits.waitingBytesPerConnection) this.#release(connection, HOLD.own)
    }
    const low = this.#waiting <= limits.waitingTotal * 0.9 && this.#waitingBytes <= limits.waitingBytesTotal * 0.9
    if (this.#held.size > 0 && low) {
      for (const held of this.#held) this.#release(held, HOLD.all)
    }
  }

  /** The connection is gone. */
  forget(connection: Connection): void {
    connection.holds = 0
    this.#held.delete(connection)
    clearTimeout(this.#timers.get(connection))
    this.#timers.delete(connection)
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    if (this.#keepAlive) clearInterval(this.#keepAlive)
    this.#keepAlive = null
  }

  #slowDown(connection: Connection, device: OnlineDevice, ms: number): void {
    if (this.#timers.has(connection)) return
    this.#hold(connection, HOLD.rate)
    const timer = setTimeout(() => {
      this.#timers.delete(connection)
      // More of the chunk that was being read may have been charged meanwhile.
      const excess = excessMs(device.messages, this.#clock.now(), this.#limits.messagesPerDevice)
      if (excess > 0) this.#slowDown(connection, device, excess)
      else this.#release(connection, HOLD.rate)
    }, Math.ceil(ms))
    this.#timers.set(connection, timer)
  }

  #hold(connection: Connection, reason: number): void {
    if (connection.closed || connection.holds & reason) return
    connection.holds |= reason
    this.#held.add(connection)
    internalsOf(connection.client).pause()
    this.#keepAlive ??= setInterval(() => this.#keepHeldAlive(), KEEP_ALIVE_MS)
  }

  #release(connection: Connection, reason: number): void {
    if (!(connection.holds & reason)) return
    connection.holds &= ~reason
    if (connection.holds !== 0) return
    this.#held.delete(connection)
    if (!connection.closed) internalsOf(connection.client).resume()
  }

  /** A client whose PINGREQ lies unread behind its messages is not silent: it must not be timed out. */
  #keepHeldAlive(): void {
    for (const connection of this.#held) internalsOf(connection.client)._keepaliveTimer?.refresh()
    if (this.#held.size === 0 && this.#keepAlive) {
      clearInterval(this.#keepAlive)
      this.#keepAlive = null
    }
  }
}
