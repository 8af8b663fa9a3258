import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { LevelsView, ReviewView } from '../../server/contract/levels.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'

let app: TestApp
let limin: ApiClient
let wangfang: ApiClient
let boss: ApiClient
interface List<T> {
  items: T[]
  nextCursor: string | null
}
const SECOND = 1_000
const HOUR = 3_600_000

beforeAll(async () => {
  app = await startTestApp()
  ;[limin, wangfang, boss] = await Promise.all([app.signIn('limin'), app.signIn('wangfang'), app.signIn('huangyan')])
  await query(
    app.database.url,
    "insert into division (code, name, level, parent_code) values ('361125', '横峰县', 'county', null), ('361125001', '岑阳镇', 'town', '361125')",
    [],
  )
})
afterAll(() => app.destroy())

async function press(
  deviceId: string,
  type: 'sos' | 'help' | 'battery_low' = 'sos',
  division: string | null = null,
): Promise<string> {
  const { db } = app.database.store
  const residentId = await addResident(db, [deviceId])
  if (division !== null) {
    await query(app.database.url, "insert into home (home_id, division_code, address) values ($1, $2, '')", [
      deviceId,
      division,
    ])
    await query(app.database.url, 'update resident set home_id = $1 where resident_id = $2', [deviceId, residentId])
  }
  await commit(db, [event(deviceId, type, app.clock.now())], app.clock.now())
  const rows = await query(app.database.url, 'select case_id from alarm_case where device_id = $1', [deviceId])
  return String(rows[0]?.case_id)
}
const command = (who: ApiClient, caseId: string, action: string, body: object) =>
  who.post<CaseSummary>(`/cases/${caseId}/${action}`, body)
const levels = async (search = '') => (await boss.get<LevelsView>(`/levels?${search}`)).body
const reviews = async (search = '') => (await boss.get<List<ReviewView>>(`/reviews?${search}`)).body.items

describe('levels', () => {
  test('a call counts from where it began to wait; who waits still counts against what has passed', async () => {
    expect((await levels()).total).toMatchObject({ calls: 0, within60: null, within15: null, dispatch60: null })
    const quick = await press('l1', 'sos', '361125001')
    const slow = await press('l2', 'help')
    app.clock.advance(10 * SECOND)
    await command(limin, quick, 'claim', { version: 1 })
    expect((await levels()).total).toMatchObject({ calls: 1, answered: 1, waiting: 0, within15: 1 })
    app.clock.advance(40 * SECOND)
    await command(limin, quick, 'dispatch', { version: 2, to: '网格员' })
    await command(wangfang, slow, 'claim', { version: 1 })
    app.clock.advance(61 * SECOND)
    await command(wangfang, slow, 'dispatch', { version: 2, to: '网格员' })
    expect((await levels()).total).toEqual({
      ...{ calls: 2, answered: 2, waiting: 0, within15: 0.5, within60: 1, within180: 1 },
      ...{ meanSeconds: 30, dispatches: 2, dispatch60: 0.5 },
    })
    await press('l3')
    app.clock.advance(61 * SECOND)
    expect((await levels()).total).toMatchObject({ calls: 3, waiting: 1, within60: 2 / 3, within180: 1 })
  })

  test('by operator, area, shift and category; faults have a figure of their own', async () => {
    const fault = await press('l4', 'battery_low')
    app.clock.advance(HOUR)
    await command(limin, fault, 'claim', { version: 1 })
    const by = async (group: string, category = 'calls') =>
      (await levels(`by=${group}&category=${category}`)).rows.map(({ key, name, calls }) => [
        group === 'operator' ? name : key,
        name,
        calls,
      ])
    const operators = (await by('operator')).map(([name, , n]) => [name, n])
    expect(operators).toHaveLength(3)
    expect(operators).toEqual(
      expect.arrayContaining([
        ['李敏', 1],
        ['王芳', 1],
        [null, 1],
      ]),
    )
    expect(await by('area')).toEqual(
      expect.arrayContaining([
        ['361125', '横峰县', 1],
        ['', null, 2],
      ]),
    )
    expect(await by('shift')).toEqual([['8', null, 3]])
    expect(await by('category')).toEqual([
      ['emergency', null, 2],
      ['help', null, 1],
    ])
    expect(await by('category', 'fault')).toEqual([['fault', null, 1]])
  })

  test('over time by the hour, longer spans by the day', async () => {
    const day = await levels()
    expect(day.every).toBe('hour')
    expect(day.trend).toEqual([expect.objectContaining({ at: '2026-03-02T02:00:00.000Z', calls: 3 })])
    const to = new Date(app.clock.now() + HOUR).toISOString()
    const month = await levels(`from=2026-02-10T00:00:00Z&to=${to}`)
    expect(month.every).toBe('day')
    // The day in Shanghai.
    expect(month.trend.map(({ at }) => at)).toEqual(['2026-03-01T16:00:00.000Z'])
  })

  test('as a file; a wrong span names the field; operators see none of it', async () => {
    const file = await fetch(`http://127.0.0.1:${app.httpPort}/api/v1/levels?format=csv`, {
      headers: { cookie: boss.cookie },
    })
    expect(file.headers.get('content-disposition')).toContain('service-levels-by-operator.csv')
    const lines = (await file.text()).trim().split('\r\n')
    expect(lines[0]).toMatch(/^\uFEFF?key,name,calls/)
    expect(lines.at(-1)).toMatch(/^total,,3,2,1,/)
    const wrong = await boss.get('/levels?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z')
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'from' }] } })
    for (const path of [
      '/levels',
      '/reviews',
      '/escalation/policies',
      '/escalation/running',
      '/notifications',
      '/escalation/addresses',
    ]) {
      expect((await limin.get(path)).status).toBe(403)
    }
  })

  test('answers from before are taken over in steps, once', async () => {
    const [row] = await query(app.database.url, 'select count(*)::int as n from case_answer', [])
    await query(app.database.url, 'alter table case_answer disable trigger not_deletable', [])
    await query(app.database.url, 'create table kept as select * from case_answer', [])
    await query(app.database.url, 'delete from case_answer', [])
    await query(
      app.database.url,
      'update answer_backfill set log_id = 0, to_log_id = (select max(log_id) from case_log)',
      [],
    )
    await app.tick()
    await app.tick()
    const [after] = await query(app.database.url, 'select count(*)::int as n from case_answer', [])
    expect(after?.n).toBe(row?.n)
    const wrong = await query(app.database.url, 'select * from case_answer except select * from kept', [])
    expect(wrong).toEqual([])
    await query(app.database.url, 'alter table case_answer enable trigger not_deletable', [])
  })
})

