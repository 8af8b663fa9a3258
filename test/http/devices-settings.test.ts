import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BridgeView, DeviceSettingsChange, DeviceSettingsView } from '../../server/contract/device.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let admin: ApiClient

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  for (const [deviceId, kind, protocol] of [
    ['bridge-1', 'bridge', 'tts'],
    ['phone-1', 'phone', 'owntracks'],
    ['mapped-1', 'button', 'mapped'],
    ['button-1', 'sos_button', 'native'],
  ]) {
    expect((await admin.post('/devices', { deviceId, kind, protocol })).status).toBe(201)
  }
})
afterAll(() => app.destroy())

const put = (deviceId: string, change: DeviceSettingsChange) =>
  admin.send<DeviceSettingsView & { errors: { field: string }[] }>(
    `/devices/${deviceId}/settings`,
    change,
    'application/json',
    'PUT',
  )
const get = async (deviceId: string) => (await admin.get<DeviceSettingsView>(`/devices/${deviceId}/settings`)).body

const NOTHING = { mapping: null, hasEncryptionKey: false, bridge: null }
/** Nobody listens there: the bridge goes on trying, and the test needs no broker. */
const BRIDGE = { url: 'mqtt://127.0.0.1:1', username: 'anhu@ttn', password: 'NNSXS.SECRET' }

/** Everything the database holds of a device, as text. */
const stored = async (deviceId: string) => {
  const row = await app.database.store.db.selectFrom('device').selectAll().where('device_id', '=', deviceId).execute()
  return `${JSON.stringify(row)} ${row[0]?.sealed_settings?.toString('latin1')}`
}

describe('settings', () => {
  test('are none at first', async () => {
    expect(await get('bridge-1')).toEqual(NOTHING)
    expect(await admin.get('/devices/nobody/settings')).toMatchObject({ status: 404 })
    expect((await put('nobody', {})).status).toBe(404)
  })

  test('a password goes in and never comes out; left out it stays, null takes it away', async () => {
    const shown = { url: BRIDGE.url, username: 'anhu@ttn', ca: null, topics: [] }
    const answer = await put('bridge-1', { bridge: BRIDGE })
    expect(answer).toMatchObject({ status: 200, body: { ...NOTHING, bridge: { ...shown, hasPassword: true } } })
    expect(JSON.stringify(answer.body)).not.toContain('NNSXS')
    expect(await stored('bridge-1')).not.toContain('NNSXS')
    const { password: _, ...rest } = BRIDGE
    await put('bridge-1', { bridge: { ...rest, topics: ['v3/+/devices/#'] } })
    expect(await get('bridge-1')).toMatchObject({ bridge: { hasPassword: true, topics: ['v3/+/devices/#'] } })
    await put('bridge-1', { bridge: { ...BRIDGE, password: null } })
    expect(await get('bridge-1')).toMatchObject({ bridge: { hasPassword: false, topics: [] } })
    await put('bridge-1', { bridge: null })
    expect(await get('bridge-1')).toEqual(NOTHING)
  })

  test("a phone's key is sealed", async () => {
    expect((await put('phone-1', { encryptionKey: 'fruehling-24' })).body).toEqual({
      ...NOTHING,
      hasEncryptionKey: true,
    })
    expect(await stored('phone-1')).not.toContain('fruehling')
    await put('phone-1', {})
    expect(await get('phone-1')).toMatchObject({ hasEncryptionKey: true })
    expect((await put('phone-1', { encryptionKey: null })).body).toEqual(NOTHING)
  })

  test('a wrong mapping is refused with the places, and the old one stays', async () => {
    const answer = await put('mapped-1', { mapping: { rules: [{ topic: 'a/#/b' }], oops: 1 } })
    expect(answer.status).toBe(400)
    expect(answer.body.errors.length).toBeGreaterThan(0)
    for (const { field } of answer.body.errors) expect(field).toMatch(/^mapping(\.|$)/)
    expect(answer.body.errors.map(({ field }) => field)).toContainEqual(expect.stringMatching(/^mapping\.rules\[0\]/))
    expect(await get('mapped-1')).toEqual(NOTHING)
  })

  test.each([
    ['button-1', { mapping: {} }, ['mapping']],
    ['button-1', { encryptionKey: 'x' }, ['encryptionKey']],
    ['button-1', { bridge: BRIDGE }, ['bridge']],
    ['phone-1', { encryptionKey: '密'.repeat(11) }, ['encryptionKey']],
    ['bridge-1', { bridge: { ...BRIDGE, ca: 'no certificate' } }, ['bridge.ca']],
    ['bridge-1', { bridge: { ...BRIDGE, url: 'mqtt://:99999' } }, ['bridge.url']],
    [
      'bridge-1',
      { bridge: { ...BRIDGE, topics: ['a/#', 'a/#/b', 'a+', '+/+/#'] } },
      ['bridge.topics.1', 'bridge.topics.2'],
    ],
  ] as [string, DeviceSettingsChange, string[]][])('%s: %o is refused by name', async (deviceId, change, fields) => {
    const answer = await put(deviceId, change)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map(({ field }) => field)).toEqual(fields)
  })

  test('a URL with a password in it is refused', async () => {
    const answer = await put('bridge-1', { bridge: { url: 'mqtt://user:geheim@broker:1883' } })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body)).not.toContain('geheim')
  })

  test('every change is noted, without its contents', async () => {
    const rows = await app.database.store.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'device.change_settings')
      .execute()
    expect(rows.filter((row) => row.subject === 'bridge-1')).toHaveLength(4)
    expect(JSON.stringify(rows)).not.toMatch(/NNSXS|fruehling/)
  })
})

test('bridges are listed with how they are doing', async () => {
  const bridges = async () => (await admin.get<{ items: BridgeView[] }>('/bridges')).body.items
  expect(await bridges()).toEqual([])
  await put('bridge-1', { bridge: BRIDGE })
  const [bridge] = await bridges()
  expect(bridge).toMatchObject({ deviceId: 'bridge-1', protocol: 'tts', url: BRIDGE.url })
  // No node may have taken it up yet.
  expect(bridge?.messages ?? 0).toBe(0)
  expect(['connecting', 'waiting', 'elsewhere']).toContain(bridge?.state)
  await put('bridge-1', { bridge: null })
  expect(await bridges()).toEqual([])
})
