import type { DeviceView } from '../../server/contract/api.ts'

export interface DeviceFilter {
  text: string
  state: 'all' | 'online' | 'offline'
}

/** Devices that match the text (id, resident, room) and the state. Pure. */
export function filterDevices(devices: readonly DeviceView[], { text, state }: DeviceFilter): DeviceView[] {
  const needle = text.trim().toLowerCase()
  return devices.filter(
    (device) =>
      (state === 'all' || device.online === (state === 'online')) &&
      (needle === '' ||
        [device.deviceId, device.residentName, device.room].some((field) => field?.toLowerCase().includes(needle))),
  )
}
