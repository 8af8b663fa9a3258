import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Timers } from '../../simulator/timers.ts'

const DAY = 86_400_000

describe('what is to happen later', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('happens then and not before, be it in weeks', () => {
    const happened: string[] = []
    const timers = new Timers()
    timers.later(10, () => happened.push('soon'))
    // Node would take more than 2^31 ms for 1 ms.
    timers.later(60 * DAY, () => happened.push('late'))
    timers.later(Number.POSITIVE_INFINITY, () => happened.push('never'))
    vi.advanceTimersByTime(10)
    expect(happened).toEqual(['soon'])
    vi.advanceTimersByTime(60 * DAY - 11)
    expect(happened).toEqual(['soon'])
    vi.advanceTimersByTime(1)
    expect(happened).toEqual(['soon', 'late'])
    timers.clear()
  })

  it('does not happen once it was called off, and nothing is left of it', () => {
    const timers = new Timers()
    const act = vi.fn()
    timers.later(50 * DAY, act)
    vi.advanceTimersByTime(30 * DAY)
    timers.clear()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(30 * DAY)
    expect(act).not.toHaveBeenCalled()
  })
})
