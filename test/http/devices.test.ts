import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeviceModelView, DeviceView, LifecycleEntry, NewDeviceAnswer } from '../../server/contract/device.ts'
import { type ApiClient, apiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident } from '../support/records.ts'

let app: TestApp
let admin: ApiClient
let residentId: string
let otherId: string

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  residentId = await addResident(app.database.store.db, [], '周桂兰')
  otherId = await addResident(app.database.store.db, [], '陈志强')
})
afterAll(() => app.destroy())

async function make(deviceId: string, device: object = {}): Promise<NewDeviceAnswer> {
  const body = { deviceId, kind: 'sos_button', protocol: 'native', ...device }
  const answer = await admin.post<NewDeviceAnswer>('/devices', body)
  expect(answer).toMatchObject({ status: 201 })
  return answer.body
}

const get = async (deviceId: string) => (await admin.get<DeviceView>(`/devices/${deviceId}`)).body
const patch = (deviceId: string, body: object) =>
  admin.send<DeviceView>(`/devices/${deviceId}`, body, 'application/json', 'PATCH')
const step = async (deviceId: string, to: string, note?: string) => {
  const { version } = await get(deviceId)
  return admin.post<DeviceView>(`/devices/${deviceId}/lifecycle`, { version, to, ...(note && { note }) })
}
const life = async (deviceId: string) =>
  (await admin.get<{ items: LifecycleEntry[] }>(`/devices/${deviceId}/lifecycle`)).body.items
const idsOf = async (query: string) =>
  (await admin.get<{ items: DeviceView[] }>(`/devices?limit=500&${query}`)).body.items.map((item) => item.deviceId)

/** What was noted about a device, oldest first. */
const audited = async (deviceId: string) => {
  const rows = await app.database.store.db
    .selectFrom('audit')
    .select(['action', 'user_id'])
    .where('subject', '=', deviceId)
    .orderBy('audit_id')
    .execute()
  expect(rows.every((row) => row.user_id !== null)).toBe(true)
  return rows.map((row) => row.action)
}

