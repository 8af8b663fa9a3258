import { randomUUID } from 'node:crypto'
import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import { readObject } from '../json.ts'
import { quietly } from '../quietly.ts'
import { MILESIGHT_PORT } from '../wire/milesight.ts'
import { chirpstackUp, EndDevices, type Uplink } from './end-devices.ts'
import { ForgetfulPeer } from './linked-peer.ts'
import { ForgetfulChannel } from './mqtt-channel.ts'
import { type PeerContext, type Reading, unable } from './peer.ts'

const APPLICATION = 'ca739e26-7b67-4f14-b69e-d568c22a5a75'

/** A ChirpStack v4 that publishes what its end devices send to the platform's broker. */
export class ChirpstackPeer extends ForgetfulPeer {
  readonly protocol = 'chirpstack'
  readonly devices: readonly Identity[]
  readonly #context: PeerContext
  readonly #server: Identity
  readonly #ends: EndDevices
  protected readonly channel: ForgetfulChannel
  readonly #base = `application/${APPLICATION}/device/`

  constructor(server: Identity, ends: readonly Identity[], context: PeerContext) {
    super()
    this.#context = context
    this.#server = server
    this.devices = [server, ...ends]
    this.#ends = new EndDevices(ends, context.random)
    this.channel = new ForgetfulChannel('chirpstack', server, context, null, {
      up: (connection) => connection.subscribe([`${this.#base}+/command/down`]),
      message: (topic, payload) => this.#downlink(topic, payload),
    })
  }

  can(device: Identity): readonly EventType[] {
    return this.#ends.can(device)
  }

  async act(device: Identity, type: EventType): Promise<void> {
    const uplink = this.#ends.speak(device, type)
    if (!uplink) throw unable(type)
    await this.#up(device, uplink)
  }

  sample(device: Identity, { fields }: Reading): void {
    const uplink = this.#ends.speak(device, null, fields)
    if (uplink) quietly(this.#up(device, uplink), this.#context.log, device.deviceId)
  }

  #up(device: Identity, uplink: Uplink): Promise<void> {
    const payload = JSON.stringify(chirpstackUp(uplink, APPLICATION, MILESIGHT_PORT, this.#context.clock.now()))
    const { events, levels } = uplink
    const told = { device, events, levels, isSample: true }
    return this.channel.tell(`${this.#base}${uplink.devEui}/event/up`, payload, false, told)
  }

  /** A downlink is taken, sent with the next uplink, and acknowledged when that was asked for. */
  #downlink(topic: string, payload: Buffer): void {
    const { journal } = this.#context
    const devEui = topic.slice(this.#base.length).split('/')[0] ?? ''
    const { devEui: named, data, fPort, confirmed, id } = readObject(payload) ?? {}
    if (!this.#ends.has(devEui) || named !== devEui || typeof data !== 'string' || typeof fPort !== 'number') {
      journal.problem(this.#server.deviceId, `a downlink that can't be carried out, on ${topic}`)
      return
    }
    journal.heard('downlink')
    if (confirmed !== true) return
    const acknowledgement = {
      deduplicationId: randomUUID(),
      time: new Date(this.#context.clock.now()).toISOString(),
      deviceInfo: { applicationId: APPLICATION, devEui },
      ...(typeof id === 'string' ? { queueItemId: id } : {}),
      acknowledged: true,
      fCntDown: 1,
    }
    const told = this.channel.tell(`${this.#base}${devEui}/event/ack`, JSON.stringify(acknowledgement), false, {
      device: this.#server,
    })
    quietly(told, this.#context.log, this.#server.deviceId)
  }
}
