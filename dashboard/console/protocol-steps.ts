import type { CaseCategory, CaseLogEntry, CaseSummary, Outcome } from '../../server/contract/case.ts'
import type { DeskAction } from './permitted.ts'

/**
 * The built-in default protocol: five steps common to alarm centres (claim, verify, dispatch, on scene, resolve), shown
 * from the case's state and log. It asks nothing of the server, and every answer leads to an action that exists.
 */
export const STEPS = ['claim', 'verify', 'dispatch', 'arrive', 'resolve'] as const
export type Step = (typeof STEPS)[number]
export type StepState = 'done' | 'current' | 'ahead'

export type AnswerLabel =
  | 'claim'
  | 'needHelp'
  | 'noAnswer'
  | 'falseAlarm'
  | 'advised'
  | 'note'
  | 'arrived'
  | 'more'
  | 'helped'
  | 'hospital'
  | 'noHelp'
  | 'onSite'
  | 'faultReported'
  | 'test'
  | 'close'
  | 'reopen'

/** An answer: its label, the action it leads to and what that action's dialog starts with. */
export interface Answer {
  label: AnswerLabel
  action: DeskAction
  outcome?: Outcome
  noAnswer?: true
}

export interface StepView {
  step: Step
  state: StepState
  /** The log line that ended the step. */
  by: CaseLogEntry | null
}

export interface ProtocolView {
  steps: StepView[]
  current: Step | 'close' | 'closed'
  answers: Answer[]
}

/** Steps and answers for a case as it stands. @param log oldest first */
export function protocolOf(item: Pick<CaseSummary, 'state' | 'category'>, log: readonly CaseLogEntry[]): ProtocolView {
  const round = log.slice(log.findLastIndex((entry) => entry.action === 'reopen') + 1)
  const last = (...actions: CaseLogEntry['action'][]) =>
    round.findLast((entry) => actions.includes(entry.action)) ?? null
  const ended: Record<Step, CaseLogEntry | null> = {
    // A claim that only ends a hold is not the answer to the alarm.
    claim: last('takeover') ?? round.find((entry) => entry.action === 'claim') ?? null,
    verify:
      round.find(
        (entry) => ['note', 'dispatch', 'arrive', 'resolve'].includes(entry.action) && entry.fromState !== 'new',
      ) ?? null,
    dispatch: last('dispatch'),
    arrive: last('arrive'),
    resolve: last('resolve'),
  }
  const current = currentStep(item, ended.verify !== null)
  const at = current === 'close' || current === 'closed' ? STEPS.length : STEPS.indexOf(current)
  const steps = STEPS.map(
    (step, index): StepView => ({
      step,
      state: index === at ? 'current' : index < at ? 'done' : 'ahead',
      by: index < at ? ended[step] : null,
    }),
  )
  return { steps, current, answers: answersFor(current, item.category) }
}

function currentStep(item: Pick<CaseSummary, 'state'>, verified: boolean): ProtocolView['current'] {
  switch (item.state) {
    case 'new':
      return 'claim'
    case 'claimed':
      return verified ? 'dispatch' : 'verify'
    case 'dispatched':
      return 'arrive'
    case 'on_scene':
      return 'resolve'
    case 'resolved':
      return 'close'
    case 'closed':
      return 'closed'
  }
}

function answersFor(step: ProtocolView['current'], category: CaseCategory): Answer[] {
  switch (step) {
    case 'claim':
      return [{ label: 'claim', action: 'claim' }]
    case 'verify':
      return verifyAnswers(category)
    case 'dispatch':
      return [
        { label: category === 'fault' ? 'onSite' : 'needHelp', action: 'dispatch' },
        { label: 'advised', action: 'resolve', outcome: 'advised' },
        { label: 'falseAlarm', action: 'resolve', outcome: 'false_alarm' },
      ]
    case 'arrive':
      return [
        { label: 'arrived', action: 'arrive' },
        { label: 'more', action: 'dispatch' },
        { label: 'note', action: 'note' },
      ]
    case 'resolve':
      return [
        { label: 'helped', action: 'resolve', outcome: 'helped' },
        { label: 'hospital', action: 'resolve', outcome: 'hospital' },
        { label: 'noHelp', action: 'resolve', outcome: 'no_help_needed' },
        { label: 'more', action: 'dispatch' },
      ]
    case 'close':
      return [
        { label: 'close', action: 'close' },
        { label: 'reopen', action: 'reopen' },
      ]
    case 'closed':
      return [{ label: 'reopen', action: 'reopen' }]
  }
}

function verifyAnswers(category: CaseCategory): Answer[] {
  const falseAlarm: Answer = { label: 'falseAlarm', action: 'resolve', outcome: 'false_alarm' }
  const note: Answer = { label: 'note', action: 'note' }
  switch (category) {
    case 'emergency':
      return [
        { label: 'needHelp', action: 'dispatch' },
        { label: 'noAnswer', action: 'dispatch', noAnswer: true },
        falseAlarm,
        note,
      ]
    case 'help':
      return [
        { label: 'onSite', action: 'dispatch' },
        { label: 'advised', action: 'resolve', outcome: 'advised' },
        falseAlarm,
        note,
      ]
    case 'care':
      return [
        { label: 'noAnswer', action: 'dispatch', noAnswer: true },
        { label: 'onSite', action: 'dispatch' },
        { label: 'noHelp', action: 'resolve', outcome: 'no_help_needed' },
        note,
      ]
    case 'fault':
      return [
        { label: 'faultReported', action: 'resolve', outcome: 'fault_reported' },
        { label: 'onSite', action: 'dispatch' },
        { label: 'test', action: 'resolve', outcome: 'test' },
        note,
      ]
  }
}
