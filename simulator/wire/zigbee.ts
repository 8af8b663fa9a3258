import type { DeviceKind, DeviceRole } from '../../server/contract/device.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { Detail } from '../peers/peer.ts'

/**
 * Zigbee devices as Zigbee2MQTT shows them: properties of their state, what they expose, and what changes when something
 * happens. Names and values: the exposes of zigbee-herdsman-converters.
 */
type Value = string | number | boolean | null

export interface ZigbeeProperty {
  name: string
  type: 'binary' | 'enum' | 'numeric'
  values: readonly (string | boolean)[]
  /** In the cached state from the start; undefined: not cached (an action). */
  initial?: Value
  /** What the platform is to record when the value is entered; a property without it is no condition. */
  tells?: ReadonlyMap<Value, EventType | null>
}

/** What a happening changes in the state. */
export interface ZigbeeChange {
  set?: Readonly<Record<string, Value>>
  /** A word of `action`, and what the platform makes of it. */
  action?: { word: string; told: EventType }
  /** Goes back by itself shortly after. */
  back?: Readonly<Record<string, Value>>
}

export interface ZigbeeModel {
  model: string
  vendor: string
  description: string
  modelId: string
  kind: DeviceKind
  role: DeviceRole | null
  isMains: boolean
  properties: readonly ZigbeeProperty[]
  acts: Partial<Record<EventType, ZigbeeChange>>
}

type Names = readonly [on: EventType | null, off: EventType | null]

const condition = (name: string, active: boolean, [on, off]: Names): ZigbeeProperty => ({
  name,
  type: 'binary',
  values: [true, false],
  initial: !active,
  tells: new Map<Value, EventType | null>([
    [active, on],
    [!active, off],
  ]),
})
const words = (name: string, ...told: (readonly [word: string, type: EventType | null])[]): ZigbeeProperty => ({
  name,
  type: 'enum',
  values: told.map(([word]) => word),
  initial: told[0]?.[0] ?? null,
  tells: new Map<Value, EventType | null>(told),
})
const actions = (...values: string[]): ZigbeeProperty => ({ name: 'action', type: 'enum', values })
const number = (name: string, initial: number | null): ZigbeeProperty => ({
  name,
  type: 'numeric',
  values: [],
  initial,
})

const BATTERY = number('battery', 100)
const VOLTAGE = number('voltage', 3000)
const LOW = condition('battery_low', true, ['battery_low', 'battery_ok'])
const TAMPER = condition('tamper', true, ['tamper', 'tamper_clear'])
const SEEN = (name: string) => condition(name, true, ['motion', 'vacant'])
const set = (name: string, value: Value): ZigbeeChange => ({ set: { [name]: value } })
const seen = (name: string) => ({ motion: set(name, true), vacant: set(name, false) })
const pair = (on: EventType, off: EventType, name: string, active = true) => ({
  [on]: set(name, active),
  [off]: set(name, !active),
})
const LOW_ACTS = pair('battery_low', 'battery_ok', 'battery_low')
const TAMPER_ACTS = pair('tamper', 'tamper_clear', 'tamper')
const press = (word: string, told: EventType): ZigbeeChange => ({ action: { word, told } })

type Line = Omit<ZigbeeModel, 'role' | 'isMains'> & { role?: DeviceRole; isMains?: boolean }

