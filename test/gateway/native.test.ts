import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toTime } from '../../gateway/protocols/json.ts'
import { decodeNative, NATIVE_CHANNELS } from '../../gateway/protocols/native.ts'
import type { DecodedItem } from '../../server/contract/ports.ts'
import { EVENT_TYPES, TELEMETRY_FIELD } from '../../server/contract/signal.ts'

const NOW = 1_763_900_000_000
const decode = (channel: string, value: unknown) =>
  decodeNative(channel, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), NOW)

function eventOf(value: unknown) {
  const [item] = decode('event', value)
  if (item?.kind !== 'event') throw new Error(`not an event: ${JSON.stringify(item)}`)
  return item.event
}

function fieldsOf(value: unknown): Record<string, number> | null {
  const [item] = decode('telemetry', value)
  return item?.kind === 'telemetry' ? item.sample.fields : null
}

describe('event', () => {
  it('reads id, type, time and the rest', () => {
    expect(decode('event', { id: 'a', type: 'sos', ts: NOW, room: '卧室', press: 'long' })).toEqual([
      {
        kind: 'event',
        event: { messageId: 'a', type: 'sos', deviceTs: NOW, detail: { room: '卧室', press: 'long' } },
      },
    ])
  })

  it.each([
    ['', 'empty'],
    [Buffer.from([0xc3, 0x28]), 'invalid_utf8'],
    ['{"id":', 'invalid_json'],
    ['"sos"', 'not_an_object'],
    ['[]', 'not_an_object'],
    ['null', 'not_an_object'],
    [{ type: 'sos' }, 'missing_field'],
    [{ id: null, type: 'sos' }, 'missing_field'],
    [{ id: 'a' }, 'missing_field'],
    [{ id: '', type: 'sos' }, 'invalid_field'],
    [{ id: 'x'.repeat(129), type: 'sos' }, 'invalid_field'],
    [{ id: 1.5, type: 'sos' }, 'invalid_field'],
    [{ id: {}, type: 'sos' }, 'invalid_field'],
    [{ id: 'a', type: 7 }, 'invalid_field'],
    [{ id: 'a', type: 'SOS!' }, 'unknown_type'],
    [{ id: 'a', type: 'constructor' }, 'unknown_type'],
    [`{"id":1,"type":"sos","x":${'['.repeat(17)}${']'.repeat(17)}}`, 'too_deep'],
    [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'too_deep'],
    [{ id: 'a', type: 'sos', text: 'x'.repeat(65_536) }, 'too_large'],
  ])('keeps %j as an unreadable alarm: %s', (payload, reason) => {
    const items = Buffer.isBuffer(payload) ? decodeNative('event', payload, NOW) : decode('event', payload)
    expect(items).toMatchObject([{ kind: 'unreadable', reason, alarm: true }])
  })

  it('counts no brackets within strings as depth', () => {
    expect(eventOf({ id: 1, type: 'sos', text: '[{"\\"'.repeat(50) }).type).toBe('sos')
  })

  it('takes integer ids; one that has lost digits never equals another', () => {
    expect(eventOf({ id: 42, type: 'sos' }).messageId).toBe('42')
    const [a, b] = ['{"id":9007199254740993,"type":"sos"}', '{"id":9007199254740992,"type":"sos"}'].map(eventOf)
    expect(a!.messageId).not.toBe(b!.messageId)
    expect(eventOf('{"id":9007199254740993,"type":"sos"}').messageId).toBe(a!.messageId)
  })

  it('keeps what PostgreSQL can hold: no U+0000, no lone surrogate, no __proto__, no infinity', () => {
    const event = eventOf(
      '{"id":"a\\u0000b","type":"sos","t":"x\\ud800y","k\\u0000":[{"__proto__":{"z":1},"n":1e999}]}',
    )
    expect(event.messageId).toBe('a\ufffdb')
    expect(JSON.stringify(event.detail)).toBe('{"t":"x\ufffdy","k\ufffd":[{"n":null}]}')
    expect(eventOf({ id: 1, type: 'sos', emoji: '👵' }).detail).toEqual({ emoji: '👵' })
  })

  it('never loses an alarm to a bad clock', () => {
    for (const ts of ['soon', {}, -5, 1e300, '2026-99-99', null, true, [1], '1e400']) {
      const { deviceTs, detail } = eventOf({ id: 1, type: 'fall', ts })
      expect(deviceTs).toBeNull()
      expect(detail).toEqual({ ts })
    }
    expect(eventOf({ id: 1, type: 'fall' })).toMatchObject({ deviceTs: null, detail: {} })
  })

  it('cuts a detail above 16 KiB down to what matters most', () => {
    const detail = eventOf({ id: 1, type: 'sos', noise: 'x'.repeat(20_000), lat: 28.4, lon: 117.9, battery: 3 }).detail
    expect(detail).toEqual({ truncated: true, lat: 28.4, lon: 117.9, battery: 3 })
    expect(eventOf({ id: 1, type: 'sos', room: '话'.repeat(6_000) }).detail).toEqual({ truncated: true })
  })

  it('takes readings on an event as telemetry too', () => {
    const items = decode('event', { id: 1, type: 'sos', ts: NOW, battery: '80', lat: 28.4, lon: 117.9, floor: 3 })
    expect(items[1]).toEqual({
      kind: 'telemetry',
      sample: { deviceTs: NOW, fields: { battery: 80, lat: 28.4, lon: 117.9 } },
    })
    expect(decode('event', { id: 1, type: 'sos', battery: -1, lat: 0, lon: 0 })).toHaveLength(1)
  })
})

