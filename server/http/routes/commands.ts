import Type from 'typebox'
import { createCommand, listCommands } from '../../care/commands.ts'
import { Page, PageQuery } from '../../contract/api.ts'
import { CommandView, NewCommand } from '../../contract/device.ts'
import { Problem } from '../../contract/errors.ts'
import { audited } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const OfDevice = Type.Object({ deviceId: Type.String({ maxLength: 64 }) })

/** What is asked of devices. */
export async function commandRoutes(api: Api, { db, clock, commands }: HttpDeps): Promise<void> {
  api.get(
    '/devices/:deviceId/commands',
    {
      schema: {
        tags: ['devices'],
        summary: 'Commands to a device, newest first',
        params: OfDevice,
        querystring: PageQuery,
        response: { 200: Page(CommandView) },
      },
    },
    async ({ params: { deviceId }, query: { limit = 100, ...rest } }) => listCommands(db, deviceId, { limit, ...rest }),
  )

  api.post(
    '/devices/:deviceId/commands',
    {
      schema: {
        tags: ['devices'],
        summary: 'Ask something of a device: where it is, to sound, to show a message, to change a setting',
        description: 'It waits until the device can be reached, or expires.',
        params: OfDevice,
        body: NewCommand,
        response: { 201: CommandView, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { body } = request
      const { deviceId } = request.params
      const { userId } = currentUser(request)
      const now = clock.now()
      const by = { userId, action: `device.command.${body.type}` }
      const made = await audited(
        db,
        by,
        now,
        (tx) => createCommand(tx, deviceId, body, userId, now),
        () => deviceId,
      )
      commands.wake()
      return reply.code(201).send(made)
    },
  )
}
