import type { DeviceKind, DeviceRole } from '../../../../server/contract/device.ts'
import { event, telemetry } from '../reading.ts'
import { AT101_CHANNELS } from './milesight-at101.ts'
import {
  type Channel,
  type Channels,
  channel,
  channels,
  flag,
  history,
  number,
  numbers,
  skip,
} from './milesight-tlv.ts'
import { VS373_CHANNELS } from './milesight-vs373.ts'

/** Milesight's devices, one row each. Source: README files and decoders of Milesight-IoT/SensorDecoders. */

const BATTERY = { '0175': number('battery', 'u8') }
const CLIMATE = { '0367': number('temperature', 'i16', 10), '0468': number('humidity', 'u8', 2) }
const CO2 = { '077d': number('co2', 'u16') }
/** Sent instead of 0367 when a threshold is crossed: 0 back to normal, 1 crossed (3 and 4 the same, of heat). */
const TEMPERATURE_ALARM = temperatureAlarm('temperature')

function temperatureAlarm(field: string): Channel {
  return channel(3, (bytes, at, { fields }) => {
    fields[field] = bytes.readInt16LE(at) / 10
    fields[`${field}_alarm`] = bytes.readUInt8(at + 2)
  })
}
/** After the time of a stored sample: temperature, humidity. */
const storedClimate = (bytes: Buffer, at: number): Record<string, number> => ({
  temperature: bytes.readInt16LE(at) / 10,
  humidity: bytes.readUInt8(at + 2) / 2,
})
/** The EM300 family stores temperature, humidity and one state. */
const storedState = (field: string): Channel =>
  history(8, (bytes, at) => ({ ...storedClimate(bytes, at), [field]: bytes.readUInt8(at + 3) }))

const PRESSES: Record<number, string> = { 1: 'single', 2: 'long', 3: 'double' }
/** A press of the only key. */
const PRESS = channel(
  1,
  (bytes, at, { readings }) => {
    readings.push(event('button', { press: PRESSES[bytes.readUInt8(at)] ?? 'unknown' }))
  },
  true,
)
/** A press of one of several keys; the D2D command after its number is for other devices. */
const KEY = channel(
  3,
  (bytes, at, { readings }) => {
    readings.push(event('button', { press: 'single', key: String(bytes.readUInt8(at)) }))
  },
  true,
)
const LEAK = flag('water', { alarm: true })
const OCCUPANCY = flag('occupancy', { field: 'occupancy' })
const LIGHT = number('daylight', 'u8')
/** Of the magnet contacts of a TS302: temperature or contact per channel, as its mask says. */
const TS302_HISTORY: Channel = channel(
  (bytes, at) => 5 + 2 * [(bytes[at + 4] ?? 0) >> 4, (bytes[at + 4] ?? 0) & 0x0f].filter((kind) => kind !== 0).length,
  (bytes, at, { readings }) => {
    const mask = bytes.readUInt8(at + 4)
    const fields: Record<string, number> = {}
    let next = at + 5
    ;[mask >> 4, mask & 0x0f].forEach((kind, index) => {
      if (kind === 0) return
      if (kind >= 5) fields[`magnet_chn${index + 1}`] = bytes.readUInt8(next)
      else fields[`temperature_chn${index + 1}`] = bytes.readInt16LE(next) / 10
      next += 2
    })
    readings.push(telemetry(fields, bytes.readUInt32LE(at) * 1000))
  },
)
/** A jump: temperature (tenths), by how much (hundredths), 2. */
const mutation = (field: string): Channel =>
  channel(5, (bytes, at, { fields }) => {
    fields[field] = bytes.readInt16LE(at) / 10
    fields[`${field}_mutation`] = bytes.readInt16LE(at + 2) / 100
    fields[`${field}_alarm`] = bytes.readUInt8(at + 4)
  })
