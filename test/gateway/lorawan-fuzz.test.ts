import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chirpstackProtocol } from '../../gateway/protocols/chirpstack.ts'
import { codecOfModel } from '../../gateway/protocols/lorawan/catalogue.ts'
import { ttsProtocol } from '../../gateway/protocols/tts.ts'
import { COMMAND_TYPES } from '../../server/contract/command.ts'
import type { DecodedItem, RegisteredDevice } from '../../server/contract/ports.ts'
import {
  CHIRPSTACK_SAMPLES,
  CHIRPSTACK_UP,
  chirpstackUp,
  device,
  EUI,
  LOGIN,
  network,
  readBytes,
  readBytesOfTts,
  type Sample,
  TTS_SAMPLES,
  TTS_UP,
  ttsUp,
} from './lorawan-hub.ts'
import { expectStorable } from './storable-items.ts'

const RUNS = { numRuns: 1_500 }
const SAMPLES = [...CHIRPSTACK_SAMPLES, ...TTS_SAMPLES]
const hexOf = ({ raw, frm_hex }: Sample): string => (typeof raw === 'string' ? raw : (frm_hex ?? ''))

/** Real frames, cut, lengthened, joined, with bytes changed; or anything at all. */
const real = fc.constantFrom(...SAMPLES.map(hexOf).filter((hex) => hex !== '')).map((hex) => Buffer.from(hex, 'hex'))
const mutated = fc
  .tuple(real, real, fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }), fc.nat(100), fc.boolean())
  .map(([first, second, changes, length, joined]) => {
    const frame = Buffer.from(joined ? Buffer.concat([first, second]) : first)
    for (const [at, value] of changes) if (at < frame.length) frame[at] = value
    return frame.subarray(0, length)
  })
const bytes = fc.oneof(
  mutated,
  mutated,
  fc.uint8Array({ maxLength: 120 }).map((array) => Buffer.from(array)),
)
const port = fc.oneof(fc.constantFrom(2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 19, 85, 100, 103, 106, 136, 147), fc.nat(255))

const MODELS = [
  'WS101',
  'WS136',
  'VS373',
  'AT101',
  'WS303',
  'GS101',
  'EM300-MCS',
  'TS302',
  'VS350',
  'TrackerD',
  'LGT-92',
]
const KINDS = ['sos_button', 'fall_sensor', 'tracker', 'water_sensor', 'climate_sensor', 'other', 'x']
const model = fc.constantFrom(null, ...MODELS, 'PB01', 'PB05', 'TBPB100', 'TBOL100', 'Abeeway Micro Tracker', '')
const child = fc.oneof(
  fc.constant(null),
  fc.tuple(fc.constantFrom(...KINDS), model).map(([kind, name]) => device(kind, name)),
)
const isAlarm = (item: DecodedItem): boolean => item.kind === 'unreadable' && item.alarm

