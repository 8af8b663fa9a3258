import { offset, type Position } from './geo.ts'
import { HOUR_MS, midnight } from './life/day.ts'
import type { Random } from './random.ts'

/** What a virtual device measures, as pure steps: state, time and chance in, sample and state out. */
export interface SensorState {
  kind: string
  /** Ms since the epoch of the last sample. */
  at: number
  /** % */
  battery: number
  /** Typical signal strength here, dBm. */
  rssi: number
  /** Distance from home, metres north and east. */
  north: number
  east: number
  steps: number
  /** Typical resting heart rate of the wearer, beats a minute. */
  restingHr: number
}

/** Battery use in % an hour; what is not listed has mains power. */
const DRAIN: Record<string, number> = {
  watch: 2,
  tracker: 1.2,
  pendant: 1.5,
  phone: 4,
  sos_button: 0.004,
  door_sensor: 0.006,
  smoke_sensor: 0.003,
  motion_sensor: 0.006,
  water_sensor: 0.003,
  co_sensor: 0.005,
  bed_sensor: 0.02,
  button: 0.004,
}
/** Worn devices are put on their charger at this level. */
const CHARGE_AT = 12
export const WORN: ReadonlySet<string> = new Set(['watch', 'tracker', 'pendant', 'phone'])

export function startSensor(kind: string, at: number, random: Random): SensorState {
  return {
    kind,
    at,
    battery: round(random.between(WORN.has(kind) ? 40 : 62, 100), 1),
    rssi: random.integer(-82, -48),
    north: 0,
    east: 0,
    steps: 0,
    restingHr: random.integer(58, 74),
  }
}

/** Measures once at `now`. */
export function measure(
  state: SensorState,
  home: Position,
  now: number,
  random: Random,
): { state: SensorState; fields: Record<string, number> } {
  const hours = Math.max(0, now - state.at) / HOUR_MS
  const wakefulness = awake(now)
  const next: SensorState = { ...state, at: now }
  const fields: Record<string, number> = {}

  const drain = DRAIN[state.kind]
  if (drain !== undefined) {
    const left = state.battery - drain * hours
    next.battery = left < CHARGE_AT && WORN.has(state.kind) ? 100 : Math.max(1, left)
    fields.battery = round(next.battery, 1)
  }
  fields.rssi = Math.round(state.rssi + random.noise() * 2.5)

  if (WORN.has(state.kind)) {
    const newDay = midnight(now) !== midnight(state.at)
    next.steps = Math.round((newDay ? 0 : state.steps) + hours * wakefulness * random.between(0, 700))
    fields.steps = next.steps
  }
  if (state.kind === 'watch') {
    fields.hr = Math.round(state.restingHr - 6 + wakefulness * 16 + random.noise() * 3)
    fields.spo2 = Math.round(96.5 + random.noise() * 0.8)
  }
  if (state.kind === 'tracker') Object.assign(fields, move(next, home, hours, wakefulness, random))
  if (state.kind === 'fall_sensor' || state.kind === 'smoke_sensor') {
    fields.temperature = round(18 + 4 * wakefulness + random.noise() * 0.3, 1)
  }
  return { state: next, fields }
}

/** 0 at night to 1 in the early afternoon, after the time in China. */
export function awake(now: number): number {
  const hour = (now - midnight(now)) / HOUR_MS
  return Math.max(0, Math.sin(((hour - 5.5) / 16.5) * Math.PI))
}

// A walk that is drawn back home (Ornstein–Uhlenbeck); how far it reaches depends on the hour.
function move(state: SensorState, home: Position, hours: number, wakefulness: number, random: Random) {
  const reach = 4 + 130 * wakefulness
  const keep = Math.exp(-hours * 2)
  const kick = Math.sqrt(1 - keep * keep) * reach
  state.north = state.north * keep + random.noise() * kick
  state.east = state.east * keep + random.noise() * kick
  const { lat, lon } = offset(home, state.north, state.east)
  return { lat: round(lat, 6), lon: round(lon, 6), acc: random.integer(4, 25) }
}

const round = (value: number, digits: number) => Number(value.toFixed(digits))
