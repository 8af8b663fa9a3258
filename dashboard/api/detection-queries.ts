import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { SettingScope } from '../../server/contract/detect-settings.ts'
import type {
  AlertSignalView,
  SettingsChange,
  SettingsChangeView,
  SettingsView,
  WhatIf,
  WhatIfAnswer,
} from '../../server/contract/detection.ts'
import type { MapView } from '../../server/contract/map.ts'
import { request } from './client.ts'
import { queryText } from './device-queries.ts'

/** What the pages of detection ask for. */
export interface ScopeRef {
  scope: SettingScope
  scopeId: string
}

const key = ({ scope, scopeId }: ScopeRef) => ['detect-settings', scope, scopeId] as const

export const detectSettingsQuery = (at: ScopeRef) =>
  queryOptions({
    queryKey: [...key(at), 'now'],
    queryFn: () => request<SettingsView>('GET', `/detect-settings${queryText({ ...at })}`),
    // A form is filled from it; nothing may change under the hands.
    refetchOnWindowFocus: false,
    gcTime: 0,
  })

export const settingsHistoryQuery = (at: ScopeRef) =>
  infiniteQueryOptions({
    queryKey: [...key(at), 'history'],
    queryFn: ({ pageParam: cursor }) =>
      request<{ items: SettingsChangeView[]; nextCursor: string | null }>(
        'GET',
        `/detect-settings/history${queryText({ ...at, limit: 20, cursor })}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const settingsVersionQuery = (version: number) =>
  queryOptions({
    queryKey: ['detect-settings', 'version', version],
    queryFn: () => request<SettingsChangeView>('GET', `/detect-settings/versions/${version}`),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** @throws ApiError with `stale_version` when somebody was quicker */
export const saveSettings = (change: SettingsChange): Promise<SettingsView> =>
  request<SettingsView>('PUT', '/detect-settings', change)

/** Weeks of signals are judged twice. */
const WHAT_IF_TIMEOUT_MS = 120_000

export const tryOut = (residentId: string, question: WhatIf): Promise<WhatIfAnswer> =>
  request<WhatIfAnswer>('POST', `/residents/${encodeURIComponent(residentId)}/what-if`, question, WHAT_IF_TIMEOUT_MS)

/** Changes with a restart only. */
export const mapQuery = queryOptions({
  queryKey: ['map'],
  queryFn: () => request<MapView>('GET', '/map'),
  staleTime: 300_000,
})

/** What raised an alert and what speaks for or against it. */
export const alertSignalsQuery = (alertId: string) =>
  queryOptions({
    queryKey: ['alert-signals', alertId],
    queryFn: () => request<{ items: AlertSignalView[] }>('GET', `/alerts/${encodeURIComponent(alertId)}/signals`),
  })