describe('any bytes', () => {
  it('come to items that can be stored', () => {
    fc.assert(
      fc.property(bytes, port, child, (frame, fPort, registered) => {
        for (const read of [readBytes, readBytesOfTts]) {
          const items = read(frame.toString('hex'), fPort, registered)
          expectStorable(items)
          for (const item of items) expect(item.from).toBe(EUI)
        }
      }),
      RUNS,
    )
  })

  it('from an SOS key are a press, are read to their end, or are an alarm', () => {
    const keys = fc.constantFrom<RegisteredDevice>(
      ...['WS101', 'PB01', 'TBPB100', null].map((name) => device('sos_button', name, 'sos')),
    )
    fc.assert(
      fc.property(bytes, fc.constantFrom(2, 85, 147, 11), keys, (frame, fPort, key) => {
        fc.pre(frame.length > 0)
        const items = readBytes(frame.toString('hex'), fPort, key)
        const unreadable = items.filter((item) => item.kind === 'unreadable')
        expect(unreadable.every(isAlarm)).toBe(true)
        if (codecOfModel(key.model) === null && fPort === 11) expect(unreadable).toHaveLength(1)
      }),
      RUNS,
    )
  })

  it('from a fall radar or tracker of which nothing can be read are an alarm', () => {
    const registered = fc.constantFrom(device('fall_sensor', 'VS373'), device('tracker', 'TrackerD'), device('pendant'))
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), port, registered, (frame, fPort, sensor) => {
        fc.pre(fPort > 0 && fPort < 224)
        const items = readBytes(Buffer.from(frame).toString('hex'), fPort, sensor)
        const said = items.filter((item) => item.kind !== 'unreadable' && !isRadioOnly(item))
        if (said.length === 0 && items.some((item) => item.kind === 'unreadable'))
          expect(items.some(isAlarm)).toBe(true)
      }),
      RUNS,
    )
  })

  it('never lose a fall that stands whole before anything else', () => {
    fc.assert(
      fc.property(bytes, (frame) => {
        const items = readBytes(`06fb0100000100${frame.toString('hex')}`, 85, device('fall_sensor', 'VS373'))
        expect(items).toContainEqual(
          expect.objectContaining({ kind: 'event', event: expect.objectContaining({ type: 'fall' }) }),
        )
      }),
      RUNS,
    )
  })

  it('of an old copy raise nothing', () => {
    fc.assert(
      fc.property(bytes, port, child, (frame, fPort, registered) => {
        const items = network(ttsProtocol).receive(TTS_UP, ttsUp(frame.toString('hex'), fPort), registered, true)
        expect(items.some((item) => item.kind === 'event' || item.kind === 'level' || isAlarm(item))).toBe(false)
      }),
      RUNS,
    )
  })

  it('give each event of an uplink an id of its own', () => {
    fc.assert(
      fc.property(bytes, port, child, (frame, fPort, registered) => {
        const ids = readBytes(frame.toString('hex'), fPort, registered).flatMap((item) =>
          item.kind === 'event'
            ? [item.event.messageId]
            : item.kind === 'level'
              ? (item.report.event?.messageId ?? [])
              : [],
        )
        expect(new Set(ids).size).toBe(ids.length)
      }),
      RUNS,
    )
  })
})

function isRadioOnly(item: DecodedItem): boolean {
  if (item.kind !== 'telemetry') return false
  return Object.keys(item.sample.fields).every((name) => name === 'rssi' || name === 'snr')
}

