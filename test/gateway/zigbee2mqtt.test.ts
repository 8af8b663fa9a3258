import { describe, expect, it } from 'vitest'
import { zigbee2mqttProtocol as protocol } from '../../gateway/protocols/zigbee2mqtt.ts'
import type { EventType } from '../../server/contract/signal.ts'
import samples from '../fixtures/zigbee2mqtt.json' with { type: 'json' }
import { fieldsOf, hub, levelsOf, NOW, registered, told } from './zigbee2mqtt-hub.ts'

const STATE = 'zigbee2mqtt/Bedroom'

/** What the samples call an alarm → what is told. */
const TOLD = new Map<string | null, EventType[]>([
  [null, []],
  ['sos', ['sos']],
  ['sos (wire-identical to a real one; needs human cancel)', ['sos']],
  // A press without a meaning of its own; the role decides.
  ['sos if device role = sos', ['button']],
  ['fall', ['fall']],
  ['fall suspected', ['fall_suspected']],
  ['smoke', ['smoke']],
  ['gas', ['gas']],
  ['carbonMonoxide', ['co']],
  ['waterLeak', ['water_leak']],
  ['tamper', ['tamper']],
  ['lowBattery', ['battery_low']],
  ['gatewayOffline', ['hub_offline']],
  ['deviceLeft', ['device_fault']],
  ['door open (or bed left, SPM915)', ['door_open']],
])

/** Where the sample's word alone doesn't say it. */
const INSTEAD = new Map<string, EventType[]>([
  ['BED: alarm_1=1', ['leave_bed']],
  // Keypad words are presses; without a role they mean nothing.
  ['SOS: disarm key', ['button']],
])

describe('samples', () => {
  it.each(samples.map((sample, index) => [index, sample.expected.meaning, sample] as const))(
    '%i: %s',
    (_index, meaning, { topic, raw, expected, ...sample }) => {
      const device = 'device' in sample ? sample.device : undefined
      const child = device ? registered({ model: device.z2mModel }) : null
      const home = hub()
      const isTwin = expected.alarm === 'sos-duplicate'
      if (isTwin) expect(told(home.take(topic.replace('/action', ''), { action: raw }))).toEqual(['sos'])
      const items = home.take(topic, raw, { child })
      const expectation = isTwin ? [] : (INSTEAD.get(meaning) ?? TOLD.get(expected.alarm))
      // Somebody who moves is good news.
      expect(told(items).filter((type) => type !== 'motion')).toEqual(expectation)
      expect(items!.some((item) => item.kind === 'unreadable')).toBe(false)
    },
  )

  it('reads what stands beside the alarm', () => {
    const home = hub()
    const byMeaning = (start: string) => samples.find(({ expected }) => expected.meaning.startsWith(start))!
    const take = (start: string) => home.take(byMeaning(start).topic, byMeaning(start).raw)
    expect(take('HISTORIC: battery as STRING')).toContainEqual({
      from: '0x286d9700010511f8',
      kind: 'telemetry',
      sample: { deviceTs: null, fields: { battery: 80, voltage: 2.9, link_quality: 0, temperature: 27.35 } },
    })
    expect(take('last_seen as epoch')).toContainEqual(
      expect.objectContaining({ sample: expect.objectContaining({ deviceTs: 1_656_118_444_933 }) }),
    )
    expect(take('no event (action null)')).toEqual([
      {
        from: '0xa4c13899607febd1',
        kind: 'telemetry',
        sample: { deviceTs: Date.parse('2026-04-17T15:33:17Z'), fields: { battery: 100, link_quality: 14 } },
      },
    ])
    expect(fieldsOf(take('no_occupancy_since'))).toMatchObject({ no_occupancy_since: 120, battery: 100 })
    expect(take('Aqara FP1')![0]).toMatchObject({ from: ' Presence_DiningRoom' })
    expect(take('FALSE alarm reported by the owner: TS0601_sos (_TZE284_2baujqot) publishes')![0]).toMatchObject({
      event: { type: 'sos', deviceTs: null, detail: { action: 'emergency', battery: 80 } },
    })
    // A keypad's code is a secret of the home.
    expect(JSON.stringify(home.take(STATE, { action: 'disarm', action_code: '4711' }))).not.toContain('4711')
  })
})

