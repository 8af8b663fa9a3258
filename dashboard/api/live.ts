import { useEffect, useRef } from 'react'
import { withRows } from './case-list.ts'
import { browserTimer, createCoalescer } from './coalesce.ts'
import { caseQuery, openCasesQuery, pushedRows, queryClient, sessionQuery, statsQuery } from './queries.ts'
import { createQueueKeeper } from './queue-keeper.ts'
import { GAPS_KEY, wallQuery } from './shift-queries.ts'
import { type LiveLine, startLive } from './socket.ts'

/** The figures of the top bar are those of 24 hours (what waits is counted from the queue itself): rarely is often enough, ms. */
const STATS_MS = 5_000

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
    const stats = createCoalescer(() => refetch(statsQuery.queryKey), STATS_MS, browserTimer)
    const keeper = createQueueKeeper({
      pushed: pushedRows,
      // While there is no list yet its fetch is held against what was pushed.
      apply: (changes) =>
        queryClient.setQueryData(
          openCasesQuery.queryKey,
          (page) => page && { ...page, items: withRows(page.items, changes) },
        ),
      ready: () => queryClient.getQueryData(openCasesQuery.queryKey) !== undefined,
      fetchAll: list,
      hidden: () => document.hidden,
      timer: browserTimer,
    })
    const started = startLive({
      resync: () => {
        void details()
        void stats()
        return list()
      },
      changed: (event) => {
        const { queryKey } = caseQuery(event.caseId)
        // What was fetched ahead is fetched again when it is opened; what is open at once.
        void queryClient.invalidateQueries({ queryKey, refetchType: 'none' })
        if (queryClient.getQueryCache().find({ queryKey })?.isActive()) void details()
        void stats()
        return keeper.changed(event)
      },
      rows: keeper.rows,
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
