import { useEffect, useRef } from 'react'
import { caseQuery, queryClient } from '../api/queries.ts'

/** A pointer that only passes over rows asks for nothing. */
const REST_MS = 80

function prefetch(caseId: string): void {
  // What fails here is asked for again when the case is opened, and says so there.
  void queryClient.prefetchQuery(caseQuery(caseId))
}

/**
 * Fetches cases that are likely to be opened next, so that they are painted without waiting for the server.
 * @param likely ids of cases: beside the selected one, offered, the next to be answered
 * @returns to be told which case the pointer is on
 */
export function usePrefetch(likely: readonly (string | undefined)[]): (caseId: string | null) => void {
  const ids = likely.filter((id) => id !== undefined).join(' ')
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const id of new Set(ids.split(' '))) if (id !== '') prefetch(id)
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [ids])
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined)
  return useRef((caseId: string | null) => {
    clearTimeout(rest.current)
    if (caseId !== null) rest.current = setTimeout(() => prefetch(caseId), REST_MS)
  }).current
}
