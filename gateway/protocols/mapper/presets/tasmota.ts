import type { Mapping } from '../../../../server/contract/mapping.ts'
import type { EventRule, LevelRule, MappingRule } from '../../../../server/contract/mapping-types.ts'

/**
 * Tasmota in its default topic order (`%prefix%/%topic%/…`): buttons, switches, sensors, and devices behind a Zigbee
 * bridge by their short address or name. Sources: Tasmota documentation, "MQTT", "Buttons and Switches", "Zigbee"; Zigbee
 * Cluster Library, 8.2.2.2.1.3 (zone status bits).
 *
 * `Time` is local time without a zone, so it is not used.
 */

const BUTTON: EventRule = {
  value: 'Action',
  press: {
    SINGLE: 'single',
    DOUBLE: 'double',
    TRIPLE: 'triple',
    QUAD: 'quadruple',
    PENTA: 'quintuple',
    HOLD: 'long',
    CLEAR: null,
    '*': 'other',
  },
  detail: { key: '{key}' },
}

const isAction = { of: 'Action', exists: true }
const button = { each: '$.Button{key}', when: [isAction], events: [BUTTON], continue: true as const }

/** A switch that follows its contact is a level; what else it can do is a press. */
const contact = (value: string): LevelRule => ({
  level: 'switch_{key}',
  value,
  words: { ON: 'triggered', OFF: 'released' },
  calm: ['OFF'],
  detail: { key: '{key}' },
})
const ON_OFF = ['ON', 'OFF']

const switches = (topic: string): MappingRule[] => [
  {
    topic,
    each: '$.Switch{key}',
    when: [{ of: 'Action', in: ON_OFF }],
    levels: [contact('Action')],
    continue: true,
  },
  {
    topic,
    each: '$.Switch{key}',
    when: [isAction],
    events: [
      {
        value: 'Action',
        press: { ON: null, OFF: null, TOGGLE: 'single', HOLD: 'long', '*': 'other' },
        detail: { key: '{key}' },
      },
    ],
    continue: true,
  },
]

/** A zone's change of status: the first two bytes, low one first. Bits: 0 and 1 alarm, 2 tamper, 3 battery. */
const ZONE_CHANGES = ["['0500!00']", "['0500<00']", "['0500?00']"]
const zone = (value: string) => ({ value, hex: { bytes: 2 } })

const ZONE_EVENTS: EventRule[] = ZONE_CHANGES.map((value) => ({
  ...zone(value),
  bits: [0, 1],
  // It comes when something has happened, and a key's zone may never be calm again: so each one counts.
  words: { 1: 'triggered', 0: 'released' },
  detail: { zone: value },
}))

const ZONE_LEVELS: LevelRule[] = ZONE_CHANGES.flatMap((value) => [
  { level: 'tamper', ...zone(value), bits: [2], words: { 1: 'tamper', 0: 'tamper_clear' }, calm: ['0'] },
  { level: 'battery_low', ...zone(value), bits: [3], words: { 1: 'battery_low', 0: 'battery_ok' }, calm: ['0'] },
])

/** Commands of remote controls and keypads by cluster and command; the text after them is of no interest. */
const REMOTE_EVENTS: EventRule[] = [
  { value: "['0501!02']", words: { '': 'sos', '*': 'sos' } },
  { value: "['0501!03']", words: { '': 'general_alarm', '*': 'general_alarm' } },
  { value: "['0501!04']", words: { '': 'sos', '*': 'sos' } },
  { value: "['0006!FD']", press: { '00': 'single', '01': 'double', '02': 'long', '*': 'other' } },
  ...Object.entries({ '00': 'off', '01': 'on', '02': 'toggle' }).map(([command, press]) => ({
    value: `['0006!${command}']`,
    press: { '': press, '*': press },
    detail: { key: 'Endpoint' },
  })),
]

const onOff = (name: string, on: 'door_open' | 'motion' | 'water_leak' | 'smoke' | 'co'): LevelRule => ({
  level: name.toLowerCase(),
  value: name,
  words: { 1: on, 0: AFTER[on] },
  calm: ['0'],
})
const AFTER = {
  door_open: 'door_close',
  motion: 'vacant',
  water_leak: 'water_clear',
  smoke: 'smoke_clear',
  co: 'co_clear',
} as const

const ZIGBEE: MappingRule = {
  topic: ['tele/+/SENSOR', 'tele/+/+/SENSOR', 'tele/+/RESULT', 'stat/+/RESULT'],
  each: '$.ZbReceived.{address}',
  address: '{address}',
  events: [
    ...ZONE_EVENTS,
    ...REMOTE_EVENTS,
    { value: 'Panic', words: { 1: 'sos', 0: null } },
    { value: 'Personal', words: { 1: 'sos', 0: null } },
  ],
  levels: [
    ...ZONE_LEVELS,
    onOff('Contact', 'door_open'),
    onOff('Occupancy', 'motion'),
    onOff('Movement', 'motion'),
    onOff('Water', 'water_leak'),
    onOff('Fire', 'smoke'),
    onOff('CO', 'co'),
  ],
  telemetry: {
    temperature: 'Temperature',
    humidity: 'Humidity',
    pressure: 'Pressure',
    illuminance: 'Illuminance',
    battery: 'BatteryPercentage',
    voltage: 'BatteryVoltage',
    link_quality: 'LinkQuality',
  },
  continue: true,
}

export const tasmota: Mapping = {
  name: 'Tasmota',
  rules: [
    { topic: 'tele/+/LWT', payload: 'text', presence: { online: ['Online'], offline: ['Offline'] } },
    ZIGBEE,
    { topic: 'stat/+/RESULT', ...button },
    { topic: 'stat/+/{command}', ...button, when: [{ of: '{command}', contains: ['BUTTON'] }, isAction] },
    ...switches('stat/+/RESULT'),
    ...switches('stat/+/{command}').map((rule) => ({
      ...rule,
      when: [{ of: '{command}', contains: ['SWITCH'] }, ...(rule.when ?? [])],
    })),
    {
      topic: 'tele/+/SENSOR',
      each: '$.Switch{key}',
      when: [{ of: '@', in: ON_OFF }],
      levels: [contact('@')],
      continue: true,
    },
    {
      topic: 'tele/+/SENSOR',
      each: '$.{sensor}',
      telemetry: {
        temperature: 'Temperature',
        humidity: 'Humidity',
        pressure: 'Pressure',
        illuminance: 'Illuminance',
        co2: 'CarbonDioxide',
      },
      continue: true,
    },
    { topic: 'tele/+/STATE', telemetry: { rssi: 'Wifi.Signal' } },
    { topic: 'tele/+/INFO1', facts: { firmware: 'Info1.Version', hardware: 'Info1.Module' } },
    { topic: ['tele/#', 'stat/#', 'cmnd/#', 'tasmota/discovery/#'], ignore: true },
  ],
}
