import type { PublishPacket } from 'aedes'
import type { Logger } from 'pino'
import type { Clock } from '../server/contract/clock.ts'
import type { DecodedItem, IntakePort } from '../server/contract/ports.ts'
import { mayPublish } from './acl.ts'
import { readOn } from './aedes-internals.ts'
import type { Connection, OnlineDevice } from './connections.ts'
import type { Flow } from './flow.ts'
import type { TooLarge } from './frame-guard.ts'
import type { Metrics } from './metrics.ts'
import { storableText } from './protocols/json.ts'
import { UNKNOWN_CHANNEL } from './protocols/protocol.ts'

/** Calling back without an error lets Aedes acknowledge; with one it closes the connection. */
export type PublishAnswer = (error?: Error | null) => void

export interface InboundOptions {
  intake: IntakePort
  flow: Flow
  metrics: Metrics
  clock: Clock
  log: Logger
  /** True once the server is stopping: then nothing is answered any more. */
  isStopping: () => boolean
}

/** A message's cost in memory beside its payload: packet, decoded items, promise. */
const OVERHEAD_BYTES = 512

/** The way of a device's message from Aedes to the intake, and of the answer back. */
export class Inbound {
  readonly #options: InboundOptions

  constructor(options: InboundOptions) {
    this.#options = options
  }

  /**
   * Takes a PUBLISH. `answer` is called once when the message is stored, in the order of the connection's messages; never
   * when the connection is gone or the server stopping (the device then sends it again).
   */
  receive(connection: Connection, packet: PublishPacket, answer: PublishAnswer): void {
    const { metrics, log, clock, flow } = this.#options
    const { device, client, answers } = connection
    if (device === null) {
      answer(new Error('not logged in'))
      return
    }
    const decision = mayPublish(device.topics, packet.topic)
    // Aedes publishes the will while it closes the client.
    const isWill = client.closed
    if (!decision.allowed) {
      const reason = isWill ? 'will_not_allowed' : decision.reason
      metrics.refused(reason)
      log.warn({ deviceId: device.deviceId, reason }, 'mqtt: publish refused, connection closed')
      answer(new Error(reason))
      return
    }
    if (isWill) {
      this.#receiveWill(connection, device, decision.channel, packet, answer)
      return
    }
    const payload = toBuffer(packet.payload)
    const bytes = payload.length + OVERHEAD_BYTES
    const now = clock.now()
    const slot = answers.open(answer, bytes)
    readOn(client)
    flow.taken(connection, device, bytes)
    this.#store(device, decision.channel, packet.topic, payload, now).then(
      () => {
        if (this.#options.isStopping()) return
        answers.settle(slot)
        flow.settled(connection, bytes)
      },
      (error: unknown) => {
        flow.settled(connection, bytes)
        this.#gaveUp(device.deviceId, error)
        // Without an acknowledgement the device sends it again, here or to another node.
        connection.conn.destroy()
      },
    )
  }

  /** Reports a PUBLISH that was cut off for its size: what is known of it must not be lost silently. */
  tooLarge(connection: Connection, publish: TooLarge): void {
    const { device } = connection
    if (device === null) return
    const decision = mayPublish(device.topics, publish.topic)
    if (!decision.allowed) return
    const { protocol, deviceId } = device
    const explanation = `The packet has ${publish.announcedBytes} bytes; its first ${publish.payload.length} are kept`
    const alarm = protocol.isAlarmChannel(decision.channel)
    this.#options.metrics.message(decision.channel)
    this.#accept(device, storableText(publish.topic), publish.payload, this.#options.clock.now(), [
      { kind: 'unreadable', reason: 'too_large', explanation, alarm },
    ]).catch((error: unknown) => this.#gaveUp(deviceId, error))
  }

  #receiveWill(
    connection: Connection,
    device: OnlineDevice,
    channel: string,
    packet: PublishPacket,
    answer: PublishAnswer,
  ): void {
    if (this.#options.isStopping()) {
      answer(new Error('stopping'))
      return
    }
    const payload = toBuffer(packet.payload)
    const now = this.#options.clock.now()
    // Taken over by a newer connection: "offline" would be wrong.
    const isElsewhere = [...device.connections].some((other) => other !== connection && !other.closed)
    if (isElsewhere && this.#decode(device, channel, payload, now).every(isOffline)) {
      answer()
      return
    }
    this.#store(device, channel, packet.topic, payload, now).then(
      () => answer(),
      (error: unknown) => {
        this.#gaveUp(device.deviceId, error)
        answer(new Error('not stored'))
      },
    )
  }

  #store(device: OnlineDevice, channel: string, topic: string, payload: Buffer, now: number): Promise<void> {
    this.#options.metrics.message(channel)
    // A topic of no known channel may hold U+0000, which no database text can.
    const name = channel === UNKNOWN_CHANNEL ? storableText(topic) : topic
    return this.#accept(device, name, payload, now, this.#decode(device, channel, payload, now))
  }

  /** Never rejects synchronously, so that no fault behind the port can reach Aedes. */
  #accept(
    { deviceId, protocol }: OnlineDevice,
    topic: string,
    payload: Buffer,
    receivedAt: number,
    items: DecodedItem[],
  ): Promise<void> {
    try {
      return this.#options.intake.accept({
        deviceId,
        protocol: protocol.name,
        topic,
        payload,
        receivedAt,
        items,
      })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #decode({ protocol, deviceId }: OnlineDevice, channel: string, payload: Buffer, now: number): DecodedItem[] {
    if (channel === UNKNOWN_CHANNEL) {
      const explanation = 'The protocol has no such topic'
      return [{ kind: 'unreadable', reason: 'unknown_topic', explanation, alarm: false }]
    }
    try {
      return protocol.decode(channel, payload, now)
    } catch (error) {
      // Decoders don't throw; if one has a fault all the same, its alarms are still raised.
      this.#options.log.error({ deviceId, protocol: protocol.name, err: nameOf(error) }, 'mqtt: decoder failed')
      const explanation = 'The decoder failed'
      return [{ kind: 'unreadable', reason: 'invalid_field', explanation, alarm: protocol.isAlarmChannel(channel) }]
    }
  }

  #gaveUp(deviceId: string, error: unknown): void {
    const { log, isStopping } = this.#options
    const level = isStopping() ? 'debug' : 'error'
    log[level]({ deviceId, err: nameOf(error) }, 'mqtt: message not stored and not acknowledged')
  }
}

const isOffline = (item: DecodedItem): boolean => item.kind === 'presence' && !item.online

const toBuffer = (payload: string | Buffer): Buffer => (typeof payload === 'string' ? Buffer.from(payload) : payload)

/** An error's name: its message could quote what a device sent. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
