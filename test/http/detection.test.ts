import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseDetail } from '../../server/contract/case.ts'
import { DEFAULT_SETTINGS } from '../../server/contract/detect-settings.ts'
import type { AlertSignalView, SettingsView, WhatIfAnswer } from '../../server/contract/detection.ts'
import type { PositionView } from '../../server/contract/position.ts'
import { type ApiClient, connectDevice, startTestApp, type TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'

let app: TestApp
let admin: ApiClient
let limin: ApiClient
let residentId: string

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  limin = await app.signIn('limin')
  residentId = await addResident(app.database.store.db, ['set-1', 'set-2'])
})
afterAll(() => app.destroy())

const put = (body: object, as = admin) =>
  as.send<SettingsView>('/detect-settings', JSON.stringify(body), undefined, 'PUT')
const read = (scope: string, scopeId = '') =>
  limin.get<SettingsView>(`/detect-settings?scope=${scope}${scopeId && `&scopeId=${scopeId}`}`)

test('settings are inherited, laid over one another and versioned', async () => {
  expect((await read('city')).body).toMatchObject({ own: {}, effective: DEFAULT_SETTINGS, version: 0 })
  const city = await put({ scope: 'city', version: 0, settings: { falls: { noRecoveryS: 300 } }, note: '试点' })
  expect(city.status).toBe(200)
  const own = await put({
    scope: 'resident',
    scopeId: residentId,
    version: 0,
    settings: { falls: { stillnessS: 30 }, wandering: { enabled: true } },
  })
  expect(own.body.version).toBeGreaterThan(city.body.version)
  const { body } = await read('device', 'set-1')
  expect(body.inherited.falls).toEqual({ ...DEFAULT_SETTINGS.falls, noRecoveryS: 300, stillnessS: 30 })
  expect(body.effective.wandering.enabled).toBe(true)
  expect(body.above).toMatchObject([
    { scope: 'city', version: city.body.version, settings: { falls: { noRecoveryS: 300 } } },
    { scope: 'resident', scopeId: residentId, settings: { falls: { stillnessS: 30 } } },
  ])
  expect(body.subject).toMatchObject({ residentId, name: expect.any(String) })
  const one = await limin.get(`/detect-settings/versions/${own.body.version}`)
  expect(one.body).toMatchObject({ scope: 'resident', scopeId: residentId, by: '管理员' })
  expect((await limin.get('/detect-settings/versions/999999')).status).toBe(404)
  const back = await put({ scope: 'city', version: city.body.version, settings: {} })
  expect(back.body.effective).toEqual(DEFAULT_SETTINGS)
  const { body: history } = await limin.get<{ items: unknown[] }>('/detect-settings/history?scope=city')
  expect(history.items).toMatchObject([
    { version: back.body.version, settings: {}, by: '管理员', note: null },
    { version: city.body.version, settings: { falls: { noRecoveryS: 300 } }, note: '试点' },
  ])
})

test('what was decided on old settings, by the wrong person, or makes no sense is refused, and the field named', async () => {
  expect(await put({ scope: 'device', scopeId: 'set-1', version: 7, settings: {} })).toMatchObject({
    status: 409,
    body: { code: 'stale_version', version: 0 },
  })
  expect((await put({ scope: 'city', version: 0, settings: {} }, limin)).status).toBe(403)
  expect((await put({ scope: 'resident', scopeId: 'nobody', version: 0, settings: {} })).status).toBe(404)
  const unknown = await put({ scope: 'device', scopeId: 'set-1', version: 0, settings: { falls: { stilness: 5 } } })
  expect(unknown).toMatchObject({ status: 400 })
  expect(JSON.stringify(unknown.body)).toContain('settings.falls')
  const range = await put({ scope: 'device', scopeId: 'set-1', version: 0, settings: { falls: { stillnessS: 1 } } })
  expect(range.body).toMatchObject({ errors: [{ field: 'settings.falls.stillnessS' }] })
  const against = { vitals: { hr: { low: 90, high: 80 } } }
  expect((await put({ scope: 'device', scopeId: 'set-1', version: 0, settings: against })).body).toMatchObject({
    errors: [{ field: 'settings.vitals.hr.low', message: expect.stringContaining('80') }],
  })
})

