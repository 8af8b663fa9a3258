import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { monthOf } from '../../server/contract/month.ts'
import type {
  AuditBody,
  AuditDetail,
  AuditRow,
  PickableCase,
  PickBody,
  QualityMonth,
} from '../../server/contract/quality.ts'
import type { LoadView, QualityGroup, QualityStatistics } from '../../server/contract/quality-figures.ts'
import type { NewSheet, SheetView } from '../../server/contract/quality-sheet.ts'
import { serverNow } from '../ui/server-clock.ts'
import { BASE, request } from './client.ts'
import { queryText } from './device-queries.ts'
import type { PageOf } from './watch-queries.ts'

/** What the pages of audits, outcomes and load ask for. */

export const QUALITY_KEY = ['quality'] as const

export const thisMonth = (): string => monthOf(serverNow())

export const qualityMonthQuery = (month: string) =>
  queryOptions({
    queryKey: [...QUALITY_KEY, 'month', month],
    queryFn: () => request<QualityMonth>('GET', `/quality/months/${month}`),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })

export const pickableQuery = (month: string, operatorId: string, cursor: string | null) =>
  queryOptions({
    queryKey: [...QUALITY_KEY, 'pickable', month, operatorId, cursor],
    queryFn: () =>
      request<PageOf<PickableCase>>(
        'GET',
        `/quality/months/${month}/cases${queryText({ operatorId, cursor, limit: 10 })}`,
      ),
    placeholderData: keepPreviousData,
  })

export const ownAuditsQuery = (cursor: string | null) =>
  queryOptions({
    queryKey: [...QUALITY_KEY, 'mine', cursor],
    queryFn: () => request<PageOf<AuditRow>>('GET', `/quality/mine${queryText({ cursor, limit: 50 })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })

/** Nothing moves under whoever fills the sheet: what another one has written is refused as stale. */
export const auditQuery = (auditId: string) =>
  queryOptions({
    queryKey: [...QUALITY_KEY, 'audit', auditId],
    queryFn: () => request<AuditDetail>('GET', `/quality/audits/${encodeURIComponent(auditId)}`),
    refetchOnWindowFocus: false,
  })

const auditPath = (auditId: string) => `/quality/audits/${encodeURIComponent(auditId)}`
export const writeAudit = (auditId: string, body: AuditBody) => request<AuditDetail>('POST', auditPath(auditId), body)
export const commentAudit = (auditId: string, text: string) =>
  request<AuditDetail>('POST', `${auditPath(auditId)}/comments`, { text })
export const pickCase = (body: PickBody) => request<AuditDetail>('POST', '/quality/audits', body)

export const scoringSheetsQuery = queryOptions({
  queryKey: [...QUALITY_KEY, 'sheets'],
  queryFn: () => request<{ items: SheetView[] }>('GET', '/quality/sheets'),
  refetchOnWindowFocus: false,
  staleTime: Number.POSITIVE_INFINITY,
})
export const publishSheet = (body: NewSheet) => request<SheetView>('POST', '/quality/sheets', body)

export interface StatisticsAsked {
  from: string
  to: string
  by: QualityGroup
}
export const qualityStatisticsQuery = (asked: StatisticsAsked) =>
  queryOptions({
    queryKey: [...QUALITY_KEY, 'statistics', asked],
    queryFn: () => request<QualityStatistics>('GET', `/quality/statistics${queryText({ ...asked })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
export const qualityFile = (asked: StatisticsAsked): string =>
  `${BASE}/quality/statistics${queryText({ ...asked, format: 'csv' })}`

const loadFrom = (days: number) => new Date(serverNow() - days * 86_400_000).toISOString()
export const loadQuery = (days: number) =>
  queryOptions({
    queryKey: [...QUALITY_KEY, 'load', days],
    queryFn: () => request<LoadView>('GET', `/quality/load${queryText({ from: loadFrom(days) })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
export const loadFile = (days: number, table: 'operators' | 'hours'): string =>
  `${BASE}/quality/load${queryText({ from: loadFrom(days), table, format: 'csv' })}`
