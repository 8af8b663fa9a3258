import { Page, SignalQuery, SignalView } from '../../contract/api.ts'
import { Problem } from '../../contract/errors.ts'
import { listSignals } from '../../intake/signals.ts'
import { audit } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

/** The record of signals. */
export async function signalRoutes(api: Api, { db, clock }: HttpDeps): Promise<void> {
  api.get(
    '/signals',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Signals as they were recorded, newest first',
        querystring: SignalQuery,
        response: { 200: Page(SignalView), 400: Problem },
      },
    },
    async (request) => {
      const { limit = 100, ...rest } = request.query
      const subject = rest.deviceId ?? null
      await audit(db, { userId: currentUser(request).userId, action: 'signals.read', subject }, clock.now())
      return listSignals(db, { limit, ...rest })
    },
  )
}