test('of two changes that began with the same version one is refused', async () => {
  const change = { scope: 'device', scopeId: 'set-2', version: 0, settings: { falls: { stillnessS: 20 } } }
  const answers = await Promise.all([put(change), put(change)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
})

test('an alert says why in both languages, and links its signals', async () => {
  const { db } = app.database.store
  const now = app.clock.now()
  await commit(db, [event('set-1', 'fall', now)], now)
  const { body: list } = await limin.get<{ items: { caseId: string; residentId: string }[] }>('/cases?state=open')
  const { caseId } = list.items.find((item) => item.residentId === residentId)!
  const { body } = await limin.get<CaseDetail>(`/cases/${caseId}`)
  const [alert] = body.alerts
  expect(alert).toMatchObject({ kind: 'fall', certainty: 'likely', severe: false, assessment: null })
  expect(alert?.reason).toMatchObject({
    rule: 'reported.alarm',
    explanation: { 'zh-CN': expect.stringContaining('设备'), en: expect.stringContaining('device') },
    settingsVersion: expect.any(Number),
  })
  const signals = await limin.get<{ items: AlertSignalView[] }>(`/alerts/${alert?.alertId}/signals`)
  expect(signals.body.items).toMatchObject([{ deviceId: 'set-1', type: 'fall', part: 'raised' }])
  expect(body.log[0]?.detail).toMatchObject({ why: { en: expect.any(String) } })
})

test("a resident's past is judged with other settings, and nothing is stored", async () => {
  const button = await connectDevice(app, admin, 'what-if-1', residentId)
  const press = JSON.stringify({ id: 'p1', type: 'sos', hr: 71 })
  await button.publishAsync('care/v1/what-if-1/event', press, { qos: 1 })
  await button.endAsync()
  app.clock.advance(60_000)
  const before = await app.database.store.db.selectFrom('case_log').selectAll().execute()
  const at = (ms: number) => new Date(ms).toISOString()
  const range = { from: at(app.clock.now() - 3_600_000), to: at(app.clock.now()) }
  const { status, body } = await limin.post<WhatIfAnswer>(`/residents/${residentId}/what-if`, {
    settings: {},
    ...range,
  })
  expect(status).toBe(200)
  expect(body.signals).toBeGreaterThanOrEqual(2)
  expect(body.samples).toBeGreaterThanOrEqual(1)
  expect(body.current).toContainEqual(
    expect.objectContaining({ effect: 'raise', kinds: ['sos'], deviceId: 'what-if-1' }),
  )
  expect(await app.database.store.db.selectFrom('case_log').selectAll().execute()).toEqual(before)
  const wrong = await limin.post(`/residents/${residentId}/what-if`, { settings: {}, from: range.to, to: range.from })
  expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect((await limin.post('/residents/nobody/what-if', { settings: {}, ...range })).status).toBe(404)
})

test('the last known position has its age, accuracy and source, and who looked is noted', async () => {
  expect((await limin.get(`/residents/${residentId}/position`)).status).toBe(404)
  const tracker = await connectDevice(app, admin, 'tracker-1', residentId)
  const at = app.clock.now()
  const fix = JSON.stringify({ ts: at, lat: 28.4547, lon: 117.9434, acc: 9, battery: 71 })
  await tracker.publishAsync('care/v1/tracker-1/telemetry', fix, { qos: 1 })
  await tracker.endAsync()
  const { body } = await limin.get<PositionView>(`/residents/${residentId}/position`)
  expect(body).toMatchObject({ accuracyM: 9, source: 'satellite', deviceId: 'tracker-1', batteryPercent: 71 })
  expect(body.lat).toBeCloseTo(28.4547, 4)
  expect(body.lon).toBeCloseTo(117.9434, 4)
  expect(Date.parse(body.at)).toBe(at)
  const looked = () =>
    app.database.store.db.selectFrom('audit').selectAll().where('action', '=', 'position.read').execute()
  expect(await looked()).toMatchObject([{ subject: residentId }])
  // A map that follows her asks again and again: one look.
  app.clock.advance(599_999)
  await limin.get(`/residents/${residentId}/position`)
  expect(await looked()).toHaveLength(1)
  app.clock.advance(1)
  await limin.get(`/residents/${residentId}/position`)
  await admin.get(`/residents/${residentId}/position`)
  expect(await looked()).toHaveLength(3)
})
