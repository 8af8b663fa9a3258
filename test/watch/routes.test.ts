import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { OutageResident, OutageView, UnprotectedResident } from '../../server/contract/watch.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident } from '../support/records.ts'

let app: TestApp
let operator: ApiClient
interface List<T> {
  items: T[]
  nextCursor: string | null
}
beforeAll(async () => {
  app = await startTestApp()
  operator = await app.signIn('limin')
})
afterAll(() => app.destroy())

describe('after an outage', () => {
  test('the list is worked off to the last one, and every step is kept', async () => {
    const residents = [
      await addResident(app.database.store.db, ['o1']),
      await addResident(app.database.store.db, ['o2']),
    ]
    await app.tick()
    app.clock.advance(10 * 60_000)
    await app.tick()
    const { body: outages } = await operator.get<List<OutageView>>('/outages')
    expect(outages.items).toMatchObject([{ residents: 2, open: 2, listed: true, completedAt: null }])
    const path = `/outages/${outages.items[0]?.outageId}/residents`
    const first = await operator.get<List<OutageResident>>(`${path}?limit=1`)
    expect(first.body.items).toHaveLength(1)
    const second = await operator.get<List<OutageResident>>(`${path}?limit=1&cursor=${first.body.nextCursor}`)
    expect([...first.body.items, ...second.body.items].map(({ residentId }) => residentId).sort()).toEqual(
      [...residents].sort(),
    )
    const check = (n: number, state: string, note?: string) =>
      operator.post<OutageResident>(`${path}/${residents[n]}`, { state, ...(note === undefined ? {} : { note }) })
    expect(await check(0, 'reached')).toMatchObject({ status: 200, body: { state: 'reached', by: '李敏', note: null } })
    expect((await check(1, 'unreachable', '无人接听')).body).toMatchObject({ note: '无人接听' })
    expect((await operator.get<List<OutageView>>('/outages')).body.items).toMatchObject([
      { open: 0, reached: 1, unreachable: 1, completedAt: null },
    ])
    await check(1, 'reached', '邻居已看望')
    expect((await operator.get<List<OutageView>>('/outages')).body.items).toMatchObject([
      { reached: 2, unreachable: 0, completedAt: expect.any(String) },
    ])
    const open = await operator.get<List<OutageResident>>(`${path}?state=open`)
    expect(open.body.items).toEqual([])
    const log = await app.database.store.db.selectFrom('outage_check_log').select(['state', 'note']).execute()
    expect(log).toHaveLength(3)
    const audit = await app.database.store.db
      .selectFrom('audit')
      .select('audit_id')
      .where('action', '=', 'outage.check')
      .execute()
    expect(audit).toHaveLength(3)
  })

  test('one outage can be asked for, and telephone numbers are masked until somebody says why', async () => {
    const { db } = app.database.store
    const residentId = await addResident(db, ['o3'])
    await db
      .insertInto('contact')
      .values({
        resident_id: residentId,
        position: 1,
        name: '王丽',
        relation: '女儿',
        phone: '13987652208',
        note: null,
      })
      .execute()
    app.clock.advance(10 * 60_000)
    await app.tick()
    const outageId = (await operator.get<List<OutageView>>('/outages')).body.items[0]?.outageId
    expect(await operator.get(`/outages/${outageId}`)).toMatchObject({
      status: 200,
      body: { outageId, residents: 3, open: 3 },
    })
    const path = `/outages/${outageId}/residents`
    const { items } = (await operator.get<List<OutageResident>>(path)).body
    expect(items.find((one) => one.residentId === residentId)?.contacts).toEqual([
      { name: '王丽', relation: '女儿', phone: '139****2208' },
    ])
    expect(await operator.post(`${path}/${residentId}/phones`, { reason: ' ' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    })
    expect(await operator.post(`${path}/${residentId}/phones`, { reason: '中断后回访' })).toMatchObject({
      status: 200,
      body: { contacts: [{ name: '王丽', relation: '女儿', phone: '13987652208' }] },
    })
    const audit = await db.selectFrom('audit').selectAll().where('action', '=', 'outage.phones').execute()
    expect(audit).toMatchObject([{ subject: `${outageId}:${residentId}`, detail: { reason: '中断后回访' } }])
  })

  test('what is not there is said to be so', async () => {
    expect((await operator.get('/outages/999')).status).toBe(404)
    expect((await operator.get('/outages/999/residents')).status).toBe(404)
    expect((await operator.post('/outages/999/residents/nobody/phones', { reason: 'x' })).status).toBe(404)
    expect((await operator.post('/outages/999/residents/nobody', { state: 'reached' })).status).toBe(404)
    expect((await operator.get('/incidents/01890000-0000-7000-8000-000000000000')).status).toBe(404)
    expect((await operator.post('/suppressions/01890000-0000-7000-8000-000000000000/end', {})).status).toBe(404)
    expect((await operator.get('/unprotected?cursor=x')).status).toBe(400)
  })
})

test('an unprotected resident is shown in the list, in the queue and in the case’s file', async () => {
  const { db } = app.database.store
  const residentId = await addResident(db, ['u1', 'u2'])
  await app.tick()
  await db.updateTable('device').set({ lifecycle: 'faulty' }).where('device_id', 'in', ['u1', 'u2']).execute()
  await db
    .insertInto('device_state')
    .values({ device_id: 'o1', online: false, node: 'x', battery: 10, last_seen_at: new Date(app.clock.now()) })
    .execute()
  await app.tick()
  const { body } = await operator.get<List<UnprotectedResident>>('/unprotected')
  expect(body.items).toMatchObject([{ residentId, reasons: ['faulty'], caseId: null, age: 82 }])
  await db.updateTable('device').set({ lifecycle: 'in_service' }).where('device_id', '=', 'u1').execute()
  await db
    .insertInto('device_state')
    .values({ device_id: 'u1', online: false, node: 'x', battery: 3, last_seen_at: new Date(app.clock.now()) })
    .execute()
  await app.tick()
  const { body: queue } = await operator.get<List<CaseSummary>>('/cases?state=open')
  const row = queue.items.find((one) => one.residentId === residentId)
  expect(row).toMatchObject({ kind: 'battery_low', unprotected: true, suppressed: null, incident: null })
  const { body: detail } = await operator.get<CaseDetail>(`/cases/${row?.caseId}`)
  expect(detail.resident?.unprotected).toMatchObject({ reasons: ['battery_empty', 'faulty'] })
})

test('the figures are there for Prometheus', async () => {
  const text = await (await fetch(`http://127.0.0.1:${app.httpPort}/metrics`)).text()
  expect(text).toMatch(/anhu_supervised_devices\{state="ok"\} \d+/)
  expect(text).toMatch(/anhu_sweep_seconds_count \d+/)
})
