import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { DoneStep, ProtocolAnswer, ProtocolStep } from '../../server/contract/protocol.ts'
import { aheadOf, answerOf } from '../../server/contract/protocol-run.ts'
import type { DeskAction } from './permitted.ts'

/** The protocol panel's content, from what the server says of the case. Pure. */

/** What a numbered key does: an action that every case begins or ends with, or an answer of a step. */
export type Answer =
  | { key: number; action: Extract<DeskAction, 'claim' | 'close' | 'reopen'> }
  | { key: number; step: ProtocolStep; answer: ProtocolAnswer }

export interface DoneView {
  step: ProtocolStep
  answer: ProtocolAnswer
  given: DoneStep
}

export interface ProtocolView {
  done: DoneView[]
  /** `claim` before the first step, `close` after the last, `closed` when there is nothing to do. */
  at: ProtocolStep | 'claim' | 'close' | 'closed' | 'finished'
  ahead: ProtocolStep[]
}

/** Steps that are likely to come; more would only be read in vain. */
const AHEAD_SHOWN = 4

/** Where a case stands in its protocol. */
export function protocolView(
  item: Pick<CaseSummary, 'state'>,
  { steps, done, current }: CaseDetail['protocol'],
): ProtocolView {
  const views = done.flatMap((given): DoneView[] => {
    const step = steps.find(({ id }) => id === given.stepId)
    const answer = answerOf(steps, given)
    return step && answer ? [{ step, answer, given }] : []
  })
  const step = steps.find(({ id }) => id === current) ?? null
  switch (item.state) {
    case 'new':
      return {
        done: [],
        at: 'claim',
        ahead: [...steps.slice(0, 1), ...aheadOf(steps, steps[0] ?? null)].slice(0, AHEAD_SHOWN),
      }
    case 'resolved':
      return { done: views, at: 'close', ahead: [] }
    case 'closed':
      return { done: views, at: 'closed', ahead: [] }
    case 'claimed':
    case 'dispatched':
    case 'on_scene':
      return { done: views, at: step ?? 'finished', ahead: aheadOf(steps, step).slice(0, AHEAD_SHOWN) }
  }
}

/**
 * What the keys 1 to 9 do now, for this desk.
 * @param redo an earlier step that is being answered again
 */
export function answersFor(
  { at, done }: ProtocolView,
  permitted: ReadonlySet<DeskAction>,
  redo: string | null,
): Answer[] {
  const fixed = (...actions: Extract<DeskAction, 'claim' | 'close' | 'reopen'>[]) =>
    actions.filter((action) => permitted.has(action)).map((action, n) => ({ key: n + 1, action }))
  if (at === 'claim') return fixed('claim')
  if (at === 'close') return fixed('close', 'reopen')
  if (at === 'closed') return fixed('reopen')
  // Steps are the owner's; whoever may resolve is the owner.
  if (!permitted.has('resolve')) return []
  const again = redo === null ? undefined : done.find((one) => one.step.id === redo)?.step
  const step = again ?? (at === 'finished' ? undefined : at)
  return step === undefined ? [] : step.answers.map((answer) => ({ key: answer.key, step, answer }))
}

/** The answer that an action's own key gives, when the current step asks for that action: nothing is done twice. */
export function answerByAction(answers: readonly Answer[], action: 'dispatch' | 'arrive'): Answer | undefined {
  const fitting = answers.filter((one) => 'answer' in one && one.answer.action?.type === action)
  const [first] = fitting
  if (action === 'arrive') return fitting.length === 1 ? first : undefined
  return first && 'step' in first && first.step.type === 'dispatch' ? first : undefined
}
