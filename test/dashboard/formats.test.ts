import { describe, expect, it } from 'vitest'
import { ageLevel } from '../../dashboard/ui/age.ts'
import {
  ageText,
  clockTime,
  clockTimeMs,
  coordinateText,
  dayText,
  durationText,
  figureText,
  percentText,
  shortId,
  sinceText,
  timeText,
} from '../../dashboard/ui/formats.ts'
import { DESK_DEFAULTS } from '../../server/contract/desk-settings.ts'

const AT = '2026-03-02T02:41:53.204Z'

describe('times, in Shanghai whatever the machine thinks', () => {
  it('clock times', () => {
    expect(clockTime(AT)).toBe('10:41:53')
    expect(clockTimeMs(AT)).toBe('10:41:53.204')
    expect(clockTime('2026-03-01T16:00:00Z')).toBe('00:00:00')
  })

  it('names the day only when it is another one there', () => {
    expect(timeText(AT, Date.parse('2026-03-02T15:59:00Z'), 'zh-CN')).toBe('10:41:53')
    expect(timeText(AT, Date.parse('2026-03-02T16:01:00Z'), 'zh-CN')).toBe('3月2日 10:41')
    expect(sinceText(AT, Date.parse(AT), 'en')).toBe('10:41')
    expect(sinceText(AT, Date.parse('2026-03-04T00:00:00Z'), 'en')).toBe(dayText(AT, 'en'))
  })

  it('ages keep their width and never go below zero', () => {
    expect(ageText(-3)).toBe('00:00')
    expect(ageText(14.9)).toBe('00:14')
    expect(ageText(3599)).toBe('59:59')
    expect(ageText(3753)).toBe('1:02:33')
    expect(ageText(183_600)).toBe('2d 03h')
  })

  it('durations in words', () => {
    expect(durationText(14, 'zh-CN')).toBe('14 秒')
    expect(durationText(380, 'zh-CN')).toBe('6 分 20 秒')
    expect(durationText(120, 'en')).toBe('2 min')
    expect(durationText(3599.6, 'zh-CN')).toBe('1 小时')
    expect(durationText(5400, 'en')).toBe('1 h 30 min')
    expect(durationText(200_000, 'zh-CN')).toBe('2 天')
  })
})

describe('figures', () => {
  it('a share is never rounded up to a level that was not reached', () => {
    expect(percentText(0.97499)).toBe('97.4%')
    expect(percentText(0.9999)).toBe('99.9%')
    expect(percentText(1)).toBe('100%')
    expect(percentText(null)).toBe('—')
  })

  it('ids are shortened and coordinates have five decimals', () => {
    expect(shortId('0192f3a1-7c10-7000-8000-1000000079ab')).toBe('0079AB')
    expect(coordinateText(28.40312, 117.434)).toBe('28.40312° N  117.43400° E')
  })
})

describe('ageing', () => {
  it('an emergency is at risk after 15 s and overdue at 60 s', () => {
    expect([0, 14.9, 15, 59.9, 60].map((s) => ageLevel(s, 'emergency', DESK_DEFAULTS.ageing))).toEqual([
      'ok',
      'ok',
      'soon',
      'soon',
      'late',
    ])
  })

  it('a fault has a day', () => {
    expect(ageLevel(3600, 'fault', DESK_DEFAULTS.ageing)).toBe('ok')
    expect(ageLevel(86_400, 'fault', DESK_DEFAULTS.ageing)).toBe('late')
  })
})

it('a figure of a reason is a moment when it can be nothing else', () => {
  expect(figureText(Date.parse('2026-11-28T01:41:53Z'), 'en')).toBe('28 Nov 09:41:53')
  expect(figureText(300_000, 'en')).toBe('300000')
  expect(figureText(36.666, 'en')).toBe('36.67')
  expect(figureText('bedroom', 'zh-CN')).toBe('bedroom')
})
