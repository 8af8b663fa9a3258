import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DutyStatus } from '../../server/contract/desk.ts'
import type { AuditDetail } from '../../server/contract/quality.ts'
import type { LoadView, QualityStatistics } from '../../server/contract/quality-figures.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { query } from '../support/sql.ts'
import { answersFor, type Caller, closedCase, goTo, monthOf, press, staying } from './centre.ts'

let app: TestApp
let limin: Caller
let wangfang: Caller
let boss: Caller
let admin: Caller

beforeAll(async () => {
  app = await startTestApp()
  ;[limin, wangfang, boss, admin] = await Promise.all([
    staying(app, 'limin'),
    staying(app, 'wangfang'),
    staying(app, 'huangyan'),
    staying(app, 'admin'),
  ])
  await query(
    app.database.url,
    "insert into division (code, name, level, parent_code) values ('361125', '横峰县', 'county', null), ('361125001', '岑阳镇', 'town', '361125')",
  )
})
afterAll(() => app.destroy())

const csv = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${app.httpPort}/api/v1${path}`, { headers: { cookie: boss.cookie() } })
  return { name: response.headers.get('content-disposition'), lines: (await response.text()).trim().split('\r\n') }
}

describe('load', () => {
  const status = async (who: Caller, to: DutyStatus) =>
    expect((await who.post('/desk/status', { status: to })).status).toBe(200)
  let pressed = 0
  const answer = async (who: Caller, n: number) => {
    for (let i = 0; i < n; i++) {
      const caseId = await press(app, `load${++pressed}`, 'help')
      await who.post(`/cases/${caseId}/claim`, { version: 1 })
      // Whoever goes has nothing in hand; not closed, it is no result yet.
      await who.post(`/cases/${caseId}/resolve`, { version: 2, outcome: 'helped', reason: '好了', contact: 'made' })
    }
  }
  const load = async (search = '') => (await boss.get<LoadView>(`/quality/load?${search}`)).body

  test('counts alarms against the time said ready or busy, cut at the range', async () => {
    // Noon in Shanghai, a Monday.
    goTo(app, '2026-03-02T04:00:00Z')
    await status(limin, 'ready')
    await answer(limin, 6)
    goTo(app, '2026-03-02T04:30:00Z')
    await status(limin, 'break')
    goTo(app, '2026-03-02T04:40:00Z')
    await status(limin, 'ready')
    goTo(app, '2026-03-02T04:50:00Z')
    await status(wangfang, 'ready')
    await status(wangfang, 'busy')
    await answer(wangfang, 1)
    goTo(app, '2026-03-02T05:00:00Z')
    await status(limin, 'off')
    goTo(app, '2026-03-02T05:30:00Z')
    await answer(boss, 2)
    goTo(app, '2026-03-02T06:00:00Z')
    const view = await load('from=2026-03-02T04:00:00Z&to=2026-03-02T09:00:00Z')
    expect(view).toMatchObject({ to: '2026-03-02T06:00:00.000Z', target: 6, hoursOver: 1, hoursOf: 2 })
    expect(view.total).toMatchObject({ alarms: 9, hours: 2 })
    const operators = view.operators.map(({ displayName, alarms, hours, perHour, hoursOver, most }) => [
      displayName,
      ...[alarms, hours, perHour === null ? null : Math.round(perHour * 100) / 100, hoursOver, most],
    ])
    expect(operators).toEqual([
      // 50 min allow five.
      ['李敏', 6, 0.83, 7.2, 1, 6],
      // Without signing on.
      ['黄燕', 2, 0, null, 1, 2],
      // Ten minutes allow one.
      ['王芳', 1, 1.17, 0.86, 0, 1],
    ])
    expect(view.cells).toMatchObject([
      { weekday: 1, hour: 12, alarms: 7, hours: 1, perHour: 7, over: 1, of: 1 },
      { weekday: 1, hour: 13, alarms: 2, hours: 1, over: 0, of: 1 },
    ])
    expect(view.worst).toMatchObject([{ at: '2026-03-02T04:00:00.000Z', alarms: 7 }])
    expect(view.live).toEqual({ alarms: 2, hours: 1, perHour: 2, onDuty: 1 })
  })

  test('whoever was on duty before the range counts from its beginning', async () => {
    const view = await load('from=2026-03-02T05:00:00Z&to=2026-03-02T06:00:00Z')
    expect(view.operators.find(({ displayName }) => displayName === '王芳')).toMatchObject({ hours: 1, alarms: 0 })
    expect(view.operators.find(({ displayName }) => displayName === '李敏')).toBeUndefined()
  })

  test('as files, by operator and by hour; a wrong range names the field', async () => {
    const operators = await csv('/quality/load?format=csv&from=2026-03-02T04:00:00Z&to=2026-03-02T06:00:00Z')
    expect(operators.name).toContain('operator-load-operators.csv')
    expect(operators.lines[0]).toMatch(/^\uFEFF?operator,name,alarms,hoursOnDuty/)
    expect(operators.lines[1]).toMatch(/,李敏,6,0\.83,7\.2,1,6$/)
    const hours = await csv('/quality/load?format=csv&table=hours&from=2026-03-02T04:00:00Z&to=2026-03-02T06:00:00Z')
    expect(hours.lines.slice(1)).toEqual(['1,12,7,1,7,1,1', '1,13,2,1,2,0,1'])
    for (const search of ['from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z', 'from=2024-03-03T00:00:00Z']) {
      expect(await boss.get(`/quality/load?${search}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'from' }] },
      })
    }
    expect((await load('')).hoursOf).toBe(28 * 24)
  })
})

