import fc from 'fast-check'
import { EVENT_TYPES } from '../../server/contract/signal.ts'

/** What devices, their firmware's faults and strangers with a device's secret may send. */

export const CHANNELS = ['event', 'telemetry', 'status', 'reply'] as const
export type Channel = (typeof CHANNELS)[number]

export interface BadMessage {
  channel: Channel
  /** The bytes; `unique` keeps the ids of a run apart, `now` is the server's time in ms. */
  bytes: (unique: string, now: number) => Buffer
  /** What fast-check prints of a counterexample. */
  toString(): string
}

/** Stands in generated values for what is only known when the message is sent. */
const UNIQUE = '§unique§'
const NOW = '§now§'

const oddText = fc.oneof(
  fc.constantFrom(
    '\0',
    'a\0b',
    '\ud800',
    '\udfff tail',
    '\ufeff',
    '‮',
    '👵',
    "'; drop table signal; --",
    '__proto__',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const oddNumber = fc.oneof(
  fc.constantFrom(0, -0, -1, 1e308, 5e-324, 2 ** 53, -(2 ** 63), 1.5),
  fc.double(),
  fc.constantFrom('72', ' 36.6 ', '1e400', '0x10', '-', 'NaN', '١٢', '9'.repeat(400)),
)
// No fixed time near the test's: two samples of one device and time are one.
const oddTime = fc.oneof(
  fc.constantFrom(0, 1, '1970-01-01T00:00:00Z', '2099-12-31T23:59:59Z', 4_102_444_799_000, 4_102_444_799),
  fc.constantFrom(-1, 8.64e15, 8.64e15 + 1, 1e300, '275760-09-13', '2025-02-30', '2025-03-02 10:41', 'yesterday', true),
  fc.constant(NOW),
  oddText,
)
const anything = fc.oneof(oddText, oddNumber, fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 3 }))

/** Also the ids that aren't any: those must raise an unreadable alarm. */
const eventId = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(UNIQUE, `${UNIQUE}\0`, `${UNIQUE}\ud800`, `👵${UNIQUE}`) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>('', 1.5, true, {}, [], 'x'.repeat(129)) },
)
const extras = fc.dictionary(
  fc.oneof(
    fc.constantFrom('lat', 'lon', 'battery', 'hr', 'text', '__proto__', 'constructor', 'toString', 'a\0b', '\ud800'),
    fc.string({ maxLength: 8 }),
  ),
  anything,
  { maxKeys: 6 },
)

const event = fc
  .record(
    {
      id: eventId,
      type: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...EVENT_TYPES) }, { weight: 1, arbitrary: anything }),
      ts: oddTime,
    },
    { requiredKeys: [] },
  )
  .chain((fields) => extras.map((more) => ({ ...more, ...fields })))
const sample = fc
  .record({ ts: oddTime, hr: oddNumber, battery: oddNumber, lat: oddNumber, lon: oddNumber }, { requiredKeys: [] })
  .chain((fields) => extras.map((more) => ({ ...more, ...fields })))
const status = fc.oneof(
  fc.constantFrom<unknown>({ state: 'online' }, { state: 'offline' }, { state: 1 }, 'online', null),
  fc.record({ state: anything }),
)
const reply = fc.record({ id: eventId, ts: oddTime, ok: anything }, { requiredKeys: [] })

const BODIES: Record<Channel, fc.Arbitrary<unknown>> = {
  event,
  telemetry: fc.oneof(sample, fc.array(fc.oneof(sample, anything), { maxLength: 5 })),
  status,
  reply,
}

/** JSON of the channel's own shape, then what transport and firmware make of it. */
function message(channel: Channel): fc.Arbitrary<BadMessage> {
  const json = BODIES[channel].map((value) => JSON.stringify(value) ?? '')
  const text = fc.oneof(
    { weight: 20, arbitrary: json },
    { weight: 2, arbitrary: fc.tuple(json, fc.nat()).map(([whole, at]) => whole.slice(0, at % (whole.length + 1))) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 50_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 50_000 }).map((depth) => '{"a":'.repeat(depth)) },
  )
  const made = text.map((body) => ({
    body,
    bytes: (unique: string, now: number) => Buffer.from(filled(body, unique, now)),
  }))
  const broken = fc.tuple(json, fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.nat()).map(([body, noise, at]) => ({
    body,
    bytes: (unique: string, now: number) => {
      const whole = Buffer.from(filled(body, unique, now))
      const cut = at % (whole.length + 1)
      return Buffer.concat([whole.subarray(0, cut), noise, Buffer.from([0xff]), whole.subarray(cut)])
    },
  }))
  const bytes = fc.uint8Array({ maxLength: 300 }).map((random) => ({ body: '', bytes: () => Buffer.from(random) }))
  return fc
    .oneof({ weight: 10, arbitrary: made }, { weight: 1, arbitrary: broken }, { weight: 1, arbitrary: bytes })
    .map((one) => ({
      channel,
      bytes: one.bytes,
      toString: () => `${channel}: ${one.bytes('id', 0).toString('latin1').slice(0, 300)}`,
    }))
}

export const badMessage: fc.Arbitrary<BadMessage> = fc.oneof(...CHANNELS.map(message))

/** JSON.stringify has escaped nothing of the placeholders. */
function filled(text: string, unique: string, now: number): string {
  return text.replaceAll(`"${NOW}"`, String(now)).replaceAll(UNIQUE, unique)
}

const MIB = 1024 * 1024

/** Payloads of 1 MB, one of each sort, for every channel. */
export function largeMessages(channel: Channel): { name: string; payload: Buffer }[] {
  const padded = (head: string, unit: string, tail: string) =>
    Buffer.from(head + unit.repeat(Math.floor((MIB - head.length - tail.length) / unit.length)) + tail)
  return [
    { name: 'zeros', payload: Buffer.alloc(MIB) },
    { name: 'not UTF-8', payload: Buffer.alloc(MIB, 0xc3) },
    { name: 'a long text', payload: padded(`{"id":"large-${channel}","type":"sos","hr":70,"text":"`, 'x', '"}') },
    { name: 'deep', payload: padded('', '[', '') },
    { name: 'many values', payload: padded('[', '{"hr":1},', '{"hr":1}]') },
    { name: 'one long number', payload: padded('', '9', '') },
  ]
}
