import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AT_REST, HOLD_MS, type Hold, type HoldInput, held } from '../../dashboard/terminal/hold.ts'

/** Runs a key on a made-up clock, looking again when it asks for it, as the page's timers do. */
function run(steps: readonly (readonly [at: number, input: HoldInput])[], end: number, look = true) {
  let hold: Hold = AT_REST
  let due: number | null = null
  const outcomes: string[] = []
  const apply = (input: HoldInput, at: number) => {
    const next = held(hold, input, at)
    hold = next.hold
    due = next.dueIn === null ? null : at + next.dueIn
    if (next.outcome !== null) outcomes.push(`${next.outcome}@${at}`)
  }
  for (const [at, input] of [...steps, [end, 'check'] as const]) {
    while (look && due !== null && due <= at) apply('check', due)
    apply(input, at)
  }
  return { outcomes, hold }
}

const presses = (outcomes: readonly string[]) => outcomes.filter((outcome) => outcome.startsWith('press')).length

describe('a hold', () => {
  it('counts at the threshold, while the finger is still down', () => {
    expect(run([[0, 'down']], 5_000).outcomes).toEqual([`press@${HOLD_MS}`])
  })

  it('counts once, however long it lasts', () => {
    expect(
      run(
        [
          [0, 'down'],
          [60_000, 'up'],
        ],
        70_000,
      ).outcomes,
    ).toHaveLength(1)
  })

  it('counts on release when the device was too slow to look in time', () => {
    const { outcomes } = run(
      [
        [0, 'down'],
        [3_000, 'up'],
      ],
      9_000,
      false,
    )
    expect(outcomes).toEqual(['press@3000'])
  })

  it('survives a finger that is lost for a moment on wet glass', () => {
    const { outcomes } = run(
      [
        [0, 'down'],
        [200, 'up'],
        [350, 'down'],
        [500, 'up'],
        [700, 'down'],
        [900, 'up'],
      ],
      2_000,
    )
    expect(outcomes).toEqual(['press@800'])
  })

  it('that is too short is a slip, told after the gap', () => {
    expect(
      run(
        [
          [0, 'down'],
          [100, 'up'],
        ],
        5_000,
      ).outcomes,
    ).toEqual(['slip@400'])
  })

  it('of five slips within eight seconds counts: someone means it and can not hold', () => {
    const taps = [0, 1, 2, 3, 4].flatMap((n) => [[n * 1000, 'down'] as const, [n * 1000 + 100, 'up'] as const])
    expect(run(taps, 9_000).outcomes).toEqual(['slip@400', 'slip@1400', 'slip@2400', 'slip@3400', 'press@4400'])
    const slow = [0, 1, 2, 3, 4].flatMap((n) => [[n * 3000, 'down'] as const, [n * 3000 + 100, 'up'] as const])
    expect(presses(run(slow, 20_000).outcomes)).toBe(0)
  })

  it('ended by another key is neither', () => {
    expect(
      run(
        [
          [0, 'down'],
          [400, 'abort'],
          [900, 'up'],
        ],
        3_000,
      ).outcomes,
    ).toEqual([])
  })

  it('right behind a press counts only after a rest', () => {
    const { outcomes } = run(
      [
        [0, 'down'],
        [900, 'up'],
        [1_000, 'down'],
        [3_000, 'up'],
      ],
      5_000,
    )
    expect(outcomes).toEqual(['press@800', 'press@2600'])
  })
})

describe('any finger', () => {
  const touches = fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 5_000 })), {
    maxLength: 30,
  })
  const stepsOf = (list: readonly (readonly [number, number])[]) => {
    let at = 0
    return list.flatMap(([pause, length]) => {
      at += pause
      const down = [at, 'down'] as const
      at += length
      return [down, [at, 'up'] as const]
    })
  }

  it('that holds long enough makes a press, whether or not anybody looked in time', () => {
    fc.assert(
      fc.property(touches, fc.integer({ min: HOLD_MS, max: 100_000 }), fc.boolean(), (list, length, look) => {
        const before = stepsOf(list)
        const start = (before.at(-1)?.[0] ?? 0) + 2_000
        const { outcomes } = run([...before, [start, 'down'], [start + length, 'up']], start + length + 1_000, look)
        expect(outcomes.some((outcome) => outcome.startsWith('press') && Number(outcome.split('@')[1]) >= start)).toBe(
          true,
        )
      }),
    )
  })

  it('makes no more presses than one a second', () => {
    fc.assert(
      fc.property(touches, (list) => {
        const steps = stepsOf(list)
        const { outcomes } = run(steps, (steps.at(-1)?.[0] ?? 0) + 1_000)
        const times = outcomes
          .filter((outcome) => outcome.startsWith('press'))
          .map((text) => Number(text.split('@')[1]))
        for (const [n, time] of times.entries())
          if (n > 0) expect(time - (times[n - 1] ?? 0)).toBeGreaterThanOrEqual(1_000)
      }),
    )
  })
})
