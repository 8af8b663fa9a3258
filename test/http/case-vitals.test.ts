import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { vitalOrder } from '../../server/care/file/vitals.ts'
import type { CaseVitals } from '../../server/contract/case-vitals.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addFile, openCase } from '../support/case-file.ts'

let app: TestApp
let limin: ApiClient

beforeAll(async () => {
  app = await startTestApp()
  limin = await app.signIn('limin')
})
afterAll(() => app.destroy())

test('which value matters follows from the kind, and from the rule that raised the alert', () => {
  expect(vitalOrder('sos', 'reported.sos')[0]).toBe('hr')
  expect(vitalOrder('vital_sign', 'vitals.spo2_low').slice(0, 2)).toEqual(['spo2', 'hr'])
  expect(vitalOrder('vital_sign', 'vitals.body_temp_high')[0]).toBe('body_temp')
  expect(vitalOrder('battery_low', null)[0]).toBe('battery')
  expect(vitalOrder('smoke', null)[0]).toBe('temperature')
})

test('the last 24 hours of what a device of the resident has measured, with the limits of her alarms', async () => {
  const residentId = await addFile(app, 'v1')
  const caseId = await openCase(app, 'v1', limin)
  const vitals = async (query = '') => (await limin.get<CaseVitals>(`/cases/${caseId}/vitals${query}`)).body
  expect(await vitals()).toEqual({ field: 'hr', deviceId: null, limits: { low: 45, high: 130 }, items: [] })

  const admin = await app.signIn('admin')
  const watch = { deviceId: 'v1-watch', kind: 'watch', protocol: 'native', residentId }
  const { body } = await admin.post<{ secret: string }>('/devices', watch)
  const client = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`, {
    username: 'v1-watch',
    password: body.secret,
    clientId: 'v1-watch',
  })
  const ago = (hours: number) => app.clock.now() - hours * 3_600_000
  const samples = [
    { ts: ago(30), hr: 60 },
    { ts: ago(3), hr: 70 },
    { ts: ago(1), hr: 90, spo2: 95 },
  ]
  await client.publishAsync('care/v1/v1-watch/telemetry', JSON.stringify(samples), { qos: 1 })
  await client.endAsync()
  expect(await vitals()).toMatchObject({ field: 'hr', deviceId: 'v1-watch', items: [{ value: 70 }, { value: 90 }] })
  expect(await vitals('?field=spo2')).toMatchObject({ limits: { low: 90, high: null }, items: [{ value: 95 }] })
  expect(await vitals('?field=battery')).toMatchObject({ deviceId: null, limits: { high: null }, items: [] })

  const settings = { vitals: { hr: { low: 50, high: 100 } } }
  const change = { scope: 'resident', scopeId: residentId, version: 0, settings }
  expect((await admin.send('/detect-settings', change, 'application/json', 'PUT')).status).toBe(200)
  expect((await vitals()).limits).toEqual({ low: 50, high: 100 })

  expect((await limin.get(`/cases/${caseId}/vitals?field=blood`)).status).toBe(400)
  expect((await limin.get('/cases/01890000-0000-7000-8000-000000000000/vitals')).status).toBe(404)
})
