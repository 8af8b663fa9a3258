import { describe, expect, it } from 'vitest'
import { cellChanges } from '../../dashboard/centre/protocols/cells.ts'
import { compareProtocols } from '../../dashboard/centre/protocols/compare.ts'
import {
  addAnswer,
  addStep,
  changeAnswer,
  changeStep,
  emptyContent,
  moveAnswer,
  moveStep,
  orNone,
  removeAnswer,
  removeStep,
  withText,
} from '../../dashboard/centre/protocols/edits.ts'
import { stepOfPlace } from '../../dashboard/centre/protocols/places.ts'
import type { ProtocolContent } from '../../server/contract/protocol.ts'
import { checkProtocol } from '../../server/contract/protocol-check.ts'
import { DEFAULT_PROTOCOLS } from '../../server/protocol/defaults/index.ts'

const sos: ProtocolContent = DEFAULT_PROTOCOLS.find(({ id }) => id === 'sos')!.content
const codes = (content: ProtocolContent) => checkProtocol(content).map(({ code }) => code)

describe('edits', () => {
  it('add a step with an id of its own, after the one that is meant', () => {
    const more = addStep(addStep(sos, 0), 0)
    expect(more.steps).toHaveLength(sos.steps.length + 2)
    expect(more.steps[0]?.id).toBe('talk')
    expect(new Set(more.steps.map(({ id }) => id)).size).toBe(more.steps.length)
    expect(emptyContent().steps).toMatchObject([{ id: 'step-1', answers: [{ key: 1 }] }])
  })

  it('remove a step, and name the answers that led there', () => {
    const at = sos.steps.findIndex(({ id }) => id === 'chase')
    const less = removeStep(sos, at)
    expect(less.steps.some(({ id }) => id === 'chase')).toBe(false)
    expect(codes(less)).toContain('leads_nowhere')
    expect(sos.steps.some(({ id }) => id === 'chase')).toBe(true)
  })

  it('move a step, and not beyond the ends', () => {
    expect(moveStep(sos, 1, -1).steps[0]?.id).toBe('again')
    expect(moveStep(sos, 0, -1).steps).toEqual(sos.steps)
    expect(moveStep(sos, sos.steps.length - 1, 1).steps).toEqual(sos.steps)
  })

  it('rename a step with all that leads to it', () => {
    const renamed = changeStep(sos, 1, { id: 'once-more' })
    expect(codes(renamed)).toEqual([])
    expect(renamed.steps[0]?.answers.some(({ next }) => next === 'once-more')).toBe(true)
    expect(changeStep(sos, 99, { id: 'x' })).toBe(sos)
  })

  it('number the answers as they stand', () => {
    const step = sos.steps[0]!
    const keys = (of: typeof step) => of.answers.map(({ key, label }) => `${key} ${label.en}`)
    expect(keys(moveAnswer(step, 1, -1)).slice(0, 2)).toEqual(['1 No answer', '2 Answers, needs help'])
    expect(keys(removeAnswer(step, 0))[0]).toBe('1 No answer')
    expect(addAnswer(step).answers.at(-1)).toMatchObject({ key: step.answers.length + 1, next: null })
    expect(changeAnswer(step, 0, { next: null }).answers[0]).toMatchObject({ key: 1, next: null })
  })

  it('keep no text that is empty in both languages where there may be none', () => {
    expect(withText(null, 'en', 'why')).toEqual({ 'zh-CN': '', en: 'why' })
    expect(orNone(withText({ 'zh-CN': '', en: 'why' }, 'en', ''))).toBeNull()
  })
})

describe('comparing', () => {
  it('finds nothing in the same, and each change with both texts', () => {
    expect(compareProtocols(sos, sos)).toEqual([])
    const changed = changeStep({ ...sos, risks: ['low'] }, 0, { text: { 'zh-CN': '新', en: 'new' } })
    expect(compareProtocols(sos, changed)).toEqual([
      { kind: 'changed', stepId: '', what: 'risks', before: ['low', 'normal'], after: ['low'] },
      {
        kind: 'changed',
        stepId: 'talk',
        what: 'text',
        before: sos.steps[0]!.text,
        after: { 'zh-CN': '新', en: 'new' },
      },
    ])
  })

  it('tells added, removed and a new beginning', () => {
    const moved = moveStep(addStep(removeStep(sos, 2), 2), 1, -1)
    const found = compareProtocols(sos, moved).map(({ kind, stepId, what }) => `${kind} ${stepId} ${what}`.trim())
    expect(found).toContain('removed need')
    expect(found.some((one) => one.startsWith('added step-'))).toBe(true)
    expect(found).toContain('changed  first')
  })
})

it('publishing tells which cells it takes over and which it leaves', () => {
  const cells = [
    { kind: 'sos', risk: 'low', protocolId: 'sos' },
    { kind: 'sos', risk: 'high', protocolId: 'sos-high' },
    { kind: 'fall', risk: 'low', protocolId: null },
  ] as const
  const { takes, leaves } = cellChanges(cells, 'sos-high', { ...sos, kinds: ['sos', 'fall'], risks: ['low'] })
  expect([...takes]).toEqual([['sos', 1]])
  expect(leaves).toEqual([cells[1]])
})

it('a fault’s place leads to its step', () => {
  expect(stepOfPlace('steps.12.answers.0.label.en')).toBe(12)
  expect(stepOfPlace('title.en')).toBeNull()
})
