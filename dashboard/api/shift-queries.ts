import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { DutyView } from '../../server/contract/desk.ts'
import type { HandoverInbox, HandoverLine, HandoverView, NewHandover } from '../../server/contract/handover.ts'
import type {
  GapView,
  OwnShift,
  RosterHistoryLine,
  RosterWeekChange,
  RosterWeekView,
  ShiftPattern,
} from '../../server/contract/roster.ts'
import type { WallView } from '../../server/contract/wall.ts'
import { request } from './client.ts'
import { queryText } from './device-queries.ts'
import type { PageOf } from './watch-queries.ts'

/** What the pages of roster, handover and wall ask for. */
export const rosterQuery = (monday: string) =>
  queryOptions({
    queryKey: ['roster', monday],
    queryFn: () => request<RosterWeekView>('GET', `/roster/weeks/${monday}`),
    // Nothing moves under whoever plans; a version that is stale is refused.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })

export const rosterHistoryQuery = (monday: string) =>
  queryOptions({
    queryKey: ['roster-history', monday],
    queryFn: () => request<PageOf<RosterHistoryLine>>('GET', `/roster/weeks/${monday}/history`),
  })

export const ownShiftsQuery = queryOptions({
  queryKey: ['own-shifts'],
  queryFn: () => request<{ items: OwnShift[] }>('GET', '/roster/mine'),
  refetchInterval: 60_000,
})

export const saveWeek = (monday: string, body: RosterWeekChange) =>
  request<RosterWeekView>('PUT', `/roster/weeks/${monday}`, body)

export const savePattern = (pattern: ShiftPattern, of: { patternId: string; version: number } | null) =>
  of === null
    ? request<unknown>('POST', '/roster/patterns', pattern)
    : request<unknown>('PUT', `/roster/patterns/${of.patternId}`, { version: of.version, pattern })

export const GAPS_KEY = ['duty-gaps'] as const
export const openGapsQuery = queryOptions({
  queryKey: GAPS_KEY,
  queryFn: () => request<PageOf<GapView>>('GET', '/duty-gaps?open=true'),
  refetchInterval: 15_000,
})
export const markGapSeen = (gapId: string) => request<undefined>('POST', `/duty-gaps/${gapId}/seen`)

export const wallQuery = queryOptions({
  queryKey: ['wall'],
  queryFn: () => request<WallView>('GET', '/wall'),
  refetchInterval: 5_000,
  placeholderData: keepPreviousData,
})

export const colleaguesQuery = queryOptions({
  queryKey: ['colleagues'],
  queryFn: async () => (await request<{ items: DutyView[] }>('GET', '/desk/duty')).items,
  refetchInterval: 15_000,
})

export const inboxQuery = queryOptions({
  queryKey: ['handovers', 'inbox'],
  queryFn: () => request<HandoverInbox>('GET', '/handovers/inbox'),
  refetchInterval: 5_000,
})
export const HANDOVERS_KEY = ['handovers'] as const
export const sheetsQuery = (cursor: string | null) =>
  queryOptions({
    queryKey: [...HANDOVERS_KEY, 'list', cursor],
    queryFn: () => request<PageOf<HandoverLine>>('GET', `/handovers${queryText({ limit: 50, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
export const sheetQuery = (handoverId: string) =>
  queryOptions({
    queryKey: [...HANDOVERS_KEY, 'one', handoverId],
    queryFn: () => request<HandoverView>('GET', `/handovers/${handoverId}`),
    refetchInterval: 15_000,
  })

export const offerCases = (body: NewHandover) => request<HandoverView>('POST', '/handovers', body)
export type Signing = 'accept' | 'decline' | 'withdraw'
export const signCases = (handoverId: string, signing: Signing, caseIds: string[], reason?: string) =>
  request<HandoverInbox>('POST', `/handovers/${handoverId}/${signing}`, {
    caseIds,
    ...(reason === undefined ? {} : { reason }),
  })
export const readMessages = (messageIds: string[]) =>
  request<HandoverInbox>('POST', '/desk/messages/read', { messageIds })

const caseCommand = (caseId: string, path: string, body?: unknown) =>
  request<CaseSummary>('POST', `/cases/${encodeURIComponent(caseId)}/${path}`, body)
export const assistCase = (caseId: string, on: boolean) => caseCommand(caseId, on ? 'assist' : 'assist/end')
export const whisperTo = (caseId: string, text: string) => caseCommand(caseId, 'whisper', { text })
export const signOff = (userId: string, reason: string) =>
  request<DutyView>('POST', '/desk/sign-off', { userId, reason })
export const reassignCase = (caseId: string, version: number, to: string, reason: string) =>
  caseCommand(caseId, 'reassign', { version, to, reason })
