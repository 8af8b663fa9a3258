import type { ContactMark, ProtocolAnswer, ProtocolStep } from './protocol.ts'

/** One answer as it was given. */
export interface Answered {
  stepId: string
  key: number
}

/** Where a protocol stands. */
export interface ProtocolRun<A extends Answered> {
  /** The answers that led to where it stands, in their order; a step in a loop can be there more than once. */
  path: A[]
  /** The step to be answered; null: an answer has ended it (or it has no steps). */
  current: ProtocolStep | null
  /** What the path says of contact with the resident: once made it stays made. */
  contact: ContactMark | null
}

/**
 * Plays the answers, oldest first: an answer to the current step goes on; an answer to an earlier step takes back what
 * came after it. An answer that fits nowhere (it was given under another protocol) is passed over. Pure.
 */
export function runProtocol<A extends Answered>(steps: readonly ProtocolStep[], answers: readonly A[]): ProtocolRun<A> {
  let path: A[] = []
  let current: ProtocolStep | null = steps[0] ?? null
  for (const answer of answers) {
    const found = answerOf(steps, answer)
    if (found === undefined) continue
    if (current?.id !== answer.stepId) {
      const earlier = path.findLastIndex((one) => one.stepId === answer.stepId)
      if (earlier < 0) continue
      path = path.slice(0, earlier)
    }
    path = [...path, answer]
    current = found.next === null ? null : (steps.find(({ id }) => id === found.next) ?? null)
  }
  const marks = path.map((one) => answerOf(steps, one)?.contact ?? null)
  return { path, current, contact: marks.includes('made') ? 'made' : marks.includes('none') ? 'none' : null }
}

/** Whether a step can be answered now: the current one, or an earlier one whose answer was wrong. */
export function mayAnswer(run: ProtocolRun<Answered>, stepId: string): 'current' | 'again' | null {
  if (run.current?.id === stepId) return 'current'
  return run.path.some((one) => one.stepId === stepId) ? 'again' : null
}

/** The answer of a step that a key gives. */
export function answerOf(steps: readonly ProtocolStep[], of: Answered): ProtocolAnswer | undefined {
  return steps.find(({ id }) => id === of.stepId)?.answers.find(({ key }) => key === of.key)
}

/**
 * The likely way on after the current step: its first answer that goes on, and so forth, until the end or a step that
 * was there already. Pure.
 */
export function aheadOf(steps: readonly ProtocolStep[], current: ProtocolStep | null): ProtocolStep[] {
  const ahead: ProtocolStep[] = []
  let at = current
  while (at !== null) {
    const seen = new Set([current?.id, ...ahead.map(({ id }) => id)])
    const next: string | undefined = at.answers
      .map((answer) => answer.next)
      .find((id): id is string => id !== null && !seen.has(id))
    at = steps.find(({ id }) => id === next) ?? null
    if (at !== null) ahead.push(at)
  }
  return ahead
}