describe('any message', () => {
  const names = fc.constantFrom(
    ...[
      '__proto__',
      'constructor',
      'data',
      'fPort',
      'time',
      'deviceInfo',
      'tags',
      'rxInfo',
      'deduplicationId',
      'location',
    ],
    ...['uplink_message', 'end_device_ids', 'dev_eui', 'f_port', 'f_cnt', 'frm_payload', 'received_at', 'rx_metadata'],
    ...['session_key_id', 'version_ids', 'correlation_ids', 'batteryLevel', 'queueItemId', 'acknowledged', 'latitude'],
  )
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom<unknown>('\ud800', '\0', '\u2028', -0, 1e308, -1, null, '9'.repeat(400), true),
    fc.dictionary(fc.oneof(names, fc.string()), fc.jsonValue({ maxDepth: 3 })),
  )
  const changes = fc.array(fc.tuple(names, odd), { maxLength: 4 })
  const changed = (body: Record<string, unknown>, list: [string, unknown][], inside?: string): unknown => {
    const inner = inside === undefined ? body : (body[inside] as Record<string, unknown>)
    const entries = [...Object.entries(inner), ...list]
    const merged = Object.fromEntries(entries)
    return inside === undefined ? merged : { ...body, [inside]: merged }
  }
  const EVENTS = ['up', 'join', 'status', 'ack', 'location', 'log', 'other']
  const PARTS = ['up', 'join', 'location/solved', 'down/ack', 'down/failed', 'other']

  it('of ChirpStack comes to items that can be stored', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EVENTS), changes, child, (event, list, registered) => {
        const body = changed(chirpstackUp('017510ff2e01'), list)
        const items = network(chirpstackProtocol).receive(CHIRPSTACK_UP.replace(/up$/, event), body, registered)
        expectStorable(items)
      }),
      RUNS,
    )
  })

  it('of The Things Stack comes to items that can be stored', () => {
    const inside = fc.constantFrom(undefined, 'uplink_message', 'end_device_ids')
    fc.assert(
      fc.property(fc.constantFrom(...PARTS), changes, inside, child, (part, list, where, registered) => {
        const whole = { ...ttsUp('017510ff2e01'), join_accept: {}, location_solved: {}, downlink_ack: {} }
        const items = network(ttsProtocol).receive(TTS_UP.replace(/up$/, part), changed(whole, list, where), registered)
        expectStorable(items)
      }),
      RUNS,
    )
  })

  it('of bytes without a form is an alarm on an uplink and harmless elsewhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 40 }), (raw, name) => {
        const payload = Buffer.from(raw)
        for (const [protocol, topic] of [
          [chirpstackProtocol, CHIRPSTACK_UP],
          [ttsProtocol, `v3/a/devices/${name.replaceAll('/', '')}x/up`],
        ] as const) {
          const message = { topic, payload, receivedAt: 1, replayed: false }
          const address = protocol.addressOf(message, protocol.createMemory(LOGIN))
          expect(address === null || address.length <= 128).toBe(true)
          const items = network(protocol).receive(topic, payload)
          expectStorable(items)
          expect(items.some(isAlarm)).toBe(true)
        }
      }),
      RUNS,
    )
  })

  it('cut anywhere is read or an alarm', () => {
    const whole = [
      [chirpstackProtocol, CHIRPSTACK_UP, Buffer.from(JSON.stringify(chirpstackUp('017510ff2e01')))],
      [ttsProtocol, TTS_UP, Buffer.from(JSON.stringify(ttsUp('017510ff2e01')))],
    ] as const
    for (const [protocol, topic, payload] of whole) {
      for (let end = 0; end < payload.length; end++) {
        expect(network(protocol).receive(topic, payload.subarray(0, end)).some(isAlarm)).toBe(true)
      }
    }
  })

  it('is decoded quickly however large', () => {
    const bodies = [
      { ...chirpstackUp('01'), rxInfo: Array(20_000).fill({ rssi: -1, snr: 1 }) },
      { ...chirpstackUp('01'), data: 'A'.repeat(1_000_000) },
      {
        ...chirpstackUp('01'),
        deviceInfo: { deviceProfileName: 'a-'.repeat(400_000), deviceName: ' '.repeat(100_000) },
      },
    ]
    const start = performance.now()
    for (const body of bodies) network(chirpstackProtocol).receive(CHIRPSTACK_UP, body)
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})

describe('any command', () => {
  it('is a downlink that the network server takes, or none', () => {
    const args = fc.record(
      {
        intervalSeconds: fc.integer({ min: 10, max: 86_400 }),
        fence: fc.record({
          name: fc.string({ minLength: 1 }),
          lat: fc.double({ min: -90, max: 90, noNaN: true }),
          lon: fc.double({ min: -180, max: 180, noNaN: true }),
          radius: fc.double({ min: 20, max: 50_000, noNaN: true }),
        }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.constantFrom(...COMMAND_TYPES), args, model, fc.string(), (type, given, name, commandId) => {
        for (const [protocol, topic, body] of [
          [chirpstackProtocol, CHIRPSTACK_UP, chirpstackUp('01')],
          [ttsProtocol, TTS_UP, ttsUp('01')],
        ] as const) {
          const { memory, receive } = network(protocol)
          receive(topic, body)
          const target = { deviceId: 'd', protocol: protocol.name, kind: 'x', model: name, hubId: null, address: EUI }
          for (const downlink of protocol.encode({ commandId, type, args: given }, target, memory)) {
            expect(downlink.topic).toMatch(
              /^(application\/a1\/device\/[0-9a-f]{16}\/command\/down|v3\/.*\/down\/push)$/,
            )
            const text = downlink.payload.toString()
            const data = /"(?:data|frm_payload)":"([^"]+)"/.exec(text)?.[1]
            expect(Buffer.from(data ?? '', 'base64').length).toBeGreaterThan(0)
          }
        }
      }),
      RUNS,
    )
  })
})
