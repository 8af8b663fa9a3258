import type { ProtocolAnswer, ProtocolContent, ProtocolStep } from '../../../server/contract/protocol.ts'

/** What can be different: a text, a list of codes, a code, an answer; null: it is not there. */
export type Compared = ProtocolStep['text'] | ProtocolStep['why'] | readonly string[] | string | ProtocolAnswer | null

/** One difference between two contents, by place as `checkProtocol` names them, but with step ids. */
export interface Difference {
  kind: 'added' | 'removed' | 'changed'
  /** '' for the protocol itself. */
  stepId: string
  /** What of it; '' for a whole step. */
  what: string
  before: Compared
  after: Compared
}

/** What has changed from one content to the other: the head first, then step by step. Pure. */
export function compareProtocols(before: ProtocolContent, after: ProtocolContent): Difference[] {
  const found: Difference[] = []
  const differ = (stepId: string, what: string, one: Compared = null, other: Compared = null) => {
    if (JSON.stringify(one) !== JSON.stringify(other)) {
      found.push({ kind: 'changed', stepId, what, before: one, after: other })
    }
  }
  differ('', 'title', before.title, after.title)
  differ('', 'kinds', before.kinds.toSorted(), after.kinds.toSorted())
  differ('', 'risks', before.risks.toSorted(), after.risks.toSorted())
  differ('', 'first', before.steps[0]?.id, after.steps[0]?.id)
  for (const step of after.steps) {
    const old = before.steps.find(({ id }) => id === step.id)
    if (!old) found.push({ kind: 'added', stepId: step.id, what: '', before: null, after: step.text })
    else compareSteps(old, step, differ)
  }
  for (const old of before.steps) {
    if (after.steps.some(({ id }) => id === old.id)) continue
    found.push({ kind: 'removed', stepId: old.id, what: '', before: old.text, after: null })
  }
  return found
}

function compareSteps(
  before: ProtocolStep,
  after: ProtocolStep,
  differ: (stepId: string, what: string, one?: Compared, other?: Compared) => void,
): void {
  differ(after.id, 'type', before.type, after.type)
  differ(after.id, 'text', before.text, after.text)
  differ(after.id, 'why', before.why, after.why)
  const most = Math.max(before.answers.length, after.answers.length)
  for (let n = 0; n < most; n++) differ(after.id, `answers.${n}`, before.answers[n], after.answers[n])
}
