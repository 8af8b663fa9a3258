import { describe, expect, it } from 'vitest'
import { createCoalescer } from '../../dashboard/api/coalesce.ts'
import { placeInSequence } from '../../dashboard/api/sequence.ts'

describe('sequence of events', () => {
  it('tells order, repetition and gap apart', () => {
    expect(placeInSequence(8, 7)).toBe('next')
    expect(placeInSequence(7, 7)).toBe('repeat')
    expect(placeInSequence(3, 7)).toBe('repeat')
    expect(placeInSequence(9, 7)).toBe('gap')
  })

  it('an event before hello counts as a gap', () => {
    expect(placeInSequence(1, null)).toBe('gap')
  })
})

/** A timer that a test moves; promises are let through after each move. */
function fakeTimer() {
  let now = 0
  const due: { at: number; run: () => void }[] = []
  return {
    now: () => now,
    after: (ms: number, run: () => void) => void due.push({ at: now + ms, run }),
    async advance(ms: number) {
      now += ms
      for (const item of due.filter(({ at }) => at <= now)) {
        due.splice(due.indexOf(item), 1)
        item.run()
      }
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('coalesced refetch', () => {
  it('starts the first at once and joins the rest into one after the gap', async () => {
    const timer = fakeTimer()
    const starts: number[] = []
    const ask = createCoalescer(
      async () => {
        starts.push(timer.now())
        return true
      },
      100,
      timer,
    )
    void ask()
    expect(starts).toEqual([0])
    await timer.advance(10)
    const answers = Promise.all([ask(), ask(), ask()])
    await timer.advance(89)
    expect(starts).toEqual([0])
    await timer.advance(1)
    expect(starts).toEqual([0, 100])
    expect(await answers).toEqual([true, true, true])
  })

  it('never counts a fetch that had begun before the event: it starts another after it', async () => {
    const timer = fakeTimer()
    const finish: ((ok: boolean) => void)[] = []
    const ask = createCoalescer(() => new Promise((resolve) => finish.push(resolve)), 100, timer)
    const early = ask()
    let lateDone = false
    const late = ask().then((ok) => {
      lateDone = true
      return ok
    })
    await timer.advance(500)
    expect(finish).toHaveLength(1)
    finish[0]?.(true)
    expect(await early).toBe(true)
    await timer.advance(0)
    expect(lateDone).toBe(false)
    expect(finish).toHaveLength(2)
    finish[1]?.(false)
    expect(await late).toBe(false)
  })
})