describe('time', () => {
  it.each([
    [NOW, NOW],
    [String(NOW), NOW],
    [1_763_900_000, NOW],
    ['1763900000', NOW],
    [1_763_900_000.5, NOW + 500],
    [0, 0],
    [4_070_908_800, 4_070_908_800_000],
    ['2025-11-23T12:13:20Z', NOW],
    ['2025-11-23T20:13:20+08:00', NOW],
    ['2025-11-23T20:13:20.000+0800', NOW],
    ['2025-11-23T20:13:20+08', NOW],
    ['2025-11-23 12:13:20', NOW],
    ['2025-11-23t12:13:20z', NOW],
    ['2025-11-23', Date.UTC(2025, 10, 23)],
    ['2025-11-23T25:00:00Z', null],
    ['23/11/2025', null],
    ['', null],
    [Number.NaN, null],
    [9e15, null],
    [undefined, null],
  ])('reads %j as %s', (value, expected) => {
    expect(toTime(value)).toBe(expected)
  })
})

describe('telemetry', () => {
  it('keeps numbers, numeric strings and booleans', () => {
    expect(decode('telemetry', { ts: 1_763_900_000, battery: 86, rssi: '-71', charging: true, steps: ' 12 ' })).toEqual(
      [{ kind: 'telemetry', sample: { deviceTs: NOW, fields: { battery: 86, rssi: -71, charging: 1, steps: 12 } } }],
    )
  })

  it('skips what is not a reading', () => {
    expect(fieldsOf({ hr: 72, name: 'x', none: null, obj: {}, list: [1], hex: '0x10', 'bad name': 1, _x: 1 })).toEqual({
      hr: 72,
    })
    expect(fieldsOf({ id: 5, type: 3, hr: -1, battery: -1, rssi: -1 })).toEqual({ rssi: -1 })
    expect(fieldsOf('{"hr":1e999,"acc":5,"__proto__":{"x":1}}')).toEqual({ acc: 5 })
  })

  it.each([
    [
      { lat: 28.4, lon: 117.9 },
      { lat: 28.4, lon: 117.9 },
    ],
    [{ lat: 0, lon: 0, acc: 5 }, { acc: 5 }],
    [{ lat: 28.4, acc: 5 }, { acc: 5 }],
    [{ lat: 91, lon: 5, acc: 5 }, { acc: 5 }],
    [{ lat: 28, lon: 180.1, acc: 5 }, { acc: 5 }],
    [
      { lat: 0, lon: 5 },
      { lat: 0, lon: 5 },
    ],
    [{ lat: 0, lon: 0 }, null],
  ])('takes a position as a pair: %j', (value, expected) => {
    expect(fieldsOf(value)).toEqual(expected)
  })

  it('reads an array, and reports its bad entries once', () => {
    const items = decode('telemetry', [{ hr: 1 }, 5, { hr: 2 }, {}])
    expect(items.map((item) => item.kind)).toEqual(['telemetry', 'telemetry', 'unreadable'])
    expect(items[2]).toMatchObject({ reason: 'not_an_object', alarm: false })
    expect(decode('telemetry', Array(1_000).fill({ hr: 1 }))).toHaveLength(1_000)
    expect(decode('telemetry', Array(1_001).fill({ hr: 1 }))).toMatchObject([{ reason: 'too_large', alarm: false }])
  })

  it.each([
    ['', 'empty'],
    ['[]', 'empty'],
    ['{}', 'missing_field'],
    ['{"ts":1}', 'missing_field'],
    ['7', 'not_an_object'],
    ['{"hr":', 'invalid_json'],
  ])('keeps %j as a dead letter without an alarm: %s', (payload, reason) => {
    expect(decode('telemetry', payload)).toMatchObject([{ kind: 'unreadable', reason, alarm: false }])
  })

  it('bounds the number of fields', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, i]))
    expect(Object.keys(fieldsOf(many)!)).toHaveLength(100)
  })
})

