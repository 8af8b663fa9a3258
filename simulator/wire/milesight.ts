import type { DeviceKind, DeviceRole } from '../../server/contract/device.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { LevelValue } from '../levels.ts'

/**
 * Frames of Milesight's LoRaWAN devices on port 85: channel, type, then little-endian data. Source: the README and decoder
 * of each device in Milesight-IoT/SensorDecoders; for the VS373 the decoder, where the README disagrees.
 */
export const MILESIGHT_PORT = 85

/** What a device remembers from frame to frame. */
export interface MilesightState {
  /** The condition it watches. */
  isActive: boolean
  /** VS373: number of the newest alarm. AT101: whether it moves. */
  alarmId: number
  isMoving: boolean
}
export const startMilesight = (): MilesightState => ({ isActive: false, alarmId: 0, isMoving: false })

export interface MilesightFrame {
  state: MilesightState
  bytes: Buffer
  /** What the platform is to make of it. */
  events: readonly EventType[]
  levels: Readonly<Record<string, LevelValue>>
}

type Fields = Readonly<Record<string, number>>
/** @param happening null: a regular report */
type Speak = (state: MilesightState, happening: EventType | null, fields: Fields) => MilesightFrame

export interface MilesightModel {
  kind: DeviceKind
  role: DeviceRole | null
  acts: readonly EventType[]
  speak: Speak
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const battery = (fields: Fields): Buffer => Buffer.from([0x01, 0x75, Math.round(fields.battery ?? 100)])
const level = (value: string, type: EventType | null): LevelValue => ({ value, type })

/** Channel ff, type 2e: 1 short, 2 long, 3 double. */
function button(state: MilesightState, happening: EventType | null, fields: Fields): MilesightFrame {
  if (happening === null) return { state, bytes: battery(fields), events: [], levels: {} }
  const press = happening === 'sos' ? 0x01 : happening === 'help' ? 0x03 : 0x02
  return {
    state,
    bytes: Buffer.concat([battery(fields), Buffer.from([0xff, 0x2e, press])]),
    events: ['button'],
    levels: {},
  }
}

/** A contact, leak, gas or presence sensor: one byte that is 0 or 1. `more`: what else is in each frame. */
function flag(
  channel: string,
  [on, off]: readonly [on: EventType, off: EventType],
  more: { bytes?: string; levels?: Readonly<Record<string, LevelValue>>; hasBattery?: boolean } = {},
): Speak {
  const { bytes = '', levels = {}, hasBattery = true } = more
  return (state, happening, fields) => {
    const isActive = happening === null ? state.isActive : happening === on
    const told = Buffer.concat([hex(channel), Buffer.from([isActive ? 1 : 0]), hex(bytes)])
    return {
      state: { ...state, isActive },
      bytes: hasBattery ? Buffer.concat([battery(fields), told]) : told,
      events: [],
      levels: { [channel]: isActive ? level('1', on) : level('0', off), ...levels },
    }
  }
}

const ALARM_FALL = 0
const TRIGGERED = 1
const DEACTIVATED = 2

/** The radar's alarms (06fb) and what the room looks like (03f8: 0 normal, 1 vacant). */
function radar(state: MilesightState, happening: EventType | null): MilesightFrame {
  if (happening === 'fall' || happening === 'fall_clear') {
    const alarmId = happening === 'fall' ? state.alarmId + 1 : state.alarmId
    const status = happening === 'fall' ? TRIGGERED : DEACTIVATED
    const bytes = Buffer.from([0x06, 0xfb, alarmId & 0xff, (alarmId >> 8) & 0xff, ALARM_FALL, status, 0])
    return { state: { ...state, alarmId }, bytes, events: [happening], levels: {} }
  }
  const isActive = happening === null ? state.isActive : happening === 'motion'
  const bytes = Buffer.from([0x03, 0xf8, isActive ? 0 : 1, 0, 16, 0, 32, 0, 0x04, 0xf9, 1, 0, 1, 0])
  const occupancy = isActive ? level('occupied', 'motion') : level('vacant', 'vacant')
  return { state: { ...state, isActive }, bytes, events: [], levels: { occupancy, fall: level('clear', 'fall_clear') } }
}

const INSIDE = 0
const OUTSIDE = 1
const NO_FIX = 0xffffffff
const MOVES = 2
const STOPPED = 3
/** km/h. */
const MOVING_SPEED = 1

/** Battery, temperature, position with fence and motion; all ones where there was no fix. */
function tracker(state: MilesightState, happening: EventType | null, fields: Fields): MilesightFrame {
  const isActive = happening === null ? state.isActive : happening === 'wander'
  const isMoving = (fields.speed ?? 0) >= MOVING_SPEED
  const bytes = Buffer.alloc(18)
  battery(fields).copy(bytes, 0)
  bytes.set([0x03, 0x67], 3)
  bytes.writeInt16LE(Math.round((fields.temperature ?? 22) * 10), 5)
  bytes.set([0x04, 0x88], 7)
  const { lat, lon } = fields
  bytes.writeUInt32LE(lat === undefined ? NO_FIX : Math.round(lat * 1e6) >>> 0, 9)
  bytes.writeUInt32LE(lon === undefined ? NO_FIX : Math.round(lon * 1e6) >>> 0, 13)
  bytes[17] = ((isActive ? OUTSIDE : INSIDE) << 4) | (isMoving ? MOVES : STOPPED)
  return {
    state: { ...state, isActive, isMoving },
    bytes,
    events: [],
    levels: {
      geofence: isActive ? level('outside', 'wander') : level('inside', 'wander_end'),
      moving: isMoving ? level('moving', 'motion') : level('still', null),
    },
  }
}

/** By model name, as in the catalogue. */
export const MILESIGHT_MODELS: ReadonlyMap<string, MilesightModel> = new Map<string, MilesightModel>([
  ['WS101', { kind: 'sos_button', role: 'sos', acts: ['sos', 'help', 'button'], speak: button }],
  ['VS373', { kind: 'fall_sensor', role: null, acts: ['fall', 'fall_clear', 'motion', 'vacant'], speak: radar }],
  [
    'WS301',
    {
      kind: 'door_sensor',
      role: 'entrance',
      acts: ['door_open', 'door_close'],
      speak: flag('0300', ['door_open', 'door_close'], {
        bytes: '040000',
        levels: { mounted: level('mounted', 'worn') },
      }),
    },
  ],
  [
    'WS303',
    {
      kind: 'water_sensor',
      role: null,
      acts: ['water_leak', 'water_clear'],
      speak: flag('0300', ['water_leak', 'water_clear']),
    },
  ],
  [
    'GS101',
    {
      kind: 'gas_sensor',
      role: null,
      acts: ['gas', 'gas_clear'],
      speak: flag('058e', ['gas', 'gas_clear'], { hasBattery: false }),
    },
  ],
  [
    'WS202',
    {
      kind: 'motion_sensor',
      role: null,
      acts: ['motion', 'vacant'],
      speak: flag('0300', ['motion', 'vacant'], { bytes: '040001' }),
    },
  ],
  ['AT101', { kind: 'tracker', role: null, acts: ['wander', 'wander_end'], speak: tracker }],
])
