import type { SimulatedDevice } from '../../server/contract/api.ts'
import type { DeviceKind } from '../../server/contract/device.ts'
import type { EventType } from '../../server/contract/signal.ts'

/** What a person may do to a device of each kind, the main thing first. */
const BUTTONS: Record<DeviceKind, readonly EventType[]> = {
  sos_button: ['sos', 'sos_cancel', 'test'],
  fall_sensor: ['fall', 'fall_cancel', 'leave_bed'],
  tracker: ['wander', 'sos', 'removed'],
  watch: ['sos', 'fall', 'fall_cancel'],
  pendant: ['sos', 'fall', 'battery_low'],
  phone: ['wander', 'wander_end'],
  button: ['button', 'battery_low'],
  door_sensor: ['door_open', 'door_close', 'tamper'],
  motion_sensor: ['motion', 'vacant'],
  bed_sensor: ['leave_bed', 'bed_enter'],
  smoke_sensor: ['smoke', 'restore', 'test'],
  gas_sensor: ['gas', 'gas_clear'],
  co_sensor: ['co', 'co_clear'],
  water_sensor: ['water_leak', 'water_clear'],
  climate_sensor: ['battery_low'],
  terminal: ['sos', 'help', 'sos_cancel'],
  hub: ['mains_loss', 'mains_restore', 'tamper'],
  bridge: ['device_fault'],
  other: ['sos', 'battery_low', 'test'],
}

export function buttonsOf(kind: string): readonly EventType[] {
  return kind in BUTTONS ? BUTTONS[kind as DeviceKind] : BUTTONS.other
}

export type Weight = 'emergency' | 'help' | 'plain'

/** How a button looks: red calls for rescue, green for help, as on the terminals. */
export function weightOf(type: EventType): Weight {
  if (['sos', 'fall', 'smoke', 'gas', 'co', 'wander'].includes(type)) return 'emergency'
  return type === 'help' ? 'help' : 'plain'
}

export interface VirtualHome {
  key: string
  residentName: string | null
  place: string | null
  devices: SimulatedDevice[]
}

/** Devices by home (two residents may have one name), in the order they came; a device without a resident is a home of its own. Pure. */
export function homesOf(devices: readonly SimulatedDevice[]): VirtualHome[] {
  const homes = new Map<string, VirtualHome>()
  for (const device of devices) {
    const { residentId, residentName, place } = device
    const key = residentId ?? device.deviceId
    const home = homes.get(key) ?? { key, residentName, place, devices: [] }
    home.devices.push(device)
    homes.set(key, home)
  }
  return [...homes.values()]
}

/** Homes where name, place or a device matches. Pure. */
export function findHomes(homes: readonly VirtualHome[], text: string): VirtualHome[] {
  const needle = text.trim().toLowerCase()
  if (needle === '') return [...homes]
  return homes.filter((home) =>
    [home.residentName, home.place, ...home.devices.flatMap((device) => [device.deviceId, device.room])].some((field) =>
      field?.toLowerCase().includes(needle),
    ),
  )
}

/** `type ISO-time` of a device's last act, or null when it has done nothing or says something else. Pure. */
export function lastAct(text: string | null): { type: string; at: string } | null {
  const [type, at] = text?.split(' ') ?? []
  return type && at && !Number.isNaN(Date.parse(at)) ? { type, at } : null
}
