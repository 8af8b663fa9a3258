import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Aedes, type Client } from 'aedes'
import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import { isObject, readObject } from '../json.ts'
import { Unconfirmed } from '../levels.ts'
import { MILESIGHT_PORT } from '../wire/milesight.ts'
import { EndDevices, ttsUp, type Uplink } from './end-devices.ts'
import { type Detail, offline, type Peer, type PeerContext, type Reading, unable } from './peer.ts'

const APPLICATION = 'care@shangrao'
/** What the platform's bridge logs in with; the password is the bridge's secret here. */
export const TTS_USERNAME = APPLICATION

const LAST_WORDS_MS = 300

export const newTtsPassword = (): string => `NNSXS.${randomBytes(24).toString('hex').toUpperCase()}`

/**
 * A network server that is the broker itself, as The Things Stack is: the platform's bridge logs in here and subscribes;
 * uplinks go out with QoS 0, and to nobody while no bridge is there.
 */
export class TtsPeer implements Peer {
  readonly protocol = 'tts'
  readonly devices: readonly Identity[]
  readonly #context: PeerContext
  readonly #bridge: Identity
  readonly #ends: EndDevices
  readonly #unconfirmed: Unconfirmed
  readonly #session = randomBytes(16).toString('base64')
  readonly #clients = new Set<Client>()
  readonly #sockets = new Set<Socket>()
  #broker: Aedes | null = null
  #server: Server | null = null
  #subscribers = 0
  #closedUntil = 0

  constructor(bridge: Identity, ends: readonly Identity[], context: PeerContext) {
    this.#context = context
    this.#bridge = bridge
    this.devices = [bridge, ...ends]
    this.#ends = new EndDevices(ends, context.random)
    this.#unconfirmed = new Unconfirmed('tts', context.journal)
  }

  /** A bridge has subscribed. */
  get online(): boolean {
    return this.#subscribers > 0
  }

  get refused(): boolean {
    return false
  }

  get waiting(): number {
    return 0
  }

  /** Listens on a free port of 127.0.0.1. @returns the URL that the bridge is to be told */
  async listen(): Promise<string> {
    const broker = await Aedes.createBroker({
      authenticate: (_client, username, password, done) =>
        done(null, username === TTS_USERNAME && password?.toString() === this.#bridge.secret),
      authorizeSubscribe: (_client, subscription, done) =>
        done(null, subscription.topic.startsWith('v3/') ? subscription : null),
      authorizePublish: (client, { topic, payload }, done) => {
        if (client !== null) this.#downlink(topic, Buffer.from(payload))
        done(null)
      },
    })
    broker.on('subscribe', (subscriptions, client) => {
      if (subscriptions.some(({ topic }) => topic.endsWith('/up')) && !this.#clients.has(client)) this.#arrived(client)
    })
    broker.on('clientDisconnect', (client) => this.#left(client))
    const server = createServer((socket) => this.#accept(broker, socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    this.#broker = broker
    this.#server = server
    const address = server.address()
    return `mqtt://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  }

  start(): void {
    if (this.#server === null) throw new Error('a network server is started by listen')
  }

  can(device: Identity): readonly EventType[] {
    return this.#ends.can(device)
  }

  async act(device: Identity, type: EventType, _detail?: Detail): Promise<void> {
    const uplink = this.#ends.speak(device, type)
    if (!uplink) throw unable(type)
    this.#up(device, uplink)
  }

  sample(device: Identity, { fields }: Reading): void {
    const uplink = this.#ends.speak(device, null, fields)
    if (uplink && this.online) this.#up(device, uplink)
  }

  cut(ms: number): void {
    this.#closedUntil = performance.now() + ms
    for (const socket of this.#sockets) socket.destroy()
  }

  quiesce(): void {
    this.#closedUntil = 0
  }

  async stop(): Promise<void> {
    const server = this.#server
    const broker = this.#broker
    this.#server = null
    this.#broker = null
    if (!server || !broker) return
    // What has gone out arrives before the end does.
    this.#clients.clear()
    this.#subscribers = 0
    for (const socket of this.#sockets) socket.end()
    await pause(LAST_WORDS_MS)
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => broker.close(() => resolve()))
    await closed
  }

  #accept(broker: Aedes, socket: Socket): void {
    if (performance.now() < this.#closedUntil) {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', (err) => this.#context.log.debug({ deviceId: this.#bridge.deviceId, err }, 'bridge connection'))
    broker.handle(socket)
  }

  #arrived(client: Client): void {
    this.#clients.add(client)
    this.#subscribers = this.#clients.size
  }

  #left(client: Client): void {
    if (!this.#clients.delete(client)) return
    this.#subscribers = this.#clients.size
    if (this.#subscribers === 0) this.#unconfirmed.lost(this.#context.clock.now())
  }

  #up(device: Identity, uplink: Uplink): void {
    const { clock, ledger, journal } = this.#context
    const broker = this.#broker
    if (broker === null || !this.online) {
      if (uplink.events.length > 0) journal.untold('tts')
      throw offline()
    }
    const now = clock.now()
    const { deviceId } = device
    for (const type of uplink.events) this.#unconfirmed.event(deviceId, type, now)
    const changed = Object.entries(uplink.levels).map(([level, value]) =>
      this.#unconfirmed.level(deviceId, level, value, now),
    )
    for (const type of uplink.events) ledger.told(type)
    for (const entry of changed) if (entry?.from === now) ledger.told(entry.type)
    ledger.told('telemetry')
    const payload = Buffer.from(JSON.stringify(ttsUp(uplink, APPLICATION, this.#session, MILESIGHT_PORT, now)))
    this.#publish(broker, `v3/${APPLICATION}/devices/eui-${uplink.devEui}/up`, payload)
  }

  #publish(broker: Aedes, topic: string, payload: Buffer): void {
    broker.publish({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false }, (err) => {
      if (err) this.#context.log.debug({ deviceId: this.#bridge.deviceId, err }, 'uplink not published')
    })
  }

  /** `v3/{application}/devices/{device}/down/push`: taken, and acknowledged when that was asked for. */
  #downlink(topic: string, payload: Buffer): void {
    const { journal, clock } = this.#context
    const [, devEui] = /^v3\/[^/]+\/devices\/eui-([0-9a-f]{16})\/down\/(?:push|replace)$/.exec(topic) ?? []
    const { downlinks } = readObject(payload) ?? {}
    if (devEui === undefined || !this.#ends.has(devEui) || !Array.isArray(downlinks)) {
      journal.problem(this.#bridge.deviceId, `a downlink that can't be carried out, on ${topic}`)
      return
    }
    for (const downlink of downlinks.filter(isObject)) {
      journal.heard('downlink')
      const broker = this.#broker
      if (downlink.confirmed !== true || broker === null) continue
      const acknowledgement = {
        end_device_ids: { device_id: `eui-${devEui}`, dev_eui: devEui.toUpperCase() },
        correlation_ids: [`as:down:${randomUUID()}`],
        received_at: new Date(clock.now()).toISOString(),
        downlink_ack: { session_key_id: this.#session, ...downlink },
      }
      const base = topic.slice(0, topic.lastIndexOf('/down/'))
      this.#publish(broker, `${base}/down/ack`, Buffer.from(JSON.stringify(acknowledgement)))
    }
  }
}
