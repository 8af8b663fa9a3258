import type { RegisteredDevice } from '../../../server/contract/ports.ts'
import type { EventType } from '../../../server/contract/signal.ts'
import { storableText } from '../json.ts'

/**
 * Conditions that Zigbee2MQTT repeats in every state message of a device. Names and values from
 * zigbee-herdsman-converters (exposes) and from the device notes of issue threads named in the fixtures.
 */
export interface LevelValue {
  value: string
  event: EventType | null
  calm: boolean
}

export interface LevelRow {
  values: ReadonlyMap<unknown, LevelValue>
  /** A life may hang on it: a word that isn't known is told as an alarm without a reason, once. */
  isVital: boolean
  /** With `test: true` beside it, being active is a drill. */
  isTestable: boolean
}

const TRUE: readonly unknown[] = [true, 'true', 'on', 'yes', 1, '1']
const FALSE: readonly unknown[] = [false, 'false', 'off', 'no', 0, '0']

type Entry = [raw: readonly unknown[], value: string, event: EventType | null]

/** The first entry is the calm value. */
function row(calm: Entry, ...others: Entry[]): LevelRow {
  const values = new Map<unknown, LevelValue>()
  for (const entry of [calm, ...others]) {
    const [raws, value, event] = entry
    for (const raw of raws) values.set(raw, { value, event, calm: entry === calm })
  }
  return { values, isVital: false, isTestable: false }
}

/** A binary property: active when true. */
function binary(
  active: EventType | null,
  calm: EventType | null,
  activeWords: string[] = [],
  calmWords: string[] = [],
) {
  return row([[...FALSE, ...calmWords], 'off', calm], [[...TRUE, ...activeWords], 'on', active])
}

const words = (...list: string[]): readonly unknown[] => list
const vital = (of: LevelRow): LevelRow => ({ ...of, isVital: true })
/** A relay's or a siren's `alarm` says ON and OFF and may be told to; only true and false are a sensor's. */
const zone = row([[false, 'false', 0], 'off', 'released'], [[true, 'true', 1], 'on', 'triggered'])
/** A call for help. Its end tells nothing: a key that is let go takes nothing back. */
const call = vital(binary('sos', null, ['sos', 'alarm', 'emergency', 'pressed'], ['normal', 'none', 'idle', 'clear']))
const presence = binary('motion', 'vacant')
const smoke = binary('smoke', 'smoke_clear', ['alarm', 'smoke', 'detected'], ['normal', 'clear', 'none'])

/** Property → what its values mean. `contact` depends on what it is mounted on, see contactUse. */
const LEVELS: ReadonlyMap<string, LevelRow> = new Map([
  ['sos', call],
  ['sos_alarm', call],
  ['panic', call],
  ['emergency', call],
  [
    'fall_down_status',
    vital(
      row(
        [words('none', 'normal'), 'none', 'fall_clear'],
        [words('maybe_fall'), 'maybe_fall', 'fall_suspected'],
        [words('fall'), 'fall', 'fall'],
      ),
    ),
  ],
  [
    'fall_status',
    vital(
      row(
        [words('normal', 'none'), 'normal', 'fall_clear'],
        [words('fall_warning'), 'fall_warning', 'fall_suspected'],
        [words('fall_alarm', 'fall'), 'fall_alarm', 'fall'],
      ),
    ),
  ],
  ['fall_detected', vital(binary('fall', 'fall_clear'))],
  // OWON FDS315. Lying low after a fall, or not being seen any more, doesn't end it: only a person can.
  [
    'status',
    row(
      [words('unoccupied'), 'unoccupied', null],
      [words('falling'), 'falling', 'fall'],
      ...['occupied', 'sitting', 'on_the_bed', 'low_posture'].map((word): Entry => [[word], word, null]),
    ),
  ],
  ['static_dwell_alarm', binary(null, null, ['alarm'], ['none', 'normal'])],
  ['smoke', { ...vital(smoke), isTestable: true }],
  ['smoke_state', row([words('normal'), 'normal', 'smoke_clear'], [words('alarm'), 'alarm', 'smoke'])],
  ['gas', vital(binary('gas', 'gas_clear', ['alarm', 'detected'], ['normal', 'clear', 'none']))],
  ['gas_state', row([words('normal'), 'normal', 'gas_clear'], [words('alarm'), 'alarm', 'gas'])],
  ['carbon_monoxide', vital(binary('co', 'co_clear', ['alarm', 'detected'], ['normal', 'clear', 'none']))],
  ['water_leak', binary('water_leak', 'water_clear', ['alarm', 'detected'], ['normal', 'clear', 'none'])],
  ['occupancy', presence],
  ['presence', presence],
  ['motion', presence],
  ['opening_state', row([words('closed'), 'closed', 'door_close'], [words('open', 'tilted'), 'open', 'door_open'])],
  ['door_state', row([words('closed'), 'closed', 'door_close'], [words('open'), 'open', 'door_open'])],
  ['alarm', zone],
  ['alarm_1', zone],
  ['alarm_2', zone],
  ['water', zone],
  ['tamper', binary('tamper', 'tamper_clear')],
  ['battery_low', binary('battery_low', 'battery_ok')],
  ['battery_state', row([words('high', 'medium', 'middle'), 'ok', 'battery_ok'], [words('low'), 'low', 'battery_low'])],
  // IAS zone status bit 7: mains fault (ZCL 8.2.2.2.1.3).
  ['ac_status', binary('mains_loss', 'mains_restore')],
  ['trouble', binary('device_fault', null)],
  ['vibration', binary(null, null)],
])

