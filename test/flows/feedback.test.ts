import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { CommandView } from '../../server/contract/device.ts'
import { waitFor } from '../gateway/harness.ts'
import { TcpClient } from '../gateway/tcp-client.ts'
import { type ApiClient, connectDevice, startTestApp, type TestApp } from '../support/app.ts'

/** Whoever presses is told how far help has come. */
let app: TestApp
let admin: ApiClient
let limin: ApiClient

beforeAll(async () => {
  app = await startTestApp()
  ;[admin, limin] = await Promise.all([app.signIn('admin'), app.signIn('limin')])
})
afterAll(() => app.destroy())

async function resident(name: string): Promise<string> {
  const { body } = await admin.post<{ residentId: string }>('/residents', { name })
  return body.residentId
}

interface Told {
  id: string
  type: string
  case?: string
  event?: string
}

/** What the device is told from now on, each answered as a device does. */
async function listen(device: MqttClient, deviceId: string): Promise<Told[]> {
  const told: Told[] = []
  device.on('message', (_topic, payload) => {
    const command = JSON.parse(payload.toString()) as Told
    told.push(command)
    device.publish(`care/v1/${deviceId}/reply`, JSON.stringify({ id: command.id, ok: true }), { qos: 1 })
  })
  await device.subscribeAsync(`care/v1/${deviceId}/command`, { qos: 1 })
  return told
}

const press = (device: MqttClient, deviceId: string, id: string) =>
  device.publishAsync(`care/v1/${deviceId}/event`, JSON.stringify({ id, type: 'sos', ts: app.clock.now() }), { qos: 1 })

async function openCase(deviceId: string): Promise<CaseSummary> {
  const { body } = await limin.get<{ items: CaseSummary[] }>('/cases?state=open')
  const row = body.items.find((one) => one.deviceId === deviceId)
  if (!row) throw new Error('the press is not in the queue')
  return row
}

async function step(row: { caseId: string; version: number }, action: string, body: object = {}): Promise<CaseSummary> {
  const { status, body: after } = await limin.post<CaseSummary>(`/cases/${row.caseId}/${action}`, {
    version: row.version,
    ...body,
  })
  expect(status).toBe(200)
  return after
}

const commandsOf = async (deviceId: string) =>
  (await admin.get<{ items: CommandView[] }>(`/devices/${deviceId}/commands`)).body.items

test('received, answered, dispatched, arrived and closed reach the device in that order, and its answers are kept', async () => {
  const device = await connectDevice(app, admin, 'fb-1', await resident('余桂英'))
  const told = await listen(device, 'fb-1')
  await press(device, 'fb-1', 'p1')
  await waitFor(() => told.length === 1, 'received')
  let row = await openCase('fb-1')
  // Of which call: an answer that comes late must not be taken for the next call's.
  expect(told[0]).toMatchObject({ type: 'received', case: row.caseId, event: 'p1' })
  row = await step(row, 'claim')
  row = await step(row, 'dispatch', { to: '网格员' })
  row = await step(row, 'arrive')
  row = await step(row, 'resolve', { outcome: 'helped', reason: '扶起' })
  await step(row, 'close')
  await waitFor(() => told.length === 5, 'all five')
  expect(told.map(({ type }) => type)).toEqual(['received', 'answered', 'dispatched', 'arrived', 'closed'])
  expect(new Set(told.map((one) => one.case))).toEqual(new Set([row.caseId]))
  await waitFor(async () => (await commandsOf('fb-1')).every(({ state }) => state === 'replied'), 'the replies')
  expect((await commandsOf('fb-1')).map(({ type }) => type)).toEqual([
    'closed',
    'arrived',
    'dispatched',
    'answered',
    'received',
  ])
  await device.endAsync()
})

