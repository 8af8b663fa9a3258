import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkSealKey, createDeviceDirectory, type DeviceDirectory } from '../../server/care/devices/directory.ts'
import type { By } from '../../server/care/devices/insert.ts'
import { stepLifecycle } from '../../server/care/devices/lifecycle.ts'
import { lockDevice } from '../../server/care/devices/registry.ts'
import { changeSettings } from '../../server/care/devices/settings.ts'
import type { DeviceSettingsChange } from '../../server/contract/device.ts'
import { createSealer } from '../../server/store/sealed.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { administrator, listeningLog, register } from './care.ts'

const sealer = createSealer(Buffer.alloc(32, 1))
const { log, said } = listeningLog()
let database: TestDatabase
let directory: DeviceDirectory
let by: By

beforeAll(async () => {
  database = await createTestDatabase()
  const { db } = database.store
  directory = createDeviceDirectory(db, { sealer, log, node: 'a' })
  by = await administrator(db)
  await register(db, by, { deviceId: 'hub-1', kind: 'hub', protocol: 'zigbee2mqtt' })
  await register(db, by, { deviceId: 'hub-2', kind: 'hub', protocol: 'zigbee2mqtt' })
  await register(db, by, { deviceId: 'child-1', hubId: 'hub-1', address: '卫生间/按钮', model: 'HS1EB' })
  await register(db, by, { deviceId: 'child-2', hubId: 'hub-2', address: '卫生间/按钮', role: 'help' })
  await register(db, by, { deviceId: 'ns-1', kind: 'hub', protocol: 'chirpstack' })
  await register(db, by, { deviceId: 'ns-2', kind: 'bridge', protocol: 'tts' })
  await register(db, by, { deviceId: 'lora-1', protocol: 'chirpstack', address: '24E124AAAA000001' })
  await register(db, by, { deviceId: 'lora-2', protocol: 'tts', hubId: 'ns-2', address: '24E124AAAA000002' })
  const sources = ['10.0.0.0/8']
  await register(db, by, { deviceId: 'watch-1', kind: 'watch', protocol: 'watch', address: '8800000015', sources })
  await register(db, by, { deviceId: 'phone-1', kind: 'phone', protocol: 'owntracks' })
})
afterAll(() => database.drop())

const put = (deviceId: string, change: DeviceSettingsChange) =>
  database.store.db.transaction().execute((tx) => changeSettings(tx, sealer, deviceId, change))

const retire = (deviceId: string) =>
  database.store.db
    .transaction()
    .execute(async (tx) => stepLifecycle(tx, await lockDevice(tx, deviceId, null), { to: 'retired' }, by))

describe('by address', () => {
  test.each([
    // protocol, hub, address, device
    ['zigbee2mqtt', 'hub-1', '卫生间/按钮', 'child-1'],
    ['zigbee2mqtt', 'hub-2', '卫生间/按钮', 'child-2'],
    ['zigbee2mqtt', 'hub-1', '卫生间/按钮 ', null],
    ['zigbee2mqtt', null, '卫生间/按钮', null],
    ['watch', null, '8800000015', 'watch-1'],
    ['minifinder2', null, '8800000015', null],
    ['watch', 'hub-1', '8800000015', null],
    ['chirpstack', 'ns-1', '24e124aaaa000001', 'lora-1'],
    ['tts', 'ns-2', '24E124AAAA000001', 'lora-1'],
    ['tts', 'ns-2', '24e124aaaa000002', 'lora-2'],
    // It belongs to the bridge that it was registered behind.
    ['chirpstack', 'ns-1', '24e124aaaa000002', null],
    ['native', null, 'phone-1', null],
    ['watch', null, "' or 1=1 --", null],
  ])('%s, hub %s, %s is %s', async (protocol, hubId, address, deviceId) => {
    expect((await directory.byAddress(protocol, hubId, address))?.deviceId ?? null).toBe(deviceId)
  })

  test('tells what is needed to decode', async () => {
    expect(await directory.byAddress('zigbee2mqtt', 'hub-1', '卫生间/按钮')).toEqual({
      deviceId: 'child-1',
      kind: 'sos_button',
      protocol: 'zigbee2mqtt',
      model: 'HS1EB',
      role: 'sos',
      sources: [],
    })
    expect(await directory.byAddress('watch', null, '8800000015')).toMatchObject({ sources: ['10.0.0.0/8'] })
  })
})

