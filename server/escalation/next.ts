import type { EscalationPolicy } from '../contract/escalation.ts'

/**
 * What happens next to one case's escalation; pure, and written as a table first. Times are ms since the epoch. A step's
 * time is base + its `afterSeconds`.
 *
 *   state         and                                                    then
 *   acknowledged  its time is not over                                   wait for it
 *   acknowledged  its time is over                                       expire: pending, step 1 of round 1, base = now
 *   pending       the step's time has not come                           wait for it
 *   pending       late by more than `catchUpMs`, and the time of a later
 *                 step that reaches somebody has come too                skip it (missed)
 *   pending       nobody can be reached by it                            skip it (unreachable); the next one is due now
 *   pending       else                                                   tell; when late by more than `catchUpMs` the steps
 *                                                                        after it keep their distance from now
 *   exhausted     –                                                      nothing any more
 *
 * After a step comes the next one; after the last the next round, `repeatAfterSeconds` later; after the last round exhausted.
 * So an outage of hours ends in one step, the one that it is time for, and not in a burst of all that were missed.
 */
export interface Progress {
  state: 'pending' | 'acknowledged' | 'exhausted'
  /** The next, from 0. */
  step: number
  round: number
  base: number
  /** Null, acknowledged: for good. */
  ackUntil: number | null
}

export interface Facts {
  /** How many can be reached by a step (from 0) at this moment. */
  reach(step: number): number
}

export type Decision =
  | { do: 'wait'; until: number | null }
  | { do: 'expire'; to: Progress }
  | { do: 'skip'; why: 'missed' | 'unreachable'; to: Progress }
  | { do: 'tell'; to: Progress }

/** The moment from which an escalation that begins now counts. */
export const begin = (now: number): Progress => ({ state: 'pending', step: 0, round: 0, base: now, ackUntil: null })

/** @param catchUpMs what is later than this has been missed */
export function next(
  policy: EscalationPolicy,
  progress: Progress,
  facts: Facts,
  now: number,
  catchUpMs: number,
): Decision {
  switch (progress.state) {
    case 'exhausted':
      return { do: 'wait', until: null }
    case 'acknowledged':
      if (progress.ackUntil === null || now < progress.ackUntil) return { do: 'wait', until: progress.ackUntil }
      return { do: 'expire', to: begin(now) }
    case 'pending':
      return nextStep(policy, progress, facts, now, catchUpMs)
  }
}

function nextStep(
  policy: EscalationPolicy,
  progress: Progress,
  facts: Facts,
  now: number,
  catchUpMs: number,
): Decision {
  const at = (step: number) => progress.base + afterMs(policy, step)
  // A policy that has grown shorter since can leave the step behind its end.
  if (progress.step >= policy.steps.length) return { do: 'skip', why: 'missed', to: after(policy, progress) }
  const due = at(progress.step)
  if (now < due) return { do: 'wait', until: due }
  const isLate = now - due > catchUpMs
  const isLast = progress.step === policy.steps.length - 1
  // Not for a step that would reach nobody: after an outage somebody must hear of it.
  const isPassed = policy.steps.some((_, step) => step > progress.step && now >= at(step) && facts.reach(step) > 0)
  if (isLate && isPassed) return { do: 'skip', why: 'missed', to: after(policy, progress) }
  if (facts.reach(progress.step) === 0) {
    // Whoever comes next must not wait for people who are not there.
    const base = now - afterMs(policy, isLast ? progress.step : progress.step + 1)
    return { do: 'skip', why: 'unreachable', to: after(policy, { ...progress, base }) }
  }
  const base = isLate ? now - afterMs(policy, progress.step) : progress.base
  return { do: 'tell', to: after(policy, { ...progress, base }) }
}

function after(policy: EscalationPolicy, progress: Progress): Progress {
  const { step, round, base } = progress
  if (step + 1 < policy.steps.length) return { ...progress, step: step + 1 }
  if (round + 1 >= policy.rounds) return { ...progress, state: 'exhausted' }
  const ends = base + afterMs(policy, policy.steps.length - 1)
  return { ...progress, step: 0, round: round + 1, base: ends + policy.repeatAfterSeconds * 1000 }
}

const afterMs = (policy: EscalationPolicy, step: number): number => (policy.steps[step]?.afterSeconds ?? 0) * 1000

/** One thing that was done, of the step it was done to (both from 0). */
export interface Done {
  what: 'expired' | 'told' | 'missed' | 'unreachable' | 'exhausted'
  step: number
  round: number
}

/** Follows the table until there is something to wait for. @returns what is done on the way, and when to look again */
export function advance(
  policy: EscalationPolicy,
  progress: Progress,
  facts: Facts,
  now: number,
  catchUpMs: number,
): { done: Done[]; progress: Progress; dueAt: number | null } {
  const done: Done[] = []
  for (let at = progress; ; ) {
    const decision = next(policy, at, facts, now, catchUpMs)
    if (decision.do === 'wait') return { done, progress: at, dueAt: decision.until }
    const { step, round } = at
    done.push({ what: whatOf(decision), step, round })
    if (decision.to.state === 'exhausted') done.push({ what: 'exhausted', step, round })
    at = decision.to
  }
}

function whatOf(decision: Exclude<Decision, { do: 'wait' }>): Done['what'] {
  switch (decision.do) {
    case 'expire':
      return 'expired'
    case 'tell':
      return 'told'
    case 'skip':
      return decision.why
  }
}