/** Passages in and out; `alarm`: a byte more tells that a threshold was crossed. */
const passages = (name: string): Channel => numbers([`${name}_in`, `${name}_out`], 'u16')
const passageAlarm = (name: string): Channel =>
  channel(5, (bytes, at, { fields }) => {
    fields[`${name}_in`] = bytes.readUInt16LE(at)
    fields[`${name}_out`] = bytes.readUInt16LE(at + 2)
    fields[`${name}_count_alarm`] = bytes.readUInt8(at + 4)
  })

/** What a GS101 tells of itself: 0 mains lost, 1 back, 2 fault, 3 fault over, 4 and 5 its sensor is (nearly) used up. */
const GS101_STATE = channel(1, (bytes, at, { readings, fields }) => {
  const state = bytes.readUInt8(at)
  if (state === 0) readings.push(event('mains_loss'))
  else if (state === 1) readings.push(event('mains_restore'))
  else if (state === 3) fields.sensor_fault = 0
  else readings.push(event('device_fault', { fault: state === 2 ? 'sensor' : state <= 5 ? 'end_of_life' : state }))
})

/** The angles of an EM320-TILT: hundredths of a degree, the lowest bit tells that a threshold is crossed. */
const ANGLES_WITH_FLAGS = channel(6, (bytes, at, { fields }) => {
  for (const [index, axis] of ['x', 'y', 'z'].entries()) {
    const raw = bytes.readInt16LE(at + 2 * index)
    fields[`angle_${axis}`] = (raw >> 1) / 100
    fields[`threshold_${axis}`] = raw & 1
  }
})
const ANGLES_THEN_FLAGS = channel(7, (bytes, at, { fields }) => {
  for (const [index, axis] of ['x', 'y', 'z'].entries()) {
    fields[`angle_${axis}`] = bytes.readInt16LE(at + 2 * index) / 100
    fields[`threshold_${axis}`] = (bytes.readUInt8(at + 6) >> index) & 1
  }
})

/** Gas sensors of a GS301 say fffe while they settle and ffff when broken. */
const NO_GAS_VALUE = [0xfffe, 0xffff]

/** How the time between two reports is set; see milesight.ts. */
export type Interval = 'seconds' | 'minutes' | 'minutesOne'

export interface MilesightDevice {
  kind: DeviceKind
  role?: DeviceRole
  channels: Channels
  interval?: Interval
  /** The downlink that ends an alarm that the device shows or sounds, in hexadecimal. */
  closed?: string
}

const door = (extra: Record<string, Channel>): Channels => channels(BATTERY, extra)
const EM300_MCS = { ...CLIMATE, '0600': flag('door'), '20ce': storedState('door_open') }
const EM300_LEAK = { ...CLIMATE, '0500': LEAK, '20ce': storedState('leak') }
const AMBIENCE = {
  ...CLIMATE,
  ...CO2,
  '0500': OCCUPANCY,
  '056a': number('activity', 'u16'),
  '0665': numbers(['illuminance', null, null], 'u16'),
  '06cb': number('light_level', 'u8'),
  '087d': number('tvoc', 'u16'),
  '08e6': number('tvoc', 'u16'),
  '0973': number('pressure', 'u16', 10),
  '0a7d': skip(2),
  '0b7d': number('pm2_5', 'u16'),
  '0c7d': number('pm10', 'u16'),
  '0e01': skip(1),
}