describe('a login', () => {
  test('has its hash and what its protocol needs', async () => {
    await put('phone-1', { encryptionKey: 'fruehling-24' })
    expect(await directory.credential('phone-1')).toEqual({
      deviceId: 'phone-1',
      kind: 'phone',
      protocol: 'owntracks',
      secretHash: expect.stringMatching(/^\$argon2id\$/),
      settings: { encryptionKey: 'fruehling-24' },
    })
    const row = await database.store.db.selectFrom('device').selectAll().where('device_id', '=', 'phone-1').execute()
    expect(JSON.stringify(row)).not.toContain('fruehling')
    expect(row[0]?.sealed_settings?.includes('fruehling')).toBe(false)
  })

  test('is nobody without a record; a device behind a hub has no hash', async () => {
    expect(await directory.credential('nobody')).toBeNull()
    expect(await directory.credential('child-1')).toMatchObject({ secretHash: null, settings: {} })
  })

  test('goes on without secrets that another key has sealed, and says so', async () => {
    const other = createDeviceDirectory(database.store.db, {
      sealer: createSealer(Buffer.alloc(32, 2)),
      log,
      node: 'a',
    })
    expect(await other.credential('phone-1')).toMatchObject({ settings: {} })
    expect(said.splice(0)).toEqual(['secrets of a device can not be unsealed'])
    expect(await checkSealKey(database.store.db, createSealer(Buffer.alloc(32, 2)), log)).toBe(false)
    expect(said.splice(0)).toEqual(['the secrets in this database were sealed with another key'])
    expect(await checkSealKey(database.store.db, sealer, log)).toBe(true)
    expect(said).toEqual([])
  })
})

test('bridges are those with an address to connect to, with their password', async () => {
  expect(await directory.holdBridges()).toEqual({ bridges: [], forMs: 30_000 })
  const bridge = { url: 'mqtts://eu1.example.org:8883', username: 'anhu@ttn', password: 'NNSXS.1', topics: ['v3/#'] }
  await put('ns-2', { bridge })
  expect((await directory.holdBridges()).bridges).toEqual([
    {
      deviceId: 'ns-2',
      protocol: 'tts',
      url: 'mqtts://eu1.example.org:8883',
      username: 'anhu@ttn',
      password: 'NNSXS.1',
      clientId: 'anhu-ns-2',
      ca: null,
      topics: ['v3/#'],
      settings: {},
    },
  ])
})

describe('retired devices', () => {
  test('are strangers, and leave their address to the next one', async () => {
    await retire('child-1')
    expect(await directory.byAddress('zigbee2mqtt', 'hub-1', '卫生间/按钮')).toBeNull()
    expect(await directory.credential('child-1')).toBeNull()
    await register(database.store.db, by, { deviceId: 'child-1b', hubId: 'hub-1', address: '卫生间/按钮' })
    expect(await directory.byAddress('zigbee2mqtt', 'hub-1', '卫生间/按钮')).toMatchObject({ deviceId: 'child-1b' })
    await retire('watch-1')
    expect(await directory.byAddress('watch', null, '8800000015')).toBeNull()
    await retire('lora-2')
    await retire('ns-2')
    expect(await directory.holdBridges()).toEqual({ bridges: [], forMs: 30_000 })
  })

  test('disabled ones are strangers too', async () => {
    await database.store.db.updateTable('device').set({ enabled: false }).where('device_id', '=', 'lora-1').execute()
    expect(await directory.byAddress('chirpstack', 'ns-1', '24e124aaaa000001')).toBeNull()
    await database.store.db.updateTable('device').set({ enabled: false }).where('device_id', '=', 'phone-1').execute()
    expect(await directory.credential('phone-1')).toBeNull()
  })
})

test('one address is one device, in whichever network it is registered', async () => {
  const { db } = database.store
  const taken = { code: 'already_exists', extra: { errors: [{ field: 'address' }] } }
  await expect(
    register(db, by, { deviceId: 'x', protocol: 'tts', address: '24-E1-24-AA-AA-00-00-01' }),
  ).rejects.toMatchObject(taken)
  await expect(register(db, by, { deviceId: 'x', hubId: 'hub-2', address: '卫生间/按钮' })).rejects.toMatchObject(taken)
  const races = await Promise.allSettled(
    ['y1', 'y2'].map((deviceId) => register(db, by, { deviceId, hubId: 'hub-2', address: 'race' })),
  )
  expect(races.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})
