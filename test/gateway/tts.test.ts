import { describe, expect, it } from 'vitest'
import { ttsProtocol } from '../../gateway/protocols/tts.ts'
import type { DeviceCommand } from '../../server/contract/command.ts'
import { device, EUI, LOGIN, NOW, network, sorted, TTS_SAMPLES, TTS_UP, told, ttsUp, UPLINK_MS } from './lorawan-hub.ts'

const SOS = device('sos_button', 'WS101', 'sos')
const PRESS = '017510ff2e01'
const BASE = 'v3/care@ttn/devices/bedroom'
const receive = (topic: string, body: unknown, child = SOS, replayed = false) =>
  network(ttsProtocol).receive(topic, body, child, replayed)

describe('topics', () => {
  const { channelOf, maySubscribe } = ttsProtocol.topicsOf(LOGIN, ttsProtocol.createMemory(LOGIN))

  it.each([
    [`${BASE}/up`, 'up'],
    [`${BASE}/join`, 'join'],
    [`${BASE}/location/solved`, 'location'],
    [`${BASE}/down/ack`, 'ack'],
    [`${BASE}/down/push`, 'ignored'],
    [`${BASE}/down/failed`, 'ignored'],
    [`${BASE}/service/data`, 'ignored'],
    ['v3/care/devices/bedroom/up', 'up'],
    [`${BASE}/other`, 'unknown'],
    ['v3/care', 'unknown'],
    ['v3', null],
    ['v2/care/devices/bedroom/up', null],
    ['care/v1/d1/event', null],
    ['$SYS/v3/', null],
    ['application/a1/device/x/event/up', null],
  ])('%s is %s', (topic, channel) => {
    expect(channelOf(topic)).toBe(channel)
  })

  it.each([
    ['v3/+/devices/+/down/push', true],
    ['v3/#', true],
    ['#', false],
    ['+/care/devices/x/up', false],
    ['care/#', false],
    ['$SYS/#', false],
  ])('may subscribe to %s: %s', (filter, allowed) => {
    expect(maySubscribe(filter)).toBe(allowed)
  })
})

describe('address', () => {
  const addressOf = (topic: string, text: string) =>
    ttsProtocol.addressOf(
      { topic, payload: Buffer.from(text), receivedAt: NOW, replayed: false },
      ttsProtocol.createMemory(LOGIN),
    )

  it.each([
    [`${BASE}/up`, '{"end_device_ids":{"device_id":"x","dev_eui":"24E124535B316056"}}', EUI],
    [`${BASE}/up`, '{ "end_device_ids" : { "dev_eui"\n:\t"24E124535B316056" } }', EUI],
    [`${BASE}/up`, '{"uplink_message":{"decoded_payload":{"dev_eui":"0000000000000000"}}}', 'bedroom'],
    [`${BASE}/up`, '{"end_device_ids":{"dev_eui":"short"}}', 'bedroom'],
    ['v3/care@ttn/devices/eui-24E124535B316056/up', '', EUI],
    ['v3/care@ttn/devices/Bed-Room/up', '{', 'bed-room'],
    ['v3/care', '', null],
  ])('%s %s is %s', (topic, text, address) => {
    expect(addressOf(topic, text)).toBe(address)
  })

  it("is the message's own, whatever else it names", () => {
    const { uplink_message } = ttsUp(PRESS)
    const own = { x: { dev_eui: EUI.toUpperCase() }, dev_eui: '0000000000000001' }
    const named = receive(TTS_UP, { uplink_message, end_device_ids: own })
    expect(new Set(named.map(({ from }) => from))).toEqual(new Set(['0000000000000001']))
    const elsewhere = { uplink_message, end_device_ids: {}, other: { dev_eui: EUI.toUpperCase() } }
    expect(new Set(receive(TTS_UP, elsewhere).map(({ from }) => from))).toEqual(new Set(['bedroom']))
  })

  it('of what is not JSON is the one in its text, so that the alarm is hers', () => {
    const cut = `{"end_device_ids":{"device_id":"x","dev_eui":"${EUI.toUpperCase()}"},"uplink_mess`
    expect(receive(TTS_UP, cut)).toMatchObject([{ kind: 'unreadable', reason: 'invalid_json', from: EUI, alarm: true }])
  })
})