export const MILESIGHT_DEVICES: Record<string, MilesightDevice> = {
  WS101: { kind: 'sos_button', role: 'sos', channels: channels(BATTERY, { ff2e: PRESS }), interval: 'seconds' },
  WS136: { kind: 'button', channels: channels(BATTERY, { ff34: KEY }), interval: 'seconds' },
  WS156: { kind: 'button', channels: channels(BATTERY, { ff34: KEY }), interval: 'seconds' },
  VS373: { kind: 'fall_sensor', channels: VS373_CHANNELS, interval: 'minutes', closed: 'ff64ff' },
  AT101: { kind: 'tracker', channels: AT101_CHANNELS, interval: 'minutes' },
  WS301: {
    kind: 'door_sensor',
    channels: door({ '0300': flag('door'), '0400': flag('mounted') }),
    interval: 'seconds',
  },
  'EM300-MCS': { kind: 'door_sensor', channels: door(EM300_MCS), interval: 'seconds' },
  TS302: {
    kind: 'climate_sensor',
    channels: channels(BATTERY, {
      '0367': number('temperature_chn1', 'i16', 10),
      '0467': number('temperature_chn2', 'i16', 10),
      '0300': flag('contact', { as: 'contact_1' }),
      '0400': flag('contact', { as: 'contact_2' }),
      '8367': temperatureAlarm('temperature_chn1'),
      '8467': temperatureAlarm('temperature_chn2'),
      '93d7': mutation('temperature_chn1'),
      '94d7': mutation('temperature_chn2'),
      '20ce': TS302_HISTORY,
    }),
  },
  WS303: {
    kind: 'water_sensor',
    channels: channels(BATTERY, { '0300': LEAK, ff7e: skip(5), fe7e: skip(5) }),
    interval: 'seconds',
    closed: 'ff3dff',
  },
  'EM300-SLD': { kind: 'water_sensor', channels: channels(BATTERY, EM300_LEAK), interval: 'seconds' },
  'EM300-ZLD': { kind: 'water_sensor', channels: channels(BATTERY, EM300_LEAK), interval: 'seconds' },
  'EM300-MLD': {
    kind: 'water_sensor',
    channels: channels(BATTERY, {
      '0500': LEAK,
      // So says the vendor's table; its example and decoder have 0500.
      '0600': LEAK,
      '20ce': history(8, (bytes, at) => ({ leak: bytes.readUInt8(at + 3) })),
    }),
    interval: 'seconds',
  },
  GS101: {
    kind: 'gas_sensor',
    channels: channels({
      '058e': flag('gas', { alarm: true }),
      '0601': number('valve', 'u8'),
      '0701': number('relay', 'u8'),
      '0890': number('life_remaining', 'u32'),
      ff3f: GS101_STATE,
    }),
  },
  GS301: {
    kind: 'climate_sensor',
    channels: channels(BATTERY, {
      '0267': number('temperature', 'i16', 10),
      '0368': number('humidity', 'u8', 2),
      '047d': number('nh3', 'u16', 100, NO_GAS_VALUE),
      '057d': number('h2s', 'u16', 100, NO_GAS_VALUE),
      '067d': number('h2s', 'u16', 1000, NO_GAS_VALUE),
      '07ea': skip(5),
    }),
  },
  WS202: {
    kind: 'motion_sensor',
    channels: channels(BATTERY, { '0300': OCCUPANCY, '0400': LIGHT }),
    interval: 'seconds',
  },
  WS203: {
    kind: 'motion_sensor',
    channels: channels(BATTERY, CLIMATE, {
      '0500': OCCUPANCY,
      '8367': TEMPERATURE_ALARM,
      // Time, what it was stored for, occupancy, temperature, humidity.
      '20ce': history(9, (bytes, at) => ({ occupancy: bytes.readUInt8(at + 1), ...storedClimate(bytes, at + 2) })),
    }),
    interval: 'minutes',
  },
  VS330: {
    kind: 'motion_sensor',
    channels: channels(BATTERY, {
      '0282': number('distance', 'u16'),
      '038e': OCCUPANCY,
      '048e': number('calibration', 'u8'),
    }),
  },
  VS340: { kind: 'motion_sensor', channels: channels(BATTERY, { '0300': OCCUPANCY }), interval: 'minutes' },
  VS341: { kind: 'motion_sensor', channels: channels(BATTERY, { '0300': OCCUPANCY }), interval: 'minutes' },
  VS350: {
    kind: 'motion_sensor',
    channels: channels(BATTERY, {
      '0367': number('temperature', 'i16', 10),
      '8367': TEMPERATURE_ALARM,
      '04cc': passages('total'),
      '05cc': passages('period'),
      '84cc': passageAlarm('total'),
      '85cc': passageAlarm('period'),
      '0aef': skip(4),
      '20ce': history(
        (bytes, at) => (bytes[at + 4] === 1 ? 13 : 9),
        (bytes, at) => {
          const fields = { period_in: bytes.readUInt16LE(at + 1), period_out: bytes.readUInt16LE(at + 3) }
          if (bytes.readUInt8(at) !== 1) return fields
          return { ...fields, total_in: bytes.readUInt16LE(at + 5), total_out: bytes.readUInt16LE(at + 7) }
        },
      ),
    }),
    interval: 'minutes',
  },
  VS370: {
    kind: 'motion_sensor',
    channels: channels(BATTERY, { '0300': OCCUPANCY, '0400': number('daylight', 'u8', 1, [0xfe]) }),
    interval: 'minutesOne',
  },
  'EM300-TH': {
    kind: 'climate_sensor',
    channels: channels(BATTERY, CLIMATE, { '20ce': history(8, storedClimate) }),
    interval: 'seconds',
  },
  AM102: { kind: 'climate_sensor', channels: channels(BATTERY, CLIMATE, { '20ce': history(7, storedClimate) }) },
  AM103: {
    kind: 'climate_sensor',
    channels: channels(BATTERY, CLIMATE, CO2, {
      '20ce': history(9, (bytes, at) => ({ ...storedClimate(bytes, at), co2: bytes.readUInt16LE(at + 3) })),
    }),
  },
  AM107: { kind: 'climate_sensor', channels: channels(BATTERY, AMBIENCE) },
  AM308: { kind: 'climate_sensor', channels: channels(BATTERY, AMBIENCE, { '20ce': skip(20), '21ce': skip(20) }) },
  'EM310-TILT': { kind: 'other', channels: channels(BATTERY, { '03cf': ANGLES_THEN_FLAGS }), interval: 'seconds' },
  'EM320-TILT': { kind: 'other', channels: channels(BATTERY, { '03d4': ANGLES_WITH_FLAGS }), interval: 'seconds' },
  WS201: {
    kind: 'other',
    channels: channels(BATTERY, { '0382': number('distance', 'u16'), '04d6': number('remaining', 'u8') }),
  },
  WT101: {
    kind: 'climate_sensor',
    channels: channels(BATTERY, {
      '0367': number('temperature', 'i16', 10),
      '0467': number('target_temperature', 'i16', 10),
      '0592': number('valve_opening', 'u8'),
      '0600': flag('mounted'),
      '0700': number('window_open', 'u8'),
      '08e5': skip(1),
      '0990': number('motor_stroke', 'u16'),
      '0a00': number('freeze_protection', 'u8'),
      '0b90': number('motor_position', 'u16'),
    }),
  },
}

/** What a device of the kind sends when its model isn't known: what has one meaning among Milesight's of that kind. */
export const CHANNELS_BY_KIND: readonly [DeviceKind, Channels][] = [
  ['sos_button', channels(BATTERY, { ff2e: PRESS, ff34: KEY })],
  ['button', channels(BATTERY, { ff2e: PRESS, ff34: KEY })],
  ['fall_sensor', VS373_CHANNELS],
  ['tracker', AT101_CHANNELS],
  ['door_sensor', door({ ...EM300_MCS, '0300': flag('door'), '0400': flag('mounted') })],
  ['water_sensor', channels(BATTERY, { ...EM300_LEAK, '0300': LEAK, '0600': LEAK })],
  ['motion_sensor', channels(BATTERY, CLIMATE, { '0300': OCCUPANCY, '0500': OCCUPANCY, '038e': OCCUPANCY })],
]
/** What means the same on all that have it. */
export const ANY_CHANNELS = channels(BATTERY, CLIMATE, CO2, { '0973': number('pressure', 'u16', 10) })
