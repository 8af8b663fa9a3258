import { toNumber } from '../json.ts'

/** Measured properties (zigbee-herdsman-converters, exposes) → telemetry field, and the values a sensor can mean. */
interface Reading {
  field: string
  min: number
  max: number
  scale?: (value: number) => number
}

const ANY = Number.MAX_VALUE
const at = (field: string, min = -ANY, max = ANY): Reading => ({ field, min, max })
const up = (field: string): Reading => at(field, 0)

export const PERCENT = at('battery', 0, 100)

export const READINGS: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  ['battery', PERCENT],
  ['linkquality', at('link_quality', 0, 255)],
  // Batteries in mV, mains in V: no mains has 1,000 V, no battery's voltage is below 1,000 mV while it can send.
  ['voltage', { field: 'voltage', min: 0, max: ANY, scale: (value) => (value >= 1_000 ? value / 1_000 : value) }],
  // What ZCL reports for "invalid" (0x8000, 0xFFFF) lies outside of these ranges.
  ['temperature', at('temperature', -100, 200)],
  ['local_temperature', at('temperature', -100, 200)],
  ['device_temperature', at('device_temperature', -100, 200)],
  ['humidity', at('humidity', 0, 100)],
  ['pressure', at('pressure', 100, 1_200)],
  ['illuminance_lux', up('illuminance')],
  ['illuminance', up('illuminance')],
  // 0 is what a radar says that sees nobody breathe, not a breathing rate.
  ['breathing_rate', at('resp', 1, 120)],
  ['respiratory_rate', at('resp', 1, 120)],
  ['respiration_rate', at('resp', 1, 120)],
  ['heart_rate', at('hr', 1, 300)],
  ['co2', up('co2')],
  ['co', up('co')],
  ['voc', up('voc')],
  ['pm25', up('pm25')],
  ['pm10', up('pm10')],
  ['formaldehyd', up('formaldehyde')],
  ['hcho', up('formaldehyde')],
  ['noise', up('noise')],
  ['smoke_density', up('smoke_density')],
  ['gas_value', up('gas_value')],
  ['soil_moisture', at('soil_moisture', 0, 100)],
  ['power', at('power')],
  ['current', at('current')],
  ['energy', at('energy')],
  ['target_distance', up('target_distance')],
  ['location_x', at('location_x')],
  ['location_y', at('location_y')],
  ['no_occupancy_since', up('no_occupancy_since')],
  ['occupancy_level', up('occupancy_level')],
  ['people_count', up('people_count')],
  ['strength', up('strength')],
  ['power_outage_count', up('power_outage_count')],
  ['trigger_count', up('trigger_count')],
])

/** The value as it is stored; null: not a number, or not one the sensor can mean. */
export function readingOf({ min, max, scale }: Reading, raw: unknown): number | null {
  const value = typeof raw === 'number' ? raw : typeof raw === 'string' ? toNumber(raw) : null
  if (value === null || !(value >= min && value <= max)) return null
  // -0 becomes 0.
  return (scale === undefined ? value : scale(value)) + 0
}
