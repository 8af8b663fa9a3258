import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  DrillAlarm,
  DrillDetail,
  DrillView,
  NewDrill,
  SelfTestHour,
  SelfTestView,
} from '../../server/contract/drill.ts'
import { request } from './client.ts'
import { queryText } from './device-queries.ts'
import type { PageOf } from './watch-queries.ts'

export const selfTestQuery = queryOptions({
  queryKey: ['selftest'],
  queryFn: () => request<SelfTestView>('GET', '/selftest'),
  refetchInterval: 10_000,
})

export const selfTestHoursQuery = queryOptions({
  queryKey: ['selftest', 'hours'],
  queryFn: () => request<{ items: SelfTestHour[] }>('GET', '/selftest/hours'),
  refetchInterval: 60_000,
})

export const DRILLS_KEY = ['drills'] as const

export const drillsQuery = (cursor: string | null) =>
  queryOptions({
    queryKey: [...DRILLS_KEY, 'list', cursor],
    queryFn: () => request<PageOf<DrillView>>('GET', `/drills${queryText({ limit: 50, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })

export const drillQuery = (drillId: string) =>
  queryOptions({
    queryKey: [...DRILLS_KEY, 'one', drillId],
    queryFn: () => request<DrillDetail>('GET', `/drills/${drillId}`),
    refetchInterval: 3_000,
  })

export const startDrill = (body: NewDrill): Promise<DrillDetail> => request<DrillDetail>('POST', '/drills', body)
export const raiseDrillAlarm = (drillId: string, body: DrillAlarm): Promise<DrillDetail> =>
  request<DrillDetail>('POST', `/drills/${drillId}/alarms`, body)
export const endDrill = (drillId: string): Promise<DrillDetail> =>
  request<DrillDetail>('POST', `/drills/${drillId}/end`)
