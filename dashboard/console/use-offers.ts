import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { CaseSummary } from '../../server/contract/case.ts'
import { deskSettingsQuery } from '../api/desk-queries.ts'
import { offers } from '../api/offers.ts'
import { ageLimits } from '../ui/age.ts'
import { useStore } from '../ui/store.ts'
import type { Offered } from './queue.tsx'
import { isWaiting } from './queue-order.ts'

/** What is offered to this desk, and for every other case to whom it is. */
export function useOffers(items: readonly CaseSummary[]) {
  const { board, mine } = useStore(offers)
  // Taken meanwhile: the list knows before the offer is called off.
  const item = mine ? items.find((one) => one.caseId === mine.caseId && isWaiting(one)) : undefined
  const offered = useMemo(() => {
    const open = board.openToAll.map((caseId): [string, Offered] => [caseId, { to: null }])
    const asked = board.offers.map(({ caseId, displayName }): [string, Offered] => [caseId, { to: displayName }])
    return new Map([...asked, ...open])
  }, [board])
  return { offer: { offer: mine, item }, offered }
}

/** Takes over the supervisors' limits of waiting. */
export function useAgeLimits(): void {
  const { data } = useQuery(deskSettingsQuery)
  useEffect(() => {
    if (data) ageLimits.set(data.settings.ageing)
  }, [data])
}