describe('uplink', () => {
  it('tells a press with place, time and signal', () => {
    const items = receive(TTS_UP, ttsUp(PRESS))
    const { events, fields, samples } = sorted(items)
    expect(items.map(({ from }) => from)).toEqual([EUI, EUI])
    expect(events).toMatchObject([{ type: 'button', deviceTs: UPLINK_MS, detail: { press: 'single', battery: 16 } }])
    expect(fields).toEqual({ battery: 16, rssi: -35, snr: 5 })
    expect(samples).toEqual([{ deviceTs: UPLINK_MS, fields }])
  })

  it('has an id of session and frame counter', () => {
    const idOf = (body: unknown) => sorted(receive(TTS_UP, body)).events[0]?.messageId
    const body = ttsUp(PRESS)
    const { f_cnt, ...withoutCounter } = body.uplink_message
    expect(idOf(body)).toBe(idOf({ ...body, received_at: '2025-11-23T12:14:00Z' }))
    expect(idOf(body)).not.toBe(idOf(ttsUp(PRESS)))
    expect(idOf({ ...body, uplink_message: withoutCounter })).toBe(idOf({ ...body, uplink_message: withoutCounter }))
    const later = { ...withoutCounter, received_at: '2025-11-23T12:13:45Z' }
    expect(idOf({ ...body, uplink_message: withoutCounter })).not.toBe(idOf({ ...body, uplink_message: later }))
    const { session_key_id, received_at, ...bare } = body.uplink_message
    const around = { end_device_ids: body.end_device_ids }
    expect(idOf({ ...around, uplink_message: bare })).not.toBe(
      idOf({ ...around, uplink_message: { ...bare, f_cnt: 9 } }),
    )
  })

  it('never believes the decoded payload or the place in the registry', () => {
    const more = {
      decoded_payload: { press: 'none', battery: 99 },
      locations: { user: { latitude: 1, longitude: 2, source: 'SOURCE_REGISTRY' } },
    }
    expect(sorted(receive(TTS_UP, ttsUp(PRESS, 85, more))).fields).toEqual({ battery: 16, rssi: -35, snr: 5 })
  })

  it('knows that empty fields are left out', () => {
    const { f_port, frm_payload, f_cnt, ...empty } = ttsUp(PRESS).uplink_message
    const body = (uplink_message: unknown) => ({ ...ttsUp(PRESS), uplink_message })
    expect(receive(TTS_UP, body(empty))).toMatchObject([{ kind: 'telemetry', sample: { fields: { rssi: -35 } } }])
    // A press whose port got lost is a press.
    expect(told(receive(TTS_UP, body({ ...empty, frm_payload })))).toEqual(['button single'])
    expect(receive(TTS_UP, ttsUp(PRESS, 0))).toEqual([])
  })

  it('takes the gateway that heard best', () => {
    const rx_metadata = [{ rssi: -120, snr: 9 }, { rssi: -40 }, { rssi: 'x' }, null, { rssi: -50, snr: 8 }]
    expect(sorted(receive(TTS_UP, ttsUp(PRESS, 85, { rx_metadata }))).fields).toEqual({ battery: 16, rssi: -40 })
  })

  it.each([
    ['', 'empty'],
    ['{', 'invalid_json'],
    ['[]', 'not_an_object'],
    ['{}', 'missing_field'],
    [{ ...ttsUp(PRESS), uplink_message: 'x' }, 'missing_field'],
    [ttsUp(PRESS, 85, { f_port: 'x' }), 'invalid_field'],
    [ttsUp(PRESS, 85, { f_port: -1 }), 'invalid_field'],
    [ttsUp(PRESS, 85, { frm_payload: 'AXUQ/y4' }), 'invalid_field'],
    [ttsUp(PRESS, 85, { frm_payload: 1 }), 'invalid_field'],
  ])('raises an alarm for an uplink that can’t be read: %j', (body, reason) => {
    expect(receive(TTS_UP, body)[0]).toMatchObject({ kind: 'unreadable', reason, alarm: true })
    expect(receive(TTS_UP, body, SOS, true)[0]).toMatchObject({ kind: 'unreadable', alarm: false })
  })

  it('tells what an unregistered device is by the repository’s names', () => {
    const version_ids = { brand_id: 'dragino', model_id: 'lgt92' }
    const hex = '000000000000000040000000000000000000'
    const items = network(ttsProtocol).receive(TTS_UP, ttsUp(hex, 2, { version_ids }))
    expect(sorted(items).discovered).toEqual({
      model: 'LGT-92',
      vendor: 'Dragino',
      description: 'bedroom',
      kind: 'tracker',
      role: null,
    })
    expect(told(items)).toEqual(['sos'])
  })
})

