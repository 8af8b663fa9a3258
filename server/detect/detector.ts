import type { Finding } from '../contract/finding.ts'
import type { DetectContext, Observation } from '../contract/observation.ts'

/**
 * One kind of judgement, as pure functions. The state is JSON, small (all detectors of a resident together take 2 KB at
 * most), and a detector never changes the one it was given. `undefined` is the state of somebody of whom nothing is known.
 *
 * Time: `now` is when the observation reached the platform; for a deadline it is the deadline itself. So what is found
 * depends only on what came in and when, not on when somebody looked, and a restart in between changes nothing.
 */
export interface Detector<S> {
  readonly name: string
  /** Judges an observation, or a deadline of its own that has come (`null`). */
  step(state: S | undefined, seen: Observation | null, context: DetectContext, now: number): Step<S>
  /** The next moment at which it wants to look without anything having come in; ms since the epoch, null: none. */
  due(state: S, context: DetectContext): number | null
}

export interface Step<S> {
  /** Undefined forgets: nothing worth keeping. */
  state: S | undefined
  findings: readonly Finding[]
}
