import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zigbee2mqttProtocol as protocol } from '../../gateway/protocols/zigbee2mqtt.ts'
import type { DecodedItem } from '../../server/contract/ports.ts'
import { TELEMETRY_FIELD } from '../../server/contract/signal.ts'
import samples from '../fixtures/zigbee2mqtt.json' with { type: 'json' }
import definitions from '../fixtures/zigbee2mqtt-definitions.json' with { type: 'json' }
import { hub, NOW, registered } from './zigbee2mqtt-hub.ts'

const messages = [
  ...samples.map(({ topic, raw }) => ({ topic, body: typeof raw === 'string' ? raw : JSON.stringify(raw) })),
  ...definitions.map(({ topic, raw }, index) => ({
    topic,
    body: JSON.stringify([{ friendly_name: `d${index}`, type: 'EndDevice', ...raw }]),
  })),
  { topic: 'zigbee2mqtt/bridge/groups', body: '[{"id":1,"friendly_name":"lights"}]' },
  { topic: 'zigbee2mqtt/bridge/info', body: '{"version":"2.6.3"}' },
  { topic: 'zigbee2mqtt/bridge/health', body: '{"process":{"uptime_sec":61,"memory_percent":2.5}}' },
]

function expectStorable(value: unknown): void {
  if (typeof value === 'string') expect(value.isWellFormed() && !value.includes('\0')).toBe(true)
  if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    expect(key).not.toBe('__proto__')
    expectStorable(key)
    expectStorable((value as Record<string, unknown>)[key])
  }
}

function expectSound(items: readonly DecodedItem[] | null): void {
  for (const item of items ?? []) {
    expectStorable(item)
    if (item.from !== undefined) expect(item.from.length >= 1 && item.from.length <= 128).toBe(true)
    const event = item.kind === 'event' ? item.event : item.kind === 'level' ? item.report.event : null
    if (event !== null) {
      expect(event.messageId.length >= 1 && event.messageId.length <= 128).toBe(true)
      expect(event.deviceTs === null || (Number.isInteger(event.deviceTs) && event.deviceTs >= 0)).toBe(true)
      expect(JSON.stringify(event.detail).length).toBeLessThan(1_000)
    }
    if (item.kind === 'level') {
      expect(item.report.value.length >= 1 && item.report.value.length <= 64).toBe(true)
      expect(item.report.level.length).toBeLessThanOrEqual(64)
    }
    if (item.kind === 'telemetry') {
      const entries = Object.entries(item.sample.fields)
      expect(entries.length).toBeGreaterThan(0)
      for (const [name, value] of entries) expect(TELEMETRY_FIELD.test(name) && Number.isFinite(value)).toBe(true)
    }
  }
}

const edit = fc.record({ at: fc.nat(), remove: fc.nat(4), insert: fc.uint8Array({ maxLength: 4 }) })
function mutate(body: string, edits: { at: number; remove: number; insert: Uint8Array }[]): Uint8Array {
  let bytes = Buffer.from(body)
  for (const { at, remove, insert } of edits) {
    const place = at % (bytes.length + 1)
    bytes = Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)])
  }
  return bytes
}

const child = fc.constantFrom(
  null,
  registered({ role: 'sos' }),
  registered({ role: 'bed' }),
  registered({ model: 'SPM915' }),
)

