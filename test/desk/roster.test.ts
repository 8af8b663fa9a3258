import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProfileView } from '../../server/contract/desk.ts'
import type { Problem } from '../../server/contract/errors.ts'
import type { GapBoard } from '../../server/contract/push.ts'
import type { GapView, OwnShift, PatternView, RosterSlot, RosterWeekView } from '../../server/contract/roster.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { query } from '../support/sql.ts'

// The clock starts on Monday 2026-03-02, 10:41:53 in Shanghai.
const MONDAY = '2026-03-02'
const MINUTE = 60_000
let app: TestApp
let limin: ApiClient
let wang: ApiClient
let huang: ApiClient
let [li, wangId] = ['', '']
const patterns: Record<string, string> = {}

beforeAll(async () => {
  app = await startTestApp()
  await seedDivisions(app.database.store.db)
  ;[limin, wang, huang] = await Promise.all([app.signIn('limin'), app.signIn('wangfang'), app.signIn('huangyan')])
  li = (await limin.get<ProfileView>('/desk/profile')).body.userId
  wangId = (await wang.get<ProfileView>('/desk/profile')).body.userId
})
afterAll(() => app.destroy())

const put = <T>(path: string, body: unknown, who = huang) => who.send<T>(path, body, 'application/json', 'PUT')
const week = async () => (await huang.get<RosterWeekView>(`/roster/weeks/${MONDAY}`)).body
const plan = async (entries: RosterSlot[], more: object = {}) =>
  put<RosterWeekView & Problem>(`/roster/weeks/${MONDAY}`, { version: (await week()).version, entries, ...more })
const slot = (userId: string, day: string, pattern: string): RosterSlot => ({
  userId,
  day: `2026-03-${day}`,
  patternId: patterns[pattern] ?? '',
})
async function pattern(name: string, start: string, end: string, required: object[] = []): Promise<void> {
  const { status, body } = await huang.post<{ patternId: string }>('/roster/patterns', {
    name,
    start,
    end,
    required,
    active: true,
  })
  expect(status).toBe(201)
  patterns[name] = body.patternId
}
const open = async () => (await huang.get<{ items: GapView[] }>('/duty-gaps?open=true')).body.items
const gaps = async () => (await open()).map(({ kind, horizon, person }) => [kind, horizon, person?.displayName ?? null])
async function later(minutes: number): Promise<void> {
  app.clock.advance(minutes * MINUTE)
  await app.tick()
}

describe('the roster', () => {
  test('operators may not plan, and bad patterns are named', async () => {
    expect((await limin.get('/roster/patterns')).status).toBe(403)
    expect((await put(`/roster/weeks/${MONDAY}`, { version: 0, entries: [] }, limin)).status).toBe(403)
    const bad = { name: '早班', start: '8:00', end: '16:00', required: [], active: true }
    const { status, body } = await huang.post('/roster/patterns', bad)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('start')
    const nowhere = { ...bad, start: '08:00', required: [{ skill: null, area: '999999', heads: 1 }] }
    expect((await huang.post<Problem>('/roster/patterns', nowhere)).body).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'required.0.area' }],
    })
  })

  test('a week is planned; conflicts are refused by name and accepted with a note', async () => {
    await pattern('早班', '08:00', '16:00')
    await pattern('中班', '14:00', '22:00')
    await pattern('夜班', '22:00', '08:00')
    expect(await week()).toMatchObject({ version: 0, entries: [], conflicts: [] })

    const twice = await plan([slot(li, '03', '早班'), slot(li, '03', '中班')], { accept: true, note: '缺人' })
    expect(twice.body).toMatchObject({
      status: 409,
      code: 'roster_conflict',
      errors: [{ field: 'entries.1', message: 'two shifts at the same time' }],
    })
    const tired = [slot(li, '03', '夜班'), slot(li, '04', '早班')]
    expect((await plan(tired)).body).toMatchObject({ code: 'roster_conflict', errors: [{ field: 'entries.1' }] })
    expect((await plan(tired, { accept: true })).body).toMatchObject({ code: 'roster_conflict' })
    const { status, body } = await plan(tired, { accept: true, note: '台风' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ version: 1, conflicts: [{ kind: 'rest', userId: li, day: '2026-03-04', hours: 0 }] })
    expect(body.entries.map(({ startAt, endAt }) => [startAt, endAt])).toEqual([
      ['2026-03-03T14:00:00.000Z', '2026-03-04T00:00:00.000Z'],
      ['2026-03-04T00:00:00.000Z', '2026-03-04T08:00:00.000Z'],
    ])
  })

  test('what cannot be is refused: a stale version, a day of another week, nobody, a week without a Monday', async () => {
    const stale = await put<Problem>(`/roster/weeks/${MONDAY}`, { version: 0, entries: [] })
    expect(stale.body).toMatchObject({ code: 'stale_version', version: 1 })
    const wrong = await plan([slot(li, '10', '早班'), { ...slot(li, '05', '早班'), userId: patterns.早班 ?? '' }])
    expect(wrong.body).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'entries.0.day' }, { field: 'entries.1.userId' }],
    })
    expect((await huang.get('/roster/weeks/2026-03-03')).body).toMatchObject({ code: 'invalid_request' })
    expect((await week()).entries).toHaveLength(2)
  })

  test('the history says who took what away; what was removed stays in the record', async () => {
    await plan([slot(wangId, '04', '早班'), slot(li, '03', '夜班')])
    const { body } = await huang.get<{ items: object[] }>(`/roster/weeks/${MONDAY}/history`)
    expect(body.items).toMatchObject([
      {
        version: 2,
        by: '黄燕',
        added: [{ displayName: '王芳', pattern: '早班', day: '2026-03-04' }],
        removed: [{ displayName: '李敏', pattern: '早班', day: '2026-03-04' }],
        accepted: 0,
      },
      { version: 1, note: '台风', accepted: 1 },
    ])
    const kept = await query(app.database.url, 'select removed_by from roster_entry where removed_at is not null')
    expect(kept).toHaveLength(1)
    for (const table of ['roster_entry', 'roster_log', 'duty_gap', 'handover_case']) {
      await expect(query(app.database.url, `delete from ${table}`)).rejects.toThrow(/append-only/)
    }
  })

  test('operators see their own; the week goes out as CSV', async () => {
    const { body } = await limin.get<{ items: OwnShift[] }>('/roster/mine')
    expect(body.items).toMatchObject([{ day: '2026-03-03', pattern: '夜班', startAt: '2026-03-03T14:00:00.000Z' }])
    const response = await fetch(`http://127.0.0.1:${app.httpPort}/api/v1/roster/weeks/${MONDAY}/csv`, {
      headers: { cookie: huang.cookie },
    })
    expect(response.headers.get('content-disposition')).toContain('roster-2026-03-02.csv')
    expect(await response.text()).toContain('王芳,,,早班 08:00-16:00,,,,')
  })

  test('a pattern that changes moves the shifts to come, not those that have begun', async () => {
    const { items } = (await huang.get<{ items: PatternView[] }>('/roster/patterns')).body
    const night = items.find(({ name }) => name === '夜班')
    const change = { name: '夜班', start: '21:00', end: '08:00', required: [], active: true }
    const path = `/roster/patterns/${patterns.夜班}`
    expect((await put<Problem>(path, { version: 7, pattern: change })).body).toMatchObject({ code: 'stale_version' })
    expect((await put(path, { version: night?.version, pattern: change })).status).toBe(200)
    expect((await limin.get<{ items: OwnShift[] }>('/roster/mine')).body.items[0]?.startAt).toBe(
      '2026-03-03T13:00:00.000Z',
    )
  })
})

