import Type from 'typebox'
import { changeSettings, getSettings, listBridges } from '../../care/devices/settings.ts'
import { BridgeView, DeviceSettingsChange, DeviceSettingsView } from '../../contract/device.ts'
import { Problem } from '../../contract/errors.ts'
import { audited } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'
import { DeviceParams } from './devices.ts'

/** What a login needs beyond its secret: a mapping, a phone's key, an outside broker. Secrets go in and never out. */
export async function deviceSettingsRoutes(api: Api, { db, clock, links, sealer }: HttpDeps): Promise<void> {
  api.get(
    '/devices/:deviceId/settings',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Settings of a login; of secrets only whether there are any',
        params: DeviceParams,
        response: { 200: DeviceSettingsView, 404: Problem },
      },
    },
    async ({ params: { deviceId } }) => getSettings(db, sealer, deviceId),
  )

  api.put(
    '/devices/:deviceId/settings',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Change what is given; null takes it away',
        params: DeviceParams,
        body: DeviceSettingsChange,
        response: { 200: DeviceSettingsView, 400: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { deviceId } = request.params
      await audited(
        db,
        { userId: currentUser(request).userId, action: 'device.change_settings' },
        clock.now(),
        (tx) => changeSettings(tx, sealer, deviceId, request.body),
        () => deviceId,
      )
      links().changed([deviceId])
      return getSettings(db, sealer, deviceId)
    },
  )

  api.get(
    '/bridges',
    {
      schema: {
        tags: ['devices'],
        summary: 'Connections to outside brokers, and how they are doing',
        response: { 200: Type.Object({ items: Type.Array(BridgeView) }) },
      },
    },
    async () => ({ items: await listBridges(db, links().bridges()) }),
  )
}
