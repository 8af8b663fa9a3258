import { expect, test } from 'vitest'
import { rangeTimes } from '../../dashboard/admin/statistics-range.ts'

test('days are those of the city, whatever the desk', () => {
  // 00:30 on 28 November there.
  const now = Date.parse('2026-11-27T16:30:00Z')
  expect(rangeTimes({ days: 28 }, now)).toEqual({ from: '2026-10-30T16:00:00.000Z' })
  expect(rangeTimes({ first: '2026-11-01', last: '2026-11-01' }, now)).toEqual({
    from: '2026-10-31T16:00:00.000Z',
    to: '2026-11-01T16:00:00.000Z',
  })
})