describe('gaps', () => {
  const boards: GapBoard[] = []
  test('nobody planned: known a day before, pressing half an hour before', async () => {
    const desk = await huang.desk()
    desk.on('gaps', (board) => boards.push(board))
    await app.tick()
    expect(await gaps()).toEqual([])
    // Today at 12:00, for an hour and a half over noon.
    await pattern('午班', '12:00', '13:30', [{ skill: 'emergency', area: null, heads: 1 }])
    await app.tick()
    expect(await gaps()).toEqual([['planned', 'day', null]])
    await later(50)
    expect(await gaps()).toEqual([['planned', 'soon', null]])
    await expect.poll(() => boards.at(-1)).toMatchObject({ now: 0, soon: 1, day: 0 })
  })

  test('it closes when somebody is planned', async () => {
    const { entries } = await week()
    const kept = entries.map(({ userId, day, patternId }) => ({ userId, day, patternId }))
    expect((await plan([...kept, slot(li, '02', '午班')])).status).toBe(200)
    await app.tick()
    expect(await gaps()).toEqual([])
    const { body } = await huang.get<{ items: GapView[] }>('/duty-gaps')
    expect(body.items).toMatchObject([{ kind: 'planned', closedWhy: 'filled' }])
    expect((await limin.get('/duty-gaps?open=true')).status).toBe(403)
  })

  test('late after five minutes; a supervisor has seen it; signing on closes it', async () => {
    // 11:31:53 → 12:04:53
    await later(33)
    expect(await gaps()).toEqual([
      ['uncovered', 'now', null],
      ['planned', 'day', null],
    ])
    await later(1)
    const now = await open()
    expect(now.map(({ kind, person }) => [kind, person?.displayName])).toEqual([
      ['uncovered', undefined],
      ['late', '李敏'],
      ['planned', undefined],
    ])
    const late = now.find(({ kind }) => kind === 'late')
    expect((await huang.post(`/duty-gaps/${late?.gapId}/seen`, {})).status).toBe(204)
    expect((await huang.post(`/duty-gaps/${late?.gapId}/seen`, {})).status).toBe(204)
    expect((await huang.post(`/duty-gaps/${li}/seen`, {})).status).toBe(404)
    expect((await limin.post(`/duty-gaps/${late?.gapId}/seen`, {})).status).toBe(403)
    expect((await open()).find(({ kind }) => kind === 'late')?.seenBy).toMatchObject([{ displayName: '黄燕' }])

    await limin.desk()
    await limin.post('/desk/status', { status: 'ready' })
    await app.tick()
    expect(await gaps()).toEqual([['planned', 'day', null]])
  })

  test('a break of the only one leaves the skill uncovered; going away is known', async () => {
    await limin.post('/desk/status', { status: 'break' })
    await app.tick()
    expect((await gaps()).map(([kind]) => kind)).toEqual(['uncovered', 'planned'])
    await limin.post('/desk/status', { status: 'off' })
    await app.tick()
    expect((await gaps()).map(([kind]) => kind).toSorted()).toEqual(['fell_away', 'planned', 'uncovered'])
    // An hour and a half later the shift is over, and so are its gaps.
    await later(90)
    expect((await gaps()).map(([kind]) => kind)).toEqual(['planned'])
    const { body } = await huang.get<{ items: GapView[] }>('/duty-gaps')
    expect(body.items.find(({ kind }) => kind === 'fell_away')?.closedWhy).toBe('over')
  })

  test('two nodes at once open one gap', async () => {
    await pattern('全天', '00:00', '00:00', [{ skill: null, area: '361126', heads: 2 }])
    await Promise.all([app.tick(), app.tick(), app.tick()])
    const own = (await open()).filter(({ pattern: name }) => name === '全天')
    expect(new Set(own.map(({ from }) => from)).size).toBe(own.length)
  })
})
