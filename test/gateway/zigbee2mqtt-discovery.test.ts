import { describe, expect, it } from 'vitest'
import { classify } from '../../gateway/protocols/zigbee2mqtt/classify.ts'
import samples from '../fixtures/zigbee2mqtt.json' with { type: 'json' }
import definitions from '../fixtures/zigbee2mqtt-definitions.json' with { type: 'json' }
import { hub } from './zigbee2mqtt-hub.ts'

/** What the samples call a role → kind and role of the record. */
const KINDS: Record<string, [kind: string, role: string | null]> = {
  SOS: ['sos_button', 'sos'],
  BUTTON: ['button', null],
  FALL: ['fall_sensor', null],
  PRESENCE: ['motion_sensor', null],
  BED: ['bed_sensor', 'bed'],
  DOOR: ['door_sensor', null],
  WATER: ['water_sensor', null],
  SMOKE: ['smoke_sensor', null],
  GAS: ['gas_sensor', null],
  CO: ['co_sensor', null],
  TEMP: ['climate_sensor', null],
  VIBRATION: ['other', null],
  SIREN: ['other', null],
  'UNKNOWN-IAS': ['other', null],
}

const DEVICES = 'zigbee2mqtt/bridge/devices'
const EVENT = 'zigbee2mqtt/bridge/event'

describe('classification', () => {
  it.each(definitions.map(({ raw, expected }) => [raw.definition.model, expected.role, raw.definition] as const))(
    '%s is %s',
    (_model, role, definition) => {
      const { kind, role: found } = classify(definition)
      expect([kind, found]).toEqual(KINDS[role])
    },
  )

  const binary = (name: string, access = 1) => ({ type: 'binary', name, property: name, access })
  const action = (...values: string[]) => ({ type: 'enum', name: 'action', property: 'action', access: 1, values })
  const numeric = (name: string) => ({ type: 'numeric', name, property: name, access: 1 })

  it.each([
    ['sos_button', 'a keypad with a panic key', [action('disarm', 'panic'), binary('occupancy')], ''],
    ['sos_button', 'a key by its name', [action('single')], 'Wireless SOS key'],
    ['sos_button', 'a key by its Chinese name', [action('single')], '无线紧急按钮'],
    ['sos_button', 'a bare zone by its name', [binary('alarm_1')], 'Smart emergency button'],
    ['other', 'a siren with such a name', [binary('alarm', 3)], 'Emergency siren'],
    ['other', 'a wall switch', [{ type: 'switch', features: [binary('state', 7)] }, action('single')], 'Help switch'],
    [
      'other',
      'a thermostat',
      [{ type: 'climate', features: [numeric('local_temperature')] }, numeric('temperature')],
      '',
    ],
    ['other', 'a plug', [{ type: 'switch', features: [binary('state', 7)] }, numeric('temperature')], ''],
    ['fall_sensor', 'a new radar', [{ ...action('none', 'falling'), name: 'posture', property: 'posture' }], ''],
    ['fall_sensor', 'a plain fall sensor', [binary('fall_detected'), binary('presence')], ''],
    ['motion_sensor', 'a radar whose fall detection can only be set', [binary('presence'), binary('fall_mode', 3)], ''],
    ['smoke_sensor', 'smoke with temperature', [numeric('temperature'), binary('smoke')], ''],
    ['door_sensor', 'a contact on an endpoint', [{ ...binary('contact'), property: 'contact_l1' }], 'Bedroom contact'],
    ['bed_sensor', 'a mat', [binary('occupancy')], 'Bed occupancy mat'],
    ['climate_sensor', 'air quality', [numeric('co2'), numeric('humidity')], ''],
    ['button', 'a remote with presence', [action('single'), binary('occupancy')], ''],
  ])('%s: %s', (kind, _what, exposes, description) => {
    expect(classify({ model: 'X-1', description, exposes }).kind).toBe(kind)
  })

  it.each([
    null,
    undefined,
    7,
    {},
    { exposes: 'x' },
    { exposes: [null, 5, { features: [{}] }], model: { toString: 1, valueOf: 1 } },
  ])('takes %j for other', (definition) =>
    expect(classify(definition)).toMatchObject({ kind: 'other', role: null, siren: null }),
  )

  it('knows how a siren is told to sound', () => {
    const siren = definitions.find(({ raw }) => raw.definition.model === 'HS2WD-E')!
    expect(classify(siren.raw.definition).siren).toEqual({ via: 'warning', hasLevel: false })
  })
})

