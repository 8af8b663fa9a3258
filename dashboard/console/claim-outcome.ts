import type { CaseSummary } from '../../server/contract/case.ts'

/** How a claim that got no answer ended. */
type Settled = 'mine' | 'other' | 'open'

/** What the case says about a claim of this operator whose answer was lost. Pure. */
export function settledAs(item: Pick<CaseSummary, 'state' | 'owner' | 'returnedAt'>, userId: string): Settled {
  if (item.state === 'new') return 'open'
  if (item.owner?.userId !== userId) return 'other'
  // Back from the own hold: the claim that should have ended that did not arrive.
  return item.returnedAt === null ? 'mine' : 'open'
}
