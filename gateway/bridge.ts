import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import type { Clock } from '../server/contract/clock.ts'
import type { BridgeSettings, BridgeStatus, PresencePort } from '../server/contract/ports.ts'
import { type Bound, BridgeInbound, OVERHEAD_BYTES, type TakeNext } from './bridge-inbound.ts'
import type { Metrics } from './metrics.ts'
import { nameOf } from './names.ts'
import type { Downlink, MqttProtocol } from './protocols/protocol.ts'
import type { Reception } from './reception.ts'
import { newSender, type Sender } from './sender.ts'

export interface BridgeOptions {
  settings: BridgeSettings
  protocol: MqttProtocol
  reception: Reception
  presence: PresencePort
  metrics: Metrics
  clock: Clock
  log: Logger
  /** What may wait for the store. */
  bound: Bound
  /** Whether this node may run the bridge, now. */
  isHeld(): boolean
}

const CONNECT_TIMEOUT_MS = 15_000
const KEEPALIVE_S = 30
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
const PUBLISH_TIMEOUT_MS = 10_000
/** MQTT 3.1.1, table 3.1: identifier rejected, wrong user name or password, not authorised. */
const REFUSED_CODES: ReadonlySet<number> = new Set([2, 4, 5])

/**
 * A client of an outside broker. Messages of QoS 1 (the highest that is subscribed to) are acknowledged once stored; with a
 * session that the broker keeps (clean session off) it holds what comes at QoS 1 while we are away. Every attempt is a new
 * client.
 */
export class Bridge {
  readonly sender: Sender
  readonly #options: BridgeOptions
  readonly #inbound: BridgeInbound
  #client: MqttClient | null = null
  #timer: NodeJS.Timeout | null = null
  #attempts = 0
  #messages = 0
  #status: { state: BridgeStatus['state']; since: number; reason: string | null }
  #stopped = false

  constructor(options: BridgeOptions) {
    const { settings, protocol, clock } = options
    this.#options = options
    this.#inbound = new BridgeInbound(options.bound)
    this.sender = newSender(
      protocol,
      { deviceId: settings.deviceId, settings: settings.settings, willTopic: null },
      'bridge',
    )
    this.#status = { state: 'connecting', since: clock.now(), reason: null }
  }

  get connected(): boolean {
    return this.#status.state === 'connected'
  }

  start(): void {
    this.#connect()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    const client = this.#client
    this.#lost(null)
    if (client) await client.endAsync(true)
  }

  /** Messages taken and not stored yet. */
  get waiting(): number {
    return this.#inbound.waiting
  }

