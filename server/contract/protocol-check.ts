import { ALERT_CLASSES } from './kinds.ts'
import type { ProtocolAnswer, ProtocolContent, ProtocolStep, Words } from './protocol.ts'
import { type Place, type Reached, walk } from './protocol-walk.ts'

/** What is wrong with a protocol; each has a sentence in the editor. */
export const PROTOCOL_FAULTS = [
  'missing_text',
  'no_kinds',
  'no_risks',
  'twice',
  'no_steps',
  'same_step_id',
  'no_answers',
  'same_key',
  'unknown_step',
  'leads_nowhere',
  'end_goes_on',
  'unreachable',
  'cycle_without_exit',
  'no_path_to_end',
  'dispatch_sends_nobody',
  'no_answer_missing',
  'no_answer_without_dispatch',
  'false_end_without_contact',
] as const
export type ProtocolFaultCode = (typeof PROTOCOL_FAULTS)[number]

export interface ProtocolFault {
  code: ProtocolFaultCode
  /** `title.en`, `steps.2.text.zh-CN`, `steps.2.answers.0.next` … */
  place: string
  /** English, for callers of the API. */
  message: string
}

/** Outcomes that say that nothing was the matter: for somebody who was reached only (server/protocol/no-response.ts). */
export const FALSE_OUTCOMES: ReadonlySet<string> = new Set(['false_alarm', 'no_help_needed', 'test'])

/** Everything that is wrong, in the order of the places; an empty list is a protocol that can be published. Pure. */
export function checkProtocol(content: ProtocolContent): ProtocolFault[] {
  const found: ProtocolFault[] = []
  const tell: Tell = (code, place, message) => found.push({ code, place, message })
  checkHead(content, tell)
  for (const [n, step] of content.steps.entries()) checkStep(content.steps, step, n, tell)
  // The ways are looked at when every answer points somewhere.
  const broken: readonly ProtocolFaultCode[] = ['no_steps', 'same_step_id', 'same_key', 'no_answers', 'unknown_step']
  if (!found.some(({ code }) => broken.includes(code))) checkWays(content, tell)
  return found
}

type Tell = (code: ProtocolFaultCode, place: string, message: string) => void

function checkHead({ title, kinds, risks, steps }: ProtocolContent, tell: Tell): void {
  checkWords(title, 'title', tell)
  if (kinds.length === 0) tell('no_kinds', 'kinds', 'names no kind of alarm')
  if (risks.length === 0) tell('no_risks', 'risks', 'names no risk level')
  if (new Set(kinds).size < kinds.length) tell('twice', 'kinds', 'names a kind twice')
  if (new Set(risks).size < risks.length) tell('twice', 'risks', 'names a risk level twice')
  if (steps.length === 0) tell('no_steps', 'steps', 'has no step')
}

function checkStep(steps: readonly ProtocolStep[], step: ProtocolStep, n: number, tell: Tell): void {
  const at = `steps.${n}`
  if (steps.findIndex(({ id }) => id === step.id) < n) tell('same_step_id', `${at}.id`, 'another step has this id')
  checkWords(step.text, `${at}.text`, tell)
  if (step.why !== null) checkWords(step.why, `${at}.why`, tell)
  if (step.answers.length === 0) tell('no_answers', `${at}.answers`, 'has no answer')
  step.answers.forEach((answer, m) => {
    const place = `${at}.answers.${m}`
    if (step.answers.findIndex(({ key }) => key === answer.key) < m) {
      tell('same_key', `${place}.key`, 'another answer of this step has this key')
    }
    checkWords(answer.label, `${place}.label`, tell)
    checkAnswer(steps, answer, place, tell)
  })
  if (step.type === 'dispatch' && !step.answers.some(({ action }) => action?.type === 'dispatch')) {
    tell('dispatch_sends_nobody', `${at}.answers`, 'is a dispatch step, but no answer sends anybody')
  }
}

function checkAnswer(steps: readonly ProtocolStep[], answer: ProtocolAnswer, place: string, tell: Tell): void {
  const { action, next } = answer
  if (action?.type === 'dispatch') {
    if (action.to !== null) checkWords(action.to, `${place}.action.to`, tell)
    if (action.text !== null) checkWords(action.text, `${place}.action.text`, tell)
  }
  if (action?.type === 'resolve' && action.reason !== null) checkWords(action.reason, `${place}.action.reason`, tell)
  if (action?.type === 'resolve' && next !== null)
    tell('end_goes_on', `${place}.next`, 'ends the case, yet names a step')
  if (next !== null && !steps.some(({ id }) => id === next))
    tell('unknown_step', `${place}.next`, 'is no step of this protocol')
  if (next === null && action?.type !== 'resolve') {
    tell('leads_nowhere', `${place}.next`, 'names no next step and does not end the case')
  }
}

function checkWords(words: Words, place: string, tell: Tell): void {
  for (const language of ['zh-CN', 'en'] as const) {
    if (words[language].trim() === '') tell('missing_text', `${place}.${language}`, 'is empty')
  }
}

function checkWays(content: ProtocolContent, tell: Tell): void {
  const { steps, kinds } = content
  const ways = walk(steps)
  const first = steps[0]
  steps.forEach((step, n) => {
    if (!ways.reachable.has(step.id)) tell('unreachable', `steps.${n}`, 'is reached by no answer')
    else if (!ways.ending.has(step.id) && ways.looping.has(step.id)) {
      tell('cycle_without_exit', `steps.${n}`, 'goes round without a way to an end')
    }
  })
  if (first && !ways.ending.has(first.id))
    tell('no_path_to_end', 'steps.0', 'from the first step no way leads to an end')

  const categories = new Set(kinds.map((kind) => ALERT_CLASSES[kind].category))
  const marks = steps.flatMap(({ answers }) => answers.map(({ contact }) => contact))
  if (categories.has('emergency') && !marks.includes('none')) {
    tell('no_answer_missing', 'steps', 'serves emergencies, but no answer says that nobody was reached')
  }
  if (categories.has('emergency')) {
    for (const place of ways.unsentEnds) {
      tell(
        'no_answer_without_dispatch',
        placeOf(place),
        'nobody answers, and a way from here ends without sending anybody',
      )
    }
  }
  // Of faults nobody is asked how she is.
  if ([...categories].every((category) => category === 'fault')) return
  for (const reached of ways.ends) {
    if (isFalse(steps, reached)) {
      tell(
        'false_end_without_contact',
        `${placeOf(reached)}.action`,
        'ends as false on a way on which nobody was reached',
      )
    }
  }
}

function isFalse(steps: readonly ProtocolStep[], reached: Reached): boolean {
  const answer = steps[reached.step]?.answers[reached.answer]
  return answer?.action?.type === 'resolve' && FALSE_OUTCOMES.has(answer.action.outcome) && !reached.contact
}

const placeOf = ({ step, answer }: Place) => `steps.${step}.answers.${answer}`
