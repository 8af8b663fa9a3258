import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDeviceDirectory } from '../../server/care/devices/directory.ts'
import type { DeviceView, NewDeviceAnswer, UnknownDeviceView } from '../../server/contract/device.ts'
import type { Knock } from '../../server/contract/ports.ts'
import { createSealer } from '../../server/store/sealed.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident } from '../support/records.ts'

let app: TestApp
let admin: ApiClient
let residentId: string
let hub: MqttClient

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  residentId = await addResident(app.database.store.db, [], '周桂兰')
  const made = await admin.post<NewDeviceAnswer>('/devices', {
    deviceId: 'hub-1',
    kind: 'hub',
    protocol: 'zigbee2mqtt',
    residentId,
  })
  hub = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`, {
    username: 'hub-1',
    password: made.body.secret ?? '',
    clientId: 'hub-1',
    reconnectPeriod: 0,
  })
})
afterAll(async () => {
  await hub?.endAsync()
  await app?.destroy()
})

/** Somebody knocks, as the gateway tells of it. */
async function knock(over: Partial<Knock> & { address: string }): Promise<void> {
  const directory = createDeviceDirectory(app.database.store.db, {
    node: 'test',
    sealer: createSealer(Buffer.alloc(32)),
    log: pino({ level: 'silent' }),
  })
  directory.knocked({
    hubId: 'hub-1',
    protocol: 'zigbee2mqtt',
    device: null,
    payload: Buffer.from('{}'),
    at: app.clock.now(),
    announced: false,
    ...over,
  })
  await directory.flush()
}

const list = async (query = '') =>
  (await admin.get<{ items: UnknownDeviceView[] }>(`/unknown-devices?limit=500&${query}`)).body.items
const find = async (address: string) => {
  const item = (await list()).find((one) => one.address === address)
  if (!item) throw new Error(`${address} is not listed`)
  return item
}
const adopt = (knockId: string, body: object = {}) =>
  admin.post<NewDeviceAnswer>(`/unknown-devices/${knockId}/adopt`, body)
const device = async (deviceId: string) => (await admin.get<DeviceView>(`/devices/${deviceId}`)).body

const SOS = {
  model: 'TS0215A_sos',
  vendor: 'Tuya',
  description: 'SOS button',
  kind: 'sos_button',
  role: 'sos',
} as const

describe('adoption', () => {
  test('takes what is not said from the suggestion and from the home of the hub', async () => {
    await knock({ address: 'Bad/Knopf 1', device: SOS })
    const item = await find('Bad/Knopf 1')
    expect(item).toMatchObject({ hubId: 'hub-1', hubResidentId: residentId, hubResidentName: '周桂兰', messages: 1 })
    expect(await adopt(item.knockId)).toMatchObject({
      status: 201,
      body: { deviceId: 'hub-1-Bad-Knopf-1', secret: null },
    })
    expect(await device('hub-1-Bad-Knopf-1')).toMatchObject({
      kind: 'sos_button',
      protocol: 'zigbee2mqtt',
      hubId: 'hub-1',
      address: 'Bad/Knopf 1',
      model: 'TS0215A_sos',
      role: 'sos',
      residentId,
      lifecycle: 'in_service',
      note: null,
    })
    expect((await list()).map(({ address }) => address)).not.toContain('Bad/Knopf 1')
    expect(await adopt(item.knockId)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  test('as it is said', async () => {
    await knock({ address: 'b', device: SOS })
    const said = { deviceId: 'mine', kind: 'button', residentId: null, room: '客厅', role: null, model: null }
    expect((await adopt((await find('b')).knockId, said)).body.deviceId).toBe('mine')
    expect(await device('mine')).toMatchObject({
      kind: 'button',
      residentId: null,
      lifecycle: 'in_stock',
      room: '客厅',
      role: null,
      model: null,
    })
  })

  test('ids are made from any script, and are nobody else’s', async () => {
    const ids = []
    for (const address of ['卫生间/按钮', 'bad knopf 1', 'Bad.Knopf-1', 'été', '_x_', `long ${'x'.repeat(100)}`]) {
      await knock({ address })
      ids.push((await adopt((await find(address)).knockId)).body.deviceId)
    }
    expect(ids).toEqual([
      expect.stringMatching(/^hub-1-[0-9a-f]{8}$/),
      'hub-1-bad-knopf-1',
      'hub-1-Bad.Knopf-1',
      'hub-1-ete',
      'hub-1-x',
      `hub-1-long-${'x'.repeat(23)}`,
    ])
    await knock({ address: 'Bad Knopf 1' })
    expect((await adopt((await find('Bad Knopf 1')).knockId)).body.deviceId).toBe('hub-1-Bad-Knopf-1-2')
  })

  test('what the catalogue does not know is kept as a note; the form may send it back', async () => {
    const odd = { model: 'ZX-9', vendor: 'Nobody', description: 'Strange thing', kind: 'other', role: null }
    await knock({ address: 'odd', device: odd })
    const { body } = await adopt((await find('odd')).knockId, { model: 'ZX-9' })
    expect(await device(body.deviceId)).toMatchObject({ model: null, note: 'Nobody ZX-9 Strange thing', kind: 'other' })
    await knock({ address: 'odd 2', device: odd })
    const wrong = await adopt((await find('odd 2')).knockId, { model: 'ZX-10' })
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'model' }] } })
  })

  test('a watch, and a LoRaWAN device, which belongs to no hub', async () => {
    await knock({ hubId: null, protocol: 'watch', address: '8800000015' })
    await knock({ protocol: 'chirpstack', address: '24E124AAAA000001' })
    await adopt((await find('8800000015')).knockId, { kind: 'watch', residentId })
    expect(await device('8800000015')).toMatchObject({ protocol: 'watch', hubId: null, kind: 'watch' })
    const lora = await adopt((await find('24e124aaaa000001')).knockId)
    expect(await device(lora.body.deviceId)).toMatchObject({ protocol: 'chirpstack', hubId: null, residentId })
  })

  test('a taken id is refused and nothing is done', async () => {
    await knock({ address: 'late' })
    const { knockId } = await find('late')
    expect(await adopt(knockId, { deviceId: 'mine' })).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'deviceId' }] },
    })
    const both = await Promise.all([adopt(knockId), adopt(knockId)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 404])
  })
})

test('from the air: a paired button is listed, adopted, and then a device of its own', async () => {
  const say = (payload: object) => hub.publishAsync('zigbee2mqtt/0x00158d0001', JSON.stringify(payload), { qos: 1 })
  await say({ action: 'emergency', battery: 90 })
  await app.tick()
  const item = await find('0x00158d0001')
  expect(item).toMatchObject({ hubId: 'hub-1', protocol: 'zigbee2mqtt', messages: 1 })
  expect(JSON.parse(item.lastMessage)).toEqual({ action: 'emergency', battery: 90 })
  const { deviceId } = (await adopt(item.knockId, { kind: 'sos_button' })).body
  await say({ action: 'emergency', battery: 89 })
  await app.tick()
  const signals = await app.database.store.db
    .selectFrom('signal')
    .select(['device_id', 'type', 'resident_id'])
    .where('type', '=', 'sos')
    .orderBy('received_at')
    .execute()
  expect(signals).toEqual(['hub-1', deviceId].map((device_id) => ({ device_id, type: 'sos', resident_id: residentId })))
  expect(await device(deviceId)).toMatchObject({ online: true, battery: 89, role: 'sos' })
  expect((await list()).map(({ address }) => address)).not.toContain('0x00158d0001')
})

describe('dismissal', () => {
  test('takes off the list and puts back, and is noted', async () => {
    await knock({ address: 'neighbour' })
    const { knockId } = await find('neighbour')
    expect(await admin.post(`/unknown-devices/${knockId}/dismiss`, {})).toMatchObject({
      status: 200,
      body: { dismissed: true },
    })
    expect((await list()).map(({ address }) => address)).not.toContain('neighbour')
    expect(await list('dismissed=true')).toMatchObject([{ address: 'neighbour' }])
    expect(await admin.post(`/unknown-devices/${knockId}/restore`, {})).toMatchObject({ body: { dismissed: false } })
    expect(await find('neighbour')).toMatchObject({ knockId })
    const notes = await app.database.store.db
      .selectFrom('audit')
      .select('action')
      .where('subject', '=', knockId)
      .orderBy('audit_id')
      .execute()
    expect(notes.map(({ action }) => action)).toEqual(['unknown_device.dismiss', 'unknown_device.restore'])
  })

  test.each(['adopt', 'dismiss', 'restore'])('%s of nobody is not found', async (action) => {
    const nobody = await admin.post(`/unknown-devices/01980000-0000-7000-8000-000000000000/${action}`, {})
    expect(nobody).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await admin.post(`/unknown-devices/x/${action}`, {})).status).toBe(400)
  })
})
