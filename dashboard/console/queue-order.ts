import type { CaseCategory, CaseState, CaseSummary } from '../../server/contract/case.ts'

/** Order of the queue. Pure. */

export const CATEGORY_ORDER: readonly CaseCategory[] = ['emergency', 'help', 'care', 'fault']

/** The tabs over the queue: everything, or one category. */
export const TABS = ['all', ...CATEGORY_ORDER] as const
export type Tab = 'all' | CaseCategory

/** Whether a tab shows a case. */
export const inTab = (item: Pick<CaseSummary, 'category'>, tab: Tab): boolean => tab === 'all' || item.category === tab

/** Emergencies that wait while the list shows something else, most urgent first: they are told of all the same. */
export function waitingElsewhere(all: readonly CaseSummary[], shown: readonly CaseSummary[]): CaseSummary[] {
  const inView = new Set(shown.map(({ caseId }) => caseId))
  return all
    .filter((item) => item.category === 'emergency' && isWaiting(item) && !inView.has(item.caseId))
    .toSorted(compareCases)
}

/** Whether a case still waits for somebody: a new one, or one whose hold is over. What is on test or in maintenance does not: nobody is told of it. */
export const isWaiting = (item: Pick<CaseSummary, 'state' | 'suppressed' | 'returnedAt'>): boolean =>
  (item.state === 'new' || item.returnedAt !== null) && item.suppressed === null

export const isOpen = (state: CaseState): boolean => state !== 'resolved' && state !== 'closed'

const compareTexts = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Those that wait first, then those in hand, then those that nobody is told of; within each by priority, back from a hold
 * first, then the oldest. The server's list has the same order (server/cases/queue-order.ts). The id decides the rest, so that two fetches never swap two rows.
 */
export function compareCases(a: CaseSummary, b: CaseSummary): number {
  return (
    Number(a.suppressed !== null) - Number(b.suppressed !== null) ||
    // Whoever really calls goes first.
    Number(a.drill !== null) - Number(b.drill !== null) ||
    Number(isWaiting(b)) - Number(isWaiting(a)) ||
    a.priority - b.priority ||
    Number(a.returnedAt === null) - Number(b.returnedAt === null) ||
    // Both in the server's one form, in which texts have the order of times.
    compareTexts(a.openedAt, b.openedAt) ||
    compareTexts(a.caseId, b.caseId)
  )
}

/** Client-side find on who, where and what. @param kindLabel the kind in the operator's language */
export function matches(item: CaseSummary, text: string, kindLabel: string): boolean {
  const needle = text.trim().toLowerCase()
  if (needle === '') return true
  return [item.residentName, item.place, item.room, item.deviceId, item.owner?.displayName, kindLabel].some((field) =>
    field?.toLowerCase().includes(needle),
  )
}

/**
 * The sorted order, except that pinned rows (selected, under the pointer) stay at the place they had: what the operator
 * is about to press never moves. Everything else is where it belongs, so a new emergency is at the top at once, or
 * directly under the pinned row.
 */
export function holdPlaces(sorted: readonly string[], shown: readonly string[], pinned: readonly string[]): string[] {
  const present = new Set(sorted)
  const places = [...new Set(pinned)]
    .filter((id) => present.has(id))
    .map((id) => ({ id, place: shown.indexOf(id) }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place)
  if (places.length === 0) return [...sorted]
  const held = new Set(places.map(({ id }) => id))
  const order = sorted.filter((id) => !held.has(id))
  for (const { id, place } of places) order.splice(Math.min(place, order.length), 0, id)
  return order
}

/** The most urgent waiting case other than the one that is open, of any category: an emergency before all else. */
export function nextWaiting(items: readonly CaseSummary[], openId: string | null): CaseSummary | null {
  const rank = (item: CaseSummary) => CATEGORY_ORDER.indexOf(item.category)
  const compare = (a: CaseSummary, b: CaseSummary) =>
    Number(a.drill !== null) - Number(b.drill !== null) || rank(a) - rank(b) || compareCases(a, b)
  let first: CaseSummary | null = null
  for (const item of items) {
    if (!isWaiting(item) || item.caseId === openId) continue
    if (first === null || compare(item, first) < 0) first = item
  }
  return first
}

export interface TabCount {
  total: number
  waiting: number
}

/** Open and waiting cases of each tab. */
export function countByTab(items: readonly CaseSummary[]): Record<Tab, TabCount> {
  const of = (tab: Tab): TabCount => {
    const shown = items.filter((item) => inTab(item, tab))
    return { total: shown.length, waiting: shown.filter(isWaiting).length }
  }
  return { all: of('all'), emergency: of('emergency'), help: of('help'), care: of('care'), fault: of('fault') }
}
