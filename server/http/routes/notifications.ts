import Type from 'typebox'
import { Page } from '../../contract/api.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import { AnswerBody, AnswerHeaders, AnswerResult, NotificationQuery, NotificationView } from '../../contract/notify.ts'
import { takeAnswer } from '../../escalation/answer.ts'
import { listNotifications } from '../../notify/queries.ts'
import { isSigned } from '../../notify/signature.ts'
import type { Api, HttpDeps } from '../deps.ts'

const Params = Type.Object({ notificationId: Type.String({ format: 'uuid' }) })

/** Messages to people, and what comes back from whoever carries them. */
export async function notificationRoutes(api: Api, { db, clock, committed, notifySecret }: HttpDeps): Promise<void> {
  api.get(
    '/notifications',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['escalation'],
        summary: 'Notifications, newest first',
        querystring: NotificationQuery,
        response: { 200: Page(NotificationView), 400: Problem, 403: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listNotifications(db, { limit, ...rest }),
  )

  api.post(
    '/notifications/:notificationId/answer',
    {
      config: { allow: 'anyone' },
      schema: {
        tags: ['escalation'],
        summary: 'What became of a call or message; signed by whoever carried it. accepted: 1 was pressed',
        params: Params,
        headers: AnswerHeaders,
        body: AnswerBody,
        response: { 200: AnswerResult, 400: Problem, 401: Problem, 404: Problem },
      },
    },
    async ({ params: { notificationId }, headers, body: { answer } }) => {
      const now = clock.now()
      const given = { timestamp: headers['x-anhu-timestamp'], signature: headers['x-anhu-signature'] }
      if (notifySecret === null || !isSigned(notifySecret, given, `${notificationId}.${answer}`, now)) {
        throw new DomainError('not_signed_in', 'The signature is not right, or older than five minutes.')
      }
      const { taken, events } = await takeAnswer(db, notificationId, answer, now)
      committed(events)
      return { taken }
    },
  )
}
