import type { Clock } from '../../server/contract/clock.ts'

/** The residents' time: it begins now and runs `speed` times as fast as the clock. */
export class RoutineClock {
  readonly speed: number
  readonly #clock: Clock
  readonly #begun: number

  constructor(clock: Clock, speed: number) {
    this.speed = speed
    this.#clock = clock
    this.#begun = clock.now()
  }

  /** Ms since the epoch, routine time. */
  now(): number {
    return this.#begun + (this.#clock.now() - this.#begun) * this.speed
  }

  /** How long so much routine time takes, ms. */
  realMs(routineMs: number): number {
    return routineMs / this.speed
  }
}