type ContactUse = 'door' | 'bed' | 'zone'

const CLOSED = [true, 'true', 'closed', 1]
const OPEN = [false, 'false', 'open', 0]
/** `contact: false` is open: a door, an empty bed, a pulled cord. */
const CONTACT: Readonly<Record<ContactUse, Level>> = {
  door: { level: 'contact', row: row([CLOSED, 'closed', 'door_close'], [OPEN, 'open', 'door_open']) },
  bed: { level: 'bed', row: row([CLOSED, 'in', 'bed_enter'], [OPEN, 'left', 'leave_bed']) },
  zone: { level: 'contact_zone', row: row([CLOSED, 'closed', 'released'], [OPEN, 'open', 'triggered']) },
}
/** OWON's sleeping pad says `contact` of somebody lying on it. */
const BED_MODELS = /spm915/i
const ZONE_ROLES: ReadonlySet<unknown> = new Set(['sos', 'help', 'fall', 'smoke', 'gas', 'co', 'water_leak'])

export interface Level {
  level: string
  row: LevelRow
}

export const isLevel = (property: string): boolean => property === 'contact' || LEVELS.has(property)

/** What a contact of this device stands for: its role decides, then its kind and its model. */
function contactUse(child: RegisteredDevice | null, model: string | null): ContactUse {
  if (child?.role === 'bed') return 'bed'
  if (child?.role === 'entrance') return 'door'
  if (ZONE_ROLES.has(child?.role)) return 'zone'
  return child?.kind === 'bed_sensor' || BED_MODELS.test(child?.model ?? model ?? '') ? 'bed' : 'door'
}

/**
 * The level of a property; null: it is none.
 * @param name the property with its endpoint, which the level is named by
 * @param model as the hub names it
 */
export function levelOf(
  property: string,
  name: string,
  child: RegisteredDevice | null,
  model: string | null,
): Level | null {
  if (property === 'contact') {
    const { level, row } = CONTACT[contactUse(child, model)]
    return { level: name.replace('contact', level), row }
  }
  const row = LEVELS.get(property)
  return row === undefined ? null : { level: name, row }
}

export const DRILL: LevelValue = { value: 'test', event: 'test', calm: false }
/** Words for "not known", which are no condition at all. */
const UNKNOWN_WORDS = new Set(['', '-1', 'unknown', 'null', 'undefined', 'unavailable'])
const MAX_VALUE = 40

/** What a raw value means; null: not known, or nothing that this protocol has a meaning for. */
export function meaningOf({ values, isVital }: LevelRow, raw: unknown): LevelValue | null {
  const known = values.get(raw)
  if (known !== undefined) return known
  if (typeof raw !== 'string') return null
  const word = raw
    .slice(0, 4 * MAX_VALUE)
    .trim()
    .toLowerCase()
    .slice(0, MAX_VALUE)
  const folded = values.get(word)
  if (folded !== undefined) return folded
  if (!isVital || UNKNOWN_WORDS.has(word)) return null
  return { value: storableText(`?${word}`), event: 'general_alarm', calm: false }
}

/** True when a detector says beside its alarm that it is being tested. */
export const isTest = (raw: unknown): boolean => raw === true || raw === 'true'
