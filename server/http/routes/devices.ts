import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import Type from 'typebox'
import { listLife, stepLifecycle } from '../../care/devices/lifecycle.ts'
import { listDevices } from '../../care/devices/list.ts'
import { changeDevice, createDevice, lockDevice, rotateSecret } from '../../care/devices/registry.ts'
import { getDevice } from '../../care/devices/views.ts'
import { Page } from '../../contract/api.ts'
import {
  DeviceChange,
  DeviceModelView,
  DeviceQuery,
  DeviceSearch,
  DeviceView,
  LifecycleEntry,
  LifecycleStep,
  NewDevice,
  NewDeviceAnswer,
} from '../../contract/device.ts'
import { DEVICE_MODELS } from '../../contract/device-models.ts'
import { Problem } from '../../contract/errors.ts'
import { audited } from '../../org/audit.ts'
import type { Database } from '../../store/schema.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

export const DeviceParams = Type.Object({ deviceId: Type.String({ maxLength: 64 }) })

/** The device registry: who has which device where, and what has become of it. */
export async function deviceRoutes(api: Api, { db, clock, links }: HttpDeps): Promise<void> {
  const by = (request: FastifyRequest) => ({ userId: currentUser(request).userId, now: clock.now() })

  /** Does something to a device: noted, and told to the gateway once it is committed. */
  async function noted<T>(
    request: FastifyRequest,
    action: string,
    deviceId: string,
    work: (tx: Transaction<Database>) => Promise<T>,
  ): Promise<T> {
    const { userId, now } = by(request)
    const result = await audited(db, { userId, action }, now, work, () => deviceId)
    links().changed([deviceId])
    return result
  }

  api.get(
    '/devices',
    {
      schema: {
        tags: ['devices'],
        summary: 'Devices by id; searched and filtered',
        querystring: DeviceQuery,
        response: { 200: Page(DeviceView), 400: Problem },
      },
    },
    async ({ query: { limit = 100, search = '', ...rest } }) =>
      listDevices(db, { limit, ...rest, search: { text: search, names: false } }, clock.now()),
  )

  api.post(
    '/devices/search',
    {
      schema: {
        tags: ['devices'],
        summary: 'Devices by id; searched by names and rooms too',
        body: DeviceSearch,
        response: { 200: Page(DeviceView), 400: Problem },
      },
    },
    async ({ body: { limit = 100, search = '', ...rest } }) =>
      listDevices(db, { limit, ...rest, search: { text: search, names: true } }, clock.now()),
  )

  api.post(
    '/devices',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Register a device; its secret, if it logs in itself, is shown this once',
        body: NewDevice,
        response: { 201: NewDeviceAnswer, 400: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const create = (tx: Transaction<Database>) => createDevice(tx, request.body, by(request))
      return reply.code(201).send(await noted(request, 'device.create', request.body.deviceId, create))
    },
  )

  api.get(
    '/devices/:deviceId',
    {
      schema: {
        tags: ['devices'],
        summary: 'One device',
        params: DeviceParams,
        response: { 200: DeviceView, 404: Problem },
      },
    },
    async ({ params: { deviceId } }) => getDevice(db, deviceId, clock.now()),
  )

  api.patch(
    '/devices/:deviceId',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Change what is given: place, role, model, address, note',
        params: DeviceParams,
        body: DeviceChange,
        response: { 200: DeviceView, 400: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { deviceId } = request.params
      await noted(request, 'device.change', deviceId, (tx) => changeDevice(tx, deviceId, request.body, by(request)))
      return getDevice(db, deviceId, clock.now())
    },
  )

  api.post(
    '/devices/:deviceId/secret',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Give a device a new secret, shown this once; the old one ends at once',
        params: DeviceParams,
        response: { 200: NewDeviceAnswer, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { deviceId } = request.params
      return noted(request, 'device.rotate_secret', deviceId, (tx) => rotateSecret(tx, deviceId))
    },
  )

  api.get(
    '/devices/:deviceId/lifecycle',
    {
      schema: {
        tags: ['devices'],
        summary: 'What has become of a device, oldest first',
        params: DeviceParams,
        response: { 200: Type.Object({ items: Type.Array(LifecycleEntry) }), 404: Problem },
      },
    },
    async ({ params: { deviceId } }) => ({ items: await listLife(db, deviceId) }),
  )

  api.post(
    '/devices/:deviceId/lifecycle',
    {
      config: { allow: 'admin' },
      schema: {
        tags: ['devices'],
        summary: 'Take a device one step on: installed, tested, in service, faulty, retired',
        params: DeviceParams,
        body: LifecycleStep,
        response: { 200: DeviceView, 400: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { deviceId } = request.params
      const { version, ...step } = request.body
      await noted(request, 'device.lifecycle', deviceId, async (tx) =>
        stepLifecycle(tx, await lockDevice(tx, deviceId, version), step, by(request)),
      )
      return getDevice(db, deviceId, clock.now())
    },
  )

  api.get(
    '/device-models',
    {
      schema: {
        tags: ['devices'],
        summary: 'The catalogue: models of devices that are known',
        response: { 200: Type.Object({ items: Type.Array(DeviceModelView) }) },
      },
    },
    async () => ({ items: [...DEVICE_MODELS] }),
  )
}
