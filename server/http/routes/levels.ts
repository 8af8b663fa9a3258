import Type from 'typebox'
import { Page } from '../../contract/api.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { LevelsQuery, LevelsView, ReviewBody, ReviewHistory, ReviewQuery, ReviewView } from '../../contract/levels.ts'
import { audited } from '../../org/audit.ts'
import { serviceLevels } from '../../quality/levels.ts'
import { getReview, listReviews, reviewHistory, writeReview } from '../../quality/reviews.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'
import { levelsCsv } from '../levels-csv.ts'

const Params = Type.Object({ reviewId: Type.String({ format: 'uuid' }) })
const DAY_MS = 86_400_000
const LONGEST_MS = 800 * DAY_MS
const supervisor = { allow: 'supervisor' } as const

/** Service levels, and the reviews of calls that waited too long. */
export async function levelRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  api.get(
    '/levels',
    {
      config: supervisor,
      schema: {
        tags: ['levels'],
        summary: 'How quickly calls were answered and help was sent; as CSV with format=csv or accept: text/csv',
        querystring: LevelsQuery,
        response: { 200: Type.Union([LevelsView, Type.String()]), 400: Problem, 403: Problem },
      },
    },
    async ({ query, headers }, reply) => {
      const now = clock.now()
      const to = query.to === undefined ? now : Date.parse(query.to)
      const from = query.from === undefined ? to - DAY_MS : Date.parse(query.from)
      if (from >= to || to - from > LONGEST_MS) {
        const errors = [{ field: 'from', message: 'must be before to, by 800 days at most' }]
        throw new DomainError('invalid_request', 'Some fields are not right; see errors.', { errors })
      }
      const { category = 'calls', by = 'operator' } = query
      const levels = await serviceLevels(db, { from, to, category, by }, now)
      const wantsCsv = query.format === undefined ? headers.accept?.includes('text/csv') : query.format === 'csv'
      if (!wantsCsv) return levels
      reply.type('text/csv; charset=utf-8')
      reply.header('content-disposition', `attachment; filename="service-levels-by-${by}.csv"`)
      return levelsCsv(levels)
    },
  )

  api.get(
    '/reviews',
    {
      config: supervisor,
      schema: {
        tags: ['levels'],
        summary: 'Reviews of calls that waited too long, newest first',
        querystring: ReviewQuery,
        response: { 200: Page(ReviewView), 400: Problem, 403: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listReviews(db, { limit, ...rest }),
  )

  api.get(
    '/reviews/:reviewId/history',
    {
      config: supervisor,
      schema: {
        tags: ['levels'],
        summary: 'Every step of one review, oldest first',
        params: Params,
        response: { 200: ReviewHistory, 403: Problem, 404: Problem },
      },
    },
    async ({ params: { reviewId } }) => {
      await getReview(db, reviewId)
      return { items: await reviewHistory(db, reviewId) }
    },
  )

  api.post(
    '/reviews/:reviewId',
    {
      config: supervisor,
      schema: {
        tags: ['levels'],
        summary: 'Write what was found, or close it',
        params: Params,
        body: ReviewBody,
        response: { 200: ReviewView, 400: Problem, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { reviewId } = request.params
      const { userId } = currentUser(request)
      const now = clock.now()
      const write = { userId, action: 'review.write' }
      return audited(
        db,
        write,
        now,
        async (tx) => {
          await writeReview(tx, reviewId, request.body, userId, now)
          return getReview(tx, reviewId)
        },
        () => reviewId,
      )
    },
  )
}
