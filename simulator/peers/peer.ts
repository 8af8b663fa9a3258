import type { Logger } from 'pino'
import type { Clock } from '../../server/contract/clock.ts'
import type { Protocol } from '../../server/contract/device.ts'
import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { Journal } from '../journal.ts'
import type { Ledger } from '../ledger.ts'
import type { Backoff } from '../link.ts'
import type { Random } from '../random.ts'

/** What a device measures: telemetry field names and units as in the contract; without a fix there is no lat and lon. */
export interface Reading {
  /** Device time, ms since the epoch. */
  ts: number
  fields: Readonly<Record<string, number>>
}

/** What a happening says besides its type, JSON-safe. */
export type Detail = Readonly<Record<string, string | number | boolean>>

/**
 * The devices behind one connection, as the platform sees them: a hub with its sensors, a network server, or a device that
 * connects by itself. A new kind of device is a file here and a line in `make.ts`.
 */
export interface Peer {
  readonly protocol: Protocol
  /** Who holds the connection comes first. */
  readonly devices: readonly Identity[]
  readonly online: boolean
  /** Its login was refused. */
  readonly refused: boolean
  /** Messages that are not acknowledged yet and will be repeated. */
  readonly waiting: number
  /** Connects after `delayMs`. */
  start(delayMs: number): void
  /** What the device can tell of. */
  can(device: Identity): readonly EventType[]
  /**
   * Something happens at a device. Resolves when the platform has acknowledged it, or, where the protocol has no
   * acknowledgement, when it has been sent; rejects when it can't be told (and is then forgotten, as by the real device).
   */
  act(device: Identity, type: EventType, detail?: Detail): Promise<void>
  /** The device has measured something. */
  sample(device: Identity, reading: Reading): void
  /** The network is cut for `ms`. With `power` the device is without power as well, and starts anew afterwards. */
  cut(ms: number, power?: boolean): void
  /** Nothing new will happen; what waits goes out now rather than later. */
  quiesce(): void
  /** Ends the connection. Promises that are still waiting reject. */
  stop(): Promise<void>
}

/** Where the platform listens. */
export interface Places {
  mqttUrl: string
  host: string
  watchPort: number
  pendantPort: number
}

/** Sources of chance of their own for each device and purpose. */
export type RandomOf = (purpose: string, device: Identity) => Random

/** What all peers of a simulation share. */
export interface PeerContext {
  places: Places
  backoff: Backoff
  /** Quality of service of those that are usually set up with 0: hubs, network servers, Wi-Fi devices. */
  qos: 0 | 1
  clock: Clock
  log: Logger
  ledger: Ledger
  journal: Journal
  /** A device's source of chance for something; the same seed gives the same numbers, whatever its id. */
  random: RandomOf
  maxSamples: number
  /** After so long without an answer a TCP device sends an alarm again. */
  repeatMs: number
}

/** Rejections of `act`. */
export const stopped = () => new Error('the simulator was stopped')
export const offline = () => new Error('the device has no connection and no memory: it can tell nobody')
export const unable = (type: EventType) => new Error(`the device can't tell of ${type}`)
