import { describe, expect, it } from 'vitest'
import { chirpstackProtocol } from '../../gateway/protocols/chirpstack.ts'
import {
  CHIRPSTACK_SAMPLES,
  CHIRPSTACK_UP,
  chirpstackUp,
  device,
  EUI,
  LOGIN,
  NOW,
  network,
  sorted,
  told,
  UPLINK_MS,
} from './lorawan-hub.ts'

const SOS = device('sos_button', 'WS101', 'sos')
const PRESS = '017510ff2e01'
const topicOf = (event: string) => `application/a1/device/${EUI}/event/${event}`
const receive = (topic: string, body: unknown, child = SOS, replayed = false) =>
  network(chirpstackProtocol).receive(topic, body, child, replayed)

describe('topics', () => {
  const { channelOf, maySubscribe } = chirpstackProtocol.topicsOf(LOGIN, chirpstackProtocol.createMemory(LOGIN))

  it.each([
    [CHIRPSTACK_UP, 'up'],
    [topicOf('join'), 'join'],
    [topicOf('txack'), 'txack'],
    ['east/application/a1/device/24e124535b316056/event/up', 'up'],
    [topicOf('renamed'), 'ignored'],
    [topicOf('up/more'), 'ignored'],
    ['application/a1/device/24e124535b316056/command/down', 'ignored'],
    ['eu868/gateway/0016c001f153a14c/event/up', 'ignored'],
    ['cn470_10/gateway/0016c001f153a14c/state/conn', 'ignored'],
    ['gateway/0016c001f153a14c/event/stats', 'ignored'],
    ['application', 'unknown'],
    ['application/a1/other', 'unknown'],
    ['care/v1/d1/event', null],
    ['care/application/a1/device/24e124535b316056/event/up', null],
    ['$SYS/application/a1/device/24e124535b316056/event/up', null],
    ['$share/application', null],
    ['/application/a1/device/24e124535b316056/event/up', null],
    ['applications/a1', null],
    ['zigbee2mqtt/gateway/button', null],
    ['v3/a/devices/d/up', null],
    ['', null],
  ])('%s is %s', (topic, channel) => {
    expect(channelOf(topic)).toBe(channel)
  })

  it.each([
    ['application/+/device/+/command/#', true],
    ['application/a1/device/+/command/down', true],
    ['application/#', true],
    ['eu868/gateway/+/event/+', true],
    ['#', false],
    ['+/#', false],
    ['+/application/#', false],
    ['care/#', false],
    ['care/application/#', false],
    ['$SYS/#', false],
    ['zigbee2mqtt/gateway/#', false],
    ['+/gateway/#', false],
  ])('may subscribe to %s: %s', (filter, allowed) => {
    expect(maySubscribe(filter)).toBe(allowed)
  })
})

describe('address', () => {
  const addressOf = (topic: string, body: unknown = '') =>
    chirpstackProtocol.addressOf(
      { topic, payload: Buffer.from(JSON.stringify(body)), receivedAt: NOW, replayed: false },
      chirpstackProtocol.createMemory(LOGIN),
    )

  it('is the DevEUI of the topic, in small letters', () => {
    expect(addressOf(CHIRPSTACK_UP.toUpperCase().replace(/^APPLICATION|DEVICE|EVENT/g, (s) => s.toLowerCase()))).toBe(
      EUI,
    )
  })

  it('is that of the message when the topic has none', () => {
    const body = { deviceInfo: { devEui: EUI.toUpperCase() } }
    expect(addressOf('application/a1/device/bedroom/event/up', body)).toBe(EUI)
    expect(addressOf('application/a1/device/bedroom/event/up', { devEui: 'x' })).toBeNull()
  })
})

