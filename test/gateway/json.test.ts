import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, MAX_DEPTH, parseJson, toTime } from '../../gateway/protocols/json.ts'

const read = (text: string) => parseJson(Buffer.from(text))
const nested = (levels: number, inner: string) => '{"a":['.repeat(levels / 2) + inner + ']}'.repeat(levels / 2)

describe('JSON of a device', () => {
  it('is read as JSON.parse reads it, in ASCII and beyond', () => {
    // Escapes and __proto__ are made storable, and nothing here has either.
    const value = fc
      .jsonValue({ maxDepth: MAX_DEPTH - 2 })
      .filter((one) => !/\\u|__proto__/.test(JSON.stringify(one)) && !Object.is(one, -0))
    fc.assert(
      fc.property(value, fc.constantFrom('', '安护', 'é'), (one, name) => {
        const text = JSON.stringify([one, name])
        expect(read(text)).toEqual({ ok: true, value: JSON.parse(text) })
      }),
    )
  })

  it('is refused when it is nested too deep, wherever that is', () => {
    expect(read(nested(MAX_DEPTH, '1'))).toMatchObject({ ok: true })
    expect(read(nested(MAX_DEPTH, '{}'))).toMatchObject({ ok: false, reason: 'too_deep' })
    expect(read(`[{"__proto__":1},${nested(MAX_DEPTH, '1')}]`)).toMatchObject({ ok: false, reason: 'too_deep' })
    expect(read('['.repeat(100_000) + ']'.repeat(100_000))).toMatchObject({ ok: false, reason: 'too_deep' })
  })

  it('loses __proto__ at every level, and nothing else', () => {
    expect(read('{"a":[{"b":{"__proto__":{"c":1},"d":2}}],"e":"__proto__"}')).toEqual({
      ok: true,
      value: { a: [{ b: { d: 2 } }], e: '__proto__' },
    })
  })

  it('is text in UTF-8, or none', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        let expected: string | null = null
        try {
          expected = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
        }
        expect(decodeText(bytes)).toBe(expected)
      }),
    )
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeText(Buffer.from(text)) === text))
  })
})

describe('a time', () => {
  it.each([
    ['2022-07-18T09:34:15.775023242+00:00', '2022-07-18T09:34:15.775Z'],
    ['2022-07-18T17:34:15+08:00', '2022-07-18T09:34:15.000Z'],
    ['2022-07-18T09:34:15.775023242Z', '2022-07-18T09:34:15.775Z'],
    ['2022-07-18 09:34:15,7+0000', '2022-07-18T09:34:15.700Z'],
  ])('%s is %s', (text, same) => {
    expect(toTime(text)).toBe(Date.parse(same))
  })

  it.each(['2022-13-18T09:34:15Z', '2022-07-18T25:34:15+00:00', '1969-12-31T23:59:59Z', '2022-07-18T09:34:15+0'])(
    '%s is none',
    (text) => {
      expect(toTime(text)).toBeNull()
    },
  )
})
