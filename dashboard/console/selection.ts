import type { CaseCategory } from '../../server/contract/case.ts'
import { TABS, type Tab } from './queue-order.ts'

/** What the operator is looking at. */
export interface Selection {
  tab: Tab
  caseId: string | null
  /** Text being searched for; null when the search box is closed. */
  find: string | null
}

export type SelectionAction =
  | { type: 'select'; caseId: string }
  | { type: 'open'; caseId: string; category: CaseCategory }
  | { type: 'move'; by: 1 | -1; order: readonly string[] }
  | { type: 'tab'; tab: Tab }
  | { type: 'find'; text: string | null }

export const initialSelection: Selection = { tab: 'all', caseId: null, find: null }

/** Next selection. Never changes the open case by itself: only an operator's own act does. */
export function reduceSelection(state: Selection, action: SelectionAction): Selection {
  switch (action.type) {
    case 'select':
      return { ...state, caseId: action.caseId }
    case 'open':
      return { tab: state.tab === 'all' ? 'all' : action.category, caseId: action.caseId, find: null }
    case 'move':
      return { ...state, caseId: moved(state.caseId, action.by, action.order) }
    case 'tab':
      return { ...state, tab: action.tab, find: null }
    case 'find':
      return { ...state, find: action.text }
  }
}

/** A selection that is not in the list (closed, other category) goes on at the list's nearer end. */
function moved(caseId: string | null, by: 1 | -1, order: readonly string[]): string | null {
  if (order.length === 0) return caseId
  const at = caseId === null ? -1 : order.indexOf(caseId)
  if (at < 0) return order[by === 1 ? 0 : order.length - 1] ?? caseId
  return order[Math.min(order.length - 1, Math.max(0, at + by))] ?? caseId
}

const TAB_KEY = 'anhu.queue-tab'

/** The tab that was chosen last at this desk; everything when none was. */
export function keptTab(storage: Pick<Storage, 'getItem'>): Tab {
  const kept = storage.getItem(TAB_KEY)
  return TABS.find((tab) => tab === kept) ?? 'all'
}

export function keepTab(storage: Pick<Storage, 'setItem'>, tab: Tab): void {
  storage.setItem(TAB_KEY, tab)
}

/** The tab so many places further, round the ends. */
export function tabBeside(tab: Tab, by: number): Tab {
  return TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length] ?? tab
}