describe('bridge/devices', () => {
  it('makes a discovered device of each but the coordinator', () => {
    const home = hub()
    const list = [
      { ieee_address: '0x1', friendly_name: 'Coordinator', type: 'Coordinator', definition: null },
      {
        ieee_address: '0xb4e3f9fffe907daf',
        friendly_name: '卧室/SOS',
        type: 'EndDevice',
        description: '床头',
        definition: definitions[0]!.raw.definition,
        software_build_id: '0122052017',
        date_code: '20170512',
      },
      {
        ieee_address: '0x2',
        type: 'Router',
        model_id: 'lumi.x',
        manufacturer: 'LUMI',
        date_code: '20170512',
        definition: null,
      },
      7,
      { type: 'EndDevice' },
    ]
    expect(home.take(DEVICES, list)).toEqual([
      {
        from: '卧室/SOS',
        kind: 'discovered',
        device: { model: 'TS0215A_sos', vendor: 'Tuya', description: '床头', kind: 'sos_button', role: 'sos' },
      },
      { from: '卧室/SOS', kind: 'facts', facts: { firmware: '0122052017' } },
      {
        from: '0x2',
        kind: 'discovered',
        device: { model: 'lumi.x', vendor: 'LUMI', description: null, kind: 'other', role: null },
      },
      { from: '0x2', kind: 'facts', facts: { firmware: '20170512' } },
    ])
  })

  it('is remembered within bounds, and replaced by the next list', () => {
    const home = hub()
    const many = Array.from({ length: 1_200 }, (_, i) => ({ friendly_name: `d${i}` }))
    const items = home.take(DEVICES, many)!
    expect(items.filter(({ kind }) => kind === 'discovered')).toHaveLength(1_000)
    expect(items.at(-1)).toMatchObject({ kind: 'unreadable', reason: 'too_large', alarm: false })
    expect(home.memory.devices.size).toBe(1_000)
    home.take(DEVICES, [])
    expect(home.memory.devices.size).toBe(0)
    expect(home.take(DEVICES, {})).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })
})

describe('bridge/event', () => {
  const device = { model: null, vendor: null, description: null, kind: 'other', role: null }

  it('tells of devices that come', () => {
    const home = hub()
    const interview = samples.find(({ expected }) => expected.meaning.startsWith('SOS button paired'))!
    for (const type of ['device_joined', 'device_announce']) {
      expect(home.take(EVENT, { type, data: { ieee_address: '0x9', friendly_name: 'new' } })).toEqual([
        { from: 'new', kind: 'discovered', device },
      ])
    }
    const found = { kind: 'sos_button', role: 'sos', model: 'TS0215A_sos', vendor: 'TuYa', description: 'SOS button' }
    const from = '0xb4e3f9fffe907daf'
    expect(home.take(EVENT, interview.raw)).toEqual([{ from, kind: 'discovered', device: found }])
    // What is known of it isn't forgotten when it only says hello.
    const hello = { type: 'device_announce', data: { friendly_name: from } }
    expect(home.take(EVENT, hello)).toEqual([{ from, kind: 'discovered', device: found }])
    for (const status of ['started', 'failed']) {
      expect(home.take(EVENT, { type: 'device_interview', data: { friendly_name: 'x', status } })).toEqual([])
    }
  })

  it('tells of devices that leave, once', () => {
    const home = hub()
    const leave = { type: 'device_leave', data: { ieee_address: '0x9', friendly_name: 'my_bulb' } }
    const [item] = home.take(EVENT, leave)!
    expect(item).toMatchObject({ from: 'my_bulb', event: { type: 'device_fault', detail: { reason: 'left_network' } } })
    expect(home.take(EVENT, leave)![0]).toEqual(item)
  })

  it.each([
    [{ type: 'group_added', data: {} }, 0],
    [{ type: 'device_leave' }, 1],
    [{ data: {} }, 1],
    [[], 1],
  ])('%j leaves %i dead letters', (body, letters) => {
    const items = hub().take(EVENT, body)!
    expect(items.map((item) => item.kind === 'unreadable' && !item.alarm)).toEqual(Array(letters).fill(true))
  })
})
