import type { CaseAction, CaseSummary } from '../../server/contract/case.ts'

/** What this desk may offer on a case; the server decides again (server/cases). `resume` and `takeover` are claims. */
export type DeskAction = Exclude<CaseAction, 'claim'> | 'claim' | 'resume' | 'takeover'

/** Actions that lead somewhere for this operator now. A dead key is worse than a missing one. */
export function permittedActions(
  item: Pick<CaseSummary, 'state' | 'owner' | 'holdUntil' | 'returnedAt'>,
  userId: string,
): ReadonlySet<DeskAction> {
  if (item.state === 'resolved') return new Set(['note', 'close', 'reopen'])
  if (item.state === 'closed') return new Set(['note', 'reopen'])
  if (item.state === 'new') return new Set(['claim', 'note'])
  // Back from a hold it waits like a new one: whoever is first has it.
  if (item.owner?.userId !== userId) return new Set([item.returnedAt ? 'claim' : 'takeover', 'note'])
  const paused = item.holdUntil !== null || item.returnedAt !== null
  const actions = new Set<DeskAction>(['note', 'dispatch', 'resolve', paused ? 'resume' : 'hold'])
  if (item.state !== 'on_scene') actions.add('arrive')
  return actions
}