const LINES: readonly Line[] = [
  {
    model: 'TS0215A_sos',
    vendor: 'Tuya',
    description: 'SOS button',
    modelId: 'TS0215A',
    kind: 'sos_button',
    role: 'sos',
    properties: [BATTERY, VOLTAGE, actions('emergency')],
    acts: { sos: press('emergency', 'sos') },
  },
  {
    // Its keys have no meaning of their own.
    model: 'HS1EB',
    vendor: 'Heiman',
    description: 'Smart emergency button',
    modelId: 'SOS-EM',
    kind: 'sos_button',
    role: 'sos',
    properties: [BATTERY, actions('off', 'single', 'double', 'hold')],
    acts: { sos: press('single', 'button'), help: press('double', 'button'), button: press('hold', 'button') },
  },
  {
    // Here the call is a condition, which is repeated as long as it holds.
    model: 'SEB01ZB',
    vendor: 'Feibit',
    description: 'SOS button',
    modelId: 'FNB56-SOS03FB1.5',
    kind: 'sos_button',
    role: 'sos',
    properties: [condition('sos', true, ['sos', null]), LOW, TAMPER, BATTERY],
    acts: { sos: { set: { sos: true }, back: { sos: false } }, ...LOW_ACTS, ...TAMPER_ACTS },
  },
  {
    model: 'MIR-HE200-TY',
    vendor: 'Tuya',
    description: 'Human presence sensor with fall function',
    modelId: 'TS0601',
    kind: 'fall_sensor',
    isMains: true,
    properties: [
      number('illuminance', 120),
      SEEN('presence'),
      words('fall_down_status', ['none', 'fall_clear'], ['maybe_fall', 'fall_suspected'], ['fall', 'fall']),
    ],
    acts: {
      ...seen('presence'),
      fall: set('fall_down_status', 'fall'),
      fall_suspected: set('fall_down_status', 'maybe_fall'),
      fall_clear: set('fall_down_status', 'none'),
    },
  },
  {
    model: 'HS2FD-EF1-3.0',
    vendor: 'Heiman',
    description: 'Fall detection sensor',
    modelId: 'HS2FD-EF1-3.0',
    kind: 'fall_sensor',
    isMains: true,
    properties: [
      SEEN('occupancy'),
      words('fall_status', ['normal', 'fall_clear'], ['fall_warning', 'fall_suspected'], ['fall_alarm', 'fall']),
    ],
    acts: {
      ...seen('occupancy'),
      fall: set('fall_status', 'fall_alarm'),
      fall_suspected: set('fall_status', 'fall_warning'),
      fall_clear: set('fall_status', 'normal'),
    },
  },
  {
    model: 'RTCGQ11LM',
    vendor: 'Aqara',
    description: 'Motion sensor',
    modelId: 'lumi.sensor_motion.aq2',
    kind: 'motion_sensor',
    properties: [BATTERY, SEEN('occupancy'), number('device_temperature', 21), VOLTAGE, number('illuminance', 40)],
    acts: seen('occupancy'),
  },
  {
    model: 'MCCGQ11LM',
    vendor: 'Aqara',
    description: 'Door and window sensor',
    modelId: 'lumi.sensor_magnet.aq2',
    kind: 'door_sensor',
    role: 'entrance',
    properties: [BATTERY, condition('contact', false, ['door_open', 'door_close']), VOLTAGE],
    acts: pair('door_open', 'door_close', 'contact', false),
  },
  {
    model: 'SPM915',
    vendor: 'OWON',
    description: 'Sleeping pad monitor',
    modelId: 'SPM915',
    kind: 'bed_sensor',
    role: 'bed',
    properties: [BATTERY, condition('contact', false, ['leave_bed', 'bed_enter']), LOW, TAMPER],
    acts: { ...pair('leave_bed', 'bed_enter', 'contact', false), ...LOW_ACTS },
  },
  {
    model: 'SJCGQ11LM',
    vendor: 'Aqara',
    description: 'Water leak sensor',
    modelId: 'lumi.sensor_wleak.aq1',
    kind: 'water_sensor',
    properties: [BATTERY, VOLTAGE, condition('water_leak', true, ['water_leak', 'water_clear']), LOW],
    acts: { ...pair('water_leak', 'water_clear', 'water_leak'), ...LOW_ACTS },
  },
  {
    model: 'HS1SA',
    vendor: 'Heiman',
    description: 'Smoke detector',
    modelId: 'SMOK_V16',
    kind: 'smoke_sensor',
    properties: [condition('smoke', true, ['smoke', 'smoke_clear']), LOW, BATTERY],
    acts: { ...pair('smoke', 'smoke_clear', 'smoke'), ...LOW_ACTS },
  },
  {
    model: 'HS1CG-E',
    vendor: 'Heiman',
    description: 'Combustible gas sensor',
    modelId: 'GASSensor-EN',
    kind: 'gas_sensor',
    isMains: true,
    properties: [condition('gas', true, ['gas', 'gas_clear']), LOW, TAMPER],
    acts: { ...pair('gas', 'gas_clear', 'gas'), ...TAMPER_ACTS },
  },
  {
    model: 'HS1CA-E',
    vendor: 'Heiman',
    description: 'Smart carbon monoxide sensor',
    modelId: 'COSensor-EN',
    kind: 'co_sensor',
    properties: [condition('carbon_monoxide', true, ['co', 'co_clear']), LOW, BATTERY],
    acts: { ...pair('co', 'co_clear', 'carbon_monoxide'), ...LOW_ACTS },
  },
]

/** By model name, as in the catalogue. */
export const ZIGBEE_MODELS: ReadonlyMap<string, ZigbeeModel> = new Map(
  LINES.map((line) => [line.model, { ...line, role: line.role ?? null, isMains: line.isMains ?? false }]),
)

/** The cached state of a new device. */
export function initialState({ properties }: ZigbeeModel): Record<string, Value> {
  return Object.fromEntries(properties.flatMap(({ name, initial }) => (initial === undefined ? [] : [[name, initial]])))
}

/** Properties of the state that measurements are kept in: [property, telemetry field, factor, digits]. */
const MEASURED = [
  ['battery', 'battery', 1, 0],
  ['temperature', 'temperature', 1, 1],
  ['device_temperature', 'temperature', 1, 0],
] as const

/** The state after a measurement; what the device doesn't have is left out. */
export function measured(state: Readonly<Record<string, Value>>, fields: Readonly<Record<string, number>>): Detail {
  const changes = MEASURED.flatMap(([property, field, factor, digits]) => {
    const value = fields[field]
    return property in state && value !== undefined ? [[property, Number((value * factor).toFixed(digits))]] : []
  })
  return Object.fromEntries(changes)
}

/** The entry of a device in `BASE/bridge/devices` (zigbee2mqtt.io, MQTT topics and messages). */
export function bridgeEntry(name: string, ieeeAddress: string, model: ZigbeeModel): object {
  const { vendor, description, modelId, properties, isMains } = model
  return {
    ieee_address: ieeeAddress,
    type: isMains ? 'Router' : 'EndDevice',
    network_address: Number.parseInt(ieeeAddress.slice(-4), 16),
    supported: true,
    disabled: false,
    friendly_name: name,
    definition: {
      source: 'native',
      model: model.model,
      vendor,
      description,
      exposes: [...properties, number('linkquality', null)].map(expose),
      supports_ota: false,
      options: [],
    },
    power_source: isMains ? 'Mains (single phase)' : 'Battery',
    model_id: modelId,
    manufacturer: vendor,
    interviewing: false,
    interview_completed: true,
    endpoints: { 1: { bindings: [], configured_reportings: [], clusters: { input: ['genBasic'], output: [] } } },
  }
}

function expose({ name, type, values }: ZigbeeProperty): object {
  const common = { name, property: name, label: name, access: 1, type }
  if (type === 'enum') return { ...common, values }
  return type === 'binary' ? { ...common, value_on: values[0], value_off: values[1] } : common
}
