/** Where "now" comes from. Decisions take `now` as a parameter; only the shells read a clock, so tests can set it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }
