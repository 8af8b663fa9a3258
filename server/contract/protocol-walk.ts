import type { ProtocolAnswer, ProtocolStep } from './protocol.ts'

/** The ways through a protocol. Every answer's `next` must be a step or null. Pure. */

export interface Place {
  step: number
  answer: number
}

/** An answer that ends the case, and whether contact was made (or somebody was there) on the way to it. */
export interface Reached extends Place {
  contact: boolean
}

export interface Ways {
  /** Ids of the steps that the first one leads to, itself included. */
  reachable: ReadonlySet<string>
  /** Ids from which an end can be reached. */
  ending: ReadonlySet<string>
  /** Ids that lead back to themselves. */
  looping: ReadonlySet<string>
  /** Every end with every state of contact in which it can be reached. */
  ends: Reached[]
  /** Answers "nobody reached" from which an end can be reached without anybody sent, there, or reached later. */
  unsentEnds: Place[]
}

const isEnd = (answer: ProtocolAnswer) => answer.action?.type === 'resolve'
const settles = ({ contact, action }: ProtocolAnswer) => contact === 'made' || action?.type === 'arrive'
const sends = (answer: ProtocolAnswer) => settles(answer) || answer.action?.type === 'dispatch'

export function walk(steps: readonly ProtocolStep[]): Ways {
  const index = new Map(steps.map((step, n) => [step.id, n]))
  const followers = (id: string) => (steps[index.get(id) ?? -1]?.answers ?? []).flatMap(({ next }) => next ?? [])
  const first = steps[0]?.id
  const reachable = closure(first === undefined ? [] : [first], followers)
  const ending = new Set(
    steps
      .map(({ id }) => id)
      .filter((id) => [...closure([id], followers)].some((one) => hasEnd(steps[index.get(one) ?? -1]))),
  )
  const looping = new Set(steps.map(({ id }) => id).filter((id) => closure(followers(id), followers).has(id)))
  return { reachable, ending, looping, ends: endsOf(steps, index), unsentEnds: unsentOf(steps, index, reachable) }
}

const hasEnd = (step: ProtocolStep | undefined) => step?.answers.some(isEnd) ?? false

function closure(start: readonly string[], followers: (id: string) => readonly string[]): Set<string> {
  const seen = new Set(start)
  for (const id of seen) for (const next of followers(id)) seen.add(next)
  return seen
}

/** Walks over (step, contact yet or not). */
function endsOf(steps: readonly ProtocolStep[], index: ReadonlyMap<string, number>): Reached[] {
  const ends: Reached[] = []
  const open: { step: number; contact: boolean }[] = steps.length > 0 ? [{ step: 0, contact: false }] : []
  const seen = new Set(['0/false'])
  for (const { step, contact } of open) {
    steps[step]?.answers.forEach((answer, n) => {
      const after = contact || settles(answer)
      if (isEnd(answer)) ends.push({ step, answer: n, contact: after })
      const next = answer.next === null ? undefined : index.get(answer.next)
      if (next === undefined || seen.has(`${next}/${after}`)) return
      seen.add(`${next}/${after}`)
      open.push({ step: next, contact: after })
    })
  }
  return ends
}

function unsentOf(
  steps: readonly ProtocolStep[],
  index: ReadonlyMap<string, number>,
  reachable: ReadonlySet<string>,
): Place[] {
  // Steps from which an end can be reached by answers that send nobody.
  const unsent = new Set(
    steps.filter(({ answers }) => answers.some((one) => isEnd(one) && !sends(one))).map(({ id }) => id),
  )
  for (let before = -1; before !== unsent.size; ) {
    before = unsent.size
    for (const { id, answers } of steps) {
      if (answers.some((one) => !sends(one) && one.next !== null && unsent.has(one.next))) unsent.add(id)
    }
  }
  return steps.flatMap((step, n) =>
    step.answers.flatMap((answer, m) =>
      reachable.has(step.id) &&
      answer.contact === 'none' &&
      !sends(answer) &&
      (isEnd(answer) || (answer.next !== null && index.has(answer.next) && unsent.has(answer.next)))
        ? [{ step: n, answer: m }]
        : [],
    ),
  )
}
