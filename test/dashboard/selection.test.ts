import { describe, expect, it } from 'vitest'
import { initialSelection, reduceSelection } from '../../dashboard/console/selection.ts'

const order = ['a', 'b', 'c']
const selected = (caseId: string | null) => ({ ...initialSelection, caseId })

describe('selection', () => {
  it('moves within the list and stops at its ends', () => {
    expect(reduceSelection(selected('a'), { type: 'move', by: 1, order }).caseId).toBe('b')
    expect(reduceSelection(selected('a'), { type: 'move', by: -1, order }).caseId).toBe('a')
    expect(reduceSelection(selected('c'), { type: 'move', by: 1, order }).caseId).toBe('c')
  })

  it('starts at the nearer end when nothing, or something gone, is selected', () => {
    expect(reduceSelection(selected(null), { type: 'move', by: 1, order }).caseId).toBe('a')
    expect(reduceSelection(selected('gone'), { type: 'move', by: -1, order }).caseId).toBe('c')
  })

  it('keeps the open case when the list is empty, the category changes or one searches', () => {
    expect(reduceSelection(selected('a'), { type: 'move', by: 1, order: [] }).caseId).toBe('a')
    expect(reduceSelection(selected('a'), { type: 'tab', tab: 'help' })).toMatchObject({
      caseId: 'a',
      tab: 'help',
    })
    expect(reduceSelection(selected('a'), { type: 'find', text: '周' })).toMatchObject({ caseId: 'a', find: '周' })
  })

  it('opening a case of another category goes there and ends the search', () => {
    const searching = reduceSelection({ ...selected('a'), tab: 'help' }, { type: 'find', text: '周' })
    expect(reduceSelection(searching, { type: 'open', caseId: 'x', category: 'care' })).toEqual({
      tab: 'care',
      caseId: 'x',
      find: null,
    })
  })
})
