import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewDeviceAnswer } from '../../server/contract/device.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
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
  await registry.make('hub-z', { kind: 'hub', protocol: 'zigbee2mqtt' })
  await registry.make('child', { protocol: 'zigbee2mqtt', hubId: 'hub-z', address: '卧室按钮' })
  await registry.make('24E124AAAA000001', { protocol: 'chirpstack', model: 'WS101' })
})
afterAll(() => app.destroy())

const logIn = (username: string, password: string) =>
  connectAsync(
    `mqtt://127.0.0.1:${app.mqttPort}`,
    { username, password, clientId: username, reconnectPeriod: 0 },
    false,
  )

describe('a change', () => {
  test('changes what is given, and nothing else', async () => {
    await registry.make('change-1', { residentId, room: '卧室', note: 'old', hubId: 'hub-z', address: 'c1' })
    const changed = await registry.patch('change-1', {
      version: 1,
      room: '客厅',
      role: 'help',
      note: null,
      model: 'hs1eb',
    })
    expect(changed).toMatchObject({
      status: 200,
      body: { version: 2, room: '客厅', role: 'help', note: null, model: 'HS1EB', residentId, address: 'c1' },
    })
    expect(await registry.audited('change-1')).toEqual(['device.create', 'device.change'])
  })

  test('of an old version is refused with the present one', async () => {
    expect(await registry.patch('change-1', { version: 1, room: '厨房' })).toMatchObject({
      status: 409,
      body: { code: 'stale_version', version: 2 },
    })
    const both = await Promise.all(['a', 'b'].map((note) => registry.patch('change-1', { version: 2, note })))
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  test.each([
    [{ residentId: 'nobody' }, 400, 'residentId'],
    [{ model: 'X1' }, 400, 'model'],
    [{ address: null }, 400, 'address'],
    [{ address: '卧室按钮' }, 409, 'address'],
    [{ kind: 'hub' }, 400, 'kind'],
    [{ sources: ['10.0.0.0/99'] }, 400, 'sources.0'],
    [{ version: 0 }, 400, 'version'],
  ])('is refused by name: %o', async (body, status, field) => {
    const { version } = await registry.get('change-1')
    expect(await registry.patch('change-1', { version, ...body })).toMatchObject({
      status,
      body: { errors: [{ field }] },
    })
    expect((await registry.get('change-1')).version).toBe(version)
  })

  test('moving it to somebody else is a part of its life; taken from its resident it is in stock', async () => {
    await registry.make('moved', { residentId, room: '卧室' })
    await registry.patch('moved', { version: 1, residentId: otherId })
    expect(await registry.patch('moved', { version: 2, note: 'no move' })).toMatchObject({ status: 200 })
    expect(await registry.patch('moved', { version: 3, residentId: null })).toMatchObject({
      body: { lifecycle: 'in_stock', residentId: null, room: null },
    })
    expect((await registry.life('moved')).map(({ from, to, residentId: of, room }) => [from, to, of, room])).toEqual([
      [null, 'in_service', residentId, '卧室'],
      ['in_service', 'in_service', otherId, '卧室'],
      ['in_service', 'in_stock', null, null],
    ])
  })

  test('an address can be mended: DevEUI in any spelling', async () => {
    await registry.make('lora-x', { protocol: 'chirpstack', address: '24e124aaaa0000ff' })
    const { body } = await registry.patch('lora-x', { version: 1, address: '24-E1-24-AA-AA-00-00-FE' })
    expect(body.address).toBe('24e124aaaa0000fe')
    expect(await registry.patch('lora-x', { version: 2, address: '24E124AAAA000001' })).toMatchObject({ status: 409 })
  })

  test('nobody changes what is not there', async () => {
    expect(await registry.patch('nobody', { version: 1 })).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await admin.get('/devices/nobody/lifecycle')).status).toBe(404)
  })
})

