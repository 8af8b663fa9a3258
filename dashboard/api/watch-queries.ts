import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  CheckState,
  IncidentDetail,
  IncidentView,
  NewSuppression,
  OutageCheck,
  OutagePhones,
  OutageResident,
  OutageView,
  SuppressionView,
  UnprotectedResident,
} from '../../server/contract/watch.ts'
import { request } from './client.ts'
import { queryText } from './device-queries.ts'

/** What the pages of supervision ask for. */
export interface PageOf<Row> {
  items: Row[]
  nextCursor: string | null
}

const LIMIT = 50

export const unprotectedQuery = (cursor: string | null) =>
  queryOptions({
    queryKey: ['unprotected', cursor],
    queryFn: () => request<PageOf<UnprotectedResident>>('GET', `/unprotected${queryText({ limit: LIMIT, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })

export const incidentsQuery = (open: boolean | undefined, cursor: string | null) =>
  queryOptions({
    queryKey: ['incidents', 'list', open, cursor],
    queryFn: () => request<PageOf<IncidentView>>('GET', `/incidents${queryText({ open, limit: LIMIT, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })

export const incidentQuery = (incidentId: string, cursor: string | null) =>
  queryOptions({
    queryKey: ['incidents', 'one', incidentId, cursor],
    queryFn: () => request<IncidentDetail>('GET', `/incidents/${incidentId}${queryText({ limit: LIMIT, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })

export const OUTAGES_KEY = ['outages'] as const

export const outagesQuery = (cursor: string | null) =>
  queryOptions({
    queryKey: [...OUTAGES_KEY, cursor],
    queryFn: () => request<PageOf<OutageView>>('GET', `/outages${queryText({ limit: LIMIT, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 5000,
  })

export const outageQuery = (outageId: number) =>
  queryOptions({
    queryKey: [...OUTAGES_KEY, 'one', outageId],
    queryFn: () => request<OutageView>('GET', `/outages/${outageId}`),
    refetchInterval: 5000,
  })

/** Asked for by hand only: rows must not move away from under a key or a mouse that is about to record one. */
export const outageChecksQuery = (outageId: number, state: CheckState | undefined, cursor: string | null) =>
  queryOptions({
    queryKey: ['outage-checks', outageId, state, cursor],
    queryFn: () =>
      request<PageOf<OutageResident>>(
        'GET',
        `/outages/${outageId}/residents${queryText({ state, limit: LIMIT, cursor })}`,
      ),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    // Names don't stay in the browser's memory longer than they are looked at.
    gcTime: 0,
  })

export const checkResident = (outageId: number, residentId: string, check: OutageCheck): Promise<OutageResident> =>
  request<OutageResident>('POST', `/outages/${outageId}/residents/${encodeURIComponent(residentId)}`, check)

/** Telephone numbers in full; who asked and why is noted. */
export const revealPhones = (outageId: number, residentId: string, reason: string): Promise<OutagePhones> =>
  request<OutagePhones>('POST', `/outages/${outageId}/residents/${encodeURIComponent(residentId)}/phones`, { reason })

export const SUPPRESSIONS_KEY = ['suppressions'] as const

export const suppressionsQuery = (active: boolean, cursor: string | null) =>
  queryOptions({
    queryKey: [...SUPPRESSIONS_KEY, active, cursor],
    queryFn: () =>
      request<PageOf<SuppressionView>>('GET', `/suppressions${queryText({ active, limit: LIMIT, cursor })}`),
    refetchInterval: 10_000,
  })

export const startSuppression = (body: NewSuppression): Promise<SuppressionView> =>
  request<SuppressionView>('POST', '/suppressions', body)

export const endSuppression = (suppressionId: string): Promise<SuppressionView> =>
  request<SuppressionView>('POST', `/suppressions/${suppressionId}/end`)