  status(): BridgeStatus {
    return { deviceId: this.#options.settings.deviceId, ...this.#status, messages: this.#messages }
  }

  /** Hands a command to the broker; true when it has acknowledged it. Never rejects. */
  async publish({ topic, payload }: Downlink): Promise<boolean> {
    const client = this.#client
    if (!client || !this.connected) return false
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), PUBLISH_TIMEOUT_MS)
    })
    try {
      return await Promise.race([client.publishAsync(topic, payload, { qos: 1 }).then(() => true), late])
    } catch (error) {
      this.#options.log.debug({ ...this.#name, err: nameOf(error) }, 'bridge: not published')
      return false
    } finally {
      clearTimeout(timer)
    }
  }

  get #name() {
    return { deviceId: this.#options.settings.deviceId }
  }

  #connect(): void {
    const { settings, log } = this.#options
    // After a standstill of the process another node may have it; whoever runs the bridges ends it then.
    if (!this.#options.isHeld()) return
    const client = mqtt.connect(settings.url, {
      clientId: settings.clientId,
      ...(settings.username === null ? {} : { username: settings.username }),
      ...(settings.password === null ? {} : { password: settings.password }),
      ...(settings.ca === null ? {} : { ca: settings.ca }),
      protocolVersion: 4,
      clean: false,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      // Subscriptions are made below; the library would repeat them on its own.
      resubscribe: false,
    })
    this.#client = client
    this.#set('connecting', null)
    client.handleMessage = (packet, callback) => this.#take(client, packet, callback)
    client.on('connect', () => void this.#subscribe(client))
    client.on('error', (error) => {
      log.debug({ ...this.#name, reason: error.message }, 'bridge: error')
      if (client === this.#client) this.#set(isRefusal(error) ? 'refused' : 'waiting', reasonOf(error))
    })
    client.on('close', () => {
      if (client !== this.#client) return
      this.#lost(client)
      this.#again()
    })
  }

  async #subscribe(client: MqttClient): Promise<void> {
    const { settings, protocol, presence, clock } = this.#options
    try {
      const topics = settings.topics.length > 0 ? settings.topics : protocol.bridgeTopics
      const granted = await client.subscribeAsync([...topics], { qos: 1 })
      if (client !== this.#client) return
      const refused = granted.filter(({ qos }) => qos > 2).length
      if (refused > 0 && refused === granted.length) throw new Error('subscription_refused')
      this.#attempts = 0
      this.#set('connected', refused > 0 ? 'subscription_refused' : null)
      presence.changed(settings.deviceId, true, clock.now())
      presence.reachable(settings.deviceId)
    } catch (error) {
      if (client !== this.#client) return
      this.#set('refused', reasonOf(error))
      client.end(true)
    }
  }

  #take(client: MqttClient, packet: IPublishPacket, callback: TakeNext): void {
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload)
    this.#inbound.take(client, packet, callback, {
      bytes: payload.length + OVERHEAD_BYTES,
      stored: this.#store(packet, payload),
      failed: (error) => {
        this.#options.log.debug(
          { ...this.#name, err: nameOf(error) },
          'bridge: message not stored and not acknowledged',
        )
        client.end(true)
      },
    })
  }

  /** Resolves when the message is durable, or is of no topic that we asked for. */
  #store({ topic, retain }: IPublishPacket, payload: Buffer): Promise<void> {
    const { reception, metrics, clock } = this.#options
    const channel = this.sender.topics.channelOf(topic)
    if (channel === null) return Promise.resolve()
    this.#messages++
    metrics.message(channel)
    const message = { topic, payload, receivedAt: clock.now(), replayed: retain === true }
    return reception.receive(this.sender, channel, message)
  }

  /** The connection is gone, or is given up. */
  #lost(client: MqttClient | null): void {
    const { settings, presence, clock } = this.#options
    const wasConnected = this.connected
    this.#client = null
    client?.end(true)
    this.#inbound.drop()
    this.sender.levels.clear()
    if (wasConnected) {
      this.#set('waiting', 'connection_lost')
      presence.changed(settings.deviceId, false, clock.now())
    }
  }

  #again(): void {
    if (this.#stopped) return
    if (this.#status.state === 'connecting') this.#set('waiting', 'connection_closed')
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#attempts++, 10))
    // Spread, so that the bridges of many nodes don't come back in one moment.
    this.#timer = setTimeout(() => this.#connect(), most * (0.5 + Math.random() / 2))
  }

  #set(state: BridgeStatus['state'], reason: string | null): void {
    if (state === 'connecting' && this.#status.state !== 'connected' && this.#status.reason !== null) return
    if (state === this.#status.state && reason === this.#status.reason) return
    this.#status = { state, since: this.#options.clock.now(), reason }
    this.#options.log.info({ ...this.#name, state, reason }, 'bridge')
  }
}

function isRefusal(error: Error): boolean {
  return 'code' in error && REFUSED_CODES.has(Number(error.code))
}

/** A code or name: an error's message could hold an address. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.message === 'subscription_refused') return error.message
  if (typeof error !== 'object' || error === null || !('code' in error)) return nameOf(error)
  return CONNACK_REASONS.get(Number(error.code)) ?? String(error.code).slice(0, 40)
}

const CONNACK_REASONS = new Map([
  [1, 'unacceptable_protocol_version'],
  [2, 'identifier_rejected'],
  [3, 'server_unavailable'],
  [4, 'bad_user_name_or_password'],
  [5, 'not_authorized'],
])
