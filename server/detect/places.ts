import type { DetectContext, DeviceTraits, Observation } from '../contract/observation.ts'

const WORN: ReadonlySet<string> = new Set(['watch', 'pendant', 'tracker', 'phone'])

/** Goes where the resident goes; everything else stays in its room. */
export const isWorn = ({ kind }: DeviceTraits): boolean => WORN.has(kind)

/** Whether it watches the front door: it has that role, or is the only door sensor and no other device has the role. */
export function isEntrance({ deviceId, role, kind }: DeviceTraits, { devices }: DetectContext): boolean {
  if (role === 'entrance') return true
  if (kind !== 'door_sensor' || role !== null) return false
  return devices.every((one) => one.deviceId === deviceId || (one.kind !== 'door_sensor' && one.role !== 'entrance'))
}

/** Whether it is surely not the front door. */
export function isInnerDoor({ role }: DeviceTraits, { devices }: DetectContext): boolean {
  return role === 'ordinary' || (role !== 'entrance' && devices.some((one) => one.role === 'entrance'))
}

/** What a door did; a plain contact tells it by becoming active or calm, when it is the entrance's. Null: it is no door. */
export function doorMove({ type, device }: Extract<Observation, { kind: 'signal' }>): 'open' | 'close' | null {
  if (type === 'door_open' || (type === 'triggered' && device.role === 'entrance')) return 'open'
  if (type === 'door_close' || (type === 'released' && device.role === 'entrance')) return 'close'
  return null
}

/** Metres between two places, WGS-84 degrees. Flat, with a degree of longitude shortened: right to 1 % within 50 km. */
export function metresBetween(lat: number, lon: number, otherLat: number, otherLon: number): number {
  const metresPerDegree = 111_195
  const north = (otherLat - lat) * metresPerDegree
  const east = (otherLon - lon) * metresPerDegree * Math.cos((lat * Math.PI) / 180)
  return Math.hypot(north, east)
}
