import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { DeviceView } from '../../server/contract/device.ts'
import { addResident } from '../support/records.ts'
import { type Office, pick, startOffice } from './office.ts'

// Pages on two busy cores: a whole walk through a form takes its time.
vi.setConfig({ testTimeout: 90_000 })
let office: Office
const clients: MqttClient[] = []

beforeAll(async () => {
  office = await startOffice()
  const { db } = office.app.database.store
  for (const name of ['周桂兰', '欧阳秀英', '阿卜杜热西提·麦麦提艾力']) await addResident(db, [], name)
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync()))
  expect(await office.closePages()).toEqual([])
})
afterAll(() => office?.stop())

const device = async (deviceId: string) => (await office.admin.get<DeviceView>(`/devices/${deviceId}`)).body

async function logIn(deviceId: string, password: string): Promise<MqttClient> {
  const url = `mqtt://127.0.0.1:${office.app.mqttPort}`
  const client = await connectAsync(
    url,
    { username: deviceId, password, clientId: deviceId, reconnectPeriod: 0 },
    false,
  )
  clients.push(client)
  return client
}

async function register(deviceId: string, more: object = {}): Promise<string> {
  const body = { deviceId, kind: 'sos_button', protocol: 'native', ...more }
  return (await office.admin.post<{ secret: string }>('/devices', body)).body.secret
}

test('one device is added; its secret is shown once and logs in at the port that is shown', async () => {
  const page = await office.open('/admin/devices')
  await page.getByTestId('add-device').click()
  await pick(page, '#protocol', '安护', '安护 MQTT')
  await page.getByTestId('device-id').fill('sos-1001')
  await pick(page, '#residentId', '桂兰', '周桂兰')
  await page.locator('#room').fill('卫生间')
  await page.getByTestId('submit-device').click()
  await page.getByTestId('device-added').waitFor()
  const secret = (await page.getByTestId('device-secret').textContent()) ?? ''
  expect(secret).toMatch(/^[\w-]{32}$/)

  const facts = (await page.locator('.guide-facts').textContent()) ?? ''
  expect(facts).toContain(`端口${office.app.mqttPort}`)
  expect(facts).not.toContain('加密端口')
  await page.getByTestId('local-host').waitFor()
  await logIn('sos-1001', secret)
  expect(await device('sos-1001')).toMatchObject({ residentName: '周桂兰', room: '卫生间', lifecycle: 'in_service' })

  await page.getByRole('button', { name: '打开设备' }).click()
  await page.locator('[data-panel="connect"] summary').click()
  await page.locator('[data-panel="connect"] .guide-facts').waitFor()
  await page.reload()
  await page.getByTestId('edit-device').waitFor()
  expect(await page.content()).not.toContain(secret)
})

test('a wrong id and a taken one are said at their field', async () => {
  await register('taken-1')
  const page = await office.open('/admin/add-device')
  await pick(page, '#protocol', '安护', '安护 MQTT')
  const field = page.locator('.ant-form-item', { has: page.getByTestId('device-id') })
  await page.getByTestId('device-id').fill('有空格 的')
  await page.getByTestId('submit-device').click()
  await field.getByText('只能用字母').waitFor()
  await page.getByTestId('device-id').fill('taken-1')
  await page.getByTestId('submit-device').click()
  await field
    .locator('.ant-form-item-explain-error')
    .getByText(/登记过/)
    .waitFor()
})

test('a secret is changed: asked once, shown once, and only the new one logs in', async () => {
  const before = await register('rotate-1')
  const page = await office.open('/admin/devices/rotate-1')
  await page.getByTestId('rotate-secret').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('旧密钥立即失效').waitFor()
  await dialog.getByRole('button', { name: '更换密钥' }).click()
  const secret = (await page.getByTestId('device-secret').textContent()) ?? ''
  // A slip does not close what is shown once.
  await page.keyboard.press('Escape')
  await page.mouse.click(5, 5)
  expect(await page.getByTestId('device-secret').textContent()).toBe(secret)
  await page.getByTestId('secret-saved').click()
  await page.getByTestId('device-secret').waitFor({ state: 'detached' })
  await expect(logIn('rotate-1', before)).rejects.toThrow(/[Nn]ot authorized/)
  await logIn('rotate-1', secret)
})

