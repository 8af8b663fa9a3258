import type { Mapping } from '../../../../server/contract/mapping.ts'
import type { EventRule, LevelRule, MappingRule } from '../../../../server/contract/mapping-types.ts'

/**
 * Shelly BLU, Bluetooth sensors and buttons that a Shelly of generation 2 or later hears. Either one of Shelly's scripts
 * publishes what they say (BTHome v2 by name, on a topic that ends in the MAC address or as an RPC notification), or the
 * gateway knows the device itself and notifies presses. Sources: Shelly script examples `ble-shelly-blu` and
 * `universal-blu-to-mqtt`; Shelly API, "BTHomeDevice" and "Input"; BTHome v2.
 *
 * Several Shellies hear one press: `pid` makes it one. Button 0 is a beacon that tells nothing of a press.
 */

const PRESSES = {
  0: null,
  1: 'single',
  2: 'double',
  3: 'triple',
  4: 'long',
  5: 'long_double',
  6: 'long_triple',
  128: 'hold',
  254: 'hold',
  '*': 'other',
}

const LEVELS = [
  ['window', 'door_open', 'door_close'],
  ['door', 'door_open', 'door_close'],
  ['opening', 'door_open', 'door_close'],
  ['motion', 'motion', 'vacant'],
  ['occupancy', 'motion', 'vacant'],
  ['presence', 'motion', 'vacant'],
  ['moisture', 'water_leak', 'water_clear'],
  ['smoke', 'smoke', 'smoke_clear'],
  ['gas', 'gas', 'gas_clear'],
  ['carbon_monoxide', 'co', 'co_clear'],
  ['tamper', 'tamper', 'tamper_clear'],
  ['vibration', 'triggered', 'released'],
] as const

const READINGS = ['battery', 'rssi', 'temperature', 'humidity', 'illuminance', 'pressure', 'voltage', 'rotation']

/**
 * What a BTHome message says.
 * @param at where it lies: `''` or a path that ends in a dot
 */
function blu(at: string): Pick<MappingRule, 'address' | 'id' | 'when' | 'events' | 'levels' | 'telemetry'> {
  const press: EventRule = {
    value: `${at}button`,
    press: PRESSES,
    detail: { battery: `${at}battery`, rssi: `${at}rssi` },
  }
  const levels: LevelRule[] = LEVELS.map(([name, on, off]) => ({
    level: name,
    value: `${at}${name}`,
    words: { 1: on, 0: off },
    calm: ['0'],
  }))
  // The script can't read an encrypted device: it would look alive, and its presses would be lost.
  const encrypted: LevelRule = {
    level: 'encryption',
    value: `${at}encryption`,
    words: { true: 'device_fault', false: null },
    calm: ['false'],
  }
  return {
    address: `${at}address`,
    id: { packet: `${at}pid` },
    when: [{ of: `${at}BTHome_version`, exists: true }],
    events: [press],
    levels: [...levels, encrypted],
    telemetry: Object.fromEntries(READINGS.map((name) => [name, `${at}${name}`])),
  }
}

/** A press as the gateway itself notifies it. */
const PUSHES: EventRule = {
  value: 'event',
  press: { single_push: 'single', double_push: 'double', triple_push: 'triple', long_push: 'long' },
}
const isPush = { of: 'event', in: ['single_push', 'double_push', 'triple_push', 'long_push'] }

export const shellyBlu: Mapping = {
  name: 'Shelly BLU',
  rules: [
    { topic: '+/online', payload: 'text', presence: { online: ['true'], offline: ['false'] } },
    { topic: '+/events/rpc', each: '$.params.events[*]', ...blu('data.'), continue: true },
    { topic: '+/events/rpc', ...blu('info.data.'), continue: true },
    {
      topic: '+/events/rpc',
      each: '$.params.events[*]',
      when: [isPush, { of: 'component', contains: ['bthomedevice'] }],
      address: 'component',
      ts: 'ts',
      events: [PUSHES],
      continue: true,
    },
    {
      comment: 'A button wired to the gateway itself.',
      topic: '+/events/rpc',
      each: '$.params.events[*]',
      when: [isPush, { of: 'component', contains: ['input'] }],
      ts: 'ts',
      events: [{ ...PUSHES, detail: { key: 'id' } }],
      continue: true,
    },
    { topic: '+/events/rpc', ignore: true },
    { topic: ['+/status/#', '+/debug/#', '+/rpc', '+/rpc/#', '+/announce', '+/command'], ignore: true },
    { topic: ['+', '+/+', '+/+/+'], ...blu('') },
  ],
}
