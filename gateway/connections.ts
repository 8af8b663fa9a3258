import type { Duplex } from 'node:stream'
import type { Client } from 'aedes'
import type { Clock } from '../server/contract/clock.ts'
import type { PresencePort } from '../server/contract/ports.ts'
import { Answers } from './answers.ts'
import { FULL } from './limits.ts'
import type { AcceptedLogin } from './login.ts'
import { newSender, type Sender } from './sender.ts'

/** A device with at least one authenticated connection. */
export interface OnlineDevice {
  readonly deviceId: string
  readonly sender: Sender
  /** Oldest first. */
  readonly connections: Set<Connection>
  /** Rate limiter state of its messages, see limits.ts. */
  messages: number
}

/** One MQTT connection, from the socket's acceptance to its close. */
export interface Connection {
  readonly conn: Duplex
  readonly client: Client
  /** Source key, see sources.ts. */
  readonly source: string
  readonly answers: Answers
  /** Client id as the device sent it, or one of ours. */
  clientId: string
  /** Set by a successful login. */
  device: OnlineDevice | null
  /** The client id can't be accepted (CONNACK 2, told at login). */
  identifierRejected: boolean
  /** Granted QoS by topic filter. */
  readonly subscriptions: Map<string, number>
  /** Topic of its will. */
  willTopic: string | null
  /** Commands sent and not acknowledged, by packet identifier. */
  readonly commands: Map<number, (delivered: boolean) => void>
  lastCommandId: number
  /** Why it is not being read, see flow.ts. */
  holds: number
  closed: boolean
}

export function newConnection(conn: Duplex, client: Client, source: string): Connection {
  return {
    conn,
    client,
    source,
    answers: new Answers(),
    clientId: '',
    device: null,
    identifierRejected: false,
    subscriptions: new Map(),
    willTopic: null,
    commands: new Map(),
    lastCommandId: 0,
    holds: 0,
    closed: false,
  }
}

export type Supersession = 'taken_over' | 'too_many_of_device'

/** Who is connected. Tells presence when a device's first connection comes and its last one goes. */
export class Connections {
  readonly #presence: PresencePort
  readonly #clock: Clock
  readonly #perDevice: number
  readonly #devices = new Map<string, OnlineDevice>()
  /** Every connection, authenticated or not. */
  readonly all = new Set<Connection>()
  #authenticated = 0

  constructor(presence: PresencePort, clock: Clock, perDevice: number) {
    this.#presence = presence
    this.#clock = clock
    this.#perDevice = perDevice
  }

  get authenticated(): number {
    return this.#authenticated
  }

  device(deviceId: string): OnlineDevice | null {
    return this.#devices.get(deviceId) ?? null
  }

  /** Devices that speak this protocol. */
  *speaking(protocol: string): Iterable<OnlineDevice> {
    for (const device of this.#devices.values()) if (device.sender.protocol.name === protocol) yield device
  }

  /**
   * The connection belongs to the device from now on. Answers the connections that must go: the one with the same client
   * id [MQTT-3.1.4-2], and the oldest ones above the limit.
   */
  attach(connection: Connection, { deviceId, kind, protocol, settings }: AcceptedLogin): [Connection, Supersession][] {
    let device = this.#devices.get(deviceId)
    const isNew = device === undefined
    if (device === undefined) {
      const sender = newSender(protocol, { deviceId, settings, willTopic: connection.willTopic }, kind)
      device = { deviceId, sender, connections: new Set(), messages: FULL }
      this.#devices.set(deviceId, device)
    }
    const superseded: [Connection, Supersession][] = []
    for (const other of device.connections) {
      if (other.clientId === connection.clientId) superseded.push([other, 'taken_over'])
    }
    let surplus = device.connections.size - superseded.length + 1 - this.#perDevice
    for (const other of device.connections) {
      if (surplus <= 0) break
      if (other.clientId === connection.clientId) continue
      superseded.push([other, 'too_many_of_device'])
      surplus--
    }
    device.connections.add(connection)
    connection.device = device
    this.#authenticated++
    if (isNew) this.#presence.changed(deviceId, true, this.#clock.now())
    return superseded
  }

  /** The connection is gone. */
  remove(connection: Connection): void {
    this.all.delete(connection)
    const { device } = connection
    if (!device?.connections.delete(connection)) return
    this.#authenticated--
    if (device.connections.size > 0) return
    this.#devices.delete(device.deviceId)
    this.#presence.changed(device.deviceId, false, this.#clock.now())
  }
}
