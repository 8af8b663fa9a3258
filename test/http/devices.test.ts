import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeviceModelView, DeviceQuery, DeviceView } from '../../server/contract/device.ts'
import { type ApiClient, apiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident } from '../support/records.ts'
import { deviceRegistry } from './device-registry.ts'

let app: TestApp
let admin: ApiClient
let residentId: string
let otherId: string
let registry: ReturnType<typeof deviceRegistry>

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  registry = deviceRegistry(app, admin)
  residentId = await addResident(app.database.store.db, [], '周桂兰')
  otherId = await addResident(app.database.store.db, [], '陈志强')
})
afterAll(() => app.destroy())

const idsOf = async (query: string) =>
  (await admin.get<{ items: DeviceView[] }>(`/devices?limit=500&${query}`)).body.items.map((item) => item.deviceId)

describe('a new device', () => {
  test.each([
    ['hub-z', { kind: 'hub', protocol: 'zigbee2mqtt' }, true],
    ['hub-c', { kind: 'hub', protocol: 'chirpstack' }, true],
    ['bridge-t', { kind: 'bridge', protocol: 'tts' }, true],
    ['phone-o', { kind: 'phone', protocol: 'owntracks' }, true],
    ['shelly', { kind: 'button', protocol: 'shelly_gen1' }, true],
    ['8800000015', { kind: 'watch', protocol: 'watch' }, false],
    ['863921000000001', { kind: 'pendant', protocol: 'minifinder2' }, false],
    ['24E124AAAA000001', { protocol: 'chirpstack', model: 'WS101' }, false],
    ['child', { protocol: 'zigbee2mqtt', hubId: 'hub-z', address: '卧室按钮' }, false],
  ])('%s %o: with a secret %s', async (deviceId, device, hasSecret) => {
    const { secret } = await registry.make(deviceId, device)
    if (hasSecret) expect(secret).toMatch(/^[\w-]{32}$/)
    else expect(secret).toBeNull()
    expect(await registry.get(deviceId)).toMatchObject({ deviceId, lifecycle: 'in_stock', version: 1, online: false })
  })

  test('is shown with its home; the first entry of its life and the audit say who made it', async () => {
    await registry.make('shown', {
      residentId,
      room: '卫生间',
      model: 'native-sos_button',
      note: '床头',
      sources: ['10.0.0.0/8'],
    })
    expect(await registry.get('shown')).toEqual({
      deviceId: 'shown',
      kind: 'sos_button',
      protocol: 'native',
      model: 'native-sos_button',
      role: 'sos',
      hubId: null,
      address: null,
      residentId,
      residentName: '周桂兰',
      place: null,
      room: '卫生间',
      lifecycle: 'in_service',
      note: '床头',
      sources: ['10.0.0.0/8'],
      version: 1,
      online: false,
      onlineChangedAt: null,
      lastSeenAt: null,
      nextExpectedAt: null,
      battery: null,
      rssi: null,
      firmware: null,
      createdAt: new Date(app.clock.now()).toISOString(),
    })
    expect(await registry.life('shown')).toEqual([
      {
        at: new Date(app.clock.now()).toISOString(),
        from: null,
        to: 'in_service',
        by: '管理员',
        note: null,
        residentId,
        room: '卫生间',
      },
    ])
    expect(await registry.audited('shown')).toEqual(['device.create'])
  })

  test.each([
    [{ hubId: 'nobody', address: 'a' }, 400, ['hubId']],
    [{ hubId: 'hub-z' }, 400, ['address']],
    [{ hubId: 'hub-z', address: '卧室按钮' }, 409, ['address']],
    [{ model: 'no such model', residentId: 'nobody' }, 400, ['residentId', 'model']],
    [{ protocol: 'zigbee2mqtt' }, 400, ['hubId']],
    [{ protocol: 'watch', address: '8800000015' }, 409, ['address']],
    [{ protocol: 'tts', address: '24-e1-24-aa-aa-00-00-01' }, 409, ['address']],
    [{ deviceId: 'shown' }, 409, ['deviceId']],
  ])('is refused by name: %o', async (device, status, fields) => {
    const body = { deviceId: 'refused', kind: 'sos_button', protocol: 'native', ...device }
    const answer = await admin.post<{ errors: { field: string }[] }>('/devices', body)
    expect(answer.status).toBe(status)
    expect(answer.body.errors.map(({ field }) => field)).toEqual(fields)
    expect((await admin.get('/devices/refused')).status).toBe(404)
  })
})

