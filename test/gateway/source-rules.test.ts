import { describe, expect, it } from 'vitest'
import { isAllowedFrom } from '../../gateway/tcp/source-rules.ts'

describe('where a device without a login may come from', () => {
  it.each([
    [[], '203.0.113.7', true],
    [['10.8.0.0/16'], '10.8.3.4', true],
    [['10.8.0.0/16'], '10.9.0.1', false],
    [['10.8.0.0/16'], '::ffff:10.8.3.4', true],
    [['192.0.2.1', '10.0.0.0/8'], '192.0.2.1', true],
    [['2001:db8::/32'], '2001:db8::5', true],
    [['2001:db8::/32'], '10.8.3.4', false],
    [['10.8.0.0/16'], '', false],
    [['nonsense'], '10.8.3.4', false],
    [['10.8.0.0/99'], '10.8.3.4', false],
  ])('%j and %s: %s', (sources, address, answer) => {
    expect(isAllowedFrom(sources, address)).toBe(answer)
  })
})