describe('uplink', () => {
  it('tells a press with place, time and signal', () => {
    const body = chirpstackUp(PRESS)
    const items = receive(CHIRPSTACK_UP, body)
    const { events, fields, samples } = sorted(items)
    expect(items.map(({ from }) => from)).toEqual([EUI, EUI])
    expect(events).toEqual([
      {
        messageId: expect.stringContaining(`${body.deduplicationId}:`),
        type: 'button',
        deviceTs: UPLINK_MS,
        detail: { press: 'single', battery: 16 },
      },
    ])
    expect(fields).toEqual({ battery: 16, rssi: -61, snr: 9.5 })
    expect(samples).toEqual([{ deviceTs: UPLINK_MS, fields }])
  })

  it('gives a redelivered message the same id, and other bytes another', () => {
    const idOf = (body: unknown) => sorted(receive(CHIRPSTACK_UP, body)).events[0]?.messageId
    const body = chirpstackUp(PRESS)
    expect(idOf(body)).toBe(idOf({ ...body, fCnt: 9 }))
    expect(idOf(body)).not.toBe(idOf(chirpstackUp(PRESS)))
    expect(idOf(body)).not.toBe(idOf({ ...chirpstackUp('017510ff2e02'), deduplicationId: body.deduplicationId }))
    const { deduplicationId, ...without } = body
    expect(idOf(without)).toBe(idOf(without))
    expect(idOf(without)).not.toBe(idOf({ ...without, fCnt: 77 }))
    expect(idOf({ ...body, deduplicationId: '\0'.repeat(500) })).toMatch(/^[\w@:]{1,100}$/)
  })

  it('never believes the decoded object', () => {
    const body = chirpstackUp(PRESS, 85, { object: { press: 'none', battery: 99 } })
    expect(sorted(receive(CHIRPSTACK_UP, body)).fields.battery).toBe(16)
  })

  it('leaves the network’s own frames alone', () => {
    expect(receive(CHIRPSTACK_UP, chirpstackUp('0102', 0))).toEqual([])
    expect(receive(CHIRPSTACK_UP, chirpstackUp('0102', 224))).toEqual([])
  })

  it('takes an empty frame for a sign of life', () => {
    for (const more of [{ data: '' }, { data: undefined, fPort: undefined }, { data: null }]) {
      const items = receive(CHIRPSTACK_UP, chirpstackUp('', 85, more))
      expect(items).toMatchObject([{ kind: 'telemetry', sample: { fields: { rssi: -61 } } }])
    }
  })

  it.each([
    ['%%%%', 'invalid_field'],
    ['AXUQ/y4', 'invalid_field'],
    ['AXUQ_y4B', 'invalid_field'],
    ['A'.repeat(404), 'invalid_field'],
    [7, 'invalid_field'],
    [['AXUQ/y4B'], 'invalid_field'],
  ])('raises an alarm for data that are not base64: %j', (data, reason) => {
    const { unreadable, fields } = sorted(receive(CHIRPSTACK_UP, chirpstackUp('', 85, { data })))
    expect(unreadable).toMatchObject([{ reason, alarm: true, from: EUI }])
    expect(fields.rssi).toBe(-61)
  })

  it.each([
    ['', 'empty'],
    ['{', 'invalid_json'],
    ['[]', 'not_an_object'],
    ['{}', 'missing_field'],
    [Buffer.from([0xff, 0xfe]), 'invalid_utf8'],
    [chirpstackUp(PRESS, 85, { fPort: 'x' }), 'invalid_field'],
    [chirpstackUp(PRESS, 85, { fPort: 1.5 }), 'invalid_field'],
    [chirpstackUp(PRESS, 85, { fPort: 256 }), 'invalid_field'],
  ])('raises an alarm for an uplink that can’t be read: %j', (body, reason) => {
    expect(receive(CHIRPSTACK_UP, body)).toMatchObject([{ kind: 'unreadable', reason, alarm: true, from: EUI }])
    expect(receive(CHIRPSTACK_UP, body, SOS, true)).toMatchObject([{ kind: 'unreadable', alarm: false }])
    expect(receive(topicOf('log'), body)).toEqual([])
  })

  it('raises an alarm for bytes of nobody knows what from a device that may be in need', () => {
    const strange = chirpstackUp('0102030405', 10)
    const alarms = (kind: string, role: 'sos' | null = null) =>
      sorted(receive(CHIRPSTACK_UP, strange, device(kind, null, role))).unreadable.map(({ alarm }) => alarm)
    for (const kind of ['sos_button', 'fall_sensor', 'pendant', 'tracker', 'watch'])
      expect(alarms(kind)).toEqual([true])
    expect(alarms('button', 'sos')).toEqual([true])
    expect(alarms('button')).toEqual([false])
    expect(alarms('climate_sensor')).toEqual([false])
    expect(sorted(network(chirpstackProtocol).receive(CHIRPSTACK_UP, strange)).unreadable).toMatchObject([
      { alarm: false },
    ])
  })

  it('never raises an alarm from an old copy', () => {
    for (const hex of [PRESS, '06fb0100000100', '030001', '0102']) {
      for (const child of [SOS, device('fall_sensor'), device('water_sensor')]) {
        const { events, levels, unreadable } = sorted(receive(CHIRPSTACK_UP, chirpstackUp(hex), child, true))
        expect([events.length, levels.size]).toEqual([0, 0])
        expect(unreadable.some(({ alarm }) => alarm)).toBe(false)
      }
    }
    expect(sorted(receive(CHIRPSTACK_UP, chirpstackUp(PRESS), SOS, true)).fields.battery).toBe(16)
  })

  it('reads a WS101 that is registered as an SOS key without a model', () => {
    expect(told(receive(CHIRPSTACK_UP, chirpstackUp(PRESS), device('sos_button')))).toEqual(['button single'])
  })

  it('tells what an unregistered device seems to be, beside what it says', () => {
    const items = network(chirpstackProtocol).receive(CHIRPSTACK_UP, chirpstackUp(PRESS))
    expect(told(items)).toEqual(['button single'])
    expect(sorted(items).discovered).toEqual({
      model: 'WS101',
      vendor: 'Milesight',
      description: 'bedroom',
      kind: 'sos_button',
      role: 'sos',
    })
    const unknown = network(chirpstackProtocol).receive(
      CHIRPSTACK_UP,
      chirpstackUp('01', 9, { deviceInfo: { tags: { model: 'X1', vendor: 'Acme' }, deviceProfileName: 'p' } }),
    )
    expect(sorted(unknown).discovered).toEqual({
      model: 'X1',
      vendor: 'Acme',
      description: null,
      kind: 'other',
      role: null,
    })
  })
})

