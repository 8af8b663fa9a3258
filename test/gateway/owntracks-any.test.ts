import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, samples, transition } from './owntracks-harness.ts'
import { expectStorable } from './storable-items.ts'

describe('any input', () => {
  const topic = fc.constantFrom('', '/event', '/step', '/x').map((rest) => `owntracks/jane/nokia${rest}`)
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom<unknown>(-0, 1e308, -1, 0, '', 'leave', 'enter', '家\u2028', 'home\ud800', 'home\0', '1e999'),
  )
  const known = [
    '_type',
    'lat',
    'lon',
    'acc',
    'tst',
    'batt',
    'bs',
    'vel',
    'cog',
    'alt',
    'vac',
    'p',
    'desc',
    'event',
    'rid',
    'data',
    'steps',
  ]

  it('is sound for messages with anything changed', () => {
    const change = fc.dictionary(
      fc.oneof(fc.constantFrom(...known, '__proto__'), fc.string({ unit: 'binary' })),
      value,
      { maxKeys: 6 },
    )
    const base = fc.constantFrom(...samples.map(({ raw }) => raw).filter((raw) => typeof raw === 'object'))
    fc.assert(
      fc.property(base, change, topic, fc.boolean(), (raw, more, on, replayed) => {
        const items = decode(JSON.stringify(Object.assign(Object.create(null), raw, more)), { topic: on, replayed })
        expectStorable(items)
        if (replayed)
          expect(items.some((item) => item.kind === 'event' || (item.kind === 'unreadable' && item.alarm))).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is sound for bytes', () => {
    const text = fc.constantFrom(...samples.map(({ raw }) => Buffer.from(JSON.stringify(raw))))
    const cut = fc.tuple(text, fc.nat(), fc.uint8Array({ maxLength: 5 })).map(([whole, at, bytes]) => {
      const place = at % whole.length
      return Buffer.concat([whole.subarray(0, place), bytes, whole.subarray(place + bytes.length)])
    })
    fc.assert(
      fc.property(fc.oneof(cut, fc.uint8Array({ maxLength: 500 })), topic, (payload, on) => {
        expectStorable(decode(payload, { topic: on }))
      }),
      { numRuns: 2_000 },
    )
  })

  it('never loses the leaving of a home', () => {
    const more = fc.dictionary(fc.constantFrom('lat', 'lon', 'acc', 'tst', 'rid', 'wtst', 't'), value)
    fc.assert(
      fc.property(more, topic, fc.string({ unit: 'binary' }), (changed, on, name) => {
        const items = decode(JSON.stringify({ ...transition({ event: 'leave' }), ...changed, desc: `home${name}` }), {
          topic: on,
        })
        expect(items[0]).toMatchObject({ kind: 'event', event: { type: 'wander' } })
        expectStorable(items)
      }),
    )
  })
})
