import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  CaseExport,
  CaseFilter,
  CaseHits,
  CaseSearchOptions,
  CaseSort,
} from '../../server/contract/case-search.ts'
import { ROWS_HEADER } from '../../server/contract/case-search.ts'
import type { Problem } from '../../server/contract/errors.ts'
import { ApiError, BASE, request } from './client.ts'

export const HITS_SHOWN = 50
/** A search over everything may take longer than a look. */
const SEARCH_MS = 30_000

/** Not asked for again by itself: each search is noted. Names do not stay in memory longer than somebody looks for them. */
export const caseSearchQuery = (filter: CaseFilter, sort: CaseSort) =>
  infiniteQueryOptions({
    queryKey: ['case-search', filter, sort],
    queryFn: ({ pageParam: cursor }) =>
      request<CaseHits>(
        'POST',
        '/cases/search',
        { ...filter, sort, limit: HITS_SHOWN, ...(cursor === null ? {} : { cursor }) },
        SEARCH_MS,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchOnWindowFocus: false,
    staleTime: 60_000,
    gcTime: 60_000,
  })

export const searchOptionsQuery = queryOptions({
  queryKey: ['case-search-options'],
  queryFn: () => request<CaseSearchOptions>('GET', '/cases/search/options'),
  staleTime: 300_000,
})

/** How far a file has come: how many rows it will have, and what has been received of it, bytes. */
export interface ExportProgress {
  rows: number
  bytes: number
}

/** The download began and did not come to its end. */
export class BrokenDownload extends Error {}

/**
 * What a search finds as a file; what was asked for goes in the body.
 * @throws ApiError, as `request`; BrokenDownload
 */
export async function exportCases(
  asked: CaseExport,
  onProgress: (progress: ExportProgress) => void,
  signal: AbortSignal,
): Promise<ExportProgress> {
  const response = await answered(asked, signal)
  const progress = { rows: Number(response.headers.get(ROWS_HEADER) ?? 0), bytes: 0 }
  onProgress({ ...progress })
  const pieces: BlobPart[] = []
  const reader = response.body?.getReader()
  try {
    for (let one = await reader?.read(); one !== undefined && !one.done; one = await reader?.read()) {
      pieces.push(one.value)
      progress.bytes += one.value.byteLength
      onProgress({ ...progress })
    }
  } catch (error) {
    if (signal.aborted) throw error
    throw new BrokenDownload()
  }
  save(new Blob(pieces), fileName(asked.format))
  return progress
}

export const fileName = (format: CaseExport['format']): string => `cases.${format}`

async function answered(asked: CaseExport, signal: AbortSignal): Promise<Response> {
  let response: Response
  try {
    response = await fetch(`${BASE}/cases/export`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
      signal,
    })
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new ApiError(0, null, cause instanceof Error ? cause.message : String(cause))
  }
  if (response.ok) return response
  const isProblem = response.headers.get('content-type')?.includes('json') === true
  const problem = isProblem ? ((await response.json()) as Problem) : null
  throw new ApiError(response.status, problem, problem?.detail ?? `HTTP ${response.status}`)
}

/** Gives the browser a file to keep. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