describe('any input', () => {
  it('is sound for real messages that were damaged', () => {
    const home = hub()
    const damaged = fc.tuple(fc.constantFrom(...messages), fc.array(edit, { maxLength: 4 }), child, fc.boolean())
    fc.assert(
      fc.property(damaged, ([{ topic, body }, edits, device, replayed]) => {
        const items = home.take(topic, mutate(body, edits), { child: device, replayed })
        expectSound(items)
        if (!replayed) return
        expect(items!.some(({ kind }) => kind === 'event' || kind === 'level')).toBe(false)
        expect(items!.some((item) => item.kind === 'unreadable' && item.alarm)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('raises an alarm for every device’s message that was cut short', () => {
    const ofDevices = messages.filter(({ topic, body }) => !/\/bridge\/|\/availability$/.test(topic) && body[0] === '{')
    expect(ofDevices.length).toBeGreaterThan(50)
    fc.assert(
      fc.property(fc.constantFrom(...ofDevices), fc.nat(), ({ topic, body }, cut) => {
        const bytes = Buffer.from(body)
        const from = topic.slice(topic.indexOf('/') + 1)
        const items = hub().take(topic, bytes.subarray(0, 1 + (cut % (bytes.length - 1))))
        expect(items).toMatchObject([{ from, kind: 'unreadable', alarm: true }])
      }),
      { numRuns: 500 },
    )
  })

  const key = fc.oneof(
    fc.constantFrom(
      ...['action', 'click', 'sos', 'smoke', 'test', 'gas', 'contact', 'fall_status', 'fall_down_status', 'status'],
      ...['battery', 'voltage', 'temperature', 'last_seen', 'alarm', 'occupancy', 'smoke_1', 'contact_l2'],
      ...['__proto__', 'constructor', 'toString', 'friendly_name', 'definition', 'exposes', 'type', 'data', 'state'],
    ),
    fc.string({ unit: 'binary' }),
  )
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 18 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom<unknown>(-0, 1e308, '1e400', '\u2028', '\ud800', 'emergency\0', `${'x'.repeat(63)}👵`),
    fc.dictionary(key, fc.jsonValue()),
  )
  const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a/action', 'b/set', '/', '/action', 'bridge/x'))

  it('is sound for any JSON on any topic', () => {
    const home = hub(null)
    const word = fc.constantFrom('devices', 'event', 'groups', 'info', 'health', 'state', 'other')
    const topic = fc.oneof(
      name.map((each) => `zigbee2mqtt/${each}`),
      word.map((each) => `zigbee2mqtt/bridge/${each}`),
      name,
    )
    const body = fc.oneof(fc.dictionary(key, value), fc.array(fc.dictionary(key, value)), value)
    fc.assert(
      fc.property(topic, body, child, (on, state, device) => {
        const items = home.take(on, Buffer.from(JSON.stringify(state) ?? ''), { child: device })
        expectSound(items)
        expect(items === null).toBe(/^(?:\$|care(?:\/|$))/.test(on))
      }),
      { numRuns: 2_000 },
    )
  })

  it('tells a call for help whatever stands beside it', () => {
    const beside = fc.dictionary(
      key.filter((each) => each !== 'action'),
      fc.jsonValue({ maxDepth: 3 }),
    )
    fc.assert(
      fc.property(beside, fc.constantFrom('emergency', 'sos', 'panic'), (state, action) => {
        const items = hub().take('zigbee2mqtt/SOS', { ...state, action })!
        expect(items[0]).toMatchObject({ from: 'SOS', kind: 'event', event: { type: 'sos' } })
        expectSound(items)
      }),
      { numRuns: 1_000 },
    )
  })

  it('speaks of the same device in address and items', () => {
    fc.assert(
      fc.property(fc.constantFrom(...messages), fc.array(edit, { maxLength: 2 }), ({ topic, body }, edits) => {
        const home = hub()
        const payload = mutate(body, edits)
        const message = { topic, payload, receivedAt: NOW, replayed: false }
        const address = protocol.addressOf(message, home.memory)
        if (address === null) return
        for (const item of home.take(topic, payload)!) expect(item.from).toBe(address)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is quick for messages of 1 MB', () => {
    const big = [
      `{${Array.from({ length: 60_000 }, (_, i) => `"smoke_${i}":true`).join()},"sos":true}`,
      `{"action":"${'a_'.repeat(500_000)}"}`,
      `[${'{"friendly_name":"x","definition":{"exposes":[{}]}},'.repeat(15_000)}{}]`,
      `[{"friendly_name":"x","definition":{"exposes":[${'{"name":"action","values":["a"]},'.repeat(30_000)}{}]}}]`,
      '/'.repeat(1_000_000),
    ]
    const start = performance.now()
    const topics = ['x', 'x/action', 'bridge/devices', 'bridge/event']
    const items = big.flatMap((body) => topics.flatMap((topic) => hub().take(`zigbee2mqtt/${topic}`, body) ?? []))
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(items.length).toBeLessThan(200)
    expectSound(items)
    const last = hub().take('zigbee2mqtt/x', big[0]!)!.at(-1)
    expect(last).toMatchObject({ report: { level: 'sos' } })
  })
})
