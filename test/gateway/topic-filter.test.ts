import { describe, expect, it } from 'vitest'
import { matchesFilter } from '../../gateway/topic-filter.ts'

describe('topic filters (MQTT 3.1.1, 4.7)', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a/b/c', false],
    ['a/+', 'a', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['#', 'a/b', true],
    ['+/b/#', 'a/b', true],
    ['+', '/a', false],
    ['/+', '/a', true],
    ['+/+', '/a', true],
    ['#', '$SYS/broker', false],
    ['+/broker', '$SYS/broker', false],
    ['$SYS/#', '$SYS/broker', true],
    ['zigbee2mqtt/#', 'zigbee2mqtt/床头 按钮/set', true],
  ])('%s and %s: %s', (filter, topic, answer) => {
    expect(matchesFilter(filter, topic)).toBe(answer)
  })
})