describe('other messages', () => {
  const sample = (index: number) => TTS_SAMPLES[index]!

  it('reads the examples of the documentation', () => {
    const play = (index: number) => network(ttsProtocol).receive(sample(index).topic!, sample(index).raw)
    expect(play(0)).toMatchObject([{ kind: 'discovered', from: '0004a30b001c0530' }])
    expect(play(1)).toMatchObject([
      { kind: 'unreadable', alarm: false, from: '0004a30b001c0530' },
      {
        kind: 'telemetry',
        sample: { deviceTs: Date.parse('2020-02-12T15:15:45.789Z'), fields: { rssi: -35, snr: 5 } },
      },
      { kind: 'discovered', device: { model: 'the-things-products the-things-uno', vendor: 'the-things-products' } },
    ])
    expect(play(2)).toEqual([])
    expect(play(3)).toMatchObject([{ kind: 'discovered', from: '4200000000000000' }])
    expect(play(4)).toMatchObject([{ kind: 'unreadable', alarm: false }, { kind: 'telemetry' }, { kind: 'discovered' }])
    expect(play(5)).toEqual([])
  })

  it('has nothing to tell of a registered device that joined', () => {
    expect(receive(sample(0).topic!, sample(0).raw)).toEqual([])
  })

  it('reads a position that was worked out', () => {
    const body = {
      ...ttsUp(''),
      location_solved: { service: 'ttgls', location: { latitude: 28.4, longitude: 117.9, accuracy: 40 } },
    }
    expect(receive(`${BASE}/location/solved`, body)).toEqual([
      {
        from: EUI,
        kind: 'telemetry',
        sample: { deviceTs: UPLINK_MS + 400, fields: { lat: 28.4, lon: 117.9, acc: 40 } },
      },
    ])
  })
})

describe('commands', () => {
  const TARGET = { deviceId: 'd1', protocol: 'tts', kind: 'fall_sensor', model: 'VS373', hubId: null, address: EUI }
  const CLOSED: DeviceCommand = { commandId: 'c1', type: 'closed', args: {} }

  it('ends the alarm of a fall radar, and takes the acknowledgement for the reply', () => {
    const { memory, receive: hear } = network(ttsProtocol)
    expect(ttsProtocol.encode(CLOSED, TARGET, memory)).toEqual([])
    hear(TTS_UP, ttsUp('06fb0100000100'))
    const [downlink] = ttsProtocol.encode(CLOSED, TARGET, memory)
    expect(downlink?.topic).toBe(`${BASE}/down/push`)
    const pushed = JSON.parse(downlink!.payload.toString())
    expect(pushed).toEqual({
      downlinks: [
        {
          f_port: 85,
          frm_payload: Buffer.from('ff64ff', 'hex').toString('base64'),
          confirmed: true,
          priority: 'NORMAL',
          correlation_ids: ['command:c1'],
        },
      ],
    })
    const ack = (downlink_ack: unknown, around: Record<string, unknown> = {}) =>
      sorted(hear(`${BASE}/down/ack`, { ...ttsUp(''), ...around, downlink_ack })).replies
    const reply = { commandId: 'c1', type: 'closed', detail: { acknowledged: true } }
    expect(ack({ correlation_ids: ['as:downlink:1', 'command:c1'] })).toMatchObject([reply])
    expect(ack({ f_cnt: 3 }, { correlation_ids: ['command:c1'] })).toMatchObject([reply])
    expect(ack({ session_key_id: 's', f_cnt: 3 })).toMatchObject([reply])
  })

  it('has no reply of a device that was asked nothing', () => {
    expect(receive(`${BASE}/down/ack`, { ...ttsUp(''), downlink_ack: { f_cnt: 1 } })).toEqual([])
  })
})
