import type { Protocol } from '../../server/contract/device.ts'
import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { Connection, Link } from '../link.ts'
import type { MqttConnection } from '../mqtt/connection.ts'
import type { ForgetfulChannel } from './mqtt-channel.ts'
import type { Detail, Peer, Reading } from './peer.ts'

/** What peers that connect to the platform have in common; what they remember and say is each one's own. */
export abstract class LinkedPeer<C extends Connection> implements Peer {
  abstract readonly protocol: Protocol
  abstract readonly devices: readonly Identity[]
  abstract readonly waiting: number
  protected abstract readonly link: Link<C>

  abstract can(device: Identity): readonly EventType[]
  abstract act(device: Identity, type: EventType, detail?: Detail): Promise<void>
  abstract sample(device: Identity, reading: Reading): void

  get online(): boolean {
    return this.link.up
  }

  get refused(): boolean {
    return this.link.refused
  }

  start(delayMs: number): void {
    this.link.start(delayMs)
  }

  cut(ms: number, _power?: boolean): void {
    this.link.cut(ms)
  }

  quiesce(): void {
    if (this.waiting > 0) this.link.hurry()
  }

  stop(): Promise<void> {
    return this.link.stop()
  }
}

/** Those that keep nothing: hubs, network servers, Wi-Fi devices. */
export abstract class ForgetfulPeer extends LinkedPeer<MqttConnection> {
  protected abstract readonly channel: ForgetfulChannel

  protected get link(): Link<MqttConnection> {
    return this.channel.link
  }

  get waiting(): number {
    return this.channel.waiting
  }

  /** What a device is like in the end is of interest, though nothing waits. */
  override quiesce(): void {
    this.link.hurry()
  }
}
