import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { Aedes } from 'aedes'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { DeviceView } from '../../server/contract/device.ts'
import { addResident } from '../support/records.ts'
import { type Office, startOffice } from './office.ts'

// Pages on two busy cores: a whole walk through a form takes its time.
vi.setConfig({ testTimeout: 90_000 })
let office: Office
let hub: MqttClient

beforeAll(async () => {
  office = await startOffice({ env: { PUBLIC_HOST: 'mqtt.care.example.org' } })
  const residentId = await addResident(office.app.database.store.db, [], '周桂兰')
  const body = { deviceId: 'hub-1', kind: 'hub', protocol: 'zigbee2mqtt', residentId }
  const made = await office.admin.post<{ secret: string }>('/devices', body)
  hub = await connectAsync(`mqtt://127.0.0.1:${office.app.mqttPort}`, {
    username: 'hub-1',
    password: made.body.secret,
    clientId: 'hub-1',
    reconnectPeriod: 0,
  })
})
afterEach(async () => expect(await office.closePages()).toEqual([]))
afterAll(async () => {
  await hub?.endAsync()
  await office?.stop()
})

test('a button that knocked over MQTT is adopted: the home of its hub is proposed, and it is a device then', async () => {
  const page = await office.open('/admin/unknown')
  await page.getByTestId('empty-state').waitFor()
  await hub.publishAsync('zigbee2mqtt/卫生间按钮', JSON.stringify({ action: 'emergency', battery: 90 }), { qos: 1 })
  const knock = page.getByTestId('knock').filter({ hasText: '卫生间按钮' })
  await knock.waitFor()
  expect(await knock.textContent()).toContain('周桂兰家')
  await knock.getByTestId('adopt').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('周桂兰').waitFor()
  await dialog.locator('#room').fill('卫生间')
  await dialog.locator('#deviceId').fill('bath-button')
  await dialog
    .getByRole('button', { name: '认领' })
    .or(dialog.getByRole('button', { name: '认 领' }))
    .click()
  await page.getByTestId('adopted').click()
  await page.getByTestId('empty-state').waitFor()
  const { body } = await office.admin.get<DeviceView>('/devices/bath-button')
  expect(body).toMatchObject({ residentName: '周桂兰', hubId: 'hub-1', address: '卫生间按钮', room: '卫生间' })
})

test('what nobody knows is put aside, and taken back', async () => {
  const page = await office.open('/admin/unknown')
  await hub.publishAsync('zigbee2mqtt/0x0017880104', JSON.stringify({ occupancy: true }), { qos: 1 })
  const knock = page.getByTestId('knock').filter({ hasText: '0x0017880104' })
  await knock.waitFor()
  await knock.getByTestId('dismiss').click()
  await knock.waitFor({ state: 'detached' })
  await page.getByTestId('undo-dismiss').click()
  await knock.waitFor()
})

test('devices are told the public host and the real ports', async () => {
  const page = await office.open('/admin/devices/hub-1')
  await page.locator('[data-panel="connect"] summary').click()
  const guide = page.locator('[data-panel="connect"]')
  await guide.getByText(`server: mqtt://mqtt.care.example.org:${office.app.mqttPort}`).waitFor()
  expect(await guide.getByTestId('local-host').count()).toBe(0)
})

test('when the server does not say its ports, a new secret is shown all the same, with a warning', async () => {
  const page = await office.open('/admin/devices')
  await page.route('**/api/v1/connection', (route) => route.abort())
  await page.getByTestId('add-device').click()
  await page.locator('#way').click()
  await page.locator('.ant-select-item-option', { hasText: '替身后的设备说话' }).click()
  await page.getByTestId('device-id').fill('hub-2')
  await page.getByTestId('submit-device').click()
  await page.getByTestId('device-secret').waitFor()
  await page.unroute('**/api/v1/connection')
  await page.getByTestId('connection-unknown').getByRole('button').click()
  await page.getByTestId('connection-unknown').waitFor({ state: 'detached' })
  expect(await page.locator('.guide-facts').textContent()).toContain(String(office.app.mqttPort))
})

/** An outside broker that knows one password. */
async function outsideBroker(): Promise<{ port: number; stop(): Promise<void> }> {
  const broker = await Aedes.createBroker()
  broker.authenticate = (_client, _name, password, done) => {
    if (password?.toString() === 'right') done(null, true)
    else done(Object.assign(new Error('no'), { returnCode: 5 as const }), null)
  }
  const server: Server = createServer(broker.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => broker.close(resolve))
      await closed
    },
  }
}

test('bridges: without an address, refused, connected, and away', async () => {
  const outside = await outsideBroker()
  const page = await office.open('/admin/bridges')
  await page.getByTestId('add-bridge').click()
  await page.getByTestId('device-id').fill('county-chirp')
  await page.getByTestId('submit-device').click()
  await page.getByTestId('device-added').waitFor()
  expect(await page.getByTestId('device-secret').count()).toBe(0)
  await page.getByRole('link', { name: '桥接' }).click()
  const row = page.locator('.bridge-table tbody tr', { hasText: 'county-chirp' })
  await row.getByText('还没有填地址').waitFor()

  const address = (password: string, port = outside.port) => ({
    bridge: { url: `mqtt://127.0.0.1:${port}`, username: 'anhu', password },
  })
  const put = (settings: object) =>
    office.admin.send('/devices/county-chirp/settings', settings, 'application/json', 'PUT')
  await row.getByRole('link', { name: 'county-chirp' }).click()
  await page.getByLabel('地址', { exact: true }).fill(`mqtt://127.0.0.1:${outside.port}`)
  await page.getByLabel('用户名').fill('anhu')
  await page.getByLabel('密码', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: '保存设置' }).click()
  await page.locator('.bridge-status').getByText('被拒绝').waitFor()
  await page.getByRole('link', { name: '桥接' }).click()
  await row.getByText('被拒绝').waitFor()
  expect((await put(address('right'))).status).toBe(200)
  await row.getByText('已连接').waitFor()
  await outside.stop()
  await row.getByText('等待重连').waitFor()
})
