import { describe, expect, test } from 'vitest'
import { shiftSpan } from '../../server/contract/roster-conflicts.ts'
import {
  fits,
  type GapInput,
  type GapPattern,
  type GapPerson,
  type GapShift,
  horizonOf,
  judgeGaps,
} from '../../server/desk/roster/judge-gaps.ts'

const at = (clock: string) => Date.parse(`2026-03-${clock}:00+08:00`)
const NIGHT: GapPattern = {
  patternId: 'night',
  startMinute: 22 * 60,
  endMinute: 8 * 60,
  required: [{ skill: null, area: null, heads: 1 }],
}
const person = (userId: string, change: Partial<GapPerson> = {}): GapPerson => ({
  userId,
  skills: ['emergency', 'help', 'care', 'fault'],
  areas: [],
  here: true,
  working: true,
  ...change,
})
const gone = { here: false, working: false }
const shift = (userId: string, day: string, signedOn: boolean): GapShift => ({
  entryId: `${userId} ${day}`,
  userId,
  patternId: 'night',
  ...shiftSpan(day, NIGHT.startMinute, NIGHT.endMinute),
  signedOn,
})
/** Tonight, yesterday night and tomorrow night: nothing is missing on paper. */
const filled = (signedOn: boolean) =>
  ['2026-03-01', '2026-03-02', '2026-03-03'].map((day) => shift('li', day, signedOn))
const kinds = (input: Partial<GapInput>, now: number) =>
  judgeGaps({ patterns: [NIGHT], shifts: filled(true), people: [person('li')], ...input }, now).map(
    ({ kind, userId, have, need }) => [kind, userId, `${have}/${need}`],
  )

describe('gaps of a night shift, 22:00 to 08:00', () => {
  test.each<[string, string, Partial<GapInput>, unknown[]]>([
    ['all is well in the evening', '02T22:30', {}, []],
    ['all is well after midnight', '03T03:00', {}, []],
    ['nobody is on the roster tonight', '02T20:00', { shifts: [] }, [['planned', null, '0/1']]],
    ['nobody is needed more than a day ahead', '02T21:59', { shifts: filled(true).slice(0, 2) }, []],
    [
      'tomorrow night is planned for within 24 h',
      '02T22:01',
      { shifts: filled(true).slice(0, 2) },
      [['planned', null, '0/1']],
    ],
    [
      'after midnight it is still the shift of yesterday',
      '03T07:59',
      { shifts: filled(true).slice(2), people: [person('li', gone)] },
      [
        ['planned', null, '0/1'],
        ['uncovered', null, '0/1'],
      ],
    ],
    [
      'not signed on: before five minutes only the desk is empty',
      '02T22:04',
      { shifts: filled(false), people: [person('li', gone)] },
      [['uncovered', null, '0/1']],
    ],
    [
      'not signed on after five minutes',
      '02T22:05',
      { shifts: filled(false), people: [person('li', gone)] },
      [
        ['late', 'li', '0/1'],
        ['uncovered', null, '0/1'],
      ],
    ],
    [
      'late, and somebody else sits there',
      '03T00:30',
      { shifts: filled(false), people: [person('li', gone), person('wang')] },
      [['late', 'li', '0/1']],
    ],
    [
      'signed on, then gone, after midnight',
      '03T02:00',
      { people: [person('li', gone), person('wang')] },
      [['fell_away', 'li', '0/1']],
    ],
    ['gone in the last ten minutes', '03T07:50', { people: [person('li', gone), person('wang')] }, []],
    ['on a break, alone', '03T02:00', { people: [person('li', { working: false })] }, [['uncovered', null, '0/1']]],
    ['the shift is over', '03T08:00', { people: [person('li', gone)] }, []],
  ])('%s', (_, clock, input, expected) => {
    expect(kinds(input, at(clock))).toEqual(expected)
  })

  test('a gap keeps its key from look to look, and two shifts have two', () => {
    const judge = (clock: string) =>
      judgeGaps({ patterns: [NIGHT], shifts: [], people: [person('li')] }, at(clock)).map(({ key }) => key)
    expect(judge('02T10:00')).toEqual(judge('02T21:00'))
    expect(judge('02T22:30')).toHaveLength(2)
    expect(new Set(judge('02T22:30')).size).toBe(2)
  })
})

describe('who fits', () => {
  test.each([
    ['everything, everywhere', {}, { skill: null, area: null }, true],
    ['the skill is missing', { skills: ['care' as const] }, { skill: 'emergency' as const, area: null }, false],
    ['the county for its town', { areas: ['361126'] }, { skill: null, area: '361126100' }, true],
    ['a town for its county', { areas: ['361126100'] }, { skill: null, area: '361126' }, false],
    ['another county', { areas: ['361121'] }, { skill: null, area: '361126' }, false],
  ])('%s', (_, change, line, expected) => {
    expect(fits(person('li', change), line)).toBe(expected)
  })
  test('how pressing', () => {
    expect([0, 1, 30 * 60_000, 30 * 60_000 + 1].map((from) => horizonOf(from, 0))).toEqual([
      'now',
      'soon',
      'soon',
      'day',
    ])
  })
})
