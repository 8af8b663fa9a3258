import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TcpFrame } from '../../gateway/protocols/protocol.ts'
import { watchProtocol } from '../../gateway/protocols/watch.ts'
import { EVENT_TYPES, TELEMETRY_FIELD } from '../../server/contract/signal.ts'

const { cut, decode, channels } = watchProtocol
const SAMPLES: { raw: string; raw_hex?: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/watch.json', import.meta.url), 'utf8'),
)
const FRAMES = SAMPLES.flatMap(
  ({ raw, raw_hex }) => cut(raw_hex ? Buffer.from(raw_hex, 'hex') : Buffer.from(raw)).frames,
)
const ALARMS = FRAMES.filter((frame) => frame.toString('latin1').includes('*AL'))

const edit = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 3 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  }),
  fc.record({
    kind: fc.constant('remove' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant('end' as const), at: fc.nat(), bytes: fc.constant(new Uint8Array()) }),
)
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

/** Changes bytes from `from` on. */
function edited(frame: Buffer, edits: readonly Edit[], from: number): Buffer {
  let bytes = Buffer.from(frame)
  for (const { kind, at, bytes: change } of edits) {
    const place = from + (at % Math.max(1, bytes.length - from))
    const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)]
    if (kind === 'set') bytes = Buffer.concat([before, change, after.subarray(change.length)])
    else if (kind === 'insert') bytes = Buffer.concat([before, change, after])
    else if (kind === 'remove') bytes = Buffer.concat([before, after.subarray(change.length)])
    else bytes = Buffer.from(before)
  }
  return bytes
}

const time = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(0, Number.NaN, -1, 1e300))

function expectSound(frame: TcpFrame): void {
  expect(channels).toContain(frame.channel)
  expect(JSON.parse(JSON.stringify(frame.items))).toEqual(frame.items)
  expect(JSON.stringify(frame.items)).not.toMatch(/\\u0000|\\ud[89a-f]/i)
  for (const item of frame.items) {
    expect(item.from).toBeUndefined()
    if (item.kind === 'event') expect(EVENT_TYPES).toContain(item.event.type)
    if (item.kind !== 'telemetry') continue
    expect(Object.keys(item.sample.fields).length).toBeGreaterThan(0)
    for (const [name, value] of Object.entries(item.sample.fields)) {
      expect(name).toMatch(TELEMETRY_FIELD)
      expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true)
    }
  }
}

describe('for every input', () => {
  it('decoding changed frames never throws, and gives what can be stored', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FRAMES), fc.array(edit, { maxLength: 5 }), time, (frame, edits, at) => {
        expectSound(decode(edited(frame, edits, 0), at))
      }),
      { numRuns: 3000 },
    )
  })

  it('decoding anything never throws', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(`[3G*8800000015*0002*${text}]`)),
      fc
        .array(fc.oneof(fc.constantFrom('UD', 'AL', 'A', 'V', 'N', '010126', '00010000', '1e400', ''), fc.string()), {
          maxLength: 30,
        })
        .map((fields) => Buffer.from(`[3G*8800000015*0002*${fields.join(',')}]`)),
    )
    fc.assert(
      fc.property(bytes, time, (input, at) => expectSound(decode(Buffer.from(input), at))),
      { numRuns: 3000 },
    )
  })

  it('an alarm frame whose header is whole is answered and raises an alarm, whatever the rest has become', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALARMS), fc.array(edit, { maxLength: 6 }), time, (frame, edits, at) => {
        const text = frame.toString('latin1')
        const [, start, index] = /^(\[..\*\d+\*)([0-9A-Fa-f]{4}\*(?=[0-9A-Fa-f]{4}\*))?/.exec(text)!
        const changed = edited(frame, edits, text.indexOf('*AL') + 3)
        const { items, reply } = decode(changed, at)
        expect(reply?.toString('latin1')).toBe(`${start}${index ?? ''}0002*AL]`)
        expect(items.some((item) => item.kind === 'event' || (item.kind === 'unreadable' && item.alarm))).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('an SOS whose status is whole stays an SOS', () => {
    const [head, tail] = ['[3G*6907919734*003e*AL_LTE,', ',00010000,0,0,0]']
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 12 }), { maxLength: 20 }), (fields) => {
        const middle = fields.map((field) => field.replaceAll(/[[\],*]/g, '')).join(',')
        const { items } = decode(Buffer.from(head + middle + tail), 0)
        // Unless another field looks like a status too.
        const another = fields.some((field) => /^[0-9a-f]{8}$/i.test(field))
        expect(another || items.some((item) => item.kind === 'event' && item.event.type === 'sos')).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
