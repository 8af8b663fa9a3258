import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import { quietly } from '../quietly.ts'
import type { WifiKind, WifiMessage, WifiSpeech } from '../wire/wifi.ts'
import { ForgetfulPeer } from './linked-peer.ts'
import { type Birth, ForgetfulChannel } from './mqtt-channel.ts'
import { type PeerContext, type Reading, unable } from './peer.ts'

/** Devices that speak MQTT in their own way: one by itself, or a Bluetooth gateway with those that it hears. */
export class WifiPeer extends ForgetfulPeer {
  readonly protocol: WifiKind['protocol']
  readonly devices: readonly Identity[]
  readonly #context: PeerContext
  protected readonly channel: ForgetfulChannel
  readonly #speeches: ReadonlyMap<string, WifiSpeech>

  /** @param login the device itself, or a gateway (kind `hub`) that says nothing of itself @param children behind it */
  constructor(kind: WifiKind, login: Identity, children: readonly Identity[], context: PeerContext) {
    super()
    this.protocol = kind.protocol
    this.#context = context
    this.devices = [login, ...children]
    const speaking = login.kind === 'hub' ? children : [login]
    this.#speeches = new Map(
      speaking.map((device) => [device.deviceId, kind.speech(device, login, context.random('wifi', device))]),
    )
    const birth = kind.birth(login)
    const said: Birth | null = birth && {
      device: login,
      level: 'online',
      topic: birth.topic,
      online: { payload: birth.online, value: { value: 'online', type: null } },
      offline: { payload: birth.offline, value: { value: 'offline', type: null } },
    }
    this.channel = new ForgetfulChannel(kind.protocol, login, context, said, {
      up: (connection) => {
        const topics = kind.listens(login)
        if (topics.length > 0) connection.subscribe(topics, 0)
      },
      message: () => context.journal.heard('command'),
    })
  }

  can({ deviceId }: Identity): readonly EventType[] {
    return this.#speeches.get(deviceId)?.acts ?? []
  }

  async act(device: Identity, type: EventType): Promise<void> {
    const messages = this.#speeches.get(device.deviceId)?.happens(type) ?? null
    if (messages === null) throw unable(type)
    for (const message of messages) await this.#tell(device, message)
  }

  sample(device: Identity, { fields }: Reading): void {
    for (const message of this.#speeches.get(device.deviceId)?.reports(fields) ?? []) {
      quietly(this.#tell(device, message), this.#context.log, device.deviceId)
    }
  }

  #tell(device: Identity, { topic, payload, retain = false, events = [], levels = {} }: WifiMessage): Promise<void> {
    return this.channel.tell(topic, payload, retain, { device, events, levels, isSample: events.length === 0 })
  }
}