const logIn = (username: string, password: string) =>
  connectAsync(
    `mqtt://127.0.0.1:${app.mqttPort}`,
    { username, password, clientId: username, reconnectPeriod: 0 },
    false,
  )

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
    const { secret } = await make(deviceId, device)
    if (hasSecret) expect(secret).toMatch(/^[\w-]{32}$/)
    else expect(secret).toBeNull()
    expect(await get(deviceId)).toMatchObject({ deviceId, lifecycle: 'in_stock', version: 1, online: false })
  })

  test('is shown with its home; the first entry of its life and the audit say who made it', async () => {
    await make('shown', {
      residentId,
      room: '卫生间',
      model: 'native-sos_button',
      note: '床头',
      sources: ['10.0.0.0/8'],
    })
    expect(await get('shown')).toEqual({
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
    expect(await life('shown')).toEqual([
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
    expect(await audited('shown')).toEqual(['device.create'])
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

describe('the list', () => {
  beforeAll(async () => {
    await make('find-1', { residentId, room: '厨房', kind: 'smoke_sensor' })
    await make('find-2', { residentId: otherId, room: '厨房', kind: 'smoke_sensor' })
    await make('find_3', { hubId: 'hub-z', address: 'Flur 100%' })
  })

  test.each([
    ['search=FIND', ['find-1', 'find-2', 'find_3']],
    ['search=find_', ['find_3']],
    ['search=100%25', ['find_3']],
    ['search=志强', ['find-2']],
    ['search=厨房&residentId=RESIDENT', ['find-1']],
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

describe('a change', () => {
  test('changes what is given, and nothing else', async () => {
    await make('change-1', { residentId, room: '卧室', note: 'old', hubId: 'hub-z', address: 'c1' })
    const changed = await patch('change-1', { version: 1, room: '客厅', role: 'help', note: null, model: 'hs1eb' })
    expect(changed).toMatchObject({
      status: 200,
      body: { version: 2, room: '客厅', role: 'help', note: null, model: 'HS1EB', residentId, address: 'c1' },
    })
    expect(await audited('change-1')).toEqual(['device.create', 'device.change'])
  })

  test('of an old version is refused with the present one', async () => {
    expect(await patch('change-1', { version: 1, room: '厨房' })).toMatchObject({
      status: 409,
      body: { code: 'stale_version', version: 2 },
    })
    const both = await Promise.all(['a', 'b'].map((note) => patch('change-1', { version: 2, note })))
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
    const { version } = await get('change-1')
    expect(await patch('change-1', { version, ...body })).toMatchObject({ status, body: { errors: [{ field }] } })
    expect((await get('change-1')).version).toBe(version)
  })

  test('moving it to somebody else is a part of its life; taken from its resident it is in stock', async () => {
    await make('moved', { residentId, room: '卧室' })
    await patch('moved', { version: 1, residentId: otherId })
    expect(await patch('moved', { version: 2, note: 'no move' })).toMatchObject({ status: 200 })
    expect(await patch('moved', { version: 3, residentId: null })).toMatchObject({
      body: { lifecycle: 'in_stock', residentId: null, room: null },
    })
    expect((await life('moved')).map(({ from, to, residentId: of, room }) => [from, to, of, room])).toEqual([
      [null, 'in_service', residentId, '卧室'],
      ['in_service', 'in_service', otherId, '卧室'],
      ['in_service', 'in_stock', null, null],
    ])
  })

  test('an address can be mended: DevEUI in any spelling', async () => {
    await make('lora-x', { protocol: 'chirpstack', address: '24e124aaaa0000ff' })
    const { body } = await patch('lora-x', { version: 1, address: '24-E1-24-AA-AA-00-00-FE' })
    expect(body.address).toBe('24e124aaaa0000fe')
    expect(await patch('lora-x', { version: 2, address: '24E124AAAA000001' })).toMatchObject({ status: 409 })
  })

  test('nobody changes what is not there', async () => {
    expect(await patch('nobody', { version: 1 })).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await admin.get('/devices/nobody/lifecycle')).status).toBe(404)
  })
})

describe('a secret', () => {
  test('is rotated: the old one no longer logs in, the new one does', async () => {
    const { secret } = await make('rotate-1')
    const before = await logIn('rotate-1', secret ?? '')
    await before.endAsync()
    const rotated = await admin.post<NewDeviceAnswer>('/devices/rotate-1/secret', {})
    expect(rotated).toMatchObject({ status: 200, body: { deviceId: 'rotate-1' } })
    await expect(logIn('rotate-1', secret ?? '')).rejects.toThrow(/[Nn]ot authorized/)
    const after = await logIn('rotate-1', rotated.body.secret ?? '')
    await after.endAsync()
    expect(await audited('rotate-1')).toEqual(['device.create', 'device.rotate_secret'])
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
    const { secret } = await make('life-1')
    expect(await step('life-1', 'tested')).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
    expect(await step('life-1', 'installed', '装在床头')).toMatchObject({
      body: { lifecycle: 'installed', version: 2 },
    })
    expect((await step('life-1', 'tested')).status).toBe(200)
    expect(await step('life-1', 'in_service')).toMatchObject({
      status: 409,
      body: { code: 'wrong_state', errors: [{ field: 'residentId' }] },
    })
    await patch('life-1', { version: 3, residentId, room: '卧室' })
    for (const to of ['in_service', 'faulty', 'in_service', 'retired'])
      expect((await step('life-1', to)).status).toBe(200)
    expect((await life('life-1')).map(({ from, to, note }) => [from, to, note])).toEqual([
      [null, 'in_stock', null],
      ['in_stock', 'installed', '装在床头'],
      ['installed', 'tested', null],
      ['tested', 'tested', null],
      ['tested', 'in_service', null],
      ['in_service', 'faulty', null],
      ['faulty', 'in_service', null],
      ['in_service', 'retired', null],
    ])
    expect(await audited('life-1')).toEqual([
      'device.create',
      ...Array(2).fill('device.lifecycle'),
      'device.change',
      ...Array(4).fill('device.lifecycle'),
    ])
    await expect(logIn('life-1', secret ?? '')).rejects.toThrow(/[Nn]ot authorized/)
    for (const answer of [
      await step('life-1', 'in_service'),
      await patch('life-1', { version: 8, note: 'x' }),
      await admin.post('/devices/life-1/secret', {}),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
    }
  })

  test('back in stock it belongs to nobody', async () => {
    await make('back', { residentId, room: '卧室' })
    expect(await step('back', 'in_stock')).toMatchObject({
      body: { lifecycle: 'in_stock', residentId: null, room: null, version: 2 },
    })
  })

  test('a hub may serve nobody in particular, and is not retired while somebody is behind it', async () => {
    await make('life-hub', { kind: 'hub', protocol: 'zigbee2mqtt' })
    await make('life-child', { hubId: 'life-hub', address: 'a' })
    for (const to of ['installed', 'tested', 'in_service']) expect((await step('life-hub', to)).status).toBe(200)
    const refused = await step('life-hub', 'retired')
    expect(refused).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
    await step('life-child', 'retired')
    expect((await step('life-hub', 'retired')).status).toBe(200)
    await make('life-child-2', { hubId: 'hub-z', address: 'a' })
  })

  test('a stale step is refused', async () => {
    await make('life-2')
    await step('life-2', 'installed')
    const stale = await admin.post('/devices/life-2/lifecycle', { version: 1, to: 'tested' })
    expect(stale).toMatchObject({ status: 409, body: { code: 'stale_version', version: 2 } })
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
  expect(await get('shown')).toMatchObject({ version: 1, lifecycle: 'in_service' })
})