test('a device is given a resident, a room and a role; the empty search and a failed one say so', async () => {
  await register('assign-1', { kind: 'button' })
  const page = await office.open('/admin/devices/assign-1')
  await page.getByTestId('edit-device').click()
  const resident = page.locator('#residentId')
  await resident.click()
  await resident.fill('没有这个人')
  await page.getByText('没有找到住户').waitFor()

  await page.route('**/api/v1/residents/search', (route) => route.abort())
  await resident.fill('欧阳')
  const failure = page.getByRole('alert').filter({ hasText: '没有查到' })
  await failure.waitFor()
  await page.unroute('**/api/v1/residents/search')
  await failure.getByRole('button').click()
  await page.locator('.ant-select-item-option', { hasText: '欧阳秀英' }).click()

  await page.locator('#room').fill('老人卧室')
  await page.locator('#role').click()
  await page.locator('.ant-select-item-option', { hasText: '紧急求救' }).click()
  await page
    .getByRole('button', { name: '保存', exact: true })
    .or(page.getByRole('button', { name: '保 存' }))
    .click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await device('assign-1')).toMatchObject({ residentName: '欧阳秀英', room: '老人卧室', role: 'sos' })
  await page.locator('[data-panel="device-facts"]').getByText('欧阳秀英').waitFor()
})

test('whom one searches is in no address', async () => {
  await register('quiet-1')
  const page = await office.open('/admin/devices/quiet-1')
  const urls: string[] = []
  page.on('request', (request) => urls.push(decodeURIComponent(request.url())))
  await page.getByTestId('edit-device').click()
  await pick(page, '#residentId', '麦麦提', '阿卜杜热西提')
  expect(urls.some((url) => url.endsWith('/residents/search'))).toBe(true)
  await page.goto(`http://127.0.0.1:${office.app.httpPort}/admin/devices`)
  await page.locator('.office-search input').fill('麦麦提')
  await expect.poll(() => urls.some((url) => url.endsWith('/devices/search'))).toBe(true)
  await page.locator('.ant-table-placeholder, [data-testid=empty-state], .ant-table-row').first().waitFor()
  expect(urls.filter((url) => url.includes('麦麦提'))).toEqual([])
})

test('a command waits for the device, is delivered when it connects, and its answer is shown', async () => {
  const secret = await register('command-1')
  const page = await office.open('/admin/devices/command-1')
  await page.getByTestId('send-sound').click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: '发送' })
    .or(page.getByRole('button', { name: '发 送' }))
    .click()
  const command = page.getByTestId('command')
  await expect.poll(() => command.textContent()).toContain('等待送达')
  const client = await logIn('command-1', secret)
  client.on('message', (_topic, payload) => {
    const { id } = JSON.parse(payload.toString()) as { id: string }
    client.publish('care/v1/command-1/reply', JSON.stringify({ id, ok: true }), { qos: 1 })
  })
  await client.subscribeAsync('care/v1/command-1/command', { qos: 1 })
  await expect.poll(() => command.textContent(), { timeout: 30_000 }).toContain('已答复')
  expect(await command.textContent()).toContain('ok: true')
})

test('a step of its life is taken with a note; the one that cannot be undone is asked about', async () => {
  await register('life-1')
  const page = await office.open('/admin/devices/life-1')
  const panel = page.locator('[data-panel="lifecycle"]')
  await panel.getByRole('textbox').fill('装在床头，已与老人一起试按')
  await page.getByTestId('step-installed').click()
  await panel.locator('.life-history').getByText('装在床头，已与老人一起试按').waitFor()
  expect(await panel.getByRole('textbox').inputValue()).toBe('')
  await page.getByTestId('step-tested').click()
  // Whose alarm would it be?
  await page.getByTestId('step-in_service').click()
  await panel.getByRole('alert').getByText('先在“修改”里分配住户').waitFor()
  await page.getByTestId('step-retired').click()
  await page.getByRole('dialog').getByText('不能撤回').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await device('life-1')).lifecycle).toBe('retired')
  await panel.getByText('已退役，记录保留').waitFor()
})

test('labels have a QR code with the id and no name of anybody', async () => {
  await register('label-1', { room: '卫生间' })
  const page = await office.open('/admin/devices')
  await page.locator('.office-search input').fill('label-1')
  await page.getByRole('checkbox', { name: 'label-1' }).check()
  await page.getByTestId('print-labels').click()
  const label = page.getByRole('dialog').getByTestId('label')
  expect(await label.locator('svg path').count()).toBeGreaterThan(0)
  expect(await label.textContent()).toBe('安护label-1SOS 按钮卫生间')
  // On paper: the labels alone.
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('.label-sheet').isVisible()).toBe(true)
  expect(await page.locator('.office-nav').isVisible()).toBe(false)
})