describe('levels', () => {
  const read = (state: unknown, child = registered({})) => levelsOf(hub().take(STATE, state, { child }))

  it.each([
    [{ smoke: true }, 'smoke', 'on', 'smoke', false],
    [{ smoke: false }, 'smoke', 'off', 'smoke_clear', true],
    [{ smoke: true, test: true }, 'smoke', 'test', 'test', false],
    [{ smoke: false, test: true }, 'smoke', 'off', 'smoke_clear', true],
    [{ gas: true, test: true }, 'gas', 'on', 'gas', false],
    [{ sos: true }, 'sos', 'on', 'sos', false],
    [{ sos: false }, 'sos', 'off', undefined, true],
    [{ carbon_monoxide: 'ON' }, 'carbon_monoxide', 'on', 'co', false],
    [{ contact: false }, 'contact', 'open', 'door_open', false],
    [{ contact: true }, 'contact', 'closed', 'door_close', true],
    [{ occupancy: false }, 'occupancy', 'off', 'vacant', true],
    [{ presence: true }, 'presence', 'on', 'motion', false],
    [{ fall_down_status: 'maybe_fall' }, 'fall_down_status', 'maybe_fall', 'fall_suspected', false],
    [{ fall_down_status: 'none' }, 'fall_down_status', 'none', 'fall_clear', true],
    [{ fall_status: 'fall_warning' }, 'fall_status', 'fall_warning', 'fall_suspected', false],
    [{ status: 'low_posture' }, 'status', 'low_posture', undefined, false],
    [{ status: 'unoccupied' }, 'status', 'unoccupied', undefined, true],
    [{ alarm_1: true }, 'alarm_1', 'on', 'triggered', false],
    [{ alarm_2: false }, 'alarm_2', 'off', 'released', true],
    [{ ac_status: true }, 'ac_status', 'on', 'mains_loss', false],
    [{ vibration: true }, 'vibration', 'on', undefined, false],
    [{ water_leak_l2: true }, 'water_leak_l2', 'on', 'water_leak', false],
    [{ contact_1: false }, 'contact_1', 'open', 'door_open', false],
    [{ smoke_state: 'alarm' }, 'smoke_state', 'alarm', 'smoke', false],
    // A life may hang on it: told once, as an alarm that names no reason.
    [{ fall_status: 'Collapsed\u0000' }, 'fall_status', '?collapsed\ufffd', 'general_alarm', false],
    [{ smoke: 'İ'.repeat(80) }, 'smoke', `?${'i\u0307'.repeat(20)}`, 'general_alarm', false],
  ])('%j', (state, level, value, type, calm) => {
    const [report, ...others] = read(state)
    expect(report).toMatchObject({ level, value, calm })
    expect(report!.event?.type).toBe(type)
    expect(others).toEqual([])
  })

  it.each([
    { smoke: null },
    { smoke: -1 },
    { gas: 350 },
    { fall_status: 'unknown' },
    { fall_down_status: '' },
    { contact: 'ajar' },
    { occupancy_timeout: 1 },
    { status: 'idle' },
    { alarm: 'ON' },
    { sos: {} },
    { moving: true, battery_defect: true },
  ])('%j tells nothing', (state) => expect(hub().take(STATE, state)).toEqual([]))

  it('tells all of a message, with one id for the same value at the same time', () => {
    const reports = read({ smoke: true, battery_low: true, tamper: true, battery: 3 })
    expect(reports.map(({ event }) => event?.type)).toEqual(['smoke', 'battery_low', 'tamper'])
    expect(reports[0]!.event).toEqual({
      messageId: `smoke=on@${NOW}`,
      type: 'smoke',
      deviceTs: null,
      detail: { property: 'smoke', value: true, battery: 3 },
    })
  })

  it.each([
    [registered({ kind: 'bed_sensor' }), 'leave_bed', 'bed_enter'],
    [registered({ role: 'bed' }), 'leave_bed', 'bed_enter'],
    [registered({ model: 'owon-spm915' }), 'leave_bed', 'bed_enter'],
    [registered({ role: 'sos' }), 'triggered', 'released'],
    [registered({ role: 'sos', kind: 'door_sensor' }), 'triggered', 'released'],
    [registered({ role: 'entrance' }), 'door_open', 'door_close'],
    [null, 'door_open', 'door_close'],
  ])('a contact means what %j is mounted on', (child, open, closed) => {
    const typeOf = (contact: boolean) => levelsOf(hub().take(STATE, { contact }, { child }))[0]!.event!.type
    expect([typeOf(false), typeOf(true)]).toEqual([open, closed])
  })

  it('takes an alarm that can be set for the device’s own siren', () => {
    const home = hub()
    home.take('zigbee2mqtt/bridge/devices', [
      {
        friendly_name: 'Siren',
        definition: { exposes: [{ type: 'binary', name: 'alarm', property: 'alarm', access: 3 }] },
      },
    ])
    expect(home.take('zigbee2mqtt/Siren', { alarm: true })).toEqual([])
    expect(told(home.take('zigbee2mqtt/Other', { alarm: true }))).toEqual(['triggered'])
  })
})

