import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  clockOf,
  conflictsOf,
  dayAfter,
  dayAt,
  isMonday,
  minuteOf,
  mondayOf,
  type PlannedShift,
  shiftSpan,
} from '../../server/contract/roster-conflicts.ts'

const HOUR = 3_600_000
const MONDAY = '2026-03-02'

function shift(day: string, start: string, end: string, userId = 'li'): PlannedShift {
  return { userId, day, patternId: `${start}-${end}`, ...shiftSpan(day, minuteOf(start), minuteOf(end)) }
}
const kinds = (...shifts: PlannedShift[]) =>
  conflictsOf(shifts, MONDAY).map(({ kind, day, hours }) => [kind, day, hours])

describe('times in Shanghai', () => {
  test.each([
    ['2026-03-02', '08:00', '16:00', '2026-03-02T00:00:00.000Z', 8],
    ['2026-03-02', '22:00', '08:00', '2026-03-02T14:00:00.000Z', 10],
    // Over the turn of the year, and on the nights on which Europe and America change their clocks.
    ['2026-12-31', '20:00', '08:00', '2026-12-31T12:00:00.000Z', 12],
    ['2026-03-08', '22:00', '06:00', '2026-03-08T14:00:00.000Z', 8],
    ['2026-03-29', '00:00', '08:00', '2026-03-28T16:00:00.000Z', 8],
    ['2026-10-25', '22:00', '06:00', '2026-10-25T14:00:00.000Z', 8],
    // As long as a day.
    ['2026-03-02', '08:00', '08:00', '2026-03-02T00:00:00.000Z', 24],
  ])('%s %s–%s begins at %s and lasts %i h', (day, start, end, begins, hours) => {
    const span = shiftSpan(day, minuteOf(start), minuteOf(end))
    expect(new Date(span.start).toISOString()).toBe(begins)
    expect(span.end - span.start).toBe(hours * HOUR)
  })
  test('days, Mondays, clocks', () => {
    expect(dayAt(Date.parse('2026-03-02T15:59:59Z'))).toBe('2026-03-02')
    expect(dayAt(Date.parse('2026-03-02T16:00:00Z'))).toBe('2026-03-03')
    expect(['2026-03-02', '2026-03-08', '2026-03-09'].map(mondayOf)).toEqual([MONDAY, MONDAY, '2026-03-09'])
    expect(['2026-03-02', '2026-03-03', '2026-02-30', 'x'].map(isMonday)).toEqual([true, false, false, false])
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1439 }), (minute) => {
        expect(minuteOf(clockOf(minute))).toBe(minute)
      }),
    )
  })
})

describe('conflicts', () => {
  test.each<[string, PlannedShift[], [string, string, number][]]>([
    ['eight hours a day', [shift('2026-03-02', '08:00', '16:00'), shift('2026-03-03', '08:00', '16:00')], []],
    [
      'two shifts at once',
      [shift('2026-03-02', '08:00', '16:00'), shift('2026-03-02', '12:00', '20:00')],
      [['overlap', '2026-03-02', 4]],
    ],
    [
      'one within the other, and one after the long one',
      [
        shift('2026-03-02', '08:00', '20:00'),
        shift('2026-03-02', '10:00', '12:00'),
        shift('2026-03-02', '18:00', '19:00'),
      ],
      [
        ['overlap', '2026-03-02', 2],
        ['overlap', '2026-03-02', 1],
      ],
    ],
    [
      'night into the early shift',
      [shift('2026-03-02', '22:00', '08:00'), shift('2026-03-03', '08:00', '16:00')],
      [['rest', '2026-03-03', 0]],
    ],
    [
      'ten hours of rest',
      [shift('2026-03-02', '14:00', '22:00'), shift('2026-03-03', '08:00', '16:00')],
      [['rest', '2026-03-03', 10]],
    ],
    ['eleven hours of rest', [shift('2026-03-02', '13:00', '21:00'), shift('2026-03-03', '08:00', '16:00')], []],
    [
      "Sunday's night before the week counts",
      [shift('2026-03-01', '22:00', '06:00'), shift('2026-03-02', '08:00', '16:00')],
      [['rest', '2026-03-02', 2]],
    ],
    [
      'what lies beside the week alone is not its matter',
      [shift('2026-02-28', '22:00', '06:00'), shift('2026-03-01', '08:00', '16:00')],
      [],
    ],
    [
      'six days of eight hours are more than 44',
      Array.from({ length: 6 }, (_, n) => shift(dayAfter(MONDAY, n), '08:00', '16:00')),
      [['hours', '2026-03-07', 48]],
    ],
    [
      "another week's hours don't count",
      Array.from({ length: 6 }, (_, n) => shift(dayAfter(MONDAY, n + 3), '08:00', '16:00')),
      [],
    ],
    [
      'two people at once are none',
      [shift('2026-03-02', '08:00', '16:00', 'li'), shift('2026-03-02', '08:00', '16:00', 'wang')],
      [],
    ],
  ])('%s', (_, shifts, expected) => {
    expect(kinds(...shifts)).toEqual(expected)
    expect(kinds(...shifts.toReversed())).toEqual(expected)
  })

  test('shifts that overlap are always named, whatever their order', () => {
    const any = fc.record({ hour: fc.integer({ min: 0, max: 140 }), length: fc.integer({ min: 1, max: 12 }) })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), (given) => {
        const shifts = given.map(({ hour, length }, n): PlannedShift => {
          const start = Date.parse('2026-03-01T16:00:00Z') + hour * HOUR
          return { userId: 'li', day: dayAt(start), patternId: String(n), start, end: start + length * HOUR }
        })
        const overlapping = shifts.some((a, n) => shifts.slice(n + 1).some((b) => a.start < b.end && b.start < a.end))
        expect(conflictsOf(shifts, MONDAY).some(({ kind }) => kind === 'overlap')).toBe(overlapping)
      }),
    )
  })
})