describe('other events', () => {
  const sample = (event: string) => CHIRPSTACK_SAMPLES.find(({ topic }) => topic?.endsWith(`0101/event/${event}`))!
  const play = (event: string) => receive(sample(event).topic!, sample(event).raw)

  it('reads the examples of the documentation', () => {
    expect(play('up')).toMatchObject([
      { kind: 'unreadable', alarm: true },
      { kind: 'telemetry', from: '0101010101010101', sample: { fields: { rssi: -36, snr: 10.5 } } },
    ])
    expect(play('status')).toMatchObject([{ kind: 'telemetry', sample: { fields: { battery: 88.3, margin: 10 } } }])
    expect(play('location')).toEqual([
      {
        from: '0101010101010101',
        kind: 'telemetry',
        sample: {
          deviceTs: Date.parse('2022-07-18T09:55:11.059Z'),
          fields: { lat: 37.344214, lon: -8.839375, alt: 2 },
        },
      },
    ])
    expect(play('log')).toEqual([])
    expect(play('ack')).toMatchObject([
      { kind: 'reply', reply: { commandId: '1bbcab1d-6ec6-4136-b3f5-d63be1dc08de', type: null } },
    ])
  })

  it.each([
    [
      { margin: 3, externalPowerSource: true, batteryLevel: 0 },
      { margin: 3, external_power: 1 },
    ],
    [{ margin: 3, batteryLevelUnavailable: true, batteryLevel: 0 }, { margin: 3 }],
    [{ batteryLevel: 255 }, null],
    [{ batteryLevel: 12.5 }, { battery: 12.5 }],
    [{}, null],
  ])('status %j', (body, fields) => {
    expect(receive(topicOf('status'), body)).toEqual(
      fields === null ? [] : [{ from: EUI, kind: 'telemetry', sample: { deviceTs: null, fields } }],
    )
  })

  it('has no position of zeroes or nonsense', () => {
    for (const location of [
      {},
      null,
      { latitude: 0, longitude: 0 },
      { latitude: 91, longitude: 5 },
      { latitude: 'x' },
    ]) {
      expect(receive(topicOf('location'), { location })).toEqual([])
    }
    expect(receive(topicOf('location'), { location: { latitude: 28.4 } })).toHaveLength(1)
  })

  it('tells of a device that joined, once nobody has registered it', () => {
    const body = { deviceInfo: { deviceName: 'hall', deviceProfileName: 'VS373' } }
    expect(receive(topicOf('join'), body)).toEqual([])
    expect(network(chirpstackProtocol).receive(topicOf('join'), body)).toMatchObject([
      { from: EUI, kind: 'discovered', device: { model: 'VS373', description: 'hall' } },
    ])
  })

  it('has nothing to say of events that it does not know', () => {
    for (const event of ['integration', 'txack', 'renamed']) expect(receive(topicOf(event), { x: 1 })).toEqual([])
  })
})
