import type { CommandType, DeviceCommand } from './command.ts'
import type { DeviceRole, Protocol } from './device.ts'
import type { EventSignal, EventType, LevelReport, TelemetrySample } from './signal.ts'
import type { WordToTerminal } from './voice.ts'

/**
 * The seam between the gateway (connections and protocols) and the server (storing and deciding). The gateway imports
 * only this folder; `server/app.ts` joins the two.
 */

/**
 * What one message turned out to hold. A message may hold several (a batch of samples, a position and an alarm).
 * `from` is the address of the device behind a hub or network server that it is about; without it, the sender itself.
 */
export type DecodedItem = { from?: string } & (
  | { kind: 'event'; event: EventSignal }
  | { kind: 'level'; report: LevelReport }
  | { kind: 'telemetry'; sample: TelemetrySample }
  | { kind: 'presence'; online: boolean }
  /** What a device says of itself; only what is given is new. */
  | { kind: 'facts'; facts: DeviceFacts }
  /** A hub or network server tells of a device behind it, which may or may not be registered. Has `from`. */
  | { kind: 'discovered'; device: DiscoveredDevice }
  /** A device's answer to a command: to the one with this id, else to the one of this type that was sent last. */
  | { kind: 'reply'; reply: CommandReply }
  /** Not understood: kept as a dead letter. `alarm` when it came on an alarm channel: a case is opened as well. */
  | { kind: 'unreadable'; reason: DeadLetterReason; explanation: string; alarm: boolean }
)

/** Firmware and hardware are texts of at most 64 characters. */
export interface DeviceFacts {
  firmware?: string
  hardware?: string
  /** How it is spoken to through the network server that told of it. */
  route?: DeviceRoute
}

/** What a LoRaWAN network server has to be told to reach a device, as its messages show it. */
export interface DeviceRoute {
  /** The beginning of the device's topics, up to its name or DevEUI. */
  base: string
  fPort: number | null
  /** The catalogue's model, as its messages were read; null: nobody could. */
  model: string | null
}

/** A device as a hub knows it. */
export interface DiscoveredDevice {
  /** Catalogue key where known (server/contract/device-models.ts), else the maker's own model name; null unknown. */
  model: string | null
  vendor: string | null
  /** What a person would call it. */
  description: string | null
  /** What it should be registered as. */
  kind: string
  role: DeviceRole | null
}

export interface CommandReply {
  commandId: string | null
  type: CommandType | null
  /** What it said, JSON-safe. */
  detail: Record<string, unknown>
  /** Makes a repeated reply harmless. */
  messageId: string
  /** Ms since the epoch. */
  deviceTs?: number | null
}

export const DEAD_LETTER_REASONS = [
  'invalid_utf8',
  'invalid_json',
  'too_deep',
  'not_an_object',
  'invalid_field',
  'missing_field',
  'unknown_type',
  'unknown_topic',
  'empty',
  'too_large',
  'refused_by_database',
] as const
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number]

/** An item whose device is known: `from` has been looked up. */
export type AttributedItem = DecodedItem & { deviceId: string }

/** One message from an authenticated device, decoded but not yet stored. */
export interface InboundMessage {
  /** Who sent it: a device, or the hub or bridge that it came through. */
  deviceId: string
  protocol: string
  topic: string
  payload: Uint8Array
  /** Ms since the epoch, when the last byte had arrived. */
  receivedAt: number
  items: AttributedItem[]
}

export interface IntakePort {
  /**
   * Resolves once everything in the message is durable: committed to PostgreSQL, or for telemetry stored or spooled to
   * disk. While the store is down it waits. Rejects only when the server is stopping; then nothing may be acknowledged.
   */
  accept(message: InboundMessage): Promise<void>
}

/** A device's login record. */
export interface DeviceCredential {
  deviceId: string
  kind: string
  protocol: string
  /** argon2id, PHC string format; null for a device that never logs in itself. */
  secretHash: string | null
  settings: DeviceSettings
}

/** What a protocol needs to know of one login, beyond its credential. */
export interface DeviceSettings {
  /** protocol `mapped`: which topics mean what, see gateway/protocols/mapper. */
  mapping?: unknown
  /** protocol `owntracks`: the phone's encryption key. */
  encryptionKey?: string
}

/** A registered device as the gateway needs it to decode and to send. */
export interface RegisteredDevice {
  deviceId: string
  kind: string
  protocol: string
  /** Catalogue key, see server/contract/device-models.ts. */
  model: string | null
  role: DeviceRole | null
  /** Addresses (CIDR) that a device without a login may come from; empty: any. */
  sources: readonly string[]
}