describe('reviews', () => {
  test('an emergency that nobody answers in time opens one, and the answer is noted in it', async () => {
    const one = await press('r1')
    app.clock.advance(180 * SECOND)
    await app.tick()
    expect((await reviews()).some(({ caseId }) => caseId === one)).toBe(false)
    app.clock.advance(SECOND)
    await app.tick()
    await app.tick()
    expect((await reviews()).filter(({ caseId }) => caseId === one)).toMatchObject([
      { reason: 'unanswered', answerSeconds: null, answeredBy: null, state: 'open', version: 1 },
    ])
    app.clock.advance(60 * SECOND)
    await command(limin, one, 'claim', { version: 1 })
    expect((await reviews()).filter(({ caseId }) => caseId === one)).toMatchObject([
      { reason: 'unanswered', answerSeconds: 241, answeredBy: '李敏', state: 'open' },
    ])
  })

  test('a late answer opens one, at the limit it does not, and faults never do', async () => {
    const [intime, late, fault] = [
      await press('r2', 'help'),
      await press('r3', 'help'),
      await press('r4', 'battery_low'),
    ]
    app.clock.advance(180 * SECOND)
    await command(limin, intime, 'claim', { version: 1 })
    app.clock.advance(SECOND)
    await command(limin, late, 'claim', { version: 1 })
    await command(limin, fault, 'claim', { version: 1 })
    const found = (await reviews()).filter(({ caseId }) => [intime, late, fault].includes(caseId))
    expect(found).toMatchObject([{ caseId: late, reason: 'late_answer', answerSeconds: 181 }])
  })

  test('it is closed with finding, cause and action, by a supervisor; every step is kept; nothing can be taken away', async () => {
    const [review] = await reviews('state=open')
    if (review === undefined) throw new Error('no review')
    const path = `/reviews/${review.reviewId}`
    const said = { finding: '两起警情同时', cause: null, action: null }
    expect((await limin.post(path, { version: 1, ...said, close: false })).status).toBe(403)
    const early = await boss.post(path, { version: 1, ...said, close: true })
    expect(early).toMatchObject({ status: 400, body: { errors: [{ field: 'cause' }, { field: 'action' }] } })
    expect((await boss.post(path, { version: 1, ...said, close: false })).body).toMatchObject({
      version: 2,
      state: 'open',
      reviewer: '黄燕',
    })
    const stale = await boss.post(path, { version: 1, ...said, close: false })
    expect(stale).toMatchObject({ status: 409, body: { code: 'stale_version', version: 2 } })
    const whole = { finding: '两起警情同时', cause: 'load', action: '高峰时段加一席' }
    expect((await boss.post(path, { version: 2, ...whole, close: true })).body).toMatchObject({
      state: 'closed',
      closedAt: expect.any(String),
    })
    expect(await boss.post(path, { version: 3, ...whole, close: false })).toMatchObject({
      status: 409,
      body: { code: 'wrong_state' },
    })
    const { body: history } = await boss.get<{ items: { by: string | null; version: number; state: string }[] }>(
      `${path}/history`,
    )
    expect(history.items.map(({ by, version, state }) => [by, version, state])).toEqual([
      [null, 1, 'open'],
      ['黄燕', 2, 'open'],
      ['黄燕', 3, 'closed'],
    ])
    expect(
      (await boss.post('/reviews/01959aaa-0000-7000-8000-0000deadbeef', { version: 1, ...said, close: false })).status,
    ).toBe(404)
    expect((await reviews('state=closed')).map(({ reviewId }) => reviewId)).toEqual([review.reviewId])
  })
})
