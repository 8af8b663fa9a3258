import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMonths, monthOf, monthStart } from '../../server/contract/month.ts'
import { isOverloaded } from '../../server/contract/quality-figures.ts'
import { checkSheet, type SheetAnswer, scoreSheet } from '../../server/contract/quality-sheet.ts'
import { foldHours, hoursBetween } from '../../server/quality/load-hours.ts'
import { DEFAULT_SHEET } from '../../server/store/migrations/0021-sheet.ts'

const value = fc.constantFrom<SheetAnswer['value']>(0, 1, 2, 'na')
const sheetAnswers = fc
  .array(value, { minLength: DEFAULT_SHEET.criteria.length, maxLength: DEFAULT_SHEET.criteria.length })
  .map((values) => DEFAULT_SHEET.criteria.map(({ id }, n): SheetAnswer => ({ id, value: values[n] ?? 2, note: 'x' })))

describe('a score', () => {
  test('lies between 0 and 100, fails with any critical 0, and is none when nothing was applicable', () => {
    fc.assert(
      fc.property(sheetAnswers, (answers) => {
        const { score, result, missing, failed } = scoreSheet(DEFAULT_SHEET, answers)
        expect(missing).toEqual([])
        const critical = DEFAULT_SHEET.criteria.filter((one) => one.critical).map(({ id }) => id)
        expect(failed).toEqual(critical.filter((id) => answers.find((one) => one.id === id)?.value === 0))
        expect(score === null).toBe(answers.every((one) => one.value === 'na'))
        expect(score ?? 0).toBeGreaterThanOrEqual(0)
        expect(score ?? 0).toBeLessThanOrEqual(100)
        expect(result === 'failed').toBe(failed.length > 0)
        if (result === 'passed' && score !== null) expect(score).toBeGreaterThanOrEqual(80)
        if (result === 'below') expect(score).toBeLessThan(80)
      }),
    )
  })
  test('weighs what was applicable alone', () => {
    const criteria = DEFAULT_SHEET.criteria.slice(0, 2)
    const of = (...values: SheetAnswer['value'][]) =>
      scoreSheet(
        { passMark: 80, criteria },
        values.map((one, n) => ({ id: criteria[n]?.id ?? '', value: one, note: null })),
      )
    // Weights 3 and 2.
    expect(of(2, 1)).toMatchObject({ score: 80, result: 'passed' })
    expect(of(1, 2)).toMatchObject({ score: 70, result: 'below' })
    expect(of('na', 2)).toMatchObject({ score: 100 })
    expect(of(2)).toMatchObject({ missing: ['identity'] })
    expect(of(0, 2)).toMatchObject({ unexplained: ['answered'], failed: [] })
  })
  test('the delivered sheet is one that could be published', () => {
    expect(checkSheet(DEFAULT_SHEET)).toEqual([])
  })
})

describe('months of the city', () => {
  test('begin at midnight in Shanghai', () => {
    expect(monthOf(Date.parse('2026-03-31T15:59:59.999Z'))).toBe('2026-03')
    expect(monthOf(Date.parse('2026-03-31T16:00:00Z'))).toBe('2026-04')
    expect(new Date(monthStart('2026-04')).toISOString()).toBe('2026-03-31T16:00:00.000Z')
    expect([addMonths('2026-12', 1), addMonths('2026-01', -1), addMonths('2026-03', 24)]).toEqual([
      '2027-01',
      '2025-12',
      '2028-03',
    ])
  })
})

describe('load', () => {
  test('is too much above one alarm in ten minutes; whoever was there for less may have taken one', () => {
    expect(isOverloaded(6, 1)).toBe(false)
    expect(isOverloaded(7, 1)).toBe(true)
    expect(isOverloaded(1, 0)).toBe(false)
    expect(isOverloaded(2, 0.2)).toBe(true)
    expect(isOverloaded(0, 0)).toBe(false)
  })
  test('folds into weekdays and hours of Shanghai', () => {
    // Sunday 23:00 and Monday 00:00 in Shanghai.
    const from = Date.parse('2026-03-01T15:00:00Z')
    const all = hoursBetween(from + 1, from + 7_200_000)
    expect(all).toHaveLength(2)
    const { cells, worst, hoursOver, total } = foldHours([{ at: from, alarms: 13, hours: 2 }], all)
    expect(cells).toEqual([
      { weekday: 1, hour: 0, alarms: 0, hours: 0, perHour: null, over: 0, of: 1 },
      { weekday: 7, hour: 23, alarms: 13, hours: 2, perHour: 6.5, over: 1, of: 1 },
    ])
    expect({ hoursOver, total }).toEqual({ hoursOver: 1, total: { alarms: 13, hours: 2, perHour: 6.5 } })
    expect(worst).toEqual([{ at: '2026-03-01T15:00:00.000Z', alarms: 13, hours: 2, perHour: 6.5 }])
  })
})
