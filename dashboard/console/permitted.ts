import type { CaseAction, CaseSummary } from '../../server/contract/case.ts'
import type { CaseProtocol } from '../../server/contract/protocol.ts'

/** What this desk may offer on a case; the server decides again (server/cases). `resume` and `takeover` are claims. */
export type DeskAction = Exclude<CaseAction, 'claim'> | 'claim' | 'resume' | 'takeover' | 'second'

/** Actions that lead somewhere for this operator now. A dead key is worse than a missing one. */
export function permittedActions(
  item: Pick<CaseSummary, 'state' | 'owner' | 'holdUntil' | 'returnedAt' | 'category'>,
  userId: string,
  protocol?: CaseProtocol,
): ReadonlySet<DeskAction> {
  if (item.state === 'resolved') return new Set(['note', 'close', 'reopen'])
  if (item.state === 'closed') return new Set(['note', 'reopen'])
  if (item.state === 'new') return new Set(['claim', 'note'])
  if (item.owner?.userId !== userId) {
    // Back from a hold it waits like a new one: whoever is first has it.
    const take = item.returnedAt ? 'claim' : 'takeover'
    return new Set(protocol && needsSecond(item, protocol) ? [take, 'note', 'second'] : [take, 'note'])
  }
  const paused = item.holdUntil !== null || item.returnedAt !== null
  const actions = new Set<DeskAction>(['note', 'dispatch', 'resolve', paused ? 'resume' : 'hold'])
  if (item.state !== 'on_scene') actions.add('arrive')
  return actions
}

/** Nobody has reached the resident and nobody has been there: its end may want a second person. */
function needsSecond({ category }: Pick<CaseSummary, 'category'>, protocol: CaseProtocol): boolean {
  return (category === 'emergency' || category === 'care') && !isReached(protocol)
}

/** Somebody has heard or seen her. */
export const isReached = ({ contact, visited }: CaseProtocol): boolean => contact === 'made' || visited
