import type { ProtocolContent, ProtocolStep } from '../../../server/contract/protocol.ts'

/** One difference between two contents, by place as `checkProtocol` names them, but with step ids. */
export interface Difference {
  kind: 'added' | 'removed' | 'changed'
  /** '' for the protocol itself. */
  stepId: string
  /** What of it; '' for a whole step. */
  what: string
  before: string
  after: string
}

/** What has changed from one content to the other: the head first, then step by step. Pure. */
export function compareProtocols(before: ProtocolContent, after: ProtocolContent): Difference[] {
  const found: Difference[] = []
  const differ = (stepId: string, what: string, one: unknown, other: unknown) => {
    const [a, b] = [textOf(one), textOf(other)]
    if (a !== b) found.push({ kind: 'changed', stepId, what, before: a, after: b })
  }
  differ('', 'title', before.title, after.title)
  differ('', 'kinds', before.kinds.toSorted(), after.kinds.toSorted())
  differ('', 'risks', before.risks.toSorted(), after.risks.toSorted())
  differ('', 'first', before.steps[0]?.id, after.steps[0]?.id)
  for (const step of after.steps) {
    const old = before.steps.find(({ id }) => id === step.id)
    if (!old) found.push({ kind: 'added', stepId: step.id, what: '', before: '', after: textOf(step.text) })
    else compareSteps(old, step, differ)
  }
  for (const old of before.steps) {
    if (after.steps.some(({ id }) => id === old.id)) continue
    found.push({ kind: 'removed', stepId: old.id, what: '', before: textOf(old.text), after: '' })
  }
  return found
}

function compareSteps(
  before: ProtocolStep,
  after: ProtocolStep,
  differ: (stepId: string, what: string, one: unknown, other: unknown) => void,
): void {
  differ(after.id, 'type', before.type, after.type)
  differ(after.id, 'text', before.text, after.text)
  differ(after.id, 'why', before.why, after.why)
  const most = Math.max(before.answers.length, after.answers.length)
  for (let n = 0; n < most; n++) differ(after.id, `answers.${n}`, before.answers[n], after.answers[n])
}

/** Anything of a protocol as one line. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value !== 'object') return String(value)
  if ('zh-CN' in value) return Object.values(value).join(' / ')
  return Object.entries(value)
    .filter(([name]) => name !== 'key')
    .map(([name, one]) => [name, textOf(one)] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => (name === 'label' ? text : name === 'next' ? `→ ${text}` : `${name}: ${text}`))
    .join(' · ')
}