test('a device that was away is told when it is back, in order; what is too old is not told', async () => {
  const device = await connectDevice(app, admin, 'fb-2', await resident('周秀兰'))
  await press(device, 'fb-2', 'p1')
  await step(await openCase('fb-2'), 'claim')
  app.clock.advance(16 * 60_000)
  await app.tick()
  const told = await listen(device, 'fb-2')
  await waitFor(() => told.length === 1, 'answered')
  expect(told.map(({ type }) => type)).toEqual(['answered'])
  expect(Object.fromEntries((await commandsOf('fb-2')).map(({ type, state }) => [type, state]))).toMatchObject({
    received: 'expired',
  })
  await device.endAsync()
})

test('the terminal in the home is told as well, and a second press is heard again', async () => {
  const residentId = await resident('潘水仙')
  const button = await connectDevice(app, admin, 'fb-3', residentId)
  const { body } = await admin.post<{ secret: string }>('/devices', {
    deviceId: 'fb-3-terminal',
    kind: 'terminal',
    protocol: 'native',
    residentId,
  })
  expect(body.secret).toMatch(/^[\w-]{32}$/)
  await press(button, 'fb-3', 'p1')
  await press(button, 'fb-3', 'p2')
  const types = async (deviceId: string) => (await commandsOf(deviceId)).map(({ type }) => type)
  expect(await types('fb-3')).toEqual(['received', 'received'])
  expect(await types('fb-3-terminal')).toEqual(['received', 'received'])
  await button.endAsync()
})

test('a watch is told in a message on its screen, and asked where it is', async () => {
  const deviceId = '9031853319'
  const residentId = await resident('刘根发')
  await admin.post('/devices', { deviceId, kind: 'watch', protocol: 'watch', residentId })
  const watch = await TcpClient.open(app.watchPort)
  const at = new Date(app.clock.now())
  const two = (value: number) => String(value).padStart(2, '0')
  const day = two(at.getUTCDate()) + two(at.getUTCMonth() + 1) + two(at.getUTCFullYear() % 100)
  const time = two(at.getUTCHours()) + two(at.getUTCMinutes()) + two(at.getUTCSeconds())
  watch.send(`[3G*${deviceId}*0057*AL,${day},${time},A,28.455,N,117.943,E,0.5,0,40,8,80,66,1200,0,00010000,0,0]`)
  await waitFor(() => watch.text.includes(`[3G*${deviceId}*0002*AL]`), 'the answer')
  await waitFor(() => watch.text.includes('*MESSAGE,'), 'the message')
  expect(await openCase(deviceId)).toMatchObject({ kind: 'sos', residentId })
  const { status } = await limin.post(`/devices/${deviceId}/commands`, { type: 'locate' })
  expect(status).toBe(201)
  await waitFor(() => watch.text.endsWith('*0002*CR]'), 'the question')
  watch.send(`[3G*${deviceId}*0002*CR]`)
  await waitFor(
    async () => (await commandsOf(deviceId)).some(({ type, state }) => type === 'locate' && state === 'replied'),
    'the reply',
  )
  watch.close()
})

test('a flat battery is no call for help: nothing is said to anybody', async () => {
  const device = await connectDevice(app, admin, 'fb-5', await resident('叶冬花'))
  await device.publishAsync('care/v1/fb-5/event', JSON.stringify({ id: 'b1', type: 'battery_low' }), { qos: 1 })
  await step(await openCase('fb-5'), 'claim')
  expect(await commandsOf('fb-5')).toEqual([])
  await device.endAsync()
})

test('a wrong command is refused with its reason', async () => {
  const device = await connectDevice(app, admin, 'fb-4', null)
  await device.endAsync()
  const refused = async (body: object) =>
    await admin.post<{ errors?: { field: string }[] }>('/devices/fb-4/commands', body)
  expect(await refused({ type: 'monitor' })).toMatchObject({ status: 400 })
  expect(await refused({ type: 'message' })).toMatchObject({ status: 400, body: { errors: [{ field: 'args.text' }] } })
  expect(await refused({ type: 'config' })).toMatchObject({ status: 400, body: { errors: [{ field: 'args' }] } })
  expect(await refused({ type: 'message', args: { text: '您好', call: '1' } })).toMatchObject({ status: 400 })
  expect((await admin.post('/devices/nobody/commands', { type: 'locate' })).status).toBe(404)
})
