import type { Clock } from '../../server/contract/clock.ts'

/** A clock that moves when told. Starts at a fixed moment: 2026-03-02 10:41:53 in Shanghai; or goes with real time. */
export class FakeClock implements Clock {
  readonly #isReal: boolean
  #now = Date.parse('2026-03-02T02:41:53Z')

  constructor(isReal = false) {
    this.#isReal = isReal
  }

  now(): number {
    return this.#isReal ? Date.now() : this.#now
  }

  advance(ms: number): void {
    if (this.#isReal) throw new Error('real time can not be moved')
    this.#now += ms
  }
}
