import type { Finding } from '../contract/finding.ts'
import type { DetectContext, Observation } from '../contract/observation.ts'
import type { Detector } from './detector.ts'
import { DETECTORS } from './detectors.ts'
import { collapse, type Runaways, runaway } from './runaway.ts'

/** What all detectors together remember of one subject, by the name of the detector. JSON. */
export type DetectState = Readonly<Record<string, unknown>>

/** A detector that could not judge; the others have. */
export interface DetectorFailure {
  detector: string
  error: unknown
}

/** Found in one observation (`seen`), or at a deadline (`seen` null). */
export interface Found {
  seen: Observation | null
  /** Ms since the epoch: the arrival of what was seen, or the deadline. */
  now: number
  finding: Finding
}

export interface Judged {
  state: DetectState
  found: readonly Found[]
  failures: readonly DetectorFailure[]
}

/** Deadlines that may come in a row without anything being observed: more would be a detector that never rests. */
const MOST_DEADLINES = 1_000

/**
 * Judges observations of one subject in the order of their arrival. Deadlines that come before an observation are met
 * before it, so the result does not depend on how often somebody looks.
 */
export function judge(
  before: DetectState,
  observations: readonly Observation[],
  context: DetectContext,
  detectors: readonly Detector<unknown>[] = DETECTORS,
): Judged {
  const run = new Run(before, context, detectors)
  for (const seen of observations) {
    run.meetDeadlines(seen.receivedAt)
    run.step(seen, seen.receivedAt)
  }
  return run.judged()
}

/** Meets the deadlines up to `now`, when nothing has come in. */
export function judgeDeadlines(
  before: DetectState,
  context: DetectContext,
  now: number,
  detectors: readonly Detector<unknown>[] = DETECTORS,
): Judged {
  const run = new Run(before, context, detectors)
  run.meetDeadlines(now)
  return run.judged()
}

/** The subject's next deadline, or null. */
export function nextDeadline(
  state: DetectState,
  context: DetectContext,
  detectors: readonly Detector<unknown>[] = DETECTORS,
): number | null {
  let next: number | null = null
  for (const detector of timed(detectors)) {
    const due = dueOf(detector, state, context)
    if (due !== null && (next === null || due < next)) next = due
  }
  return next
}

/** All that wants to look at some time: besides the detectors, what counts the presses of runaway devices. */
const timed = (detectors: readonly Detector<unknown>[]) => [...detectors, runaway as Detector<unknown>]

function dueOf({ name, due }: Detector<unknown>, state: DetectState, context: DetectContext): number | null {
  const own = state[name]
  return own === undefined ? null : due(own, context)
}

class Run {
  #state: Record<string, unknown>
  readonly #context: DetectContext
  readonly #detectors: readonly Detector<unknown>[]
  readonly #timed: readonly Detector<unknown>[]
  readonly #found: Found[] = []
  readonly #failures: DetectorFailure[] = []

  constructor(before: DetectState, context: DetectContext, detectors: readonly Detector<unknown>[]) {
    this.#state = { ...before }
    this.#context = context
    this.#detectors = detectors
    this.#timed = timed(detectors)
  }

  meetDeadlines(until: number): void {
    for (let met = 0; met < MOST_DEADLINES; met++) {
      const next = this.#next()
      if (next === null || next.due > until) return
      const { detector, due } = next
      this.#ask(detector, null, due)
      const again = this.#dueOf(detector)
      if (again !== null && again <= due) this.#drop(detector, new Error('the deadline did not move on'))
    }
  }

  step(seen: Observation, now: number): void {
    const before = this.#found.length
    for (const detector of this.#detectors) this.#ask(detector, seen, now)
    if (this.#found.length > before) this.#collapse(seen, now, before)
  }

  /** What was found in one observation, with the raises of a runaway device marked. If that fails, all of it is told. */
  #collapse(seen: Observation, now: number, from: number): void {
    try {
      const found = this.#found.slice(from).map(({ finding }) => finding)
      const before = this.#state[runaway.name] as Runaways | undefined
      const { state, findings } = collapse(before, seen, found, this.#context, now)
      this.#keep(runaway.name, state)
      this.#found.splice(from, found.length, ...findings.map((finding) => ({ seen, now, finding })))
    } catch (error) {
      this.#failures.push({ detector: runaway.name, error })
    }
  }

  #keep(name: string, state: unknown): void {
    if (state === undefined) delete this.#state[name]
    else this.#state[name] = state
  }

  judged(): Judged {
    // Whoever asks for the next deadline afterwards can rely on an answer.
    for (const detector of this.#timed) this.#dueOf(detector)
    return { state: this.#state, found: this.#found, failures: this.#failures }
  }

  #next(): { detector: Detector<unknown>; due: number } | null {
    let next: { detector: Detector<unknown>; due: number } | null = null
    for (const detector of this.#timed) {
      const due = this.#dueOf(detector)
      if (due !== null && (next === null || due < next.due)) next = { detector, due }
    }
    return next
  }

  #dueOf(detector: Detector<unknown>): number | null {
    try {
      return dueOf(detector, this.#state, this.#context)
    } catch (error) {
      this.#drop(detector, error)
      return null
    }
  }

  /** A detector that fails keeps its state and finds nothing; the others are asked all the same. */
  #ask(detector: Detector<unknown>, seen: Observation | null, now: number): void {
    try {
      const { state, findings } = detector.step(this.#state[detector.name], seen, this.#context, now)
      this.#keep(detector.name, state)
      for (const finding of findings) this.#found.push({ seen, now, finding })
    } catch (error) {
      this.#failures.push({ detector: detector.name, error })
    }
  }

  /** What it remembers makes no sense to it: it begins anew rather than being asked for ever. */
  #drop(detector: Detector<unknown>, error: unknown): void {
    delete this.#state[detector.name]
    this.#failures.push({ detector: detector.name, error })
  }
}