describe('status and reply', () => {
  it.each([
    ['{"state":"online"}', true],
    ['{"state":"offline"}', false],
    ['online', true],
    ['offline\n', false],
    ['"offline"', false],
  ])('reads status %s', (payload, online) => {
    expect(decode('status', payload)).toEqual([{ kind: 'presence', online }])
  })

  it.each(['', 'away', '{"state":"toString"}', '{}', '[]', '7'])('keeps status %j as a dead letter', (payload) => {
    expect(decode('status', payload)).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })

  it('reads a reply to a command', () => {
    expect(decode('reply', { id: 'c1', ts: NOW, ok: true })).toEqual([
      {
        kind: 'reply',
        reply: { commandId: 'c1', type: null, messageId: 'reply:c1', deviceTs: NOW, detail: { ok: true } },
      },
    ])
    expect(decode('reply', { ok: true })).toMatchObject([{ kind: 'unreadable', reason: 'missing_field', alarm: false }])
  })

  it('knows no other channel', () => {
    expect(decode('firmware', 'x')).toMatchObject([{ kind: 'unreadable', reason: 'unknown_topic', alarm: false }])
  })
})

describe('any input', () => {
  const channel = fc.constantFrom<string>(...NATIVE_CHANNELS, 'other')

  function expectSound(items: DecodedItem[], onChannel: string): void {
    expect(items.length).toBeGreaterThan(0)
    for (const item of items) {
      switch (item.kind) {
        case 'unreadable':
          expect(item.alarm).toBe(onChannel === 'event')
          break
        case 'presence':
          expect(typeof item.online).toBe('boolean')
          break
        case 'telemetry': {
          const entries = Object.entries(item.sample.fields)
          expect(entries.length).toBeGreaterThan(0)
          for (const [name, value] of entries) expect(TELEMETRY_FIELD.test(name) && Number.isFinite(value)).toBe(true)
          break
        }
        case 'event': {
          const { messageId, deviceTs, detail } = item.event
          expect(messageId.length).toBeGreaterThan(0)
          expect(deviceTs === null || (Number.isInteger(deviceTs) && deviceTs >= 0)).toBe(true)
          const text = JSON.stringify(detail)
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16 * 1024)
          expect(text).not.toMatch(/\\u0000|\\u[dD][89a-fA-F]|"__proto__":/)
        }
      }
    }
  }

  it('is sound for random bytes', () => {
    fc.assert(
      fc.property(channel, fc.uint8Array({ maxLength: 2_000 }), (on, bytes) =>
        expectSound(decodeNative(on, bytes, NOW), on),
      ),
      { numRuns: 1_000 },
    )
  })

  const timestamp = fc.oneof(
    fc.constantFrom<unknown>(0, -1, '1970-01-01T00:00:00Z', '2099-12-31T23:59:59Z', 4_102_444_799_000, 'x', null, 1e18),
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.jsonValue(),
  )
  const body = fc.dictionary(
    fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'hr', 'lat', 'lon', 'battery', 'state', 'ts', 'id'),
      fc.string({ unit: 'binary' }),
    ),
    fc.oneof(fc.jsonValue({ maxDepth: 20 }), fc.integer().map(String), fc.string({ unit: 'binary' }), timestamp),
  )

  it('is sound for random JSON, missing and extra fields', () => {
    fc.assert(
      fc.property(channel, fc.oneof(fc.jsonValue(), body, fc.array(body)), (on, value) => {
        expectSound(decodeNative(on, Buffer.from(JSON.stringify(value) ?? ''), NOW), on)
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes every event with a readable id and type', () => {
    const id = fc.oneof(fc.string({ minLength: 1, maxLength: 128 }), fc.integer(), fc.maxSafeInteger())
    fc.assert(
      fc.property(body, id, fc.constantFrom(...EVENT_TYPES), timestamp, (extra, messageId, type, ts) => {
        // JSON.stringify writes an own __proto__ key, which a device may send as well.
        const shallow = Object.fromEntries(Object.entries(extra).filter(([, v]) => typeof v !== 'object'))
        const items = decode('event', { ...shallow, id: messageId, type, ts: typeof ts === 'object' ? 0 : ts })
        expect(items[0]).toMatchObject({ kind: 'event', event: { type } })
        expectSound(items, 'event')
      }),
      { numRuns: 1_000 },
    )
  })

  it('is sound and quick for payloads of 1 MB', () => {
    const big = [
      Buffer.alloc(1_000_000, 0x5b),
      Buffer.from(`{"x":"${'a'.repeat(1_000_000)}"}`),
      Buffer.from(`[${'{"hr":1},'.repeat(100_000)}{"hr":1}]`),
      Buffer.from(`{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":${i}`).join()}}`),
      Buffer.from(`{"id":1,"type":"sos","a":"${'\\u0000'.repeat(150_000)}"}`),
      Buffer.from(`{"ts":"${'1'.repeat(1_000_000)}","hr":"${'9'.repeat(100_000)}"}`),
    ]
    const start = performance.now()
    for (const payload of big) for (const on of NATIVE_CHANNELS) expectSound(decodeNative(on, payload, NOW), on)
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})
