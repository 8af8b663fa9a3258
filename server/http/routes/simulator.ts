import Type from 'typebox'
import { devicesById } from '../../care/devices/views.ts'
import { SimulatedDevice, SimulatedPress } from '../../contract/api.ts'
import { DomainError, Problem } from '../../contract/errors.ts'
import type { Api, HttpDeps } from '../deps.ts'

/** The demonstration city's virtual devices, whose buttons a person can press. */
export async function simulatorRoutes(api: Api, { db, clock, simulator }: HttpDeps): Promise<void> {
  const running = () => {
    const port = simulator()
    if (!port) throw new DomainError('not_found', 'The simulator is not running yet.')
    return port
  }

  api.get(
    '/simulator/devices',
    {
      schema: {
        tags: ['simulator'],
        summary: 'Virtual devices',
        response: { 200: Type.Object({ items: Type.Array(SimulatedDevice) }) },
      },
    },
    async () => {
      const simulated = running().devices()
      const known = await devicesById(
        db,
        simulated.map((device) => device.deviceId),
        clock.now(),
      )
      return {
        items: simulated.flatMap((device): SimulatedDevice[] => {
          const view = known.get(device.deviceId)
          if (!view) return []
          const { kind, residentId, residentName, place, room } = view
          return [{ ...device, kind, residentId, residentName, place, room }]
        }),
      }
    },
  )

  api.post(
    '/simulator/devices/:deviceId/press',
    {
      schema: {
        tags: ['simulator'],
        summary: 'Press a virtual button; answers when the platform has acknowledged it',
        params: Type.Object({ deviceId: Type.String({ maxLength: 64 }) }),
        body: SimulatedPress,
        response: { 202: Type.Object({ acknowledged: Type.Boolean() }), 404: Problem },
      },
    },
    async ({ params, body }, reply) => {
      if (!(await running().press(params.deviceId, body.type)))
        throw new DomainError('not_found', 'There is no such device.')
      return reply.code(202).send({ acknowledged: true })
    },
  )
}
