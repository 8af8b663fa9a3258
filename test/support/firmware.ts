import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { generate, type Packet, parser } from 'mqtt-packet'
import type { Random } from '../../simulator/random.ts'

/** A message as a device remembers it: it goes out again, the same, until it is acknowledged. */
export interface Message {
  id: string
  topic: string
  payload: string
  /** performance.now() of the first sending. */
  firstSentAt: number
  sendings: number
  /** performance.now() of the PUBACK; null until then. */
  acknowledgedAt: number | null
}

export interface FirmwareOptions {
  port: number
  deviceId: string
  secret: string
  random: Random
  /** The n-th message. */
  make: (n: number) => Pick<Message, 'id' | 'topic' | 'payload'>
  /** Ms from an acknowledgement to the next message, from and to. */
  gapMs: readonly [number, number]
  /** MQTT keep-alive; a ping goes out every half of it, and one without an answer ends the connection. */
  keepAliveS?: number
}

const RECONNECT_MS = [30, 200] as const
const LOGIN_MS = 5_000

/**
 * A device as real firmware is: one message in flight, kept and repeated with the same id over every reconnect until its
 * PUBACK has come. A clean session, so all the memory is the device's.
 */
export class Firmware {
  readonly deviceId: string
  readonly messages: Message[] = []
  /** Connections that ended, for whatever reason but `close()`. */
  losses = 0
  /** PINGREQs that were answered. */
  pongs = 0
  /** Called at each PUBACK. */
  onAcknowledged: (message: Message) => void = () => undefined
  readonly #options: FirmwareOptions
  #socket: Socket | null = null
  #online = false
  #sending = false
  #closed = false
  #packetId = 0
  #waiting: Message | null = null
  #next: NodeJS.Timeout | undefined
  #ping: NodeJS.Timeout | undefined
  #pinged = false

  constructor(options: FirmwareOptions) {
    this.#options = options
    this.deviceId = options.deviceId
  }

  /** Connects, and connects again for ever. */
  start(): void {
    const { port, deviceId, secret, keepAliveS = 0 } = this.#options
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const packets = parser()
    this.#socket = socket
    socket.setTimeout(LOGIN_MS, () => socket.destroy())
    socket.on('connect', () =>
      socket.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          clientId: deviceId,
          keepalive: keepAliveS,
          username: deviceId,
          password: Buffer.from(secret),
        }),
      ),
    )
    socket.on('data', (chunk) => packets.parse(chunk))
    packets.on('packet', (packet: Packet) => this.#received(packet))
    packets.on('error', () => socket.destroy())
    // `close` follows and tells it all.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#lost())
  }

  /** Sends one message after the other from now on. */
  send(): void {
    this.#sending = true
    if (!this.#waiting) this.#begin()
  }

  /** No new messages; resolves when the one in flight is acknowledged. Rejects when that takes longer than `ms`. */
  async rest(ms = 30_000): Promise<void> {
    this.#sending = false
    clearTimeout(this.#next)
    for (const until = performance.now() + ms; this.#waiting; await sleep(10)) {
      if (performance.now() > until)
        throw new Error(`${this.deviceId}: ${this.#waiting.id} has no PUBACK after ${ms} ms`)
    }
  }

  close(): void {
    this.#closed = true
    this.#sending = false
    clearTimeout(this.#next)
    clearInterval(this.#ping)
    this.#socket?.destroy()
  }

  get online(): boolean {
    return this.#online
  }

  get acknowledged(): Message[] {
    return this.messages.filter((message) => message.acknowledgedAt !== null)
  }

  #begin(): void {
    const message = { ...this.#options.make(this.messages.length), firstSentAt: 0, sendings: 0, acknowledgedAt: null }
    this.messages.push(message)
    this.#waiting = message
    if (this.#online) this.#publish(message)
  }

  #publish(message: Message): void {
    this.#packetId = (this.#packetId % 65_535) + 1
    if (message.sendings === 0) message.firstSentAt = performance.now()
    const { topic, payload, sendings } = message
    message.sendings += 1
    const dup = sendings > 0
    this.#socket?.write(
      generate({ cmd: 'publish', topic, payload, qos: 1, messageId: this.#packetId, dup, retain: false }),
    )
  }

  #received(packet: Packet): void {
    switch (packet.cmd) {
      case 'connack':
        if (packet.returnCode === 0) this.#loggedIn()
        else this.#socket?.destroy()
        return
      case 'pingresp':
        this.#pinged = false
        this.pongs += 1
        return
      case 'puback':
        if (packet.messageId === this.#packetId && this.#waiting) this.#acknowledge(this.#waiting)
    }
  }

  #loggedIn(): void {
    this.#online = true
    this.#socket?.setTimeout(0)
    const { keepAliveS = 0 } = this.#options
    if (keepAliveS > 0) this.#ping = setInterval(() => this.#sendPing(), keepAliveS * 500)
    if (this.#waiting) this.#publish(this.#waiting)
  }

  #sendPing(): void {
    if (this.#pinged) this.#socket?.destroy()
    else this.#socket?.write(generate({ cmd: 'pingreq' }))
    this.#pinged = true
  }

  #acknowledge(message: Message): void {
    message.acknowledgedAt = performance.now()
    this.#waiting = null
    this.onAcknowledged(message)
    if (this.#sending)
      this.#next = setTimeout(() => this.#begin(), this.#options.random.between(...this.#options.gapMs))
  }

  #lost(): void {
    this.#online = false
    this.#pinged = false
    clearInterval(this.#ping)
    if (this.#closed) return
    this.losses += 1
    setTimeout(
      () => {
        if (!this.#closed) this.start()
      },
      this.#options.random.between(...RECONNECT_MS),
    )
  }
}

/** Presses of one button: ids that are unique over its life. */
export function presses(deviceId: string): FirmwareOptions['make'] {
  return (n) => ({
    id: `p-${n}`,
    topic: `care/v1/${deviceId}/event`,
    payload: JSON.stringify({ id: `p-${n}`, type: 'sos', ts: Date.now() }),
  })
}

/** p50, p99 and max of how long acknowledgements took, ms; of messages first sent between the two moments. */
export function acknowledgementTimes(devices: readonly Firmware[], from = 0, to = Number.POSITIVE_INFINITY) {
  const sorted = devices
    .flatMap((device) => device.messages)
    .flatMap(({ acknowledgedAt, firstSentAt }) =>
      acknowledgedAt !== null && firstSentAt >= from && firstSentAt < to ? [acknowledgedAt - firstSentAt] : [],
    )
    .sort((a, b) => a - b)
  const at = (share: number) => Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN) * 10) / 10
  return { messages: sorted.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) }
}
