import type { DeviceKind, DeviceRole } from '../../../server/contract/device.ts'
import { isRecord } from '../json.ts'
import { isHelpWord, isKeyWord } from './actions.ts'

/**
 * What a device is, from what it can send and be told: `definition.exposes` of `bridge/devices`
 * (zigbee2mqtt.io, exposes). A name counts only where a key or a contact alone can't say what it is for.
 */
export interface Capabilities {
  kind: DeviceKind
  role: DeviceRole | null
  siren: Siren | null
  /** Blinks or beeps when it is told to identify itself. */
  identifies: boolean
  /** Its keys say how they were pressed, and `off` when let go (Heiman HS1EB): `off` is no press. */
  offIsRelease: boolean
  /** `alarm` can be set: it is the device's own siren or a setting, not something sensed. */
  alarmIsOutput: boolean
}

/** How a siren is told to sound: the `warning` of the IAS WD cluster, or an `alarm` that is switched. */
export type Siren =
  | { via: 'warning'; hasLevel: boolean }
  | { via: 'alarm'; on: string | boolean; off: string | boolean; hasDuration: boolean }

interface Expose {
  type: string
  /** Without the endpoint. */
  name: string
  isSent: boolean
  isSettable: boolean
  values: readonly string[]
  raw: Record<string, unknown>
}

const MAX_EXPOSES = 500
const MAX_VALUES = 200
const ACTUATORS = new Set(['light', 'switch', 'lock', 'cover', 'fan', 'climate'])
/** Sold as an emergency button, but nothing that it says of itself tells so. */
const CALL_MODELS = new Set(['TS0218'])
const CALL_NAME = /\b(?:sos|emergency|panic|help|pendant|nurse call)\b|紧急|求助|求救|呼救|报警按钮/i
const BED_NAME = /\b(?:bed|sleep|sleeping|mattress)\b|床|睡/i
const CLIMATE = ['temperature', 'humidity', 'pressure', 'co2', 'voc', 'pm25', 'formaldehyd', 'hcho']
const SOUND_SETTINGS = ['duration', 'volume', 'melody', 'ringtone']

/** Classifies one `definition`; null or anything else that isn't one makes a device of kind `other`. */
export function classify(definition: unknown): Capabilities {
  const { model, description, exposes } = isRecord(definition) ? definition : {}
  const list: Expose[] = []
  flatten(exposes, list, 0)
  const name = typeof description === 'string' ? description.slice(0, 500) : ''
  const alarm = list.find((each) => each.name === 'alarm' && each.isSettable)
  const words = list.filter((each) => each.name === 'action' || each.name === 'click').flatMap((each) => each.values)
  return {
    ...kindOf(list, words, text(model), name),
    siren: sirenOf(list, alarm),
    identifies: list.some((each) => each.name === 'identify' && each.isSettable && each.values.includes('identify')),
    offIsRelease: words.includes('off') && !words.includes('on') && words.some((word) => /single|hold/.test(word)),
    alarmIsOutput: alarm !== undefined,
  }
}

interface Kind {
  kind: DeviceKind
  role: DeviceRole | null
}
const kind = (of: DeviceKind, role: DeviceRole | null = null): Kind => ({ kind: of, role })

/** The first that fits, the most urgent first. */
function kindOf(list: readonly Expose[], words: readonly string[], model: string, name: string): Kind {
  const sends = (...names: string[]) => list.some((each) => each.isSent && names.includes(each.name))
  const hasKeys = words.some(isKeyWord)
  const isActuator = list.some((each) => ACTUATORS.has(each.type))
  const isSiren = list.some((each) => each.isSettable && (each.name === 'warning' || each.name === 'alarm'))
  const isCall = words.some(isHelpWord) || sends('sos', 'sos_alarm', 'panic', 'emergency')
  const isInput = (hasKeys || sends('alarm_1', 'alarm_2', 'alarm')) && !isActuator && !isSiren
  if (isCall || (isInput && (CALL_MODELS.has(model) || CALL_NAME.test(name)))) return kind('sos_button', 'sos')
  if (list.some(tellsFall)) return kind('fall_sensor')
  if (sends('smoke', 'smoke_state')) return kind('smoke_sensor')
  if (sends('gas', 'gas_state')) return kind('gas_sensor')
  if (sends('carbon_monoxide')) return kind('co_sensor')
  if (sends('water_leak')) return kind('water_sensor')
  const seesSomebody = sends('occupancy', 'presence', 'motion')
  const isContact = sends('contact', 'opening_state')
  if ((isContact || seesSomebody) && BED_NAME.test(name)) return kind('bed_sensor', 'bed')
  if (isContact) return kind('door_sensor')
  if (seesSomebody && !hasKeys) return kind('motion_sensor')
  if (isActuator) return kind('other')
  if (hasKeys) return kind('button')
  return sends(...CLIMATE) && !isSiren && !sends('vibration') ? kind('climate_sensor') : kind('other')
}

/** A value that is a fall, or a condition named so; not a setting, and not the action of a thing that was dropped. */
function tellsFall({ name, type, values, isSent, isSettable }: Expose): boolean {
  if (!isSent || isSettable || name === 'action') return false
  if (type === 'enum') return values.some((value) => /^(?:fall|falling|fallen|maybe_fall|fall_\w+)$/.test(value))
  return type === 'binary' && /^fall(?:_|$)/.test(name)
}

function sirenOf(list: readonly Expose[], alarm: Expose | undefined): Siren | null {
  const warning = list.find((each) => each.name === 'warning' && each.type === 'composite')
  if (warning !== undefined) {
    const features = Array.isArray(warning.raw.features) ? warning.raw.features : []
    return { via: 'warning', hasLevel: features.some((each) => isRecord(each) && each.name === 'level') }
  }
  const settable = (name: string) => list.some((each) => each.name === name && each.isSettable)
  if (alarm === undefined || !SOUND_SETTINGS.some(settable)) return null
  const { value_on: on, value_off: off } = alarm.raw
  if (!isSwitchValue(on) || !isSwitchValue(off)) return null
  return { via: 'alarm', on, off, hasDuration: settable('duration') }
}

const isSwitchValue = (value: unknown): value is string | boolean =>
  typeof value === 'boolean' || (typeof value === 'string' && value.length <= 20)

/** Access of an expose: bit 0 it is in what the device sends, bit 1 it can be set. Without one, it is sent. */
function flatten(exposes: unknown, into: Expose[], depth: number): void {
  if (!Array.isArray(exposes) || depth > 3) return
  for (const raw of exposes) {
    if (into.length >= MAX_EXPOSES) return
    if (!isRecord(raw)) continue
    const { type, name, property, access, values } = raw
    const bits = typeof access === 'number' ? access : 1
    into.push({
      type: text(type),
      name: text(name ?? property),
      isSent: (bits & 1) !== 0,
      isSettable: (bits & 2) !== 0,
      values: Array.isArray(values) ? values.slice(0, MAX_VALUES).map(text) : [],
      raw,
    })
    // What is in a composite is named within it: a siren's `warning.duration` is no property of the device.
    if (type !== 'composite' && type !== 'list') flatten(raw.features, into, depth + 1)
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 80) : '')
