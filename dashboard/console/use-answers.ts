import { useCallback, useMemo, useState } from 'react'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { Words } from '../../server/contract/protocol.ts'
import { useTexts } from '../i18n/i18n.ts'
import type { DeskAction } from './permitted.ts'
import { type Answer, answerByAction, answersFor, protocolView } from './protocol-steps.ts'
import type { useCommands } from './use-commands.ts'

interface Props extends Pick<ReturnType<typeof useCommands>, 'act' | 'answer'> {
  item: CaseSummary | undefined
  detail: CaseDetail | undefined
  permitted: ReadonlySet<DeskAction>
  disabled: boolean
  /** Something must be read first, which has been said. */
  holdsBack(action: DeskAction): boolean
}

/** The protocol's answers for the selected case, and what giving one does: at once, or after its action's dialog. */
export function useAnswers({ item, detail, permitted, disabled, act, answer, holdsBack }: Props) {
  const { language } = useTexts()
  const [redoing, setRedoing] = useState<{ caseId: string; version: number; stepId: string } | null>(null)
  const view = useMemo(() => (item && detail ? protocolView(item, detail.protocol) : null), [item, detail])
  // What has changed since is looked at anew.
  const redo = redoing && redoing.caseId === item?.caseId && redoing.version === item.version ? redoing.stepId : null
  const answers = view ? answersFor(view, permitted, redo) : []

  const setRedo = useCallback(
    (stepId: string | null) =>
      setRedoing(stepId === null || !item ? null : { caseId: item.caseId, version: item.version, stepId }),
    [item],
  )
  const give = (given: Answer) => {
    if (!item || disabled) return
    if ('action' in given) return holdsBack(given.action) ? undefined : act(item, given.action)
    const step = { stepId: given.step.id, answer: given.answer.key }
    const { action } = given.answer
    const say = (words: Words | null) => words?.[language]
    switch (action?.type) {
      case undefined:
      case 'arrive':
        return answer(item, step)
      case 'dispatch':
        return act(item, 'dispatch', { step, ...present({ to: say(action.to), text: say(action.text) }) })
      case 'resolve':
        if (holdsBack('resolve')) return
        return act(item, 'resolve', { step, outcome: action.outcome, ...present({ reason: say(action.reason) }) })
    }
  }
  return {
    answers,
    redo,
    setRedo,
    give,
    /** Gives the answer that stands for this action, when the current step has one. */
    byAction: (action: 'dispatch' | 'arrive'): boolean => {
      const found = answerByAction(answers, action)
      if (found) give(found)
      return found !== undefined
    },
    redoLast: () => {
      const last = view?.done.at(-1)
      if (last && permitted.has('resolve')) setRedo(last.step.id)
    },
  }
}

/** Without what is not there. */
function present<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
