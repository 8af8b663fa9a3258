import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query'
import type { DeskStats, Session, UserView } from '../../server/contract/api.ts'
import type { CaseDetail } from '../../server/contract/case.ts'
import { createPushedRows } from './case-list.ts'
import { ApiError, hasCode, request } from './client.ts'
import type { CasePage, DeadLetterPage } from './types.ts'

/** The one store for what the server said. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (hasCode(error, 'not_signed_in')) queryClient.setQueryData(sessionQuery.queryKey, null)
    },
  }),
  defaultOptions: {
    // `always`: the desk retries by itself and says so; it doesn't wait for the browser to believe in a network.
    queries: { retry: false, staleTime: 5000, refetchOnWindowFocus: true, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
})

/** While a list can't be had it is asked for each second, otherwise rarely: pushes bring the changes. */
const safetyNet = (ms: number) => (query: { state: { status: string } }) => (query.state.status === 'error' ? 1000 : ms)

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await request<Session>('GET', '/session')
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
  refetchInterval: (query) => (query.state.status === 'error' ? 1000 : false),
})

/** What the push line brought of the queue lately; fetches are held against it. */
export const pushedRows = createPushedRows()
/** Open cases that a desk keeps; beyond them it says that there are more. */
export const MOST_OPEN = 5_000

/** The whole queue, page by page. What moves from page to page meanwhile is pushed, and so neither missed nor there twice. */
async function fetchOpenCases(): Promise<CasePage> {
  const since = performance.now()
  const found = new Map<string, CasePage['items'][number]>()
  let cursor: string | null = null
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: CasePage = await request('GET', `/cases?state=open&limit=500${after}`)
    for (const item of page.items) found.set(item.caseId, item)
    cursor = page.nextCursor
  } while (cursor !== null && found.size < MOST_OPEN)
  return { items: pushedRows.over([...found.values()], since), nextCursor: cursor }
}

export const openCasesQuery = queryOptions({
  queryKey: ['cases', 'open'],
  queryFn: fetchOpenCases,
  refetchInterval: safetyNet(20_000),
})

export const caseQuery = (caseId: string) =>
  queryOptions({
    queryKey: ['case', caseId],
    queryFn: () => request<CaseDetail>('GET', `/cases/${encodeURIComponent(caseId)}`),
    refetchInterval: safetyNet(30_000),
  })

export const statsQuery = queryOptions({
  queryKey: ['stats'],
  queryFn: () => request<DeskStats>('GET', '/stats'),
  refetchInterval: 10_000,
})

/** How long the line takes, ms: a request that the server answers without asking the database. */
export const roundTripQuery = queryOptions({
  queryKey: ['round-trip'],
  queryFn: async () => {
    const start = performance.now()
    const response = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(5000) })
    if (!response.ok) throw new ApiError(response.status, null, 'healthz')
    return Math.max(1, Math.round(performance.now() - start))
  },
  refetchInterval: 10_000,
})

/** Reads every page: an administrator searches all of a list, not the first hundred. */
export async function everyPage<Item>(path: string): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const page: { items: Item[]; nextCursor: string | null } = await request(
      'GET',
      `${path}?limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    )
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor && items.length < 20_000)
  return items
}

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: () => everyPage<UserView>('/users'),
  refetchInterval: 60_000,
})

export const deadLettersQuery = (cursor: string | null) =>
  queryOptions({
    queryKey: ['dead-letters', cursor],
    queryFn: () =>
      request<DeadLetterPage>('GET', `/dead-letters?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`),
  })
