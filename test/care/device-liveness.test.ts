import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listDevices } from '../../server/care/devices/list.ts'
import { deviceHealth, getDevice } from '../../server/care/devices/views.ts'
import type { NewDevice } from '../../server/contract/device.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { administrator, register, setState, T0 } from './care.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  const { db } = database.store
  const by = await administrator(db)
  const add = (deviceId: string, device: Partial<NewDevice>) => register(db, by, { deviceId, ...device })
  for (const [hub, online] of [
    ['hub-on', true],
    ['hub-off', false],
  ] as const) {
    await add(hub, { kind: 'hub', protocol: 'zigbee2mqtt' })
    await setState(db, hub, { online, changedAt: T0 - HOUR, lastSeenAt: T0 - HOUR })
  }
  for (const hubId of ['hub-on', 'hub-off']) {
    await add(`${hubId}-button`, { hubId, address: 'button', model: 'TS0215A_sos' })
    await add(`${hubId}-radar`, { hubId, address: 'radar', kind: 'fall_sensor', model: 'MIR-HE200-TY' })
  }
  await add('native', {})
  await add('watch', { kind: 'watch', protocol: 'watch' })
  await add('lora', { kind: 'fall_sensor', protocol: 'chirpstack', address: '24e124aaaa000001' })
  await add('blu-hub', { kind: 'hub', protocol: 'shelly_blu' })
  await add('blu', { hubId: 'blu-hub', address: 'aa:bb', kind: 'button', model: 'Shelly BLU Button' })
  await setState(db, 'blu-hub', { online: true, changedAt: T0, lastSeenAt: T0 })
})
afterAll(() => database.drop())

const isOnline = async (deviceId: string, now = T0) => (await getDevice(database.store.db, deviceId, now)).online

describe('a device that connects itself', () => {
  test.each(['native', 'watch'])('is there while its connection is: %s', async (deviceId) => {
    const { db } = database.store
    expect(await isOnline(deviceId)).toBe(false)
    await setState(db, deviceId, { online: true, changedAt: T0 - 9 * DAY, lastSeenAt: T0 - 9 * DAY })
    expect(await isOnline(deviceId)).toBe(true)
    await setState(db, deviceId, { online: false, changedAt: T0, lastSeenAt: T0 })
    expect(await isOnline(deviceId)).toBe(false)
  })
})

describe('a device that is only heard of', () => {
  test.each([
    // id, ms since it was heard of, whether it counts as there
    ['hub-on-button', 28 * HOUR, true],
    ['hub-on-button', 29 * HOUR, false],
    ['hub-on-radar', 18 * MINUTE, true],
    ['hub-on-radar', 18 * MINUTE + 1, false],
    ['hub-off-button', MINUTE, false],
    ['lora', 18 * MINUTE, true],
    ['lora', 19 * MINUTE, false],
    ['blu', 400 * DAY, true],
  ])('%s, heard %i ms ago: %s', async (deviceId, ago, expected) => {
    await setState(database.store.db, deviceId, { lastSeenAt: T0 - ago })
    expect(await isOnline(deviceId)).toBe(expected)
  })

  test('is not there before its first word, nor when its absence was told', async () => {
    const { db } = database.store
    await setState(db, 'hub-on-button', {})
    expect(await isOnline('hub-on-button')).toBe(false)
    await setState(db, 'hub-on-button', { online: false, changedAt: T0 - HOUR, lastSeenAt: T0 - MINUTE })
    expect(await isOnline('hub-on-button')).toBe(false)
    await setState(db, 'hub-on-button', { online: true, changedAt: T0 - HOUR, lastSeenAt: T0 - MINUTE })
    expect(await isOnline('hub-on-button')).toBe(true)
  })

  test('says when it is to be heard of next', async () => {
    const { db } = database.store
    const next = async (deviceId: string) => (await getDevice(db, deviceId, T0)).nextExpectedAt
    await setState(db, 'hub-on-radar', { lastSeenAt: T0 })
    expect(await next('hub-on-radar')).toBe(new Date(T0 + 15 * MINUTE).toISOString())
    await setState(db, 'blu', { lastSeenAt: T0 })
    expect(await next('blu')).toBeNull()
    expect(await next('hub-off-radar')).toBeNull()
  })
})

test('the list is filtered by the very same, and the case file shows it', async () => {
  const { db } = database.store
  await setState(db, 'hub-on-radar', { lastSeenAt: T0 })
  await setState(db, 'hub-off-radar', { lastSeenAt: T0 })
  const all = (await listDevices(db, { limit: 100 }, T0)).items
  for (const online of [true, false]) {
    const { items } = await listDevices(db, { limit: 100, online }, T0)
    expect(items).toEqual(all.filter((device) => device.online === online))
    expect(items.length).toBeGreaterThan(1)
  }
  for (const deviceId of ['hub-on-radar', 'hub-off-radar']) {
    const [health] = await deviceHealth(db, { residentId: null, deviceId }, T0)
    expect(health).toMatchObject({ deviceId, online: deviceId === 'hub-on-radar' })
  }
})
