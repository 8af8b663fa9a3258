import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { DeviceView } from '../../server/contract/device.ts'
import type { SelfTestView } from '../../server/contract/drill.ts'
import { PLATFORM_DEVICE, SELF_TEST_DEVICE } from '../../server/contract/purpose.ts'
import type { CaseEvent } from '../../server/contract/push.ts'
import { isFailing, STALE_MS } from '../../server/selftest/judge.ts'
import { type ApiClient, apiClient, startTestApp, type TestApp } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

interface List<T> {
  items: T[]
}
const MINUTE = 60_000

let database: TestDatabase
let app: TestApp
let operator: ApiClient
let admin: ApiClient
beforeAll(async () => {
  database = await createTestDatabase()
  app = await startTestApp({ database, selfTest: true, node: 'n1' })
  operator = await app.signIn('limin')
  admin = await app.signIn('admin')
})
afterAll(async () => {
  await app.destroy()
  await database.drop()
})

const view = async () => (await operator.get<SelfTestView>('/selftest')).body
const runs = () => database.store.db.selectFrom('self_test_run').selectAll().orderBy('run_id').execute()
const openCases = async () => (await operator.get<List<CaseSummary>>('/cases?state=open')).body.items

describe('every minute', () => {
  test('an alarm goes in as a device and comes out at a desk', async () => {
    expect(await view()).toMatchObject({ enabled: true, state: 'unknown', lastOkAt: null })
    await app.tick()
    const after = await view()
    expect(after).toMatchObject({
      state: 'ok',
      failures: 0,
      failure: null,
      lastOkAt: new Date(app.clock.now()).toISOString(),
    })
    expect(after.pubackMs).toBeGreaterThan(0)
    expect(after.deskMs).toBeGreaterThan(0)
    await app.tick()
    expect(await runs()).toHaveLength(1)
    app.clock.advance(MINUTE)
    await app.tick()
    expect(await runs()).toMatchObject([
      { node: 'n1', failure: null },
      { node: 'n1', failure: null },
    ])
  })

  test('it disturbs nobody: one case for ever, in no list, no figure, and with events that say what they are', async () => {
    const desk = await operator.desk()
    const seen: CaseEvent[] = []
    desk.on('case', (event, acknowledge) => {
      seen.push(event)
      acknowledge()
    })
    for (let n = 0; n < 4; n++) {
      app.clock.advance(MINUTE)
      await app.tick()
    }
    await expect.poll(() => seen.length).toBe(4)
    expect(seen.every(({ purpose, suppressed }) => purpose === 'self_test' && suppressed)).toBe(true)
    const cases = await database.store.db.selectFrom('alarm_case').selectAll().execute()
    expect(cases).toMatchObject([{ purpose: 'self_test', device_id: SELF_TEST_DEVICE, state: 'new' }])
    expect(await openCases()).toEqual([])
    expect((await operator.get<List<CaseSummary>>('/cases?state=all')).body.items).toEqual([])
    expect((await operator.get('/stats')).body).toMatchObject({ waiting: 0, inHand: 0, devicesTotal: 0 })
    expect((await admin.get<List<DeviceView>>('/devices')).body.items).toEqual([])
    expect((await admin.get<List<unknown>>('/suppressions')).body.items).toEqual([])
    expect((await admin.get<List<{ username: string }>>('/users')).body.items.map((one) => one.username)).not.toContain(
      'anhu-selftest',
    )
    // Four minutes: four signals, no second alert.
    expect(await database.store.db.selectFrom('alert').selectAll().execute()).toHaveLength(1)
  })

  test('two nodes make one test a minute, in turns, each with a secret of its own', async () => {
    const other = await startTestApp({ database, selfTest: true, node: 'n2' })
    try {
      const before = (await runs()).length
      for (let n = 1; n <= 4; n++) {
        app.clock.advance(MINUTE)
        other.clock.advance(app.clock.now() - other.clock.now())
        if (n % 2 === 0) await Promise.all([app.tick(), other.tick()])
        else await other.tick()
        expect(await runs()).toHaveLength(before + n)
      }
      const made = (await runs()).slice(before)
      expect(made.map(({ failure }) => failure)).toEqual([null, null, null, null])
      expect(made.map(({ node }) => node)).toContain('n2')
    } finally {
      await other.destroy()
    }
    app.clock.advance(MINUTE)
    await app.tick()
    expect((await runs()).at(-1)).toMatchObject({ node: 'n1', failure: null })
  })

  test('its account can not sign in by password', async () => {
    const password = 'set-by-somebody-1'
    const { hashPassword } = await import('../../server/store/secrets.ts')
    await database.store.db
      .updateTable('app_user')
      .set({ password_hash: await hashPassword(password) })
      .where('username', '=', 'anhu-selftest')
      .execute()
    const anonymous = apiClient(`http://127.0.0.1:${app.httpPort}`, '')
    expect((await anonymous.post('/session', { username: 'anhu-selftest', password })).status).toBe(401)
  })
})

