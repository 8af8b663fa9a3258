import type { PublishPacket } from 'aedes'
import type { Logger } from 'pino'
import type { Clock } from '../server/contract/clock.ts'
import type { VoicePort } from '../server/contract/ports.ts'
import { mayPublish } from './acl.ts'
import { readOn } from './aedes-internals.ts'
import type { Connection, OnlineDevice } from './connections.ts'
import type { Flow } from './flow.ts'
import type { TooLarge } from './frame-guard.ts'
import type { Metrics } from './metrics.ts'
import { nameOf } from './names.ts'
import type { RawMessage } from './protocols/protocol.ts'
import type { Reception } from './reception.ts'

/** Calling back without an error lets Aedes acknowledge; with one it closes the connection. */
export type PublishAnswer = (error?: Error | null) => void

export interface InboundOptions {
  reception: Reception
  voice: VoicePort
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
    const decision = mayPublish(device.sender.topics, packet.topic)
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
    this.#store(device, decision.channel, live(packet.topic, payload, now)).then(
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
    const decision = mayPublish(device.sender.topics, publish.topic)
    if (!decision.allowed) return
    const { sender, deviceId } = device
    const explanation = `The packet has ${publish.announcedBytes} bytes; its first ${publish.payload.length} are kept`
    if (sender.protocol.isVoiceChannel?.(decision.channel)) return
    const alarm = sender.protocol.isAlarmChannel(decision.channel)
    const message = live(publish.topic, publish.payload, this.#options.clock.now())
    this.#options.metrics.message(decision.channel)
    this.#options.reception
      .unreadable(sender, decision.channel, message, { kind: 'unreadable', reason: 'too_large', explanation, alarm })
      .catch((error: unknown) => this.#gaveUp(deviceId, error))
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
    const message = live(packet.topic, toBuffer(packet.payload), this.#options.clock.now())
    // Taken over by a newer connection: "offline" would be wrong.
    const isElsewhere = [...device.connections].some((other) => other !== connection && !other.closed)
    if (isElsewhere && this.#options.reception.onlySaysOffline(device.sender, channel, message)) {
      answer()
      return
    }
    this.#store(device, channel, message).then(
      () => answer(),
      (error: unknown) => {
        this.#gaveUp(device.deviceId, error)
        answer(new Error('not stored'))
      },
    )
  }

  #store({ sender }: OnlineDevice, channel: string, message: RawMessage): Promise<void> {
    this.#options.metrics.message(channel)
    if (sender.protocol.isVoiceChannel?.(channel)) {
      // Acknowledged at once: a press behind it must not wait for it.
      this.#options.voice.heard(sender.login.deviceId, message.payload)
      return Promise.resolve()
    }
    return this.#options.reception.receive(sender, channel, message)
  }

  #gaveUp(deviceId: string, error: unknown): void {
    const { log, isStopping } = this.#options
    const level = isStopping() ? 'debug' : 'error'
    log[level]({ deviceId, err: nameOf(error) }, 'mqtt: message not stored and not acknowledged')
  }
}

/** A message that a device has just sent; that it also asks for it to be retained makes it no older. */
function live(topic: string, payload: Uint8Array, receivedAt: number): RawMessage {
  return { topic, payload, receivedAt, replayed: false }
}

const toBuffer = (payload: string | Buffer): Buffer => (typeof payload === 'string' ? Buffer.from(payload) : payload)