describe('telemetry', () => {
  it.each([
    [
      { battery: '80.00', voltage: 3055 },
      { battery: 80, voltage: 3.055 },
    ],
    [{ voltage: 231.5 }, { voltage: 231.5 }],
    [{ illuminance: 40_000, illuminance_lux: 12 }, { illuminance: 12 }],
    [
      { breathing_rate: 16, heart_rate: 71 },
      { resp: 16, hr: 71 },
    ],
    [{ breathing_rate: 0, battery: -1, humidity: 655.35, temperature: -327.68 }, {}],
    [{ battery: null, linkquality: true, pressure: {}, humidity: 'wet' }, {}],
  ])('%j', (state, fields) => expect(fieldsOf(hub().take(STATE, state))).toEqual(fields))
})

describe('an old copy of an outside broker', () => {
  it('gives measurements, presence and what is known of devices, but never raises', () => {
    const home = hub()
    const old = (topic: string, body: unknown) => home.take(topic, body, { replayed: true })!
    expect(old(STATE, { action: 'emergency', smoke: true, battery: 80 })).toMatchObject([{ kind: 'telemetry' }])
    expect(old('zigbee2mqtt/bridge/state', 'offline')).toEqual([{ kind: 'presence', online: false }])
    expect(old(`${STATE}/availability`, 'online')).toEqual([{ from: 'Bedroom', kind: 'presence', online: true }])
    expect(old(STATE, '{"acti')).toMatchObject([{ kind: 'unreadable', alarm: false }])
    expect(old('zigbee2mqtt/bridge/event', { type: 'device_leave', data: { friendly_name: 'x' } })).toEqual([])
    expect(old('zigbee2mqtt/bridge/devices', [{ friendly_name: 'x' }])).toMatchObject([{ kind: 'discovered' }])
    // It leaves no twin behind that would swallow a press.
    expect(told(home.take(`${STATE}/action`, 'emergency'))).toEqual(['sos'])
  })
})

describe('commands', () => {
  const send = (
    home: ReturnType<typeof hub>,
    type: 'sound' | 'closed' | 'locate' | 'received',
    model: string | null,
    address: string,
  ) => {
    const target = { deviceId: 'd', protocol: 'zigbee2mqtt', kind: 'other', model, hubId: 'hub-1', address }
    const sent = protocol.encode(
      { commandId: 'c', type, args: type === 'sound' ? { seconds: 5 } : {} },
      target,
      home.memory,
    )
    return sent.map(({ topic, payload }) => [topic, JSON.parse(payload.toString()) as unknown])
  }

  it('sounds and stops sirens, and nothing else', () => {
    const home = hub('home7/zigbee/bridge/state')
    const exposes = [
      { type: 'binary', name: 'alarm', property: 'alarm', access: 3, value_on: 'ON', value_off: 'OFF' },
      { type: 'numeric', name: 'duration', property: 'duration', access: 3 },
      { type: 'enum', name: 'identify', property: 'identify', access: 2, values: ['identify'] },
    ]
    home.take('home7/zigbee/bridge/devices', [{ friendly_name: 'Flur/Sirene', definition: { exposes } }])
    const topic = 'home7/zigbee/Flur/Sirene/set'
    expect(send(home, 'sound', null, 'Flur/Sirene')).toEqual([[topic, { alarm: 'ON', duration: 5 }]])
    expect(send(home, 'closed', null, 'Flur/Sirene')).toEqual([[topic, { alarm: 'OFF' }]])
    expect(send(home, 'locate', null, 'Flur/Sirene')).toEqual([[topic, { identify: 'identify' }]])
    expect(send(home, 'received', null, 'Flur/Sirene')).toEqual([])
    expect(send(home, 'sound', 'HS2WD-E', 'later')).toEqual([
      ['home7/zigbee/later/set', { warning: { mode: 'emergency', strobe: true, duration: 5 } }],
    ])
    expect(send(home, 'closed', 'HS2WD-E', 'later')).toEqual([
      ['home7/zigbee/later/set', { warning: { mode: 'stop' } }],
    ])
    expect(send(home, 'sound', 'TS0215A_sos', 'later')).toEqual([])
    expect(send(home, 'locate', null, 'later')).toEqual([])
    expect(send(home, 'sound', 'HS2WD-E', 'a/+')).toEqual([])
  })
})