describe('when it fails', () => {
  test('twice: a fault for the operators, once; and taken back when it works again', async () => {
    const { db } = database.store
    await db.updateTable('app_user').set({ enabled: false }).where('username', '=', 'anhu-selftest').execute()
    app.clock.advance(MINUTE)
    await app.tick()
    expect(await view()).toMatchObject({ failures: 1, failure: 'desk_connect' })
    expect(await openCases()).toEqual([])
    app.clock.advance(15_000)
    await app.tick()
    await app.tick()
    expect(await view()).toMatchObject({ state: 'failing', failures: 2 })
    const [fault, ...others] = await openCases()
    expect(others).toEqual([])
    expect(fault).toMatchObject({ kind: 'device_fault', deviceId: PLATFORM_DEVICE, suppressed: null, cancelled: false })
    await db.updateTable('app_user').set({ enabled: true }).where('username', '=', 'anhu-selftest').execute()
    app.clock.advance(15_000)
    await app.tick()
    expect(await view()).toMatchObject({ state: 'ok', failures: 0 })
    expect(await openCases()).toMatchObject([{ caseId: fault?.caseId, cancelled: true }])
  })

  test('and when none comes any more, another node tells of it', async () => {
    const { db } = database.store
    // The one whose turn it is hangs; the other only looks.
    await db
      .updateTable('self_test')
      .set({ due_at: new Date(app.clock.now() + 3_600_000) })
      .execute()
    app.clock.advance(STALE_MS + 1_000)
    await app.tick()
    expect(await view()).toMatchObject({ state: 'failing', failures: 0 })
    expect(await openCases()).toMatchObject([{ deviceId: PLATFORM_DEVICE, cancelled: false }])
    const metrics = await (await fetch(`http://127.0.0.1:${app.httpPort}/metrics`)).text()
    expect(metrics).toContain('anhu_selftest_ok 0')
    await db
      .updateTable('self_test')
      .set({ due_at: new Date(app.clock.now()) })
      .execute()
    await app.tick()
    expect(await view()).toMatchObject({ state: 'ok' })
  })

  test('hours are summed up, and runs of more than a week ago go', async () => {
    app.clock.advance(2 * 3_600_000)
    await app.tick()
    const hours = await database.store.db.selectFrom('self_test_hour').selectAll().orderBy('hour').execute()
    expect(hours.length).toBeGreaterThan(0)
    expect(hours.reduce((sum, one) => sum + one.failed, 0)).toBe(2)
    app.clock.advance(8 * 86_400_000)
    await app.tick()
    await app.tick()
    expect((await runs()).length).toBeLessThanOrEqual(1)
    expect(await database.store.db.selectFrom('self_test_hour').selectAll().execute()).toHaveLength(hours.length + 1)
    // A session does not last for a week.
    operator = await app.signIn('limin')
    expect((await operator.get<List<{ runs: number }>>('/selftest/hours')).body.items).toMatchObject([{ runs: 1 }])
  })
})

test('who has just started blames nobody for the time before', () => {
  const now = 10 * MINUTE
  expect(isFailing({ lastOkAt: null, failures: 0 }, now, now)).toBe(false)
  expect(isFailing({ lastOkAt: null, failures: 0 }, 0, STALE_MS)).toBe(false)
  expect(isFailing({ lastOkAt: null, failures: 0 }, 0, STALE_MS + 1)).toBe(true)
  expect(isFailing({ lastOkAt: now, failures: 1 }, 0, now)).toBe(false)
  expect(isFailing({ lastOkAt: now, failures: 2 }, 0, now)).toBe(true)
})
