import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDeviceDirectory, type DeviceDirectory } from '../../server/care/devices/directory.ts'
import { changeSettings, listBridges } from '../../server/care/devices/settings.ts'
import { createSealer } from '../../server/store/sealed.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { query } from '../support/sql.ts'
import { administrator, listeningLog, register } from './care.ts'

const sealer = createSealer(Buffer.alloc(32, 1))
const { log } = listeningLog()
const SHORT_MS = 300
let database: TestDatabase

const nodeNamed = (node: string, bridgeLeaseMs = 60_000): DeviceDirectory =>
  createDeviceDirectory(database.store.db, { sealer, log, node, bridgeLeaseMs })
const held = async (directory: DeviceDirectory) =>
  (await directory.holdBridges()).bridges.map(({ deviceId }) => deviceId)
const lease = (deviceId: string) =>
  database.store.db.selectFrom('bridge_lease').selectAll().where('device_id', '=', deviceId).executeTakeFirstOrThrow()

beforeAll(async () => {
  database = await createTestDatabase()
  const { db } = database.store
  const by = await administrator(db)
  for (const deviceId of ['b1', 'b2', 'b3']) {
    await register(db, by, { deviceId, kind: 'bridge', protocol: 'chirpstack' })
    if (deviceId === 'b3') continue
    const bridge = { url: 'mqtt://broker.example.org' }
    await db.transaction().execute((tx) => changeSettings(tx, sealer, deviceId, { bridge }))
  }
})
afterAll(() => database.drop())
beforeEach(() => query(database.url, 'delete from bridge_lease'))

describe('a bridge', () => {
  test('is held by the node that asked first, until it gives it up', async () => {
    const [a, b] = [nodeNamed('a'), nodeNamed('b')]
    expect(await held(a)).toEqual(['b1', 'b2'])
    expect(await held(b)).toEqual([])
    const { until } = await lease('b1')
    expect(await held(a)).toEqual(['b1', 'b2'])
    expect((await lease('b1')).until.getTime()).toBeGreaterThan(until.getTime())
    await b.releaseBridges()
    expect(await held(b)).toEqual([])
    await a.releaseBridges()
    expect(await held(b)).toEqual(['b1', 'b2'])
    expect(await held(a)).toEqual([])
  })

  test('goes to another node when its own is not heard of any more, and not earlier', async () => {
    const [a, b] = [nodeNamed('a', SHORT_MS), nodeNamed('b')]
    expect(await held(a)).toEqual(['b1', 'b2'])
    const { until } = await lease('b1')
    let taken: string[] = []
    while (taken.length === 0) {
      taken = await held(b)
      const [row] = await query(database.url, 'select clock_timestamp() as now')
      // Whoever has it before the end is wrong.
      const now = row?.now as Date | undefined
      if (taken.length > 0) expect(now?.getTime()).toBeGreaterThanOrEqual(until.getTime())
      await sleep(10)
    }
    expect(taken).toEqual(['b1', 'b2'])
    expect(await held(a)).toEqual([])
  })

  test('is held by one of many nodes that ask at the same moment', async () => {
    const nodes = Array.from({ length: 8 }, (_, n) => nodeNamed(`n${n}`))
    const answers = await Promise.all(nodes.map(held))
    expect(answers.flat().sort()).toEqual(['b1', 'b2'])
  })

  test('that is disabled is nobody’s', async () => {
    const a = nodeNamed('a')
    await database.store.db.updateTable('device').set({ enabled: false }).where('device_id', '=', 'b2').execute()
    expect(await held(a)).toEqual(['b1'])
    await database.store.db.updateTable('device').set({ enabled: true }).where('device_id', '=', 'b2').execute()
    expect(await held(a)).toEqual(['b1', 'b2'])
  })
})

test('a node that starts again under its name has its bridges at once', async () => {
  expect(await held(nodeNamed('a'))).toEqual(['b1', 'b2'])
  expect(await held(nodeNamed('a'))).toEqual(['b1', 'b2'])
})

test('the list says who holds a bridge, and what that node says of it', async () => {
  const { db } = database.store
  const [free] = await listBridges(db, [])
  expect(free).toMatchObject({ state: 'waiting', reason: 'no_node', node: null, messages: null })
  await held(nodeNamed('a'))
  const [away] = await listBridges(db, [])
  expect(away).toMatchObject({
    state: 'elsewhere',
    node: 'a',
    reason: 'not_connected_there',
    since: null,
    messages: null,
  })
  await db
    .insertInto('device_state')
    .values({ device_id: 'b1', online: true, node: 'a', online_changed_at: new Date() })
    .execute()
  expect((await listBridges(db, []))[0]).toMatchObject({ state: 'elsewhere', node: 'a', reason: null })
  const own = { deviceId: 'b1', state: 'connected' as const, since: 1_000, reason: null, messages: 7 }
  expect((await listBridges(db, [own]))[0]).toMatchObject({ state: 'connected', node: null, messages: 7 })
})

test('the application may not delete a lease', async () => {
  await expect(database.store.pool.query('delete from bridge_lease')).rejects.toMatchObject({ code: '42501' })
})