describe('statistics', () => {
  const statistics = async (search: string) => (await boss.get<QualityStatistics>(`/quality/statistics?${search}`)).body

  test('outcomes, false alarms and audits, in all and by one thing more', async () => {
    goTo(app, '2026-03-20T04:00:00Z')
    const home = await closedCase(app, limin, 'sos', 'hospital')
    await query(app.database.url, "insert into home (home_id, division_code, address) values ('h', '361125001', '')")
    await query(
      app.database.url,
      "update resident set home_id = 'h' where resident_id = (select resident_id from alarm_case where case_id = $1)",
      [home],
    )
    // Closed again, the place is kept.
    await limin.post(`/cases/${home}/reopen`, { version: 4, reason: '补记' })
    expect((await statistics('from=2026-03&to=2026-03')).total.closed).toBe(0)
    await limin.post(`/cases/${home}/claim`, { version: 5 })
    await limin.post(`/cases/${home}/resolve`, { version: 6, outcome: 'hospital', reason: '送医', contact: 'made' })
    await limin.post(`/cases/${home}/close`, { version: 7 })
    await closedCase(app, limin, 'sos', 'false_alarm')
    await closedCase(app, limin, 'help', 'helped')
    await closedCase(app, wangfang, 'help', 'no_help_needed')
    await closedCase(app, wangfang, 'battery_low', 'fault_reported')
    await closedCase(app, wangfang, 'help', 'other')
    goTo(app, '2026-04-02T00:00:00Z')
    await app.tick()
    const audits = (await monthOf(boss, '2026-03')).operators.flatMap((one) => one.audits)
    const [one, two] = audits.filter(({ operator }) => operator.displayName === '李敏')
    for (const [audit, other] of [
      [one, { told: 0 }],
      [two, { contact: 0, manner: 1 }],
    ] as const) {
      const { body } = await boss.get<AuditDetail>(`/quality/audits/${audit?.auditId}`)
      const answers = answersFor(body.sheet.content, other)
      const whole = { version: 1, sheetVersion: 1, answers, remark: null, complete: true }
      expect((await admin.post(`/quality/audits/${audit?.auditId}`, whole)).status).toBe(200)
    }
    const month = 'from=2026-03&to=2026-03'
    const byOperator = await statistics(month)
    expect(byOperator).toMatchObject({ by: 'operator', running: false })
    expect(byOperator.total).toMatchObject({
      ...{ closed: 6, falseCases: 3, falseRate: 0.6, due: 4, completed: 2, overdue: 0, picked: 0 },
      ...{ criticalFailures: 1, below: 0, meanScore: 91.4 },
      outcomes: { hospital: 1, false_alarm: 1, helped: 1, no_help_needed: 1, fault_reported: 1, other: 1, test: 0 },
    })
    expect(
      byOperator.rows.map(({ name, closed, falseRate, due, completed }) => [name, closed, falseRate, due, completed]),
    ).toEqual([
      ['李敏', 3, 1 / 3, 2, 2],
      ['王芳', 3, 1, 2, 0],
    ])
    const by = async (group: string) =>
      (await statistics(`${month}&by=${group}`)).rows.map(({ key, name, closed }) => [key, name, closed])
    expect(await by('area')).toEqual([
      ['', null, 5],
      ['361125', '横峰县', 1],
    ])
    expect(await by('kind')).toEqual([
      ['help', null, 3],
      ['sos', null, 2],
      ['battery_low', null, 1],
    ])
    expect(await by('device')).toEqual([['sos_button|', null, 6]])
    expect((await statistics('from=2026-03&to=2026-04&by=month')).rows).toMatchObject([{ key: '2026-03', closed: 6 }])
    expect((await statistics('from=2026-04&to=2026-04')).total).toMatchObject({
      closed: 0,
      falseRate: null,
      meanScore: null,
    })
    expect((await statistics('')).running).toBe(true)
    // From the end of April on.
    goTo(app, '2026-05-01T00:00:00Z')
    expect((await statistics(month)).total).toMatchObject({ overdue: 2 })
  })

  test('as a file with the total below; a wrong range names the field', async () => {
    const { name, lines } = await csv('/quality/statistics?format=csv&from=2026-03&to=2026-03&by=kind')
    expect(name).toContain('quality-by-kind.csv')
    expect(lines[0]).toMatch(/^\uFEFF?kind,name,closed,falseCases,falseRate,due/)
    expect(lines.at(-1)).toMatch(/^total,,6,3,0\.6,4,2,2,0,91\.4,1,0,1,1,0,1,1/)
    for (const search of ['from=2026-04&to=2026-03', 'from=2022-01&to=2026-03']) {
      const wrong = await boss.get(`/quality/statistics?${search}`)
      expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'from' }] } })
    }
    expect((await boss.get('/quality/statistics?from=March')).status).toBe(400)
  })
})
