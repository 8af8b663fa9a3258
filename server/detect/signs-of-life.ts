import type { DeviceRole } from '../contract/device.ts'
import type { DeviceTraits, Observation } from '../contract/observation.ts'
import type { SignalType } from '../contract/signal.ts'

/**
 * What a sign of life says about where she is. `home`: something fixed to the home was moved, or saw her move. `door`:
 * she, or somebody, went in or out. `person`: she did something with what she wears, wherever she is.
 */
export type Sign = 'home' | 'door' | 'person'

/** The device decides: what is worn goes with the person, all else is fixed to the home. */
type Meaning = Sign | 'device' | 'contact' | null

/**
 * Which signals only somebody alive and moving can cause. What devices send by themselves (alarms of sensors and their
 * ends, heartbeats, tests, batteries, answers to commands) says nothing about anybody. An alarm that a fall or a fire
 * caused is no sign that all is well either; a press on a key is.
 */
const MEANING: Record<SignalType, Meaning> = {
  motion: 'home',
  leave_bed: 'home',
  bed_enter: 'home',
  door_open: 'contact',
  door_close: 'contact',
  sos: 'device',
  sos_cancel: 'device',
  help: 'device',
  fall_cancel: 'device',
  button: 'device',
  worn: 'person',
  // By the device's role: contactSign.
  triggered: null,
  released: null,
  vacant: null,
  fall: null,
  fall_suspected: null,
  fall_clear: null,
  wander: null,
  wander_end: null,
  inactivity: null,
  smoke: null,
  smoke_clear: null,
  gas: null,
  gas_clear: null,
  co: null,
  co_clear: null,
  water_leak: null,
  water_clear: null,
  tamper: null,
  tamper_clear: null,
  // The strap is loose, or the sensor fell from the wall.
  removed: null,
  battery_low: null,
  battery_ok: null,
  mains_loss: null,
  mains_restore: null,
  vital_sign: null,
  vital_clear: null,
  general_alarm: null,
  hub_offline: null,
  hub_online: null,
  device_fault: null,
  // By a technician, or by the device itself.
  test: null,
  restore: null,
  command_reply: null,
  unreadable: null,
}

/** A contact or a key without a meaning of its own: only where somebody has said what it stands for. */
const TRIGGERED: Record<DeviceRole, Sign | null> = {
  entrance: 'door',
  ordinary: 'home',
  bed: 'home',
  sos: 'home',
  help: 'home',
  fall: null,
  smoke: null,
  gas: null,
  co: null,
  water_leak: null,
}

const WORN: ReadonlySet<string> = new Set(['watch', 'tracker', 'pendant', 'phone'])
/** Devices that may name a care call, the ones that see most first. */
const WATCHING: readonly string[] = ['motion_sensor', 'bed_sensor', 'fall_sensor', 'door_sensor']

/** Whether a signal is a sign of life, and which; null: it is none. Steps are told apart in `steps.ts`. */
export function signOf(seen: Observation): Sign | null {
  if (seen.kind !== 'signal') return null
  const { type, device } = seen
  if (type === 'triggered' || type === 'released') return contactSign(type, device)
  const meaning = MEANING[type]
  // A cupboard's door is no front door.
  if (meaning === 'contact') return device.role === 'ordinary' ? 'home' : 'door'
  if (meaning === 'device') return WORN.has(device.kind) ? 'person' : 'home'
  return meaning
}

function contactSign(type: 'triggered' | 'released', { role, kind }: DeviceTraits): Sign | null {
  if (role === null) return null
  const sign = TRIGGERED[role]
  // A key springs back by itself.
  if (type === 'released' && (role === 'sos' || role === 'help')) return null
  return sign === 'home' && WORN.has(kind) ? 'person' : sign
}

/** The device of the home that silence is best told of; undefined: there is none that could have seen anybody. */
export function watchingDevice(devices: readonly DeviceTraits[]): string | undefined {
  const rank = ({ kind }: DeviceTraits) => (WATCHING.includes(kind) ? WATCHING.indexOf(kind) : WATCHING.length)
  const [first, ...rest] = devices
  return first && rest.reduce((best, one) => (rank(one) < rank(best) ? one : best), first).deviceId
}
