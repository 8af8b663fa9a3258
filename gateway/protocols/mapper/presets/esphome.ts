import type { Mapping } from '../../../../server/contract/mapping.ts'
import type { Condition, MappingRule } from '../../../../server/contract/mapping-types.ts'
import type { EventType } from '../../../../server/contract/signal.ts'

/**
 * ESPHome: `{prefix}/{component}/{object id}/state`, texts. What a binary sensor is has to be told from its object id,
 * which its owner has named. It repeats every state when it connects. Source: ESPHome documentation, "MQTT Client
 * Component".
 */

const below = (rest: string): string[] => [`+/${rest}`, `+/+/${rest}`]

/** The first row that fits. An emergency key that is let go takes nothing back. */
const BINARY_SENSORS: readonly [test: Omit<Condition, 'of'>, on: EventType, off: EventType | null][] = [
  [{ contains: ['fall'] }, 'fall', 'fall_clear'],
  [{ contains: ['sos', 'panic', 'emergency'] }, 'sos', null],
  [{ contains: ['help'] }, 'help', null],
  [{ contains: ['smoke'] }, 'smoke', 'smoke_clear'],
  [{ contains: ['gas'] }, 'gas', 'gas_clear'],
  [{ contains: ['carbon_monoxide'] }, 'co', 'co_clear'],
  // As a word: `door_contact` is no gas.
  [{ word: ['co'] }, 'co', 'co_clear'],
  [{ contains: ['water', 'leak', 'moisture', 'flood'] }, 'water_leak', 'water_clear'],
  [{ contains: ['door', 'window', 'contact'] }, 'door_open', 'door_close'],
  [{ contains: ['motion', 'presence', 'occupancy', 'people_exist', 'has_target'] }, 'motion', 'vacant'],
  [{ contains: ['tamper'] }, 'tamper', 'tamper_clear'],
]

function binarySensor(test: Omit<Condition, 'of'> | null, on: EventType, off: EventType | null): MappingRule {
  return {
    topic: below('binary_sensor/{id}/state'),
    payload: 'text',
    ...(test === null ? {} : { when: [{ of: '{id}', ...test }] }),
    levels: [{ level: '{id}', words: { ON: on, OFF: off }, calm: ['OFF'], detail: { sensor: '{id}' } }],
  }
}

/** Sensors whose object id says that they are one of our fields; all others keep their id as the field. */
const SENSORS: readonly [test: Omit<Condition, 'of'>, field: string, unknown: number[]][] = [
  [{ contains: ['wifi_signal', 'rssi'] }, 'rssi', []],
  [{ contains: ['battery_level'] }, 'battery', []],
  // A radar says 0 when there is nobody to measure.
  [{ contains: ['heart_rate'] }, 'hr', [0]],
  [{ contains: ['breath_rate', 'respiratory_rate'] }, 'resp', [0]],
]

const sensor = (test: Omit<Condition, 'of'> | null, field: string, unknown: number[]): MappingRule => ({
  topic: below('sensor/{id}/state'),
  payload: 'text',
  ...(test === null ? {} : { when: [{ of: '{id}', ...test }] }),
  telemetry: { [field]: { value: '$', ...(unknown.length === 0 ? {} : { unknown }) } },
})

/** Types of an `event` component are its owner's words too; these are usual. */
const PRESSES = {
  press: 'single',
  click: 'single',
  single: 'single',
  single_click: 'single',
  double: 'double',
  double_click: 'double',
  triple: 'triple',
  triple_click: 'triple',
  long: 'long',
  long_press: 'long',
  hold: 'long',
  '*': 'other',
}

export const esphome: Mapping = {
  name: 'ESPHome',
  rules: [
    { topic: below('status'), payload: 'text', presence: { online: ['online'], offline: ['offline'] } },
    // The component that tells whether the device itself is connected, as `…/status` does.
    { topic: below('binary_sensor/status/state'), ignore: true },
    ...BINARY_SENSORS.map((row) => binarySensor(...row)),
    binarySensor(null, 'triggered', 'released'),
    ...SENSORS.map((row) => sensor(...row)),
    sensor(null, '{id}', []),
    {
      topic: below('event/{id}/state'),
      events: [{ value: 'event_type', press: PRESSES, detail: { key: '{id}' } }],
    },
    {
      topic: [...below('debug'), ...below('+/+/state'), 'homeassistant/#', 'esphome/#'],
      ignore: true,
    },
  ],
}
