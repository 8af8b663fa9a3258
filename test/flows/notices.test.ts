import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseEvent } from '../../server/contract/push.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addFile, command, detailOf, openCase } from '../support/case-file.ts'
import { addResident } from '../support/records.ts'

let app: TestApp
let limin: ApiClient
let wangfang: ApiClient
let supervisor: ApiClient

beforeAll(async () => {
  app = await startTestApp()
  limin = await app.signIn('limin')
  wangfang = await app.signIn('wangfang')
  supervisor = await app.signIn('huangyan')
})
afterAll(() => app.destroy())

const RESOLVE = { outcome: 'helped', reason: '女儿已到场', contact: 'made' }
const read = (by: ApiClient, caseId: string, noticeId: string) =>
  by.post<Record<string, unknown>>(`/cases/${caseId}/notices/${noticeId}/read`, {})

test('a case does not end before its owner has read what must be seen; a new owner reads again', async () => {
  const residentId = await addFile(app, 'n1')
  const add = (scope: string, text: string) => supervisor.post(`/residents/${residentId}/notices`, { scope, text })
  expect((await add('resident', ' 左耳听不到 ')).status).toBe(204)
  expect((await add('home', '院内有狗')).status).toBe(204)
  const caseId = await openCase(app, 'n1', limin)
  const [ear, dog] = (await detailOf(limin, caseId)).notices
  expect([ear, dog]).toMatchObject([
    { text: '左耳听不到', scope: 'resident', read: null },
    { text: '院内有狗', scope: 'home', read: null },
  ])
  // Nobody has it yet: there is nobody whose reading would count.
  expect(await read(limin, caseId, String(ear?.noticeId))).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
  await command(limin, caseId, 'claim')
  const refused = await command(limin, caseId, 'resolve', RESOLVE)
  expect(refused).toMatchObject({ status: 409, body: { code: 'notices_unread' } })
  expect(refused.body.detail).toMatch(/^2 must-see notices have not been read/)
  expect(refused.body.errors).toHaveLength(2)
  expect(await read(wangfang, caseId, String(ear?.noticeId))).toMatchObject({
    status: 409,
    body: { code: 'not_owner' },
  })

  expect((await read(limin, caseId, String(ear?.noticeId))).status).toBe(200)
  // Again changes nothing.
  const { version } = (await detailOf(limin, caseId)).case
  expect((await read(limin, caseId, String(ear?.noticeId))).body.version).toBe(version)
  expect((await command(limin, caseId, 'resolve', RESOLVE)).body.detail).toMatch(/^1 must-see notice has/)
  expect((await read(limin, caseId, String(dog?.noticeId))).status).toBe(200)

  await command(wangfang, caseId, 'claim', { takeover: true, reason: '换班' })
  expect((await detailOf(wangfang, caseId)).notices.map((one) => one.read)).toEqual([null, null])
  expect((await command(wangfang, caseId, 'resolve', RESOLVE)).body.code).toBe('notices_unread')
  for (const one of [ear, dog]) await read(wangfang, caseId, String(one?.noticeId))
  expect((await command(wangfang, caseId, 'resolve', RESOLVE)).status).toBe(200)

  const { log, case: item } = await detailOf(limin, caseId)
  const lines = log.filter(({ action }) => action === 'notice_read')
  expect(lines.map(({ actor, detail }) => [actor, detail.text])).toEqual([
    ['李敏', '左耳听不到'],
    ['李敏', '院内有狗'],
    ['王芳', '左耳听不到'],
    ['王芳', '院内有狗'],
  ])
  const { db } = app.database.store
  const events = await db.selectFrom('outbox').select('seq').where('case_id', '=', caseId).execute()
  expect(events).toHaveLength(item.version)
})

test('a notice that comes after the case was resolved holds its closing back, and whoever closes may read it', async () => {
  const residentId = await addFile(app, 'n2')
  const caseId = await openCase(app, 'n2', limin)
  await command(limin, caseId, 'claim')
  await command(limin, caseId, 'resolve', RESOLVE)
  await supervisor.post(`/residents/${residentId}/notices`, { scope: 'resident', text: '儿子有暴力倾向' })
  expect((await command(wangfang, caseId, 'close')).body.code).toBe('notices_unread')
  const [notice] = (await detailOf(wangfang, caseId)).notices
  await read(wangfang, caseId, String(notice?.noticeId))
  expect((await detailOf(wangfang, caseId)).notices[0]?.read?.by).toBe('王芳')
  expect((await command(wangfang, caseId, 'close')).status).toBe(200)
  expect(await read(limin, caseId, String(notice?.noticeId))).toMatchObject({
    status: 409,
    body: { code: 'wrong_state' },
  })
})

