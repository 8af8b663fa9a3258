import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEvery, windowStart } from '../../server/store/telemetry/aggregate.ts'
import { toLineProtocol } from '../../server/store/telemetry/line-protocol.ts'
import { mergeRows } from '../../server/store/telemetry/rows.ts'

describe('every', () => {
  test.each([
    ['1s', 1_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['366d', 366 * 86_400_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseEvery(text)).toBe(ms)
  })

  test.each(['', '5', 'm', '0m', '-5m', '1.5h', '5 m', '5M', '1w', '367d', '9999999s', '5m; drop', '05m'])(
    '%j is no window',
    (text) => {
      expect(parseEvery(text)).toBeNull()
    },
  )

  test('property: a time lies in its window, and windows do not overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e12 }), fc.integer({ min: 1, max: 9e9 }), (ts, every) => {
        const start = windowStart(ts, every)
        expect(start % every).toBe(0)
        expect(start <= ts && ts < start + every).toBe(true)
      }),
    )
  })
})

describe('rows', () => {
  test('merging leaves a batch without doubles, and the input, as they are', () => {
    const rows = [
      { deviceId: 'a', ts: 1, fields: { hr: 1 } },
      { deviceId: 'a', ts: 2, fields: { hr: 2 } },
    ]
    expect(mergeRows(rows)).toBe(rows)
    const double = [...rows, { deviceId: 'a', ts: 1, fields: { hr: 3, steps: 4 } }]
    const copy = structuredClone(double)
    expect(mergeRows(double)).toEqual([{ deviceId: 'a', ts: 1, fields: { hr: 3, steps: 4 } }, rows[1]])
    expect(double).toEqual(copy)
  })

  test('property: line protocol has a line per row and measurement, and no device id can break out of its tag', () => {
    const printable = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(printable, (deviceId) => {
        const lines = toLineProtocol([{ deviceId, ts: 5, fields: { hr: 1, battery: 2 } }]).split('\n')
        expect(lines).toHaveLength(3)
        // A space that is not escaped ends the tag set: exactly two of them frame the field.
        expect(lines[0]?.match(/(?<!\\) /g)).toHaveLength(2)
        expect(lines[0]).toMatch(/^vitals,device=.+ hr=1 5$/su)
        expect(lines[1]).toMatch(/ battery=2 5$/)
      }),
    )
  })
})
