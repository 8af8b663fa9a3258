import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { AlarmStatistics, AlarmStatisticsQuery } from '../../server/contract/statistics.ts'
import { BASE, request } from './client.ts'
import { queryText } from './device-queries.ts'

/** While another range is fetched the last table stays. */
export const alarmStatisticsQuery = (query: AlarmStatisticsQuery) =>
  queryOptions({
    queryKey: ['statistics', 'alarms', query],
    queryFn: () => request<AlarmStatistics>('GET', `/statistics/alarms${queryText(query)}`),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

/** Address of the same table for a spreadsheet. */
export const alarmStatisticsFile = (query: AlarmStatisticsQuery): string =>
  `${BASE}/statistics/alarms${queryText({ ...query, format: 'csv' })}`
