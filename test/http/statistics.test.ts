import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AlarmStatistics } from '../../server/contract/statistics.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { insertCases } from '../support/many-cases.ts'

let app: TestApp
let admin: ApiClient
const FROM = '2026-08-01T00:00:00.000Z'
const TO = '2026-08-29T00:00:00.000Z'
const RANGE = `from=${FROM}&to=${TO}`

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  const fall = {
    deviceKind: 'fall_sensor',
    model: 'RADAR-1',
    kind: 'fall',
    category: 'emergency',
    openedAt: '2026-08-03T02:00:00Z',
  }
  await insertCases(app, { ...fall, prefix: 'a', count: 3, outcome: 'false_alarm' })
  await insertCases(app, { ...fall, prefix: 'b', count: 2, outcome: 'hospital' })
  await insertCases(app, { ...fall, prefix: 'c', count: 1, outcome: 'no_help_needed' })
  await insertCases(app, { ...fall, prefix: 'd', count: 1, outcome: 'test' })
  await insertCases(app, { ...fall, prefix: 'e', count: 1, state: 'new' })
  await insertCases(app, { ...fall, prefix: 'f', model: null, count: 1, outcome: 'fault_reported' })
  await insertCases(app, {
    ...fall,
    prefix: 'g',
    model: '=QUIET"',
    count: 1,
    outcome: 'helped',
    openedAt: '2026-09-03T02:00:00Z',
  })
  const { db } = app.database.store
  // Half of a's time lies before the range; b1 came late and went back into stock; d was never in service.
  await sql`
    insert into device_life (device_id, at, from_state, to_state, resident_id) values
      ('a1', '2026-07-01', null, 'in_service', 'a1'),
      ('a2', '2026-08-15', null, 'in_service', 'a2'),
      ('b1', '2026-08-01', null, 'in_service', 'b1'), ('b1', '2026-08-08', 'in_service', 'in_stock', null),
      ('c1', '2026-08-01', null, 'in_service', null),
      ('d1', '2026-08-01', null, 'tested', 'd1'),
      ('g1', '2026-08-22', null, 'in_service', 'g1')`.execute(db)
  const { case_id } = await db
    .selectFrom('alarm_case')
    .select('case_id')
    .where('device_id', '=', 'a1')
    .executeTakeFirstOrThrow()
  await sql`
    insert into case_log (case_id, at, action, to_state, version, detail) values
      (${case_id}, '2026-08-03T02:00:20Z', 'cancelled', 'new', 2, '{"kinds":["fall"],"deviceId":"a1"}'),
      (${case_id}, '2026-08-03T02:00:30Z', 'cancelled', 'new', 3, '{"kinds":["fall","sos"],"deviceId":"a1"}')`.execute(
    db,
  )
  app.clock.advance(Date.parse('2026-11-28T00:00:00Z') - app.clock.now())
  admin = await app.signIn('admin')
})
afterAll(() => app.destroy())

test('false alarms are counted by model, per week in service', async () => {
  const { status, body } = await admin.get<AlarmStatistics>(`/statistics/alarms?${RANGE}&kind=fall`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ from: FROM, to: TO })
  expect(body.items).toEqual([
    {
      ...{ model: 'RADAR-1', deviceKind: 'fall_sensor', kind: 'fall', devices: 3, deviceWeeks: 7 },
      ...{ alerts: 8, trueAlerts: 2, falseAlerts: 4, undecided: 2, cancelledByResident: 1, falsePerWearerWeek: 4 / 7 },
    },
    {
      ...{ model: null, deviceKind: 'fall_sensor', kind: 'fall', devices: 0, deviceWeeks: 0 },
      ...{ alerts: 1, trueAlerts: 0, falseAlerts: 1, undecided: 0, cancelledByResident: 0, falsePerWearerWeek: null },
    },
    // In service without a single alarm in the range.
    {
      ...{ model: '=QUIET"', deviceKind: 'fall_sensor', kind: 'fall', devices: 1, deviceWeeks: 1 },
      ...{ alerts: 0, trueAlerts: 0, falseAlerts: 0, undecided: 0, cancelledByResident: 0, falsePerWearerWeek: 0 },
    },
  ])
})

test('without a kind all are listed; time to come is no time in service', async () => {
  const { body } = await admin.get<AlarmStatistics>(
    '/statistics/alarms?from=2026-09-01T00:00:00Z&to=2027-09-01T00:00:00Z',
  )
  const quiet = body.items.find(({ model }) => model === '=QUIET"')
  expect(quiet).toMatchObject({ kind: 'fall', alerts: 1, trueAlerts: 1 })
  expect(quiet?.deviceWeeks).toBeCloseTo(88 / 7, 6)
  expect((await admin.get<AlarmStatistics>(`/statistics/alarms?${RANGE}&kind=smoke`)).body.items).toEqual([])
})

test('a table for a spreadsheet, without formulas and without persons', async () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${app.httpPort}/api/v1${path}`, { headers: { cookie: admin.cookie, ...headers } })
  const asked = await get(`/statistics/alarms?${RANGE}&kind=fall&format=csv`)
  expect(asked.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(asked.headers.get('content-disposition')).toContain('alarms-by-model.csv')
  const text = Buffer.from(await asked.arrayBuffer()).toString()
  expect(text).toBe(
    '\uFEFFmodel,deviceKind,kind,devices,deviceWeeks,alerts,trueAlerts,falseAlerts,undecided,cancelledByResident,falsePerWearerWeek\r\n' +
      'RADAR-1,fall_sensor,fall,3,7,8,2,4,2,1,0.5714\r\n' +
      ',fall_sensor,fall,0,0,1,0,1,0,0,\r\n' +
      '"\'=QUIET""",fall_sensor,fall,1,1,0,0,0,0,0,0\r\n',
  )
  const accepted = await get(`/statistics/alarms?${RANGE}&kind=fall`, { accept: 'text/csv' })
  expect(Buffer.from(await accepted.arrayBuffer()).toString()).toBe(text)
})

test('is for administrators, and refuses a range that ends before it begins', async () => {
  const limin = await app.signIn('limin')
  expect(await limin.get(`/statistics/alarms?${RANGE}`)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await admin.get(`/statistics/alarms?from=${TO}&to=${FROM}`)).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', errors: [{ field: 'from' }] },
  })
  expect((await admin.get('/statistics/alarms?from=yesterday')).status).toBe(400)
  expect((await admin.get('/statistics/alarms?kind=fun')).status).toBe(400)
})
