import type { ProtocolAnswer, ProtocolContent, ProtocolStep, Words } from '../../../server/contract/protocol.ts'

/** Changes of a protocol in the editor. Pure: each gives a new content. */

export const EMPTY: Words = { 'zh-CN': '', en: '' }

export const emptyContent = (): ProtocolContent => ({
  title: EMPTY,
  kinds: [],
  risks: ['low', 'normal', 'high'],
  steps: [newStep([])],
})

const newAnswer = (key: number): ProtocolAnswer => ({ key, label: EMPTY, next: null, contact: null, action: null })

function newStep(steps: readonly ProtocolStep[]): ProtocolStep {
  let n = steps.length + 1
  while (steps.some(({ id }) => id === `step-${n}`)) n++
  return { id: `step-${n}`, type: 'ask', text: EMPTY, why: null, answers: [newAnswer(1)] }
}

/** A new step after this one. */
export function addStep(content: ProtocolContent, after: number): ProtocolContent {
  return { ...content, steps: content.steps.toSpliced(after + 1, 0, newStep(content.steps)) }
}

/** Without this step; answers that led to it lead nowhere, which the check names. */
export function removeStep(content: ProtocolContent, at: number): ProtocolContent {
  const gone = content.steps[at]?.id
  return {
    ...content,
    steps: content.steps
      .filter((_, n) => n !== at)
      .map((step) => ({
        ...step,
        answers: step.answers.map((answer) => (answer.next === gone ? { ...answer, next: null } : answer)),
      })),
  }
}

export const moveStep = (content: ProtocolContent, at: number, by: 1 | -1): ProtocolContent => ({
  ...content,
  steps: moved(content.steps, at, by),
})

/** A changed step; answers follow it to its new id, as long as no other step has that. */
export function changeStep(content: ProtocolContent, at: number, change: Partial<ProtocolStep>): ProtocolContent {
  const before = content.steps[at]
  if (!before) return content
  const after = { ...before, ...change }
  const renamed = after.id !== before.id && !content.steps.some(({ id }) => id === after.id)
  const unique = content.steps.filter(({ id }) => id === before.id).length === 1
  const follow = (answer: ProtocolAnswer) =>
    renamed && unique && answer.next === before.id ? { ...answer, next: after.id } : answer
  return {
    ...content,
    steps: content.steps.map((step, n) => {
      const one = n === at ? after : step
      return { ...one, answers: one.answers.map(follow) }
    }),
  }
}

export function addAnswer(step: ProtocolStep): ProtocolStep {
  return { ...step, answers: numbered([...step.answers, newAnswer(0)]) }
}

export function removeAnswer(step: ProtocolStep, at: number): ProtocolStep {
  return { ...step, answers: numbered(step.answers.filter((_, n) => n !== at)) }
}

export function moveAnswer(step: ProtocolStep, at: number, by: 1 | -1): ProtocolStep {
  return { ...step, answers: numbered(moved(step.answers, at, by)) }
}

export function changeAnswer(step: ProtocolStep, at: number, change: Partial<ProtocolAnswer>): ProtocolStep {
  return { ...step, answers: step.answers.map((answer, n) => (n === at ? { ...answer, ...change } : answer)) }
}

/** A text in one language. Empty in both is none at all, where there may be none. */
export function withText(words: Words | null, language: keyof Words, text: string): Words {
  return { ...(words ?? EMPTY), [language]: text }
}
export const orNone = (words: Words): Words | null => (words['zh-CN'] === '' && words.en === '' ? null : words)

/** Keys follow the order in which the answers stand. */
const numbered = (answers: readonly ProtocolAnswer[]) => answers.map((answer, n) => ({ ...answer, key: n + 1 }))

function moved<T>(list: readonly T[], at: number, by: 1 | -1): T[] {
  const one = list[at]
  const to = at + by
  if (one === undefined || to < 0 || to >= list.length) return [...list]
  return list.toSpliced(at, 1).toSpliced(to, 0, one)
}