test('an ended notice hinders nobody, cannot be ended twice, and stays on file', async () => {
  const residentId = await addFile(app, 'n3')
  await supervisor.post(`/residents/${residentId}/notices`, { scope: 'home', text: '门前有坑' })
  const file = () =>
    supervisor.get<{ notices: { noticeId: string; endedBy: string | null }[] }>(`/residents/${residentId}/file`)
  const noticeId = (await file()).body.notices[0]?.noticeId
  const end = () => supervisor.post(`/residents/${residentId}/notices/${noticeId}/end`, {})
  expect((await end()).status).toBe(204)
  expect(await end()).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
  expect((await file()).body.notices).toMatchObject([{ noticeId, endedBy: '黄燕' }])
  const caseId = await openCase(app, 'n3', limin)
  await command(limin, caseId, 'claim')
  expect((await command(limin, caseId, 'resolve', RESOLVE)).status).toBe(200)
})

test('whoever has an open case on the screen is told of a changed file, and the case stays as it is', async () => {
  const residentId = await addFile(app, 'n7')
  const husband = await addResident(app.database.store.db, ['n8'], '程水生')
  await app.database.store.db
    .updateTable('resident')
    .set({ home_id: 'home-n7' })
    .where('resident_id', '=', husband)
    .execute()
  const [hers, his] = [await openCase(app, 'n7', limin), await openCase(app, 'n8', limin)]
  await command(limin, hers, 'claim')
  const { version } = (await detailOf(limin, hers)).case
  const told: CaseEvent[] = []
  const desk = await limin.desk()
  desk.on('case', (event, acknowledge) => {
    told.push(event)
    acknowledge()
  })
  const change = async (path: string, body: object) => {
    told.length = 0
    expect((await supervisor.post(`/residents/${residentId}${path}`, body)).status).toBe(204)
    await expect.poll(() => told.map(({ caseId }) => caseId).toSorted()).toEqual([hers, his].toSorted())
    expect(told.find(({ caseId }) => caseId === hers)).toMatchObject({ version, state: 'claimed' })
  }
  await change('/notices', { scope: 'home', text: '院内有狗' })
  await change('/notes', { text: '电梯检修', until: new Date(app.clock.now() + 3_600_000).toISOString() })
  expect((await detailOf(limin, hers)).case.version).toBe(version)
  expect((await detailOf(limin, his)).notices).toMatchObject([{ text: '院内有狗' }])
})

test('who may, and what is refused', async () => {
  const residentId = await addFile(app, 'n4')
  const path = `/residents/${residentId}/notices`
  expect((await limin.post(path, { scope: 'home', text: 'x' })).status).toBe(403)
  expect(await supervisor.post(path, { scope: 'home', text: ' ' })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'text' }] },
  })
  expect((await supervisor.post('/residents/nobody/notices', { scope: 'resident', text: 'x' })).status).toBe(404)
  const other = '01890000-0000-7000-8000-000000000000'
  expect((await supervisor.post(`${path}/${other}/end`, {})).status).toBe(404)
  const caseId = await openCase(app, 'n4', limin)
  await command(limin, caseId, 'claim')
  expect((await read(limin, caseId, other)).status).toBe(404)
  expect((await read(limin, other, other)).status).toBe(404)
  for (let n = 0; n < 8; n++) await supervisor.post(path, { scope: 'resident', text: `须知 ${n}` })
  expect(await supervisor.post(path, { scope: 'resident', text: '第九条' })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'text' }] },
  })
  const noHome = (await (await app.signIn('admin')).post<{ residentId: string }>('/residents', { name: '无址' })).body
  expect(await supervisor.post(`/residents/${noHome.residentId}/notices`, { scope: 'home', text: 'x' })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'scope' }] },
  })
})
