import type { DeviceCommand } from '../../../server/contract/command.ts'
import type { DeviceKind, DeviceRole } from '../../../server/contract/device.ts'
import type { DeviceFacts } from '../../../server/contract/ports.ts'
import type { EventType } from '../../../server/contract/signal.ts'

/** What the codecs of LoRaWAN devices have in common. All of it is pure: bytes in, readings out. */

/** Port 0 and those above are the network's own (LoRaWAN 1.0.4, 4.3.2). */
export const LAST_APPLICATION_PORT = 223

export type Fields = Record<string, number>
export type Detail = Record<string, string | number | boolean>

/** What a codec finds in the bytes. `at`: the device's own time, ms since the epoch; null: the time of the uplink. */
export type Reading =
  | { kind: 'event'; type: EventType; detail: Detail; at: number | null }
  | { kind: 'level'; level: string; value: string; event: EventType | null; calm: boolean; detail: Detail }
  | { kind: 'telemetry'; fields: Fields; at: number | null }
  | { kind: 'facts'; facts: DeviceFacts }
  | { kind: 'presence'; online: boolean }
  /** What could not be read; `alarm` when it may hold one. */
  | { kind: 'unreadable'; explanation: string; alarm: boolean }

/** The bytes of one downlink. */
export interface Frame {
  fPort: number
  bytes: Buffer
}

/** One model of device: what its bytes mean and how it is asked for something. */
export interface Codec {
  /** As the maker writes it; null: the maker is known, the model isn't. */
  model: string | null
  vendor: string
  kind: DeviceKind
  role: DeviceRole | null
  /**
   * Never throws.
   * @param time of the uplink, ms since the epoch
   */
  decode(fPort: number, bytes: Buffer, time: number): Reading[]
  /**
   * The downlinks that carry out a command; none: this device can't.
   * @param fPort of its last uplink, null when none is remembered
   */
  encode?(command: DeviceCommand, fPort: number | null): Frame[]
}

export const event = (type: EventType, detail: Detail = {}, at: number | null = null): Reading => ({
  kind: 'event',
  type,
  detail,
  at,
})

export const telemetry = (fields: Fields, at: number | null = null): Reading => ({ kind: 'telemetry', fields, at })

export const unreadable = (explanation: string, alarm: boolean): Reading => ({ kind: 'unreadable', explanation, alarm })

/** One value of a level: its name, what entering it tells, and whether it is the normal one. */
export interface LevelValue {
  value: string
  event: EventType | null
  calm: boolean
}

export const level = (name: string, { value, event, calm }: LevelValue, detail: Detail = {}): Reading => ({
  kind: 'level',
  level: name,
  value,
  event,
  calm,
  detail,
})

const alarming = (value: string, event: EventType): LevelValue => ({ value, event, calm: false })
const calm = (value: string, event: EventType | null): LevelValue => ({ value, event, calm: true })

/** What a flag of 0 or 1 stands for: [at 0, at 1]. */
export const LEVELS = {
  door: [calm('closed', 'door_close'), alarming('open', 'door_open')],
  water: [calm('dry', 'water_clear'), alarming('leak', 'water_leak')],
  gas: [calm('normal', 'gas_clear'), alarming('alarm', 'gas')],
  occupancy: [calm('vacant', 'vacant'), alarming('occupied', 'motion')],
  moving: [calm('still', null), alarming('moving', 'motion')],
  mounted: [calm('mounted', 'worn'), alarming('removed', 'removed')],
  tamper: [calm('normal', 'tamper_clear'), alarming('tampered', 'tamper')],
  fall: [calm('clear', 'fall_clear'), alarming('fall', 'fall')],
  geofence: [calm('inside', 'wander_end'), alarming('outside', 'wander')],
  contact: [calm('closed', 'released'), alarming('open', 'triggered')],
} as const satisfies Record<string, readonly [LevelValue, LevelValue]>
export type LevelName = keyof typeof LEVELS

/** A level of two values, from its flag. */
export function flagLevel(name: LevelName, isSet: boolean, as: string = name): Reading {
  return level(as, LEVELS[name][isSet ? 1 : 0])
}

/**
 * A position, or nothing where the numbers are none: out of range, or the 0,0 of a receiver without a fix.
 * @param lat WGS-84 degrees
 * @param lon WGS-84 degrees
 */
export function position(lat: number, lon: number): Fields {
  return isPosition(lat, lon) ? { lat, lon } : {}
}

export function isPosition(lat: unknown, lon: unknown): boolean {
  if (typeof lat !== 'number' || typeof lon !== 'number') return false
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && !(lat === 0 && lon === 0)
}

/** Whether a record has anything in it. */
export function hasAny(record: object): boolean {
  for (const _ in record) return true
  return false
}
