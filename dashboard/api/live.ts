import { useEffect, useRef } from 'react'
import { browserTimer, createCoalescer } from './coalesce.ts'
import { caseQuery, openCasesQuery, queryClient, sessionQuery, statsQuery } from './queries.ts'
import { GAPS_KEY, wallQuery } from './shift-queries.ts'
import { type LiveLine, startLive } from './socket.ts'

/** Refetches what is on screen under this key; an older request under way is dropped. */
async function refetch(queryKey: readonly unknown[]): Promise<boolean> {
  try {
    await queryClient.refetchQueries({ queryKey, type: 'active' }, { throwOnError: true })
    return true
  } catch {
    // The query holds the error and shows it; here only the outcome counts.
    return false
  }
}

/** Joins the push line to the query cache while the console is open. */
export function useLive(): { retry(): void } {
  const line = useRef<LiveLine>(null)
  useEffect(() => {
    const list = createCoalescer(() => refetch(openCasesQuery.queryKey), 100, browserTimer)
    const details = createCoalescer(() => refetch(['case']), 100, browserTimer)
    const stats = createCoalescer(() => refetch(statsQuery.queryKey), 1000, browserTimer)
    const started = startLive({
      resync: () => {
        void details()
        void stats()
        return list()
      },
      changed: (event) => {
        const shown = list()
        if (queryClient.getQueryData(caseQuery(event.caseId).queryKey)) void details()
        void stats()
        return shown
      },
      offered: async (caseId) => {
        const known = queryClient.getQueryData(openCasesQuery.queryKey)
        return known?.items.some((item) => item.caseId === caseId) ? true : list()
      },
      gaps: () => {
        void queryClient.invalidateQueries({ queryKey: GAPS_KEY })
        void queryClient.invalidateQueries({ queryKey: wallQuery.queryKey })
      },
      refused: () => {
        void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      },
    })
    line.current = started
    return started.stop
  }, [])
  return useRef({ retry: () => line.current?.retry() }).current
}
