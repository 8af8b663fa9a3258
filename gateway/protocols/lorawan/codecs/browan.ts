import {
  type Codec,
  event,
  type Fields,
  flagLevel,
  type LevelName,
  position,
  type Reading,
  telemetry,
  unreadable,
} from '../reading.ts'

/**
 * Browan's Tabs: each model has a port of its own. Byte 0 is the status, byte 1 the battery, byte 2 the temperature within
 * the device; little-endian. Sources: vendor/browan of TheThingsNetwork/lorawan-devices (*.js), the vendor's manuals.
 */

interface Tab {
  model: string
  kind: Codec['kind']
  role: Codec['role']
  /** Without them the frame can't be read. */
  minBytes: number
  /** The level that bit 0 of the status stands for. */
  level: LevelName | null
  /** Bit 0 of the status is a press of the key. */
  hasKey: boolean
  alarm: boolean
  more: ((bytes: Buffer, fields: Fields) => void) | null
}

/** Bits 3 to 0: tenths of a volt above 2.5 V. */
const volts = (bytes: Buffer): number => (25 + (bytes.readUInt8(1) & 0x0f)) / 10
/** 7 bits, °C + 32. */
const celsius = (bytes: Buffer, at: number): number => (bytes.readUInt8(at) & 0x7f) - 32

const PLAIN = { role: null, minBytes: 3, level: null, hasKey: false, alarm: false, more: null }

/** Minutes since the last event (2), events since the start (3). */
function counted(bytes: Buffer, fields: Fields): void {
  fields.device_temperature = celsius(bytes, 2)
  if (bytes.length >= 8) fields.event_count = bytes.readUIntLE(5, 3)
}

function healthyHome(bytes: Buffer, fields: Fields): void {
  if (bytes.length >= 4) fields.humidity = bytes.readUInt8(3) & 0x7f
  // The model with the air sensor (TBHV110) measures the room at byte 10, the other (TBHH100) at byte 2.
  fields.temperature = celsius(bytes, bytes.length >= 11 ? 10 : 2)
  if (bytes.length < 11) return
  fields.co2 = bytes.readUInt16LE(4)
  fields.tvoc = bytes.readUInt16LE(6)
  fields.iaq = bytes.readUInt16LE(8)
}

/** Bit 3 of the status: no fix. Latitude 28 bits, longitude 29 bits, then 3 bits of accuracy, 2^(n+2) m. */
function located(bytes: Buffer, fields: Fields): void {
  fields.device_temperature = celsius(bytes, 2)
  if (bytes.length < 11 || (bytes.readUInt8(0) & 0x08) !== 0) return
  const lat = (bytes.readInt32LE(3) << 4) >> 4
  const lon = (bytes.readInt32LE(7) << 3) >> 3
  const place = position(lat / 1e6, lon / 1e6)
  if (place.lat !== undefined) Object.assign(fields, place, { acc: 2 ** ((bytes.readUInt8(10) >> 5) + 2) })
}

const TABS: Record<number, Tab> = {
  100: { ...PLAIN, model: 'TBDW100', kind: 'door_sensor', level: 'door', more: counted },
  102: { ...PLAIN, model: 'TBMS100', kind: 'motion_sensor', level: 'occupancy', more: counted },
  103: { ...PLAIN, model: 'TBHV110', kind: 'climate_sensor', more: healthyHome },
  104: {
    ...PLAIN,
    model: 'TBAM100',
    kind: 'other',
    more: (bytes, fields) => {
      if (bytes.length >= 6) fields.illuminance = bytes.readUIntLE(3, 3) / 100
    },
  },
  105: {
    ...PLAIN,
    model: 'TBSL100',
    kind: 'other',
    more: (bytes, fields) => {
      if (bytes.length >= 4) fields.sound_level = bytes.readUInt8(3)
    },
  },
  106: {
    ...PLAIN,
    model: 'TBWL100',
    kind: 'water_sensor',
    level: 'water',
    alarm: true,
    more: (bytes, fields) => {
      if (bytes.length < 5) return
      fields.humidity = bytes.readUInt8(3)
      fields.temperature = celsius(bytes, 4)
    },
  },
  136: { ...PLAIN, model: 'TBOL100', kind: 'tracker', role: 'sos', hasKey: true, alarm: true, more: located },
  147: {
    ...PLAIN,
    model: 'TBPB100',
    kind: 'sos_button',
    role: 'sos',
    hasKey: true,
    alarm: true,
    minBytes: 1,
    more: (bytes, fields) => {
      if (bytes.length >= 3) fields.device_temperature = celsius(bytes, 2)
    },
  },
}
/** Answers to settings, and the versions that a device sends first of all. */
const SERVICE_PORTS: ReadonlySet<number> = new Set([204, 206])

function decode(fPort: number, bytes: Buffer): Reading[] {
  const tab = TABS[fPort]
  if (tab === undefined) {
    return SERVICE_PORTS.has(fPort) ? [] : [unreadable(`No such port: ${fPort}`, false)]
  }
  if (bytes.length < tab.minBytes) return [unreadable(`Too short: ${bytes.length} bytes`, tab.alarm)]
  const isSet = (bytes.readUInt8(0) & 0x01) === 1
  const fields: Fields = {}
  const readings: Reading[] = []
  if (tab.hasKey && isSet) readings.push(event('button', { press: 'single' }))
  if (tab.level !== null) {
    readings.push(flagLevel(tab.level, isSet))
    if (tab.level === 'occupancy') fields.occupancy = isSet ? 1 : 0
  }
  if (bytes.length >= 2) fields.voltage = volts(bytes)
  tab.more?.(bytes, fields)
  readings.push(telemetry(fields))
  return readings
}

export const BROWAN: readonly Codec[] = [
  ...Object.values(TABS),
  // The same port as the TBHV110.
  { model: 'TBHH100', kind: 'climate_sensor', role: null } as const,
].map(({ model, kind, role }) => ({ model, vendor: 'Browan', kind, role, decode }))

/** The codec of the model that speaks on a port; null: none does. */
export function browanOf(fPort: number): Codec | null {
  const model = TABS[fPort]?.model
  return model === undefined ? null : (BROWAN.find((codec) => codec.model === model) ?? null)
}
