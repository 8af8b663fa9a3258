import type { IPublishPacket, MqttClient } from 'mqtt'
import { writeToStream } from 'mqtt-packet'
import { Answers } from './answers.ts'

/** What may wait for the store; with more the connection is not read, and the broker keeps the rest. */
export interface Bound {
  messages: number
  bytes: number
}

/** The library's callback of a message. */
export type TakeNext = (error?: Error) => void

/** How a message that was taken ends. */
export interface Taken {
  /** Cost in memory. */
  bytes: number
  /** Resolves when the message is durable. */
  stored: Promise<void>
  /** The message was not stored: the connection is of no more use. */
  failed(error: unknown): void
}

/** As for devices: packet, decoded items, promise. */
export const OVERHEAD_BYTES = 512
/** How often the broker hears from us while its messages, and its answers to pings among them, lie unread. */
const HELD_PING_MS = 10_000
/**
 * The library acknowledges when a message's callback is called without an error, and reads on when it is called at all.
 * With an error it reads on and leaves the acknowledgement to us (mqtt.js 5.16, lib/handlers/publish).
 */
const ACKNOWLEDGED_LATER = new Error('acknowledged when stored')

/**
 * Messages of an outside broker between socket and store. They are stored concurrently and acknowledged in the order in
 * which they came [MQTT-4.6.0-2]. What is in hand counts over all connections of a bridge: messages of an earlier one may
 * still wait for the store when the broker sends them again.
 */
export class BridgeInbound {
  readonly #bound: Bound
  #answers = new Answers()
  #messages = 0
  #bytes = 0
  /**
   * Takes the next message of a connection that is not being read; of one that is gone, the rest of what had been read: at
   * QoS 0 nobody sends it again.
   */
  #held: (() => void)[] = []
  #ping: NodeJS.Timeout | null = null

  constructor(bound: Bound) {
    this.#bound = bound
  }

  /** Messages in hand. */
  get waiting(): number {
    return this.#messages
  }

  /** Takes a message; `callback` is the library's. */
  take(client: MqttClient, packet: IPublishPacket, callback: TakeNext, { bytes, stored, failed }: Taken): void {
    const { messageId } = packet
    const isAnswered = packet.qos === 1 && messageId !== undefined
    const answers = this.#answers
    const slot = answers.open(isAnswered ? () => acknowledge(client, messageId) : () => undefined, bytes)
    this.#messages++
    this.#bytes += bytes
    const next = () => (isAnswered ? callback(ACKNOWLEDGED_LATER) : callback())
    if (this.#hasRoom) next()
    else this.#hold(client, next)
    stored.then(
      () => {
        answers.settle(slot)
        this.#settled(bytes)
      },
      (error: unknown) => {
        failed(error)
        this.#settled(bytes)
      },
    )
  }

  /** The connection is gone, or is given up: nothing more of it is acknowledged. */
  drop(): void {
    this.#answers.drop()
    this.#answers = new Answers()
    this.#stopPing()
  }

  #settled(bytes: number): void {
    this.#messages--
    this.#bytes -= bytes
    while (this.#hasRoom) {
      const next = this.#held.shift()
      if (next === undefined) break
      next()
    }
    if (this.#held.length === 0) this.#stopPing()
  }

  get #hasRoom(): boolean {
    return this.#messages < this.#bound.messages && this.#bytes < this.#bound.bytes
  }

  /** The library reads no further packet, and then not from the socket, before the callback is called. */
  #hold(client: MqttClient, next: () => void): void {
    this.#held.push(next)
    this.#stopPing()
    this.#ping = setInterval(() => {
      client.sendPing()
      // The broker's answer lies unread: its silence says nothing.
      client.reschedulePing(true)
    }, HELD_PING_MS)
  }

  #stopPing(): void {
    if (this.#ping) clearInterval(this.#ping)
    this.#ping = null
  }
}

function acknowledge({ connected, stream }: MqttClient, messageId: number): void {
  if (connected && !stream.destroyed) writeToStream({ cmd: 'puback', messageId }, stream)
}