/** An outside broker that the gateway connects to as a client. */
export interface BridgeSettings {
  /** The registered device (kind `bridge`) that stands for it. */
  deviceId: string
  protocol: string
  /** mqtt:// or mqtts:// */
  url: string
  username: string | null
  password: string | null
  clientId: string
  /** PEM of the authority that signed the broker's certificate; null: the system's. */
  ca: string | null
  /** What to subscribe to; empty: the protocol's own default. */
  topics: readonly string[]
  settings: DeviceSettings
}

/** The bridges that this node is to run, and no other. */
export interface HeldBridges {
  bridges: BridgeSettings[]
  /** Ms from the moment of asking. By then this node must have asked again, or must have ended them: another may begin. */
  forMs: number
}

/** A device that nobody has registered has sent something. */
export interface Knock {
  /** The hub or bridge that it came through; null for a device that connected by itself. */
  hubId: string | null
  protocol: string
  address: string
  /** What is known of it, when the hub has told. */
  device: DiscoveredDevice | null
  /** The message, for whoever has to find out what it is; cut at 2,000 bytes. */
  payload: Uint8Array
  at: number
  /** Only told of, has not sent anything itself. */
  announced: boolean
}

/** All of it rejects while the store is down, but `knocked`, which must not throw. */
export interface DeviceDirectoryPort {
  /** The credential of an enabled device, or null if there is no such device. */
  credential(deviceId: string): Promise<DeviceCredential | null>
  /**
   * The registered device with this address: behind the hub, or, with `hubId` null, one that connects by itself. Devices
   * of a LoRaWAN network belong to no hub and are found through any network server.
   */
  byAddress(protocol: string, hubId: string | null, address: string): Promise<RegisteredDevice | null>
  /** Takes or keeps the enabled bridges that no other node holds. */
  holdBridges(): Promise<HeldBridges>
  /** Gives up all that this node holds, so that another takes them over at once. They must have ended. */
  releaseBridges(): Promise<void>
  knocked(knock: Knock): void
}

/** Where to send a command, and what. */
export interface CommandTarget {
  deviceId: string
  protocol: string
  kind: string
  model: string | null
  /** The device that holds the connection; the device itself when it connects by itself. */
  hubId: string | null
  /** Its address behind the hub, or in its protocol. */
  address: string
  /** The hub or bridge that spoke of it last, and how it is reached there; null or absent: it moves about on no network. */
  lastHeard?: { via: string; route: DeviceRoute } | null
}

/** `unsupported`: this device can never carry it out. `offline`: not now. `delivered`: taken by the device or its hub. */
export type DeliveryResult = 'delivered' | 'offline' | 'unsupported'

/** What the server asks of the gateway. */
export interface DeviceLinkPort {
  deliver(target: CommandTarget, command: DeviceCommand): Promise<DeliveryResult>
  /** Device records have changed: what is remembered of these (or of all) is forgotten, and bridges are looked at again. */
  changed(deviceIds?: readonly string[]): void
  /** Says something about a call to a terminal that is connected to this node. True once it has it; never rejects. */
  say(deviceId: string, word: WordToTerminal): Promise<boolean>
  /** How each bridge that this node runs is doing. */
  bridges(): BridgeStatus[]
}

export interface BridgeStatus {
  deviceId: string
  state: 'connecting' | 'connected' | 'waiting' | 'refused'
  /** Ms since the epoch. */
  since: number
  /** Why it is not connected: a name or code, no address and no secret. */
  reason: string | null
  messages: number
}

export interface VoicePort {
  /** A terminal has said something about a call. It is no alarm: nothing waits for it. Must not throw. */
  heard(deviceId: string, payload: Uint8Array): void
}

export interface PresencePort {
  /** A device has (online) or no longer has (offline) an authenticated connection. Must not throw. */
  changed(deviceId: string, online: boolean, at: number): void
  /** From now on the device can be sent something: it has subscribed, named itself, or its bridge is up. Must not throw. */
  reachable(deviceId: string): void
}

/** Where a virtual home's devices get in: what a home consists of and how its devices log in. */
export interface VirtualDevice {
  deviceId: string
  /** Empty for a device that never logs in itself. */
  secret: string
  kind: string
  room: string | null
  /** How it speaks; native when not said. */
  protocol?: Protocol
  /** The hub, network server or bridge that speaks for it. */
  hubId?: string
  /** What its protocol calls it. */
  address?: string
  /** Key of the catalogue. */
  model?: string
}
export interface VirtualHome {
  homeId: string
  /** WGS-84 degrees. */
  lat: number
  lon: number
  devices: VirtualDevice[]
}

/** The simulator of the demonstration city, as far as the /simulator page needs it. */
export interface SimulatorPort {
  devices(): { deviceId: string; online: boolean; lastAction: string | null }[]
  /** Presses a virtual device's button; resolves when the platform has acknowledged. False: there is no such device. */
  press(deviceId: string, type: EventType): Promise<boolean>
}
