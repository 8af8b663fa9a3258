import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { adopt, getUnknownDevice, listUnknownDevices, setDismissed } from '../../care/devices/unknown.ts'
import { Page, PageQuery } from '../../contract/api.ts'
import { Adoption, NewDeviceAnswer, UnknownDeviceView } from '../../contract/device.ts'
import { Problem } from '../../contract/errors.ts'
import { audited } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const KnockParams = Type.Object({ knockId: Type.String({ format: 'uuid' }) })
const ListQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    dismissed: Type.Optional(Type.Boolean({ default: false, description: 'The dismissed ones instead' })),
  }),
])

/** Devices that have knocked without being registered: taken in, or sent away. */
export async function unknownDeviceRoutes(api: Api, { db, clock, links }: HttpDeps): Promise<void> {
  const by = (request: FastifyRequest) => ({ userId: currentUser(request).userId, now: clock.now() })

  api.get(
    '/unknown-devices',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Devices that nobody has registered, last heard of first',
        querystring: ListQuery,
        response: { 200: Page(UnknownDeviceView), 400: Problem },
      },
    },
    async ({ query: { limit = 100, dismissed = false, cursor } }) =>
      listUnknownDevices(db, { dismissed, limit, ...(cursor === undefined ? {} : { cursor }) }),
  )

  api.post(
    '/unknown-devices/:knockId/adopt',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Register one; what is left out is taken from the suggestion and from its hub',
        params: KnockParams,
        body: Adoption,
        response: { 201: NewDeviceAnswer, 400: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { userId, now } = by(request)
      const { knockId } = request.params
      const made = await audited(
        db,
        { userId, action: 'device.adopt' },
        now,
        (tx) => adopt(tx, knockId, request.body, { userId, now }),
        ({ deviceId }) => deviceId,
      )
      links().changed([made.deviceId])
      return reply.code(201).send(made)
    },
  )

  for (const [action, dismissed, summary] of [
    ['dismiss', true, 'Take one off the list; it is counted all the same'],
    ['restore', false, 'Put a dismissed one back on the list'],
  ] as const) {
    api.post(
      `/unknown-devices/:knockId/${action}`,
      {
        config: { allow: 'admin' },
        schema: {
          tags: ['devices'],
          summary,
          params: KnockParams,
          response: { 200: UnknownDeviceView, 404: Problem },
        },
      },
      async (request) => {
        const { userId, now } = by(request)
        const { knockId } = request.params as { knockId: string }
        await audited(
          db,
          { userId, action: `unknown_device.${action}` },
          now,
          (tx) => setDismissed(tx, knockId, dismissed, { userId, now }),
          () => knockId,
        )
        return getUnknownDevice(db, knockId)
      },
    )
  }
}
