import { ConnectionView } from '../../contract/api.ts'
import { Problem } from '../../contract/errors.ts'
import type { Api, HttpDeps } from '../deps.ts'

/** Where devices are to connect to: what their settings must say. */
export async function connectionRoutes(api: Api, { connection }: HttpDeps): Promise<void> {
  api.get(
    '/connection',
    {
      schema: {
        tags: ['devices'],
        summary: 'Where devices connect to',
        response: { 200: ConnectionView, 401: Problem },
      },
    },
    async () => connection(),
  )
}
