import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SignalView } from '../../server/contract/api.ts'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { DeviceView, UnknownDeviceView } from '../../server/contract/device.ts'
import { waitFor } from '../gateway/harness.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'

/** Homes as they are: hubs, network servers and phones in their own words, from the wire to the queue. */
let app: TestApp
let admin: ApiClient

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
})
afterAll(() => app.destroy())

async function resident(name: string): Promise<string> {
  return (await admin.post<{ residentId: string }>('/residents', { name })).body.residentId
}

async function register(device: object): Promise<string | null> {
  const { status, body } = await admin.post<{ secret: string | null }>('/devices', device)
  if (status !== 201) throw new Error(`not registered: ${status} ${JSON.stringify(body)}`)
  return body.secret
}

const connect = (username: string, password: string | null, over: IClientOptions = {}): Promise<MqttClient> =>
  connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`, {
    username,
    password: password ?? '',
    reconnectPeriod: 0,
    ...over,
  })

const say = (client: MqttClient, topic: string, value: unknown) =>
  client.publishAsync(topic, typeof value === 'string' ? value : JSON.stringify(value), { qos: 1 })

const openCases = async (residentId: string | null) =>
  (await admin.get<{ items: CaseSummary[] }>('/cases?state=open')).body.items.filter(
    (one) => one.residentId === residentId,
  )

const signalsOf = async (deviceId: string) =>
  (await admin.get<{ items: SignalView[] }>(`/signals?deviceId=${deviceId}`)).body.items

describe('a home with a Zigbee hub', () => {
  let residentId: string
  let hub: MqttClient
  let secret: string | null
  const login = () =>
    connect('hub-1', secret, {
      will: { topic: 'home/zigbee/bridge/state', payload: Buffer.from('{"state":"offline"}'), qos: 1, retain: true },
    })

  beforeAll(async () => {
    residentId = await resident('吴水英')
    secret = await register({ deviceId: 'hub-1', kind: 'hub', protocol: 'zigbee2mqtt', residentId })
    hub = await login()
    await say(hub, 'home/zigbee/bridge/state', { state: 'online' })
  })

  test('a button that nobody has registered yet is heard, and listed for adoption', async () => {
    await say(hub, 'home/zigbee/床头 按钮', { action: 'emergency', battery: 90, linkquality: 120 })
    expect(await openCases(residentId)).toMatchObject([{ kind: 'sos', deviceId: 'hub-1' }])
    await app.tick()
    const { body } = await admin.get<{ items: UnknownDeviceView[] }>('/unknown-devices')
    const knock = body.items.find(({ address }) => address === '床头 按钮')
    expect(knock).toMatchObject({ hubId: 'hub-1', hubResidentId: residentId, messages: 1, dismissed: false })
    const adopted = await admin.post(`/unknown-devices/${knock?.knockId}/adopt`, {
      deviceId: 'button-1',
      kind: 'sos_button',
      role: 'sos',
      room: '卧室',
    })
    expect(adopted.status).toBe(201)
    const after = await admin.get<{ items: UnknownDeviceView[] }>('/unknown-devices')
    expect(after.body.items.some(({ address }) => address === '床头 按钮')).toBe(false)
  })

  test('from then on it is a device of its own, at once', async () => {
    await say(hub, 'home/zigbee/床头 按钮', { action: 'single', battery: 89, linkquality: 120 })
    expect((await signalsOf('button-1')).map(({ type }) => type)).toEqual(['button'])
    const [row] = await openCases(residentId)
    expect(row).toMatchObject({ kind: 'sos', signalCount: 2 })
    const { body } = await admin.get<CaseDetail>(`/cases/${row?.caseId}`)
    expect(body.alerts.map(({ deviceId, kind, room }) => [deviceId, kind, room])).toContainEqual([
      'button-1',
      'sos',
      '卧室',
    ])
    await app.tick()
    const view = (await admin.get<DeviceView>('/devices/button-1')).body
    expect(view).toMatchObject({ battery: 89, hubId: 'hub-1', residentId, room: '卧室' })
  })

  test('the word is not told twice, and an empty one is none', async () => {
    const before = (await signalsOf('button-1')).length
    await say(hub, 'home/zigbee/床头 按钮/action', 'single')
    await say(hub, 'home/zigbee/床头 按钮', { action: '', battery: 89 })
    expect(await signalsOf('button-1')).toHaveLength(before)
  })

  test('a smoke sensor that repeats itself is one alarm, also after the hub and the gateway forgot', async () => {
    await register({
      deviceId: 'smoke-1',
      kind: 'smoke_sensor',
      protocol: 'zigbee2mqtt',
      hubId: 'hub-1',
      address: 'kitchen/smoke',
      residentId,
    })
    const types = async () => (await signalsOf('smoke-1')).map(({ type }) => type).reverse()
    await say(hub, 'home/zigbee/kitchen/smoke', { smoke: false, battery: 100 })
    expect(await types()).toEqual([])
    await say(hub, 'home/zigbee/kitchen/smoke', { smoke: true, battery: 100 })
    await say(hub, 'home/zigbee/kitchen/smoke', { smoke: true, battery: 99 })
    expect(await types()).toEqual(['smoke'])
    await hub.endAsync()
    hub = await login()
    await say(hub, 'home/zigbee/kitchen/smoke', { smoke: true, battery: 99 })
    expect(await types()).toEqual(['smoke'])
    await say(hub, 'home/zigbee/kitchen/smoke', { smoke: false, battery: 99 })
    expect(await types()).toEqual(['smoke', 'smoke_clear'])
  })

  test('a hub that is lost is told by its will; it can speak for no other home, nor as the platform', async () => {
    const lost = await login()
    lost.stream.destroy()
    // Its other connection is still there: nothing to tell.
    await hub.endAsync(true)
    hub = await login()
    hub.stream.destroy()
    await waitFor(async () => (await signalsOf('hub-1')).some(({ type }) => type === 'hub_offline'), 'the will')
    const [row] = await openCases(residentId)
    const { body } = await admin.get<CaseDetail>(`/cases/${row?.caseId}`)
    expect(body.alerts.map(({ kind }) => kind)).toContain('hub_offline')

    const intruder = await connect('hub-1', secret)
    intruder.on('error', () => undefined)
    const closed = new Promise<void>((resolve) => intruder.once('close', () => resolve()))
    intruder.publish('care/v1/button-1/event', '{"id":1,"type":"sos"}', { qos: 1 })
    await closed
    expect((await signalsOf('button-1')).every(({ protocol }) => protocol === 'zigbee2mqtt')).toBe(true)
    const reader = await connect('hub-1', secret)
    const granted = await reader.subscribeAsync(['care/#', '#', '$SYS/#'], { qos: 1 }).catch(() => null)
    if (granted) expect(granted.every(({ qos }) => qos > 2)).toBe(true)
    await reader.endAsync(true)
  })

  test('one home’s address is nothing to another home’s hub', async () => {
    const other = await resident('郑金莲')
    const otherSecret = await register({ deviceId: 'hub-2', kind: 'hub', protocol: 'zigbee2mqtt', residentId: other })
    const client = await connect('hub-2', otherSecret)
    const before = (await signalsOf('button-1')).length
    await say(client, 'home/zigbee/床头 按钮', { action: 'emergency' })
    expect(await signalsOf('button-1')).toHaveLength(before)
    expect(await openCases(other)).toMatchObject([{ deviceId: 'hub-2', kind: 'sos' }])
    await client.endAsync()
  })
})

describe('LoRaWAN over ChirpStack', () => {
  test('an emergency button is known by its DevEUI, whichever network server delivers', async () => {
    const residentId = await resident('徐根妹')
    // As the form registers it, and the guide says.
    const secret = await register({ deviceId: 'ns-1', kind: 'hub', protocol: 'chirpstack' })
    expect(
      await register({
        deviceId: '24E124535D000001',
        kind: 'sos_button',
        protocol: 'chirpstack',
        model: 'WS101',
        residentId,
      }),
    ).toBeNull()
    const server = await connect('ns-1', secret)
    const uplink = (data: string, fCnt: number) => ({
      deduplicationId: `dedup-${fCnt}`,
      time: new Date(app.clock.now()).toISOString(),
      deviceInfo: { applicationId: 'a1', devEui: '24e124535d000001', deviceProfileName: 'x' },
      fCnt,
      fPort: 85,
      data,
      rxInfo: [{ rssi: -90, snr: 7 }],
    })
    const topic = 'application/a1/device/24e124535d000001/event/up'
    await say(server, topic, uplink(Buffer.from('017510ff2e02', 'hex').toString('base64'), 1))
    await say(server, topic, uplink(Buffer.from('017510ff2e02', 'hex').toString('base64'), 1))
    expect(await signalsOf('24E124535D000001')).toMatchObject([{ type: 'button', detail: { press: 'long' } }])
    expect(await openCases(residentId)).toMatchObject([{ kind: 'sos', deviceId: '24E124535D000001', signalCount: 1 }])
    await say(server, topic, '{"broken')
    expect((await openCases(residentId))[0]?.signalCount).toBe(2)
    await server.endAsync()
  })

  test('one that is registered as a bridge may publish to us as well', async () => {
    const secret = await register({ deviceId: 'ns-2', kind: 'bridge', protocol: 'chirpstack' })
    const server = await connect('ns-2', secret)
    await say(server, 'application/a1/device/24e124535d0000ff/event/up', {
      deviceInfo: { applicationId: 'a1', devEui: '24e124535d0000ff', deviceProfileName: 'x' },
      fCnt: 1,
      fPort: 85,
      data: 'AXUQ',
    })
    await app.tick()
    const { items } = (await admin.get<{ items: UnknownDeviceView[] }>('/unknown-devices')).body
    expect(items.map(({ address }) => address.toLowerCase())).toContain('24e124535d0000ff')
    await server.endAsync()
  })

  test('only a hub or bridge may log in as a network server', async () => {
    await register({ deviceId: 'aa00000000000001', kind: 'sos_button', protocol: 'chirpstack' })
    await expect(connect('aa00000000000001', 'anything')).rejects.toThrow(/not authorized/i)
  })
})

describe('a phone with OwnTracks', () => {
  test('its positions are kept, and leaving home is an alarm until it is back', async () => {
    const residentId = await resident('胡春香')
    const secret = await register({ deviceId: 'phone-1', kind: 'phone', protocol: 'owntracks', residentId })
    const phone = await connect('phone-1', secret)
    const tst = Math.floor(app.clock.now() / 1000)
    const base = 'owntracks/phone-1/nokia'
    await say(phone, base, { _type: 'location', tst, lat: 28.4551, lon: 117.9433, acc: 12, batt: 61, vel: 0 })
    await say(phone, `${base}/event`, {
      _type: 'transition',
      event: 'leave',
      desc: 'home',
      rid: 'r1',
      tst: tst + 1,
      wtst: tst - 100,
      lat: 28.46,
      lon: 117.95,
      acc: 15,
    })
    expect(await openCases(residentId)).toMatchObject([{ kind: 'wander', deviceId: 'phone-1', cancelled: false }])
    await say(phone, `${base}/event`, {
      _type: 'transition',
      event: 'enter',
      desc: 'home',
      rid: 'r1',
      tst: tst + 60,
      lat: 28.455,
      lon: 117.943,
      acc: 9,
    })
    expect(await openCases(residentId)).toMatchObject([{ cancelled: true }])
    const { body } = await admin.get<{ items: unknown[] }>(
      `/devices/phone-1/telemetry?field=lat&from=${app.clock.now() - 60_000}&to=${app.clock.now() + 120_000}`,
    )
    expect(body.items.length).toBeGreaterThanOrEqual(2)
    await phone.endAsync()
  })
})
