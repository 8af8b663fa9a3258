import { setTimeout as pause } from 'node:timers/promises'
import mqtt, { type MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import type { Random } from './random.ts'

export interface Backoff {
  /** Upper bound of the first wait and of all waits, ms. */
  firstMs: number
  mostMs: number
}

export interface LinkOptions {
  /** mqtt://, mqtts://, ws:// or wss:// */
  url: string
  deviceId: string
  secret: string
  backoff: Backoff
  random: Random
  log: Logger
  onUp: () => void
  onDown: () => void
}

const KEEPALIVE_S = 60
const CONNECT_TIMEOUT_MS = 15_000
/** MQTT 3.1.1 section 3.2.2.3: 4 is a wrong user name or password, 5 is not authorised. */
const REFUSED_CODES = [4, 5]

/**
 * One device's MQTT 3.1.1 connection: clean session, its presence as retained status and will, reconnecting with a
 * jittered back-off. Every attempt is a new client, because mqtt.js would repeat unacknowledged messages by itself in an
 * order of its own; what has to be repeated is the outbox's business.
 */
export class Link {
  readonly #options: LinkOptions
  #client: MqttClient | null = null
  #timer: NodeJS.Timeout | undefined
  #attempts = 0
  #running = false
  #up = false
  #refused = false

  constructor(options: LinkOptions) {
    this.#options = options
  }

  get up(): boolean {
    return this.#up
  }

  /** The broker did not accept the device's name or secret at the last attempt. */
  get refused(): boolean {
    return this.#refused
  }

  /** Connects after `delayMs`, so that a city's devices do not all come in one moment. */
  start(delayMs: number): void {
    if (this.#running) return
    this.#running = true
    this.#connectIn(delayMs)
  }

  /** Publishes with QoS 1; `onAcknowledged` is called at the PUBACK, or never if the connection ends before. */
  publish(topic: string, payload: string, onAcknowledged: () => void): void {
    const client = this.#client
    if (!client || !this.#up) throw new Error('publish on a link that is down')
    client.publish(topic, payload, { qos: 1 }, (error) => {
      if (client !== this.#client) return
      if (!error) return onAcknowledged()
      this.#options.log.debug({ deviceId: this.#options.deviceId, err: error }, 'publish failed')
      this.#lost(client)
    })
  }

  /** The network is cut, without a DISCONNECT (so the will is sent), and comes back after `ms`. */
  cut(ms: number): void {
    if (!this.#running) return
    if (this.#client) this.#drop(this.#client)
    this.#connectIn(ms)
  }

  /** Whatever it waits for, a cut or its back-off, is over: connects within `ms`. */
  hurry(ms: number): void {
    if (this.#running && !this.#client) this.#connectIn(this.#options.random.between(0, ms))
  }

  /** Says goodbye and ends the connection. Resolves within about a second. */
  async stop(): Promise<void> {
    this.#running = false
    clearTimeout(this.#timer)
    const client = this.#client
    if (!client) return
    // Unacknowledged messages would hold a polite end up for ever.
    if (this.#up) await Promise.race([this.#sayGoodbye(client), pause(GOODBYE_MS)])
    this.#drop(client)
  }

  async #sayGoodbye(client: MqttClient): Promise<void> {
    try {
      await client.publishAsync(this.#statusTopic, OFFLINE, { qos: 1, retain: true })
      await client.endAsync()
    } catch (error) {
      this.#options.log.debug({ deviceId: this.#options.deviceId, err: error }, 'no goodbye')
    }
  }

  get #statusTopic(): string {
    return `care/v1/${this.#options.deviceId}/status`
  }

  #connectIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#connect(), ms)
  }

  #connect(): void {
    const { url, deviceId, secret, log, onUp } = this.#options
    const client = mqtt.connect(url, {
      clientId: deviceId,
      username: deviceId,
      password: secret,
      protocolVersion: 4,
      clean: true,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      will: { topic: this.#statusTopic, payload: Buffer.from(OFFLINE), qos: 1, retain: true },
    })
    this.#client = client
    client.on('connect', () => {
      if (client !== this.#client) return
      this.#up = true
      this.#refused = false
      this.#attempts = 0
      client.publish(this.#statusTopic, ONLINE, { qos: 1, retain: true })
      onUp()
    })
    client.on('error', (error) => {
      const refused = 'code' in error && REFUSED_CODES.includes(Number(error.code))
      if (refused && !this.#refused && client === this.#client) log.warn({ deviceId, err: error }, 'login refused')
      else log.debug({ deviceId, err: error }, 'connection error')
      if (refused) this.#refused = true
    })
    client.on('close', () => this.#lost(client))
  }

  #lost(client: MqttClient): void {
    if (client !== this.#client) return
    this.#drop(client)
    if (!this.#running) return
    const { firstMs, mostMs } = this.#options.backoff
    const most = Math.min(mostMs, firstMs * 2 ** Math.min(this.#attempts++, 20))
    this.#connectIn(this.#options.random.between(most / 2, most))
  }

  #drop(client: MqttClient): void {
    const wasUp = this.#up
    this.#client = null
    this.#up = false
    // From here on its callbacks find that it is not the current client; its error listener stays.
    client.end(true)
    if (wasUp) this.#options.onDown()
  }
}

const ONLINE = JSON.stringify({ state: 'online' })
const OFFLINE = JSON.stringify({ state: 'offline' })
const GOODBYE_MS = 1_000
