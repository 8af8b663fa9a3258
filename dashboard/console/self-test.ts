import type { SelfTestView } from '../../server/contract/drill.ts'

/**
 * How the self-test stands as this desk sees it. Pure: a server that no longer answers leaves an answer that grows old,
 * and is found out by the clock alone. @param now the server's clock, ms since the epoch
 */
export function judgeSelfTest(view: SelfTestView | undefined, now: number): SelfTestView['state'] {
  if (view === undefined) return 'unknown'
  if (view.state === 'off' || view.state === 'failing') return view.state
  const since = Date.parse(view.lastOkAt ?? view.now)
  return now - since > view.staleAfterMs ? 'failing' : view.state
}
