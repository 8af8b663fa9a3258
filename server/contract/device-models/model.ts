import type { DeviceModelView } from '../device.ts'
import type { EventType } from '../signal.ts'

/** Heartbeat of a device on the mains, s. */
export const MAINS_SECONDS = 900
/** Heartbeat of a worn device with a SIM card or a LoRaWAN tracker, s. */
export const CELLULAR_SECONDS = 21_600
/** Heartbeat of a key or sensor on a battery, s. */
export const BUTTON_SECONDS = 86_400

/** What models of a sort have in common. */
export interface ModelClass extends Pick<DeviceModelView, 'kind' | 'role' | 'power' | 'heartbeatSeconds'> {
  reports: readonly EventType[]
  commands?: DeviceModelView['commands']
}

/** One line of a table: key (the maker's model name), maker, name in Chinese and English, class, what differs from it. */
export type ModelLine = readonly [
  model: string,
  vendor: string,
  zh: string,
  en: string,
  of: ModelClass,
  over?: Partial<ModelClass>,
]

/** Writes out the lines of a family. */
export function models(protocols: readonly string[], lines: readonly ModelLine[]): DeviceModelView[] {
  return lines.map(([model, vendor, zh, en, of, over]) => {
    const { kind, role, power, heartbeatSeconds, reports, commands = [] } = { ...of, ...over }
    return {
      model,
      vendor,
      name: { 'zh-CN': zh, en },
      kind,
      protocols: [...protocols],
      role,
      reports: [...reports],
      commands: [...commands],
      power,
      heartbeatSeconds,
    }
  })
}

const onBattery = { role: null, power: 'battery', heartbeatSeconds: BUTTON_SECONDS } as const
const onMains = { role: null, power: 'mains', heartbeatSeconds: MAINS_SECONDS } as const

/** Says itself that it is an emergency. */
export const EMERGENCY_KEY: ModelClass = {
  ...onBattery,
  kind: 'sos_button',
  role: 'sos',
  reports: ['sos', 'battery_low'],
}
/** Made as an emergency key, but says only that it was pressed: the role gives the meaning. */
export const SOS_KEY: ModelClass = { ...onBattery, kind: 'sos_button', role: 'sos', reports: ['button', 'battery_low'] }
export const KEY: ModelClass = { ...onBattery, kind: 'button', reports: ['button', 'battery_low'] }
export const FALL_RADAR: ModelClass = {
  ...onMains,
  kind: 'fall_sensor',
  reports: ['fall', 'fall_suspected', 'fall_clear', 'motion', 'vacant'],
}
export const DOOR: ModelClass = {
  ...onBattery,
  kind: 'door_sensor',
  reports: ['door_open', 'door_close', 'tamper', 'battery_low'],
}
export const MOTION: ModelClass = { ...onBattery, kind: 'motion_sensor', reports: ['motion', 'vacant', 'battery_low'] }
export const PRESENCE: ModelClass = { ...onMains, kind: 'motion_sensor', reports: ['motion', 'vacant'] }
export const WATER: ModelClass = {
  ...onBattery,
  kind: 'water_sensor',
  reports: ['water_leak', 'water_clear', 'battery_low'],
}
export const SMOKE: ModelClass = {
  ...onBattery,
  kind: 'smoke_sensor',
  reports: ['smoke', 'smoke_clear', 'tamper', 'test', 'battery_low'],
}
export const GAS: ModelClass = { ...onMains, kind: 'gas_sensor', reports: ['gas', 'gas_clear', 'tamper'] }
export const CO: ModelClass = { ...onBattery, kind: 'co_sensor', reports: ['co', 'co_clear', 'battery_low'] }
export const CLIMATE: ModelClass = { ...onBattery, kind: 'climate_sensor', reports: ['battery_low'] }
export const TRACKER: ModelClass = {
  ...onBattery,
  kind: 'tracker',
  power: 'rechargeable',
  heartbeatSeconds: CELLULAR_SECONDS,
  reports: ['sos', 'battery_low'],
}
export const HUB: ModelClass = { ...onMains, kind: 'hub', reports: ['hub_offline', 'hub_online'] }
