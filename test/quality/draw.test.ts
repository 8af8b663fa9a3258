import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditEntryView } from '../../server/contract/audit.ts'
import { drawDue } from '../../server/quality/draw.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { query } from '../support/sql.ts'
import { type Caller, closedCase, goTo, HOUR, monthOf, press, staying, work } from './centre.ts'

let app: TestApp
let limin: Caller
let wangfang: Caller
let boss: Caller
const sha = (text: string) => createHash('sha256').update(text).digest('hex')

beforeAll(async () => {
  app = await startTestApp({ node: 'one' })
  ;[limin, wangfang, boss] = await Promise.all([
    staying(app, 'limin'),
    staying(app, 'wangfang'),
    staying(app, 'huangyan'),
  ])
})
afterAll(() => app.destroy())

const of = async (month: string, name: string) => {
  const view = await monthOf(boss, month)
  const found = view.operators.find(({ displayName }) => displayName === name)
  if (found === undefined) throw new Error(`${name} is not listed`)
  return found
}

describe('the monthly draw', () => {
  const emergencies: string[] = []
  const others: string[] = []
  let only: string

  test('before the month is over there is nothing to audit, only how many cases there are', async () => {
    await app.tick()
    for (let n = 0; n < 3; n++) emergencies.push(await closedCase(app, limin, 'sos'))
    for (let n = 0; n < 4; n++) others.push(await closedCase(app, limin))
    await closedCase(app, limin, 'battery_low', 'fault_reported')
    only = await closedCase(app, wangfang)
    await press(app, 'still-open', 'sos')
    const march = await monthOf(boss, '2026-03')
    expect(march).toMatchObject({ ended: false, draw: null, dueAt: '2026-04-30T16:00:00.000Z' })
    expect(march.operators.map(({ displayName, cases, audits }) => [displayName, cases, audits.length])).toEqual([
      ['李敏', 7, 0],
      ['王芳', 1, 0],
    ])
    // Cases that began before accounts did: nobody was there in February.
    expect(await monthOf(boss, '2026-02')).toMatchObject({ ended: true, draw: { node: 'one' }, operators: [] })
  })

  test('it is drawn once the month has ended in Shanghai and its last closings are in', async () => {
    goTo(app, '2026-03-31T15:59:59Z')
    await app.tick()
    goTo(app, '2026-03-31T16:00:01Z')
    // The first case of April.
    await closedCase(app, wangfang)
    await app.tick()
    expect((await monthOf(boss, '2026-03')).draw).toBeNull()
    goTo(app, '2026-03-31T16:10:00Z')
    await app.tick()
    await app.tick()
    expect(await monthOf(boss, '2026-03')).toMatchObject({
      draw: { at: '2026-03-31T16:10:00.000Z', node: 'one' },
      months: [
        { month: '2026-03', due: 3, completed: 0, overdue: 0 },
        { month: '2026-02', due: 0 },
      ],
    })
    expect(await of('2026-03', '李敏')).toMatchObject({ cases: 7, due: 2 })
    // All that there are, and fewer than two.
    expect(await of('2026-03', '王芳')).toMatchObject({ cases: 1, due: 1, audits: [{ caseId: only, stratum: 'any' }] })
  })

  test('whoever has the seed draws the same: one emergency, then one of all the others', async () => {
    const { draw } = await monthOf(boss, '2026-03')
    const seed = draw?.seed ?? ''
    const byLot = (ids: string[]) => ids.toSorted((a, b) => sha(seed + a).localeCompare(sha(seed + b)))
    const [first] = byLot(emergencies)
    const [second] = byLot([...emergencies, ...others].filter((id) => id !== first))
    expect((await of('2026-03', '李敏')).audits.map(({ caseId, stratum }) => [caseId, stratum])).toEqual([
      [first, 'emergency'],
      [second, 'any'],
    ])
    const [noted] = await query(
      app.database.url,
      `select digest from quality_draw_operator join app_user using (user_id) where month = '2026-03' and username = 'limin'`,
    )
    expect(noted?.digest).toBe(sha([...emergencies, ...others].toSorted().join(',')))
    const admin = await staying(app, 'admin')
    const entries = (await admin.get<{ items: AuditEntryView[] }>('/audit?action=quality.draw')).body.items
    expect(entries[0]).toMatchObject({
      subject: '2026-03',
      user: null,
      detail: { seed, operators: 2, cases: 8, drawn: 3 },
    })
  })

  test('two nodes draw a month once; nobody can draw it again or take a case out', async () => {
    goTo(app, '2026-04-30T16:10:00Z')
    const { db } = app.database.store
    const now = app.clock.now()
    const drawn = await Promise.all([drawDue(db, 'one', now), drawDue(db, 'two', now), drawDue(db, 'three', now)])
    expect(drawn.flat()).toEqual(['2026-04'])
    expect(await of('2026-04', '王芳')).toMatchObject({ cases: 1, due: 1 })
    expect(await of('2026-04', '李敏')).toMatchObject({ cases: 0, due: 0, audits: [] })
    for (const text of [
      "delete from quality_draw where month = '2026-04'",
      "update quality_draw set seed = '00000000000000000000000000000000'",
      "delete from quality_audit where month = '2026-04'",
      'update quality_audit set case_id = case_id',
    ]) {
      await expect(app.database.store.pool.query(text)).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('months that passed while nothing ran are drawn then; a reopened case counts where it ends', async () => {
    goTo(app, '2026-05-02T00:00:00Z')
    const again = await closedCase(app, limin)
    await limin.post(`/cases/${again}/reopen`, { version: 4, reason: '老人又打来' })
    goTo(app, '2026-06-02T00:00:00Z')
    await work(wangfang, again, 'helped', 5)
    goTo(app, '2026-08-01T00:00:00Z')
    await app.tick()
    const { months } = await monthOf(boss, '2026-07')
    expect(months.map(({ month }) => month)).toEqual(['2026-07', '2026-06', '2026-05', '2026-04', '2026-03', '2026-02'])
    expect((await of('2026-05', '李敏')).cases).toBe(0)
    expect((await of('2026-06', '王芳')).audits).toMatchObject([{ caseId: again }])
  })

  test('it waits until all that was closed before is taken over, which happens in steps', async () => {
    goTo(app, '2026-08-05T00:00:00Z')
    const one = await closedCase(app, limin, 'sos', 'false_alarm')
    const before = await query(app.database.url, 'select * from case_result order by case_id')
    await query(app.database.url, 'alter table case_result disable trigger not_deletable')
    await query(app.database.url, 'delete from case_result')
    await query(app.database.url, 'alter table case_result enable trigger not_deletable')
    await query(
      app.database.url,
      `update result_backfill set case_id = '00000000-0000-0000-0000-000000000000',
         to_case_id = (select case_id from alarm_case order by case_id desc limit 1)`,
    )
    goTo(app, '2026-09-01T00:00:00Z')
    expect(await drawDue(app.database.store.db, 'one', app.clock.now())).toEqual([])
    await app.tick()
    expect(await query(app.database.url, 'select * from case_result order by case_id')).toEqual(before)
    await app.tick()
    expect((await of('2026-08', '李敏')).audits).toMatchObject([{ caseId: one, kind: 'sos', outcome: 'false_alarm' }])
  })

  test('what is kept quiet, and drills, are nobody’s work', async () => {
    app.clock.advance(HOUR)
    const caseId = await press(app, 'quiet', 'help')
    await query(app.database.url, "update alarm_case set purpose = 'drill' where case_id = $1", [caseId])
    await work(limin, caseId, 'helped')
    const rows = await query(app.database.url, 'select * from case_result where case_id = $1', [caseId])
    expect(rows).toEqual([])
  })

  test('operators do not see what was drawn; a month that is none is named', async () => {
    expect((await limin.get('/quality/months/2026-03')).status).toBe(403)
    expect((await boss.get('/quality/months/2026-13')).status).toBe(400)
  })
})
