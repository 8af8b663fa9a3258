import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AvailabilityWindow, availabilityAt, callOrder } from '../../server/contract/availability.ts'

/** A time in Shanghai. 2026-03-02 was a Monday. */
const at = (text: string) => Date.parse(`${text}+08:00`)
const iso = (text: string) => new Date(at(text)).toISOString()
const WEEKDAYS = [1, 2, 3, 4, 5]
const office: AvailabilityWindow[] = [{ days: WEEKDAYS, from: '08:00', to: '18:00' }]
const nights: AvailabilityWindow[] = [{ days: [7], from: '22:00', to: '06:30' }]

describe('hours of a contact, in the city’s time', () => {
  test.each([
    ['within the hours', office, '2026-03-02T12:00', 'now', iso('2026-03-02T18:00'), null],
    ['the first minute', office, '2026-03-02T08:00', 'now', iso('2026-03-02T18:00'), null],
    ['the last is over', office, '2026-03-02T18:00', 'later', null, iso('2026-03-03T08:00')],
    ['early on Monday here is still Sunday in UTC', office, '2026-03-02T07:59', 'later', null, iso('2026-03-02T08:00')],
    ['over the week-end', office, '2026-03-06T20:00', 'later', null, iso('2026-03-09T08:00')],
    ['over midnight: before it', nights, '2026-03-08T23:00', 'now', iso('2026-03-09T06:30'), null],
    ['over midnight into the next week', nights, '2026-03-09T06:29', 'now', iso('2026-03-09T06:30'), null],
    [
      'over midnight: the next day is not another night',
      nights,
      '2026-03-09T23:00',
      'later',
      null,
      iso('2026-03-15T22:00'),
    ],
    ['no hours on file', [], '2026-03-02T03:00', 'unknown', null, null],
  ] as const)('%s', (_, windows, now, state, until, from) => {
    expect(availabilityAt(windows, null, at(now))).toEqual({ state, until, from })
  })

  test('hours that touch are one time; every hour of the week has no end', () => {
    const two: AvailabilityWindow[] = [
      { days: [1], from: '08:00', to: '12:00' },
      { days: [1], from: '12:00', to: '20:00' },
    ]
    expect(availabilityAt(two, null, at('2026-03-02T09:00')).until).toBe(iso('2026-03-02T20:00'))
    const always: AvailabilityWindow[] = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' }]
    expect(availabilityAt(always, null, at('2026-03-04T03:00'))).toEqual({ state: 'now', until: null, from: null })
  })

  test('away: back at its end, or at the first hours after it', () => {
    expect(availabilityAt(office, at('2026-03-03T21:00'), at('2026-03-02T12:00'))).toEqual({
      state: 'away',
      until: iso('2026-03-03T21:00'),
      from: iso('2026-03-04T08:00'),
    })
    expect(availabilityAt([], at('2026-03-03T21:00'), at('2026-03-02T12:00'))).toMatchObject({
      from: iso('2026-03-03T21:00'),
    })
    expect(availabilityAt(office, at('2026-03-02T11:00'), at('2026-03-02T12:00')).state).toBe('now')
  })

  test('whatever the hours: what is said to come comes, and not before', () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([h, m]) => {
      return `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`
    })
    const window = fc.record({
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
      from: time,
      to: time,
    })
    const minute = fc.integer({ min: 0, max: 7 * 1440 - 1 }).map((n) => at('2026-03-02T00:00') + n * 60_000)
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 4 }), minute, (windows, now) => {
        const said = availabilityAt(windows, null, now)
        const stateAt = (ms: number) => availabilityAt(windows, null, ms).state
        if (said.state === 'now' && said.until !== null) {
          expect(Date.parse(said.until)).toBeGreaterThan(now)
          expect(stateAt(Date.parse(said.until) - 60_000)).toBe('now')
          expect(stateAt(Date.parse(said.until))).toBe('later')
        }
        if (said.state === 'later') {
          expect(Date.parse(String(said.from))).toBeGreaterThan(now)
          expect(stateAt(Date.parse(String(said.from)) - 60_000)).toBe('later')
          expect(stateAt(Date.parse(String(said.from)))).toBe('now')
        }
      }),
      { numRuns: 300 },
    )
  })
})

test('called in the file’s order, but whoever cannot be reached now comes after those who can', () => {
  const now = at('2026-03-02T20:00')
  const contact = (position: number, windows: AvailabilityWindow[], away: number | null = null) => ({
    position,
    availability: availabilityAt(windows, away, now),
  })
  const evening: AvailabilityWindow[] = [{ days: [1], from: '18:00', to: '22:00' }]
  const contacts = [
    contact(1, office),
    contact(2, evening, at('2026-03-05T00:00')),
    contact(3, evening),
    contact(4, []),
    contact(5, [{ days: [1], from: '21:00', to: '23:00' }]),
  ]
  expect(callOrder(contacts).map(({ position }) => position)).toEqual([3, 4, 5, 1, 2])
})
