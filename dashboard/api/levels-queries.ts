import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { LevelCategory, LevelGroup, LevelsView, ReviewBody, ReviewView } from '../../server/contract/levels.ts'
import { serverNow } from '../ui/server-clock.ts'
import { BASE, request } from './client.ts'
import { queryText } from './device-queries.ts'
import type { PageOf } from './watch-queries.ts'

export interface LevelsAsked {
  hours: number
  category: LevelCategory
  by: LevelGroup
}

const paramsOf = ({ hours, ...rest }: LevelsAsked) => ({
  from: new Date(serverNow() - hours * 3_600_000).toISOString(),
  ...rest,
})

/** Up to now, however long the page stays open. */
export const levelsQuery = (asked: LevelsAsked) =>
  queryOptions({
    queryKey: ['levels', asked],
    queryFn: () => request<LevelsView>('GET', `/levels${queryText(paramsOf(asked))}`),
    placeholderData: keepPreviousData,
    refetchInterval: asked.hours > 24 * 28 ? 60_000 : 10_000,
  })

/** Address of the same table for a spreadsheet. */
export const levelsFile = (asked: LevelsAsked): string =>
  `${BASE}/levels${queryText({ ...paramsOf(asked), format: 'csv' })}`

export const REVIEWS_KEY = ['reviews'] as const
export const reviewsQuery = (state: ReviewView['state'], cursor: string | null) =>
  queryOptions({
    queryKey: [...REVIEWS_KEY, state, cursor],
    queryFn: () => request<PageOf<ReviewView>>('GET', `/reviews${queryText({ state, limit: 50, cursor })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })
export const reviewHistoryQuery = (reviewId: string) =>
  queryOptions({
    queryKey: [...REVIEWS_KEY, 'history', reviewId],
    queryFn: () =>
      request<{ items: { at: string; by: string | null; version: number; state: ReviewView['state'] }[] }>(
        'GET',
        `/reviews/${reviewId}/history`,
      ),
  })
export const writeReview = (reviewId: string, body: ReviewBody) =>
  request<ReviewView>('POST', `/reviews/${reviewId}`, body)
