import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  NewProtocol,
  ProtocolDetail,
  ProtocolDraft,
  ProtocolList,
  ProtocolPublication,
  ProtocolVersion,
} from '../../server/contract/protocol.ts'
import { request } from './client.ts'
import { queryText } from './device-queries.ts'

/** What the pages of protocols ask for. */
export const PROTOCOLS_KEY = ['protocols'] as const
const address = (protocolId: string) => `/protocols/${encodeURIComponent(protocolId)}`

export const protocolsQuery = queryOptions({
  queryKey: [...PROTOCOLS_KEY, 'list'],
  queryFn: () => request<ProtocolList>('GET', '/protocols'),
})

export const protocolQuery = (protocolId: string) =>
  queryOptions({
    queryKey: [...PROTOCOLS_KEY, 'one', protocolId],
    queryFn: () => request<ProtocolDetail>('GET', address(protocolId)),
    // An editor is filled from it; nothing may change under the hands.
    refetchOnWindowFocus: false,
    gcTime: 0,
  })

export const protocolHistoryQuery = (protocolId: string) =>
  infiniteQueryOptions({
    queryKey: [...PROTOCOLS_KEY, 'history', protocolId],
    queryFn: ({ pageParam: cursor }) =>
      request<{ items: ProtocolVersion[]; nextCursor: string | null }>(
        'GET',
        `${address(protocolId)}/versions${queryText({ limit: 20, cursor })}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const createProtocol = (body: NewProtocol) => request<ProtocolDetail>('POST', '/protocols', body)
/** @throws ApiError with `stale_version` when somebody was quicker */
export const saveDraft = (protocolId: string, body: ProtocolDraft) =>
  request<ProtocolDetail>('POST', `${address(protocolId)}/draft`, body)
/** @throws ApiError with `stale_version`; `invalid_request` naming each fault */
export const publishProtocol = (protocolId: string, body: ProtocolPublication) =>
  request<ProtocolDetail>('POST', `${address(protocolId)}/publish`, body)
