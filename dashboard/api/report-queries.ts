import { queryOptions } from '@tanstack/react-query'
import type { MonthlyReport, ReportQuery } from '../../server/contract/report.ts'
import { request } from './client.ts'
import { queryText } from './device-queries.ts'

const REPORT_MS = 30_000

export const monthlyReportQuery = (asked: ReportQuery) =>
  queryOptions({
    queryKey: ['reports', 'monthly', asked],
    queryFn: () => request<MonthlyReport>('GET', `/reports/monthly${queryText(asked)}`, undefined, REPORT_MS),
    // What is printed is what was read.
    refetchOnWindowFocus: false,
    staleTime: 300_000,
  })
