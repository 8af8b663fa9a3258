import type { EventSignal, EventType, TelemetrySample } from './signal.ts'

/**
 * The seam between the gateway (connections and protocols) and the server (storing and deciding). The gateway imports
 * only this folder; `server/app.ts` joins the two.
 */

/** What one message turned out to hold. A message may hold several (a batch of samples, a position and an alarm). */
export type DecodedItem =
  | { kind: 'event'; event: EventSignal }
  | { kind: 'telemetry'; sample: TelemetrySample }
  | { kind: 'presence'; online: boolean }
  /** Not understood: kept as a dead letter. `alarm` when it came on an alarm channel: a case is opened as well. */
  | { kind: 'unreadable'; reason: DeadLetterReason; explanation: string; alarm: boolean }

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

/** One message from an authenticated device, decoded but not yet stored. */
export interface InboundMessage {
  deviceId: string
  protocol: string
  topic: string
  payload: Uint8Array
  /** Ms since the epoch, when the last byte had arrived. */
  receivedAt: number
  items: DecodedItem[]
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
  protocol: string
  /** argon2id, PHC string format. */
  secretHash: string
}

export interface DeviceDirectoryPort {
  /** The credential of an enabled device, or null if there is no such device. Rejects when the store is down. */
  credential(deviceId: string): Promise<DeviceCredential | null>
}

export interface PresencePort {
  /** A device has (online) or no longer has (offline) an authenticated connection. Must not throw. */
  changed(deviceId: string, online: boolean, at: number): void
}

/** Where a virtual home's devices get in: what a home consists of and how its devices log in. */
export interface VirtualDevice {
  deviceId: string
  secret: string
  kind: string
  room: string | null
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
