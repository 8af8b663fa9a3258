import type { AlertKind, Outcome } from '../../contract/kinds.ts'
import type {
  AnswerAction,
  ContactMark,
  ProtocolAnswer,
  ProtocolContent,
  ProtocolStep,
  RiskLevel,
  StepType,
  Words,
} from '../../contract/protocol.ts'

/** Short ways to write a protocol down: Chinese first, then English. */
export type Pair = readonly [chinese: string, english: string]

export interface DefaultProtocol {
  id: string
  content: ProtocolContent
}

type Keyless = Omit<ProtocolAnswer, 'key'>

const words = ([chinese, english]: Pair): Words => ({ 'zh-CN': chinese, en: english })
const wordsOr = (pair: Pair | null): Words | null => pair && words(pair)

const answer = (
  label: Pair,
  next: string | null,
  contact: ContactMark | null,
  action: AnswerAction | null,
): Keyless => ({ label: words(label), next, contact, action })

/** Goes on to another step. */
export const go = (label: Pair, next: string): Keyless => answer(label, next, null, null)
/** The resident, or somebody who is with her, was reached. */
export const reached = (label: Pair, next: string): Keyless => answer(label, next, 'made', null)
/** Nobody was reached. */
export const silent = (label: Pair, next: string): Keyless => answer(label, next, 'none', null)
/** Sends somebody and goes on. */
export const send = (label: Pair, next: string, to: Pair, text: Pair | null = null): Keyless =>
  answer(label, next, null, { type: 'dispatch', to: words(to), text: wordsOr(text) })
/** Somebody is with the resident. */
export const there = (label: Pair, next: string): Keyless => answer(label, next, null, { type: 'arrive' })
/** Ends the case. */
export const end = (label: Pair, outcome: Outcome, reason: Pair | null = null): Keyless =>
  answer(label, null, null, { type: 'resolve', outcome, reason: wordsOr(reason) })
/** Ends the case, spoken with the resident or somebody who is with her. */
export const endTold = (label: Pair, outcome: Outcome, reason: Pair | null = null): Keyless => ({
  ...end(label, outcome, reason),
  contact: 'made',
})

/** A step; its answers get the keys 1, 2, 3 … in their order. */
export function step(
  id: string,
  type: StepType,
  text: Pair,
  why: Pair | null,
  answers: readonly Keyless[],
): ProtocolStep {
  return {
    id,
    type,
    text: words(text),
    why: wordsOr(why),
    answers: answers.map((one, n) => ({ key: n + 1, ...one })),
  }
}

export function protocol(
  id: string,
  title: Pair,
  kinds: readonly AlertKind[],
  risks: readonly RiskLevel[],
  steps: readonly ProtocolStep[],
): DefaultProtocol {
  return { id, content: { title: words(title), kinds: [...kinds], risks: [...risks], steps: [...steps] } }
}

export const ANY_RISK = ['low', 'normal', 'high'] as const
export const CALM = ['low', 'normal'] as const
export const HIGH = ['high'] as const