describe('a secret', () => {
  test('is rotated: the old one no longer logs in, the new one does', async () => {
    const { secret } = await registry.make('rotate-1')
    const before = await logIn('rotate-1', secret ?? '')
    await before.endAsync()
    const rotated = await admin.post<NewDeviceAnswer>('/devices/rotate-1/secret', {})
    expect(rotated).toMatchObject({ status: 200, body: { deviceId: 'rotate-1' } })
    await expect(logIn('rotate-1', secret ?? '')).rejects.toThrow(/[Nn]ot authorized/)
    const after = await logIn('rotate-1', rotated.body.secret ?? '')
    await after.endAsync()
    expect(await registry.audited('rotate-1')).toEqual(['device.create', 'device.rotate_secret'])
    const row = await app.database.store.db
      .selectFrom('device')
      .selectAll()
      .where('device_id', '=', 'rotate-1')
      .execute()
    expect(JSON.stringify(row)).not.toContain(rotated.body.secret)
  })

  test('does not exist for a device behind a hub', async () => {
    expect(await admin.post('/devices/child/secret', {})).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
    expect(await admin.post('/devices/nobody/secret', {})).toMatchObject({ status: 404 })
  })
})

describe('the life of a device', () => {
  test('from the store into service, through a fault, to its end', async () => {
    const { secret } = await registry.make('life-1')
    expect(await registry.step('life-1', 'tested')).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
    expect(await registry.step('life-1', 'installed', '装在床头')).toMatchObject({
      body: { lifecycle: 'installed', version: 2 },
    })
    expect((await registry.step('life-1', 'tested')).status).toBe(200)
    expect(await registry.step('life-1', 'in_service')).toMatchObject({
      status: 409,
      body: { code: 'wrong_state', errors: [{ field: 'residentId' }] },
    })
    await registry.patch('life-1', { version: 3, residentId, room: '卧室' })
    for (const to of ['in_service', 'faulty', 'in_service', 'retired'])
      expect((await registry.step('life-1', to)).status).toBe(200)
    expect((await registry.life('life-1')).map(({ from, to, note }) => [from, to, note])).toEqual([
      [null, 'in_stock', null],
      ['in_stock', 'installed', '装在床头'],
      ['installed', 'tested', null],
      ['tested', 'tested', null],
      ['tested', 'in_service', null],
      ['in_service', 'faulty', null],
      ['faulty', 'in_service', null],
      ['in_service', 'retired', null],
    ])
    expect(await registry.audited('life-1')).toEqual([
      'device.create',
      ...Array(2).fill('device.lifecycle'),
      'device.change',
      ...Array(4).fill('device.lifecycle'),
    ])
    await expect(logIn('life-1', secret ?? '')).rejects.toThrow(/[Nn]ot authorized/)
    for (const answer of [
      await registry.step('life-1', 'in_service'),
      await registry.patch('life-1', { version: 8, note: 'x' }),
      await admin.post('/devices/life-1/secret', {}),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
    }
  })

  test('back in stock it belongs to nobody', async () => {
    await registry.make('back', { residentId, room: '卧室' })
    expect(await registry.step('back', 'in_stock')).toMatchObject({
      body: { lifecycle: 'in_stock', residentId: null, room: null, version: 2 },
    })
  })

  test('a hub may serve nobody in particular, and is not retired while somebody is behind it', async () => {
    await registry.make('life-hub', { kind: 'hub', protocol: 'zigbee2mqtt' })
    await registry.make('life-child', { hubId: 'life-hub', address: 'a' })
    for (const to of ['installed', 'tested', 'in_service'])
      expect((await registry.step('life-hub', to)).status).toBe(200)
    const refused = await registry.step('life-hub', 'retired')
    expect(refused).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
    await registry.step('life-child', 'retired')
    expect((await registry.step('life-hub', 'retired')).status).toBe(200)
    await registry.make('life-child-2', { hubId: 'hub-z', address: 'a' })
  })

  test('a stale step is refused', async () => {
    await registry.make('life-2')
    await registry.step('life-2', 'installed')
    const stale = await admin.post('/devices/life-2/lifecycle', { version: 1, to: 'tested' })
    expect(stale).toMatchObject({ status: 409, body: { code: 'stale_version', version: 2 } })
  })
})
