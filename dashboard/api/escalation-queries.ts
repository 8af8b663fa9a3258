import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  CheckView,
  EscalationOptions,
  EscalationPolicy,
  PolicyBody,
  PolicyList,
  PolicyScope,
  PolicyView,
  RunningEscalation,
  Simulation,
  WithdrawBody,
} from '../../server/contract/escalation.ts'
import type {
  AddressBody,
  Addresses,
  GroupBody,
  NotificationState,
  NotificationView,
} from '../../server/contract/notify.ts'
import { request } from './client.ts'
import { queryText } from './device-queries.ts'
import type { PageOf } from './watch-queries.ts'

const LIMIT = 50

export const POLICIES_KEY = ['escalation', 'policies'] as const
export const policiesQuery = queryOptions({
  queryKey: POLICIES_KEY,
  queryFn: () => request<PolicyList>('GET', '/escalation/policies'),
  refetchInterval: 60_000,
})
export const policyHistoryQuery = ({ category, kind, divisionCode }: PolicyScope) => {
  const scope = { category, kind: kind ?? undefined, divisionCode: divisionCode ?? undefined }
  return queryOptions({
    queryKey: [...POLICIES_KEY, 'history', scope],
    queryFn: () => request<PolicyList>('GET', `/escalation/policies/history${queryText(scope)}`),
  })
}
export const publishPolicy = (body: PolicyBody) => request<PolicyView>('PUT', '/escalation/policies', body)
export const withdrawPolicy = (body: WithdrawBody) => request<PolicyView>('POST', '/escalation/policies/withdraw', body)

export const escalationOptionsQuery = queryOptions({
  queryKey: ['escalation', 'options'],
  queryFn: () => request<EscalationOptions>('GET', '/escalation/options'),
  staleTime: 60_000,
})

/** @param policy null: not whole yet, nothing is asked */
export const simulationQuery = (policy: EscalationPolicy | null) =>
  queryOptions({
    queryKey: ['escalation', 'simulation', policy],
    queryFn: () => request<Simulation>('POST', '/escalation/simulate', { policy }),
    enabled: policy !== null,
    placeholderData: keepPreviousData,
    retry: false,
  })

export const runningQuery = (cursor: string | null) =>
  queryOptions({
    queryKey: ['escalation', 'running', cursor],
    queryFn: () =>
      request<PageOf<RunningEscalation>>('GET', `/escalation/running${queryText({ limit: LIMIT, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  })

export const notificationsQuery = (state: NotificationState | undefined, cursor: string | null) =>
  queryOptions({
    queryKey: ['escalation', 'notifications', state, cursor],
    queryFn: () =>
      request<PageOf<NotificationView>>('GET', `/notifications${queryText({ state, limit: LIMIT, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  })

export const checkQuery = queryOptions({
  queryKey: ['escalation', 'check'],
  queryFn: () => request<CheckView>('GET', '/escalation/check'),
  refetchInterval: 60_000,
})

export const ADDRESSES_KEY = ['escalation', 'addresses'] as const
/** Telephone numbers don't stay in the browser's memory longer than they are looked at. */
export const addressesQuery = queryOptions({
  queryKey: ADDRESSES_KEY,
  queryFn: () => request<Addresses>('GET', '/escalation/addresses'),
  gcTime: 0,
  staleTime: 60_000,
})
export const writeAddress = (userId: string, body: AddressBody) =>
  request<void>('PUT', `/escalation/addresses/users/${userId}`, body)
export const writeGroup = (groupId: string, body: GroupBody) =>
  request<void>('PUT', `/escalation/addresses/groups/${encodeURIComponent(groupId)}`, body)
