import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Problem } from '../../server/contract/errors.ts'
import { addMonths, monthOf } from '../../server/contract/month.ts'
import type { MonthlyReport } from '../../server/contract/report.ts'
import { daysOf, spanOf } from '../../server/reports/monthly/span.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { idOf, makeCases, makeCity } from './city.ts'

let app: TestApp
let huang: ApiClient
const NOW = Date.parse('2026-11-28T10:00:00+08:00')

beforeAll(async () => {
  app = await startTestApp()
  app.clock.advance(NOW - app.clock.now())
  huang = await app.signIn('huangyan')
  const users = await makeCity(app)
  const owner = users.limin ?? null
  const base = { owner, resident: '0192aaaa-0001' }
  await makeCases(app, [
    // The edges of October in Shanghai: 16:00 the day before in UTC.
    { ...base, caseId: idOf(1), openedAt: '2026-09-30T15:59:59Z', answered: 10, outcome: 'false_alarm' },
    { ...base, caseId: idOf(2), openedAt: '2026-09-30T16:00:00Z', answered: 10, dispatched: 40, arrived: 640 },
    { ...base, caseId: idOf(3), openedAt: '2026-10-31T15:59:59Z', answered: 70, dispatched: 200, arrived: 2000 },
    { ...base, caseId: idOf(4), openedAt: '2026-10-31T16:00:00Z', answered: 10 },
    // In the middle.
    { ...base, caseId: idOf(5), openedAt: '2026-10-10T04:30:00Z', answered: 200, outcome: 'false_alarm', kind: 'fall' },
    {
      ...{ caseId: idOf(6), openedAt: '2026-10-10T04:31:00Z', resident: '0192aaaa-0002', device: 'sos-2', owner },
      ...{ category: 'help', kind: 'help', answered: 14, outcome: 'advised' },
    },
    {
      ...{ caseId: idOf(7), openedAt: '2026-10-10T05:00:00Z', device: 'sos-3', owner },
      ...{ category: 'fault', kind: 'battery_low', outcome: 'fault_reported', answered: 5000 },
    },
    { caseId: idOf(8), openedAt: '2026-10-20T00:00:00Z', resident: '0192aaaa-0003', device: 'sos-3', state: 'new' },
    { ...base, caseId: idOf(9), openedAt: '2026-10-21T00:00:00Z', purpose: 'self_test' },
  ])
  const { db } = app.database.store
  await sql`
    insert into self_test_hour (hour, runs, failed) values ('2026-10-01T00:00Z', 60, 1), ('2026-11-01T00:00Z', 60, 0)`.execute(
    db,
  )
  await sql`
    insert into review (review_id, case_id, reason, since, state, created_at)
    values (gen_random_uuid(), ${idOf(5)}::uuid, 'late_answer', now(), 'open', now())`.execute(db)
})
afterAll(() => app.destroy())

