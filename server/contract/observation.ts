import type { DetectSettings } from './detect-settings.ts'
import type { DeviceRole } from './device.ts'
import type { SignalType } from './signal.ts'

/** A device as detectors see it. */
export interface DeviceTraits {
  deviceId: string
  kind: string
  model: string | null
  role: DeviceRole | null
  room: string | null
}

/** What detectors are told, in the order in which it reached the platform. */
export type Observation =
  | {
      kind: 'signal'
      signalId: string
      device: DeviceTraits
      type: SignalType
      /** Ms since the epoch: when it happened (device time where plausible), and when it reached us. */
      occurredAt: number
      receivedAt: number
      detail: Readonly<Record<string, unknown>>
    }
  | {
      kind: 'sample'
      device: DeviceTraits
      /** When it was measured. */
      occurredAt: number
      receivedAt: number
      /** As in telemetry: at least one of `DETECTED_FIELDS`, and whatever was measured with it. */
      fields: Readonly<Record<string, number>>
    }

/** Telemetry that detectors look at; a sample without any of these is stored and shown, and concerns no detector. */
export const DETECTED_FIELDS: readonly string[] = [
  'lat',
  'hr',
  'spo2',
  'sys',
  'dia',
  'body_temp',
  'steps',
  'temperature',
]

/** What is known of a subject: a resident with her devices, or a device that belongs to nobody. */
export interface DetectContext {
  residentId: string | null
  /** WGS-84 degrees; null unknown. */
  home: { lat: number; lon: number } | null
  livesAlone: boolean
  devices: readonly DeviceTraits[]
  /** In force for the resident: city, home and resident laid over one another. */
  settings: DetectSettings
  /** The same with a device's own settings on top. */
  settingsOf(deviceId: string): DetectSettings
  /** The newest change that these settings contain; 0: as delivered. */
  settingsVersion: number
  /** When the platform itself did not listen, ms since the epoch, oldest first: whoever was silent then is not to blame. */
  outages?: readonly { from: number; to: number }[]
}