interface Found {
  items: DeviceView[]
  nextCursor: string | null
}
describe('the list', () => {
  beforeAll(async () => {
    await registry.make('find-1', { residentId, room: '厨房', kind: 'smoke_sensor' })
    await registry.make('find-2', { residentId: otherId, room: '厨房', kind: 'smoke_sensor' })
    await registry.make('find_3', { hubId: 'hub-z', address: 'Flur 100%' })
  })

  test.each([
    ['search=FIND', ['find-1', 'find-2', 'find_3']],
    ['search=find_', ['find_3']],
    ['search=100%25', ['find_3']],
    // A name or a room has no place in an address.
    ['search=志强', []],
    ['search=厨房&residentId=RESIDENT', []],
    ['search=flur', ['find_3']],
    ['search=%20find-2%20', ['find-2']],
    ['search=%27--', []],
    ['kind=smoke_sensor', ['find-1', 'find-2']],
    ['hubId=hub-z', ['child', 'find_3']],
    ['protocol=tts', ['bridge-t']],
    ['lifecycle=in_service&kind=smoke_sensor', ['find-1', 'find-2']],
    ['lifecycle=retired', []],
    ['online=true', []],
    ['online=false&search=find-1', ['find-1']],
  ])('%s', async (query, ids) => {
    expect(await idsOf(query.replace('RESIDENT', residentId))).toEqual(ids)
  })

  test.each<[Partial<DeviceQuery>, string[]]>([
    [{ search: '志强' }, ['find-2']],
    [{ search: ' 厨房 ', online: false }, ['find-1', 'find-2']],
    [{ search: '厨房', residentId: 'RESIDENT' }, ['find-1']],
    [{ search: 'FLUR' }, ['find_3']],
    [{ search: 'find-', kind: 'smoke_sensor' }, ['find-1', 'find-2']],
    [{ lifecycle: 'in_service', kind: 'smoke_sensor' }, ['find-1', 'find-2']],
  ])('search %j', async ({ residentId: of, ...body }, ids) => {
    const asked = { ...body, ...(of === undefined ? {} : { residentId }) }
    const first = await admin.post<Found>('/devices/search', { ...asked, limit: 1 })
    expect(first.status).toBe(200)
    const { nextCursor: cursor } = first.body
    const rest = cursor === null ? [] : (await admin.post<Found>('/devices/search', { ...asked, cursor })).body.items
    expect([...first.body.items, ...rest].map(({ deviceId }) => deviceId)).toEqual(ids)
  })

  test('a wrong search is named', async () => {
    expect(await admin.post('/devices/search', { online: 'perhaps' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'online' }] },
    })
  })

  test('wrong filters are named', async () => {
    for (const [query, field] of [
      ['protocol=pigeon', 'protocol'],
      ['lifecycle=lost', 'lifecycle'],
      ['online=perhaps', 'online'],
      ['limit=0', 'limit'],
    ]) {
      const answer = await admin.get(`/devices?${query}`)
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } })
    }
  })
})

test('the catalogue is served', async () => {
  const { body } = await admin.get<{ items: DeviceModelView[] }>('/device-models')
  expect(body.items.find(({ model }) => model === 'VS373')).toMatchObject({
    vendor: 'Milesight',
    kind: 'fall_sensor',
    protocols: ['chirpstack', 'tts'],
    commands: ['closed', 'config'],
    power: 'mains',
    heartbeatSeconds: 900,
  })
})

test('operators look, administrators change, nobody else does anything', async () => {
  const limin = await app.signIn('limin')
  const nobody = apiClient(`http://127.0.0.1:${app.httpPort}`, '')
  const writes = (caller: ApiClient) => [
    caller.post('/devices', { deviceId: 'sneaked', kind: 'k', protocol: 'native' }),
    caller.send('/devices/shown', { version: 1 }, 'application/json', 'PATCH'),
    caller.post('/devices/shown/secret', {}),
    caller.post('/devices/shown/lifecycle', { version: 1, to: 'retired' }),
    caller.send('/devices/import', '设备编号', 'text/csv'),
    caller.get('/devices/shown/settings'),
    caller.send('/devices/shown/settings', {}, 'application/json', 'PUT'),
    caller.get('/unknown-devices'),
  ]
  for (const answer of await Promise.all(writes(limin))) expect(answer.status).toBe(403)
  for (const answer of await Promise.all([...writes(nobody), nobody.get('/devices/shown')]))
    expect(answer.status).toBe(401)
  for (const path of ['/devices', '/devices/shown', '/devices/shown/lifecycle', '/device-models', '/bridges']) {
    expect((await limin.get(path)).status).toBe(200)
  }
  expect(await registry.get('shown')).toMatchObject({ version: 1, lifecycle: 'in_service' })
})
