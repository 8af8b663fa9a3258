import type { AlertKind } from '../../server/contract/case.ts'
import type { SettingsLayer } from '../../server/contract/detect-settings.ts'
import type { DeviceRole } from '../../server/contract/device.ts'
import type { SignalType } from '../../server/contract/signal.ts'

/**
 * A labelled scenario of many devices and of what does not come. Supervision is a sweep over all devices, not a judgement of
 * one home's observations, so it has a form of its own: signs of life, connections, and the platform's own outages.
 */
export interface FleetScenario {
  name: string
  /** What happens, in one line. */
  title: string
  group: 'supervision' | 'storm'
  devices: readonly FleetDevice[]
  /** The city's. */
  settings?: SettingsLayer
  /** Ms since the epoch. All devices are registered at that moment, and heard of. */
  from: number
  lasts: number
  happenings: readonly Happening[]
  /** All that should be raised. */
  expected: readonly FleetExpected[]
  /** Devices whose silence must not be told, whatever the list above says of their kind. */
  blameless?: readonly string[]
}

export interface FleetDevice {
  deviceId: string
  kind: string
  role: DeviceRole | null
  /** Catalogue key; null: the period is that of its kind. */
  model: string | null
  hubId: string | null
  /** Null: a network server's, or a village's. */
  residentId: string | null
  /** Of the home, nine digits. */
  divisionCode: string
}

/** `after`: ms after the scenario's begin. */
export type Happening = { after: number } & (
  | { what: 'heard'; deviceIds: readonly string[] }
  /** `measured`: when it was, ms after the begin, if the device has kept it until now. */
  | { what: 'tells'; deviceId: string; type: SignalType; measured?: number }
  /** An MQTT or TCP connection that begins or ends. */
  | { what: 'connection'; deviceId: string; online: boolean }
  | { what: 'battery'; deviceId: string; percent: number }
  /** The platform takes nothing in and sweeps nothing for so long. */
  | { what: 'outage'; ms: number }
)

/** Times in ms after the scenario's begin. */
export interface FleetExpected {
  kind: AlertKind
  /** Null: a case of an area. */
  deviceId: string | null
  within: readonly [earliest: number, latest: number]
  /** At the end; active when not said. */
  restored?: boolean
  /** Devices on the list of an area's incident, at least. */
  members?: number
}

/** Signs of life of these devices, again and again. @param until the last one is before this */
export function heardEvery(ms: number, deviceIds: readonly string[], until: number, from = ms): Happening[] {
  const happenings: Happening[] = []
  for (let after = from; after < until; after += ms) happenings.push({ what: 'heard', after, deviceIds })
  return happenings
}
