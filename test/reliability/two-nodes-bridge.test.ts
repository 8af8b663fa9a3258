import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { Aedes, type PublishPacket } from 'aedes'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BridgeView, CommandView } from '../../server/contract/device.ts'
import { waitFor } from '../gateway/harness.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

/** Two nodes on one database, and one bridge to an outside broker. */

const EUI = '24e124535b316056'
/** Longer than a loaded machine may stand still. */
const LEASE_MS = 6_000
let database: TestDatabase
let broker: Aedes
let server: Server
/** Sessions that the outside broker has begun and ended, in order. */
let sessions: ('begun' | 'ended')[]
let downlinks: string[]
/** How many clients were connected when another one came. */
let others: number[]
let nodes: TestApp[]

beforeEach(async () => {
  sessions = []
  downlinks = []
  others = []
  nodes = []
  broker = await Aedes.createBroker()
  broker.preConnect = (_client, _packet, done) => {
    others.push(broker.connectedClients)
    done(null, true)
  }
  broker.on('clientReady', () => sessions.push('begun'))
  broker.on('clientDisconnect', () => sessions.push('ended'))
  broker.on('publish', ({ topic }) => {
    if (topic.endsWith('/command/down')) downlinks.push(topic)
  })
  server = createServer(broker.handle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  database = await createTestDatabase()
})
afterEach(async () => {
  for (const node of nodes) await node.destroy()
  await new Promise<void>((resolve) => broker.close(resolve))
  server.close()
  await database.drop()
})

async function start(node: string, databaseUrl = (url: string) => url): Promise<TestApp> {
  const app = await startTestApp({ database, node, bridgeLeaseMs: LEASE_MS, databaseUrl })
  nodes.push(app)
  return app
}

async function stop(app: TestApp): Promise<void> {
  nodes = nodes.filter((other) => other !== app)
  await app.destroy()
}

async function register(admin: ApiClient): Promise<void> {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await admin.post('/devices', { deviceId: 'lns', kind: 'bridge', protocol: 'chirpstack' })
  const radar = { deviceId: 'radar', kind: 'fall_sensor', protocol: 'chirpstack', address: EUI }
  expect((await admin.post('/devices', radar)).status).toBe(201)
  const bridge = { url: `mqtt://127.0.0.1:${address.port}` }
  await admin.send('/devices/lns/settings', { bridge }, 'application/json', 'PUT')
}

const bridgeOf = async (admin: ApiClient) => (await admin.get<{ items: BridgeView[] }>('/bridges')).body.items[0]
const connected = (admin: ApiClient) =>
  waitFor(async () => (await bridgeOf(admin))?.state === 'connected', 'the bridge', 20_000)

function uplink(n: number): Promise<void> {
  return tell('up', {
    deduplicationId: `3ac7e3c4-4401-4b8d-9386-00000000000${n}`,
    deviceInfo: { applicationId: 'a1', deviceProfileName: 'VS373', devEui: EUI },
    fCnt: n,
    fPort: 85,
    data: Buffer.from('017564', 'hex').toString('base64'),
  })
}

function tell(name: string, event: object): Promise<void> {
  const topic = `application/a1/device/${EUI}/event/${name}`
  const packet = { cmd: 'publish', topic, payload: JSON.stringify(event), qos: 1, retain: false, dup: false }
  return new Promise((resolve, reject) => {
    broker.publish(packet as PublishPacket, (error) => (error ? reject(error) : resolve()))
  })
}

const heard = () =>
  database.store.db.selectFrom('device_state').selectAll().where('device_id', '=', 'radar').executeTakeFirst()
const lastCommand = async (admin: ApiClient) =>
  (await admin.get<{ items: CommandView[] }>('/devices/radar/commands')).body.items[0]
const locate = (admin: ApiClient) =>
  admin.post('/devices/radar/commands', { type: 'config', args: { intervalSeconds: 1200 } })

async function hearOnce(app: TestApp): Promise<void> {
  await uplink(1)
  await waitFor(async () => {
    await app.tick()
    return (await heard())?.route != null
  }, 'the route')
}

test('one node runs the bridge, the other says so; at a stop it passes on at once', async () => {
  const a = await start('a')
  const adminA = await a.signIn('admin')
  await register(adminA)
  await connected(adminA)
  await a.tick()
  const b = await start('b')
  const adminB = await b.signIn('admin')
  await waitFor(async () => (await bridgeOf(adminB))?.reason === null, 'what the other node has written')
  expect(await bridgeOf(adminB)).toMatchObject({ state: 'elsewhere', node: 'a', since: null, messages: null })
  // Long enough for both to have renewed or tried several times.
  await new Promise((resolve) => setTimeout(resolve, 1.2 * LEASE_MS))
  expect(sessions).toEqual(['begun'])
  const began = performance.now()
  await stop(a)
  await connected(adminB)
  expect(performance.now() - began).toBeLessThan(LEASE_MS)
  expect(sessions).toEqual(['begun', 'ended', 'begun'])
  expect(others).toEqual([0, 0])
  await b.tick()
  const state = await database.store.db.selectFrom('device_state').selectAll().where('device_id', '=', 'lns').execute()
  expect(state[0]).toMatchObject({ online: true, node: 'b' })
})

test('a command given at one node reaches a LoRaWAN device through the bridge that the other holds', async () => {
  const a = await start('a')
  const adminA = await a.signIn('admin')
  await register(adminA)
  await connected(adminA)
  await hearOnce(a)
  const b = await start('b')
  const adminB = await b.signIn('admin')
  expect((await locate(adminB)).status).toBe(201)
  await b.tick()
  await b.tick()
  expect(await lastCommand(adminB)).toMatchObject({ state: 'queued' })
  // The wrong node has not put it off.
  await a.tick()
  await waitFor(() => downlinks.length === 1, 'the downlink')
  await waitFor(async () => (await lastCommand(adminB))?.state === 'sent', 'its state')
})

test('a command for a node that is gone is tried by the others after a while', async () => {
  const a = await start('a')
  const admin = await a.signIn('admin')
  await register(admin)
  await connected(admin)
  await hearOnce(a)
  // As if the connection were another node's, which has died without a word.
  await database.store.db.updateTable('device_state').set({ node: 'dead' }).where('device_id', '=', 'lns').execute()
  await locate(admin)
  await a.tick()
  expect(await lastCommand(admin)).toMatchObject({ state: 'queued' })
  expect(downlinks).toEqual([])
  a.clock.advance(10_000)
  await a.tick()
  await waitFor(() => downlinks.length === 1, 'the downlink')
})

test('a LoRaWAN device is reached after a restart before it has sent anything', async () => {
  const before = await start('a')
  const admin = await before.signIn('admin')
  await register(admin)
  await connected(admin)
  await hearOnce(before)
  expect(await heard()).toMatchObject({
    heard_via: 'lns',
    route: { base: 'application/a1', fPort: 85, model: 'VS373' },
  })
  await stop(before)
  const after = await start('a')
  const again = await after.signIn('admin')
  await connected(again)
  await locate(again)
  await waitFor(() => downlinks.length === 1, 'the downlink')
  expect(downlinks).toEqual([`application/a1/device/${EUI}/command/down`])
  await waitFor(async () => (await lastCommand(again))?.state === 'sent', 'its state')
  // What tells less than an uplink takes nothing away.
  await tell('status', { margin: 1, batteryLevel: 88 })
  await waitFor(async () => {
    await after.tick()
    return (await heard())?.battery === 88
  }, 'the status')
  expect((await heard())?.route).toEqual({ base: 'application/a1', fPort: 85, model: 'VS373' })
  expect(
    await database.store.db.selectFrom('device_state').select('device_id').where('route', 'is not', null).execute(),
  ).toHaveLength(1)
})

test('a node without its database ends its bridge before another may begin', { timeout: 60_000 }, async () => {
  const direct = new URL(database.url)
  const network = await startTcpProxy(direct.hostname, Number(direct.port))
  const a = await start('a', () => {
    const url = new URL(direct)
    url.host = `127.0.0.1:${network.port}`
    url.searchParams.set('query_timeout', '2000')
    return url.href
  })
  const adminA = await a.signIn('admin')
  await register(adminA)
  await connected(adminA)
  const b = await start('b')
  const adminB = await b.signIn('admin')
  network.freeze()
  await connected(adminB)
  expect(sessions).toEqual(['begun', 'ended', 'begun'])
  // Neither pushed the other out.
  expect(others).toEqual([0, 0])
  network.thaw()
  await new Promise((resolve) => setTimeout(resolve, 1.2 * LEASE_MS))
  expect(others).toEqual([0, 0])
  expect(await bridgeOf(adminA)).toMatchObject({ state: 'elsewhere', node: 'b' })
  await stop(a)
  await network.stop()
})
