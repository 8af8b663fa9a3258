import { connect as connectTcp, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { generate, type Packet } from 'mqtt-packet'
import { createWebSocketStream, WebSocket } from 'ws'
import { cutPackets, type Inbound, ProtocolViolation } from './packets.ts'

export interface MqttLogin {
  clientId: string
  username: string
  password: string
  keepaliveS: number
  will: { topic: string; payload: string; qos: 0 | 1; retain: boolean } | null
}

export interface MqttEvents {
  /** CONNACK 0 has come. */
  up(): void
  message(topic: string, payload: Buffer, retain: boolean): void
  /** The broker has refused a subscription. */
  notSubscribed(): void
  /** Once, however it ended. `code`: the CONNACK that refused the login, else null. */
  down(code: number | null, reason: string): void
}

const CONNECT_TIMEOUT_MS = 15_000
const EMPTY: Buffer = Buffer.alloc(0)
/** MQTT 3.1.1 section 3.9.3. */
const REFUSED = 0x80

/**
 * One MQTT 3.1.1 connection of a device, with a clean session. It repeats nothing by itself: what has to go out again
 * after a lost connection is its owner's business.
 */
export class MqttConnection {
  readonly #stream: Duplex
  readonly #events: MqttEvents
  readonly #acknowledgements = new Map<number, () => void>()
  #rest: Buffer = EMPTY
  #timer: NodeJS.Timeout
  #lastId = 0
  #isUp = false
  #isOver = false
  /** Pings without an answer; the broker answers them in order. */
  #pings = 0
  #onPong: (() => void) | null = null

  /** @param url mqtt://, mqtts://, ws:// or wss:// */
  constructor(url: string, login: MqttLogin, events: MqttEvents) {
    this.#events = events
    this.#stream = openStream(url)
    this.#stream.on('data', (chunk: Buffer) => this.#read(chunk, login.keepaliveS))
    this.#stream.on('error', (error) => this.#over(null, error.message))
    this.#stream.on('close', () => this.#over(null, 'closed'))
    this.#timer = setTimeout(() => this.#over(null, 'no CONNACK'), CONNECT_TIMEOUT_MS)
    const { clientId, username, password, keepaliveS: keepalive, will } = login
    this.#send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId,
      username,
      password: Buffer.from(password),
      keepalive,
      ...(will === null ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
    })
  }

  /** `onAcknowledged` is called at the PUBACK, or never when the connection ends before; without it, QoS 0. */
  publish(topic: string, payload: string | Buffer, retain: boolean, onAcknowledged?: () => void): void {
    const qos = onAcknowledged === undefined ? 0 : 1
    const messageId = onAcknowledged === undefined ? undefined : this.#expect(onAcknowledged)
    this.#send({ cmd: 'publish', topic, payload, qos, retain, dup: false, ...(messageId ? { messageId } : {}) })
  }

  subscribe(topics: readonly string[], qos: 0 | 1 = 1): void {
    const messageId = this.#expect(() => undefined)
    this.#send({ cmd: 'subscribe', messageId, subscriptions: topics.map((topic) => ({ topic, qos })) })
  }

  /** `onAnswer` is called when the broker has answered, which it does after all that went out before. */
  ping(onAnswer: () => void): void {
    this.#onPong = onAnswer
    this.#sendPing()
  }

  /** Says goodbye (no will is sent) and ends the connection. */
  end(): void {
    if (this.#isUp) this.#send({ cmd: 'disconnect' })
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#stream.end()
    // A broker that doesn't answer the end must not hold the process.
    this.#timer = setTimeout(() => this.#stream.destroy(), 1_000)
    this.#timer.unref()
  }

  /** Breaks the connection, as a cut network does; no event follows. */
  destroy(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#stream.destroy()
  }

  #expect(onAcknowledged: () => void): number {
    do this.#lastId = this.#lastId === 0xffff ? 1 : this.#lastId + 1
    while (this.#acknowledgements.has(this.#lastId))
    this.#acknowledgements.set(this.#lastId, onAcknowledged)
    return this.#lastId
  }

  #send(packet: Packet): void {
    if (!this.#isOver) this.#stream.write(generate(packet))
  }

  #read(chunk: Buffer, keepaliveS: number): void {
    try {
      const { packets, rest } = cutPackets(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]))
      this.#rest = rest.length === 0 ? EMPTY : Buffer.from(rest)
      for (const packet of packets) if (!this.#isOver) this.#take(packet, keepaliveS)
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error
      this.#over(null, error.message)
    }
  }

  #take(packet: Inbound, keepaliveS: number): void {
    switch (packet.kind) {
      case 'connack':
        if (packet.code !== 0) {
          this.#over(packet.code, `CONNACK ${packet.code}`)
          return
        }
        this.#isUp = true
        clearTimeout(this.#timer)
        if (keepaliveS > 0) this.#timer = setInterval(() => this.#keepAlive(), keepaliveS * 1000)
        this.#events.up()
        return
      case 'pingresp':
        this.#pings = Math.max(0, this.#pings - 1)
        // The answer to an earlier ping says nothing of what went out after that one.
        if (this.#pings > 0) return
        this.#onPong?.()
        this.#onPong = null
        return
      case 'suback':
        this.#acknowledged(packet.id)
        if (packet.granted.includes(REFUSED)) this.#events.notSubscribed()
        return
      case 'publish':
        if (packet.qos === 1) this.#send({ cmd: 'puback', messageId: packet.id })
        this.#events.message(packet.topic, packet.payload, packet.retain)
        return
      case 'puback':
        this.#acknowledged(packet.id)
    }
  }

  #acknowledged(id: number): void {
    const onAcknowledged = this.#acknowledgements.get(id)
    this.#acknowledgements.delete(id)
    onAcknowledged?.()
  }

  #keepAlive(): void {
    if (this.#pings > 0) this.#over(null, 'no PINGRESP')
    else this.#sendPing()
  }

  #sendPing(): void {
    this.#pings++
    this.#send({ cmd: 'pingreq' })
  }

  #over(code: number | null, reason: string): void {
    if (this.#isOver) return
    this.destroy()
    this.#events.down(code, reason)
  }
}

function openStream(url: string): Duplex {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  switch (protocol) {
    case 'mqtts:':
      return connectTls({ host, port: Number(port || 8883), ...(isIP(host) ? {} : { servername: host }) })
    case 'ws:':
    case 'wss:':
      return createWebSocketStream(new WebSocket(url, 'mqtt'))
    default:
      return connectTcp({ host, port: Number(port || 1883), noDelay: true })
  }
}
