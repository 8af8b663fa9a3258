import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { AuditEntryView, AuditFilters, AuditQuery, SealView } from '../../server/contract/audit.ts'
import { BASE, request } from './client.ts'
import { queryText } from './device-queries.ts'
import type { PageOf } from './watch-queries.ts'

const LIMIT = 50

export type AuditFilter = Omit<AuditQuery, 'cursor' | 'limit'>

export const auditQuery = (filter: AuditFilter, cursor: string | null) =>
  queryOptions({
    queryKey: ['audit', 'list', filter, cursor],
    queryFn: () => request<PageOf<AuditEntryView>>('GET', `/audit${queryText({ ...filter, limit: LIMIT, cursor })}`),
    placeholderData: keepPreviousData,
  })

export const auditFiltersQuery = queryOptions({
  queryKey: ['audit', 'filters'],
  queryFn: () => request<AuditFilters>('GET', '/audit/filters'),
  staleTime: 60_000,
})

export const SEAL_KEY = ['audit', 'seal'] as const

/** Looked at every second while a verification runs. */
export const sealQuery = queryOptions({
  queryKey: SEAL_KEY,
  queryFn: () => request<SealView>('GET', '/audit/seal'),
  refetchInterval: ({ state }) =>
    state.data?.verification && state.data.verification.finishedAt === null ? 1_000 : 5_000,
})

export const startVerification = (): Promise<SealView> => request<SealView>('POST', '/audit/verify')

/** The entries as a file; what was asked for goes in the body. */
export async function exportAudit(filter: AuditFilter): Promise<void> {
  const response = await fetch(`${BASE}/audit/export`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(filter),
  })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = 'audit.csv'
  link.click()
  URL.revokeObjectURL(url)
}