async function report(query: string): Promise<MonthlyReport> {
  const { status, body } = await huang.get<MonthlyReport>(`/reports/monthly?${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

test('months are those of Shanghai', () => {
  expect(spanOf('2026-10')).toEqual({
    from: Date.parse('2026-10-01T00:00:00+08:00'),
    to: Date.parse('2026-11-01T00:00:00+08:00'),
  })
  expect(addMonths('2027-01', -1)).toBe('2026-12')
  expect(monthOf(Date.parse('2026-09-30T16:00:00Z'))).toBe('2026-10')
  expect(monthOf(Date.parse('2026-09-30T15:59:59Z'))).toBe('2026-09')
  expect(daysOf(spanOf('2028-02'))).toHaveLength(29)
})

test('the whole city: what was opened in the month, tests apart, against the month before', async () => {
  const october = await report('month=2026-10')
  expect(october).toMatchObject({
    month: '2026-10',
    monthBefore: '2026-09',
    complete: true,
    area: { code: '3611', level: 'city' },
    generatedBy: '黄燕',
    totals: { cases: 6, emergencies: 4, falseAlarms: 2, decided: 5, open: 1, residents: 3 },
    totalsBefore: { cases: 1, falseAlarms: 1 },
    tests: { selfTests: 60, selfTestsFailed: 1, drills: 0, drillCases: 0 },
    escalation: { escalated: 0, exhausted: 0, reviews: 1, openReviews: 1 },
    residents: { registered: 3, withCases: 3 },
    devices: null,
  })
  expect(october.byCategory).toEqual([
    { key: 'emergency', cases: 4, before: 1, falseAlarms: 1 },
    { key: 'help', cases: 1, before: 0, falseAlarms: 0 },
    { key: 'care', cases: 0, before: 0, falseAlarms: 0 },
    { key: 'fault', cases: 1, before: 0, falseAlarms: 1 },
  ])
  expect(october.byKind[0]).toEqual({ key: 'sos', cases: 3, before: 1, falseAlarms: 0 })
  expect(october.byOutcome).toContainEqual({ key: null, cases: 1, before: 0, falseAlarms: 0 })
  expect(october.byArea).toEqual([
    { code: '361125', name: '横峰县', cases: 3, before: 1, falseAlarms: 1 },
    { code: '', name: null, cases: 2, before: 0, falseAlarms: 1 },
    { code: '361102', name: '信州区', cases: 1, before: 0, falseAlarms: 0 },
  ])
})

test('days and hours are those of Shanghai, with the empty ones', async () => {
  const { byDay, byHour } = await report('month=2026-10')
  expect(byDay).toHaveLength(31)
  expect(byDay[0]).toEqual({ day: '2026-10-01', emergency: 1, help: 0, care: 0, fault: 0 })
  expect(byDay[9]).toEqual({ day: '2026-10-10', emergency: 1, help: 1, care: 0, fault: 1 })
  expect(byDay[30]).toEqual({ day: '2026-10-31', emergency: 1, help: 0, care: 0, fault: 0 })
  expect(byDay[1]).toMatchObject({ emergency: 0 })
  expect(byHour).toHaveLength(24)
  expect(byHour[0]).toEqual({ hour: 0, cases: 1, calls: 1 })
  expect(byHour[12]).toEqual({ hour: 12, cases: 2, calls: 2 })
  expect(byHour[13]).toEqual({ hour: 13, cases: 1, calls: 0 })
  expect(byHour[23]).toEqual({ hour: 23, cases: 1, calls: 1 })
})

test('answers count from the wait; who still waits counts against every limit; faults are no calls', async () => {
  const { answers, answersBefore, answersByCategory, help } = await report('month=2026-10')
  // 10, 70, 200 and 14 s, and one that waits.
  expect(answers).toMatchObject({ calls: 5, answered: 4, within15: 0.4, within60: 0.4, within180: 0.6 })
  expect(answers.meanSeconds).toBeCloseTo(73.5)
  expect(answers.medianSeconds).toBeCloseTo(42)
  expect(answersBefore).toMatchObject({ calls: 1, within60: 1 })
  expect(answersByCategory.map(({ key, answers: of }) => [key, of.calls])).toEqual([
    ['emergency', 4],
    ['help', 1],
    ['care', 0],
  ])
  // Sent 30 and 130 s after the answer; there 600 and 1,800 s later.
  expect(help).toEqual({
    dispatched: 2,
    dispatch60: 0.5,
    dispatchSeconds: 80,
    arrived: 2,
    arrivalSeconds: 1200,
    arrival15: 0.5,
    arrival30: 1,
  })
})

test('a county has its towns, a town itself', async () => {
  const county = await report('month=2026-10&area=361125')
  expect(county).toMatchObject({
    city: '上饶市',
    county: null,
    area: { name: '横峰县' },
    totals: { cases: 3 },
    answers: { calls: 3 },
    help: { dispatched: 2 },
    residents: { registered: 1 },
  })
  expect(county.byArea.map(({ code, cases }) => [code, cases])).toEqual([['361125001', 3]])
  const town = await report('month=2026-10&area=361102001')
  expect(town).toMatchObject({ county: '信州区', area: { level: 'town' }, totals: { cases: 1 }, byArea: [] })
  expect(await report('month=2026-10&area=361126')).toMatchObject({
    totals: { cases: 0 },
    answers: { calls: 0, within60: null },
  })
})

test('devices: the month that runs is counted now, a month that is over as it was counted last', async () => {
  const running = await report('month=2026-11')
  expect(running).toMatchObject({ complete: false, devices: { devices: 4, online: 0 }, devicesBefore: null })
  expect(await report('month=2026-11&area=361125')).toMatchObject({ devices: { devices: 2 } })
  await app.tick()
  app.clock.advance(5 * 86_400_000)
  huang = await app.signIn('huangyan')
  const december = await report('month=2026-12')
  expect(december.devicesBefore).toEqual(running.devices)
  await sql`update device set lifecycle = 'retired' where device_id = 'fall-1'`.execute(app.database.store.db)
  await app.tick()
  expect((await report('month=2026-12')).devices?.devices).toBe(4)
  app.clock.advance(600_001)
  expect((await report('month=2026-12')).devices?.devices).toBe(3)
  expect((await report('month=2026-11')).devices).toEqual(running.devices)
})

test.each<[string, string, string]>([
  ['a month to come', 'month=2027-02', 'month'],
  ['a month that is none', 'month=2026-13', 'month'],
  ['an area that is none', 'month=2026-10&area=99', 'area'],
])('%s is refused by name', async (_name, query, field) => {
  const { status, body } = await huang.get<Problem>(`/reports/monthly?${query}`)
  expect(status).toBe(400)
  expect(body.errors?.map((one) => one.field)).toEqual([field])
})

test('for supervisors', async () => {
  const limin = await app.signIn('limin')
  expect(await limin.get('/reports/monthly?month=2026-10')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
})
