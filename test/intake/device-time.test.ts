import { describe, expect, test } from 'vitest'
import {
  isReplay,
  MAX_FUTURE_MS,
  MAX_PAST_MS,
  occurredAt,
  REPLAY_TOLERANCE_MS,
} from '../../server/intake/device-time.ts'
import { ageAt } from '../../server/store/views.ts'

const NOW = Date.parse('2026-03-02T02:41:53Z')

describe('when something happened', () => {
  test.each([
    ['no device time', null, NOW],
    ['a stored message', NOW - 3_600_000, NOW - 3_600_000],
    ['the oldest plausible', NOW - MAX_PAST_MS, NOW - MAX_PAST_MS],
    ['older', NOW - MAX_PAST_MS - 1, NOW],
    ['1970', 0, NOW],
    ['a clock a little fast', NOW + MAX_FUTURE_MS, NOW + MAX_FUTURE_MS],
    ['2099', Date.parse('2099-01-01T00:00:00Z'), NOW],
  ])('%s', (_name, deviceTs, expected) => {
    expect(occurredAt(deviceTs, NOW)).toBe(expected)
  })
})

describe('a known id', () => {
  test.each([
    ['the same again', { type: 'sos', deviceTs: NOW }, true],
    ['stamped anew by the retry', { type: 'sos', deviceTs: NOW + REPLAY_TOLERANCE_MS }, true],
    ['much later: a counter that began anew', { type: 'sos', deviceTs: NOW + REPLAY_TOLERANCE_MS + 1 }, false],
    ['another type', { type: 'fall', deviceTs: NOW }, false],
    ['without a time the id decides', { type: 'sos', deviceTs: null }, true],
  ])('%s', (_name, incoming, expected) => {
    expect(isReplay({ type: 'sos', deviceTs: NOW }, incoming)).toBe(expected)
  })
})

test('age changes on the birthday in Shanghai, not in Greenwich', () => {
  expect(ageAt('1943-03-02', Date.parse('2026-03-01T15:59:59Z'))).toBe(82)
  expect(ageAt('1943-03-02', Date.parse('2026-03-01T16:00:00Z'))).toBe(83)
  expect(ageAt(null, NOW)).toBe(null)
})
