import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { LevelValue } from '../levels.ts'
import type { Random } from '../random.ts'
import { type Birth, ForgetfulChannel } from './mqtt-channel.ts'
import { type Detail, type Peer, type PeerContext, type Reading, unable } from './peer.ts'

type Fields = Readonly<Record<string, number>>

/** A message of a device in its own words, and what the platform is to make of it. */
export interface WifiMessage {
  topic: string
  payload: string
  retain?: boolean
  events?: readonly EventType[]
  levels?: Readonly<Record<string, LevelValue>>
}

/** How one kind of Wi-Fi or Bluetooth device speaks. What it remembers is its own. */
export interface WifiSpeech {
  acts: readonly EventType[]
  /** Null: this device can't tell of it. */
  happens(type: EventType): WifiMessage[] | null
  /** Its regular report. */
  reports(fields: Fields): WifiMessage[]
}

/** The kinds: their acts and words, and how the login says that it is there. */
export interface WifiKind {
  protocol: 'shelly_gen1' | 'shelly_blu' | 'tasmota' | 'esphome'
  birth(login: Identity): { topic: string; online: string; offline: string } | null
  speech(device: Identity, login: Identity, random: Random): WifiSpeech
  /** What it subscribes to. */
  listens(login: Identity): string[]
}

/** Devices that speak MQTT in their own way: one by itself, or a Bluetooth gateway with those that it hears. */
export class WifiPeer implements Peer {
  readonly protocol: WifiKind['protocol']
  readonly devices: readonly Identity[]
  readonly #context: PeerContext
  readonly #channel: ForgetfulChannel
  readonly #speeches: ReadonlyMap<string, WifiSpeech>

  /** @param login the device itself, or a gateway (kind `hub`) that says nothing of itself @param children behind it */
  constructor(kind: WifiKind, login: Identity, children: readonly Identity[], context: PeerContext) {
    this.protocol = kind.protocol
    this.#context = context
    this.devices = [login, ...children]
    const speaking = login.kind === 'hub' ? children : [login]
    this.#speeches = new Map(
      speaking.map((device) => [
        device.deviceId,
        kind.speech(device, login, context.random('wifi', device)),
      ]),
    )
    const birth = kind.birth(login)
    const said: Birth | null = birth && {
      device: login,
      level: 'online',
      topic: birth.topic,
      online: { payload: birth.online, value: { value: 'online', type: null } },
      offline: { payload: birth.offline, value: { value: 'offline', type: null } },
    }
    this.#channel = new ForgetfulChannel(kind.protocol, login, context, said, {
      up: (connection) => {
        const topics = kind.listens(login)
        if (topics.length > 0) connection.subscribe(topics, 0)
      },
      message: () => context.journal.heard('command'),
    })
  }

  get online(): boolean {
    return this.#channel.link.up
  }

  get refused(): boolean {
    return this.#channel.link.refused
  }

  get waiting(): number {
    return this.#channel.waiting
  }

  can({ deviceId }: Identity): readonly EventType[] {
    return this.#speeches.get(deviceId)?.acts ?? []
  }

  start(delayMs: number): void {
    this.#channel.link.start(delayMs)
  }

  async act(device: Identity, type: EventType, _detail?: Detail): Promise<void> {
    const messages = this.#speeches.get(device.deviceId)?.happens(type) ?? null
    if (messages === null) throw unable(type)
    for (const message of messages) await this.#tell(device, message)
  }

  sample(device: Identity, { fields }: Reading): void {
    const { log } = this.#context
    for (const message of this.#speeches.get(device.deviceId)?.reports(fields) ?? []) {
      this.#tell(device, message).catch((err: unknown) => log.debug({ deviceId: device.deviceId, err }, 'not told'))
    }
  }

  cut(ms: number): void {
    this.#channel.link.cut(ms)
  }

  quiesce(): void {
    if (!this.online) this.#channel.link.hurry()
  }

  stop(): Promise<void> {
    return this.#channel.link.stop()
  }

  #tell(device: Identity, { topic, payload, retain = false, events = [], levels = {} }: WifiMessage): Promise<void> {
    return this.#channel.tell(topic, payload, retain, { device, events, levels, isSample: events.length === 0 })
  }
}
