import type { DeviceTraits } from '../../server/contract/observation.ts'
import type { Position } from '../geo.ts'
import type { Home } from './scenario.ts'

/** A village of 清湖乡, 弋阳县. */
export const VILLAGE: Position = { lat: 28.441, lon: 117.362 }

const traits = (
  deviceId: string,
  kind: string,
  { role = null, room = null, model = null }: Partial<Omit<DeviceTraits, 'deviceId' | 'kind'>> = {},
): DeviceTraits => ({ deviceId, kind, role, room, model })

/** What stands in the library's homes, by device id. */
const DEVICES = [
  traits('key', 'sos_button', { role: 'sos', room: '床头' }),
  traits('pull-cord', 'button', { role: 'sos', room: '卫生间', model: 'WXKG11LM' }),
  traits('help-key', 'button', { role: 'help', room: '客厅' }),
  traits('light-key', 'button', { role: 'ordinary', room: '客厅' }),
  traits('radar', 'fall_sensor', { room: '卫生间', model: 'VS373' }),
  traits('watch', 'watch', { model: 'GPS watch 4G' }),
  traits('pendant', 'pendant', { model: 'EV07B' }),
  traits('tracker', 'tracker', { model: 'AT101' }),
  traits('phone', 'phone', { model: 'OwnTracks' }),
  traits('motion-living', 'motion_sensor', { room: '客厅' }),
  traits('motion-bath', 'motion_sensor', { room: '卫生间' }),
  traits('motion-kitchen', 'motion_sensor', { room: '厨房' }),
  traits('motion-bedroom', 'motion_sensor', { room: '卧室' }),
  traits('bed', 'bed_sensor', { room: '卧室' }),
  traits('door', 'door_sensor', { role: 'entrance', room: '门口' }),
  traits('smoke', 'smoke_sensor', { room: '厨房' }),
  traits('smoke-contact', 'other', { role: 'smoke', room: '客厅' }),
  traits('gas', 'gas_sensor', { room: '厨房' }),
  traits('co', 'co_sensor', { room: '卧室' }),
  traits('water', 'water_sensor', { room: '卫生间' }),
  traits('climate', 'climate_sensor', { room: '卧室' }),
  traits('climate-kitchen', 'climate_sensor', { room: '厨房' }),
  traits('hub', 'hub', { room: '客厅' }),
] as const

/**
 * The home of somebody who lives alone, with these devices.
 * @throws RangeError when there is no such device
 */
export function homeWith(...deviceIds: readonly string[]): Home {
  const devices = deviceIds.map((deviceId) => {
    const found = DEVICES.find((device) => device.deviceId === deviceId)
    if (found === undefined) throw new RangeError(`no device ${deviceId} in the library`)
    return found
  })
  return { position: VILLAGE, livesAlone: true, devices }
}

/** Rooms that are seen, a fall radar and a watch: what most falls are told by. */
export const WATCHED_HOME: Home = homeWith(
  ...['key', 'radar', 'watch', 'motion-living', 'motion-bath', 'motion-kitchen', 'motion-bedroom', 'door', 'hub'],
)
