import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ResidentFilePage } from '../../server/contract/case.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addFile, command, detailOf, openCase } from '../support/case-file.ts'

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

const audits = (action: string, residentId: string) =>
  app.database.store.db
    .selectFrom('audit')
    .select(['user_id', 'detail'])
    .where('action', '=', action)
    .where('subject', '=', residentId)
    .orderBy('audit_id')
    .execute()

test('a number is masked until an own case in hand or a reason asks for it; either is in the audit', async () => {
  const residentId = await addFile(app, 'p1')
  const caseId = await openCase(app, 'p1', limin)
  const path = `/residents/${residentId}/contacts/1/reveal`
  expect((await detailOf(limin, caseId)).resident?.contacts[0]).toMatchObject({ position: 1, phone: '139****2208' })
  expect(await limin.post(path, {})).toMatchObject({ status: 400, body: { errors: [{ field: 'reason' }] } })
  // Seen by everybody, claimed by nobody: no case of one's own.
  expect(await limin.post(path, { caseId })).toMatchObject({ status: 409, body: { code: 'not_owner' } })
  await command(limin, caseId, 'claim')
  const shown = await limin.post(path, { caseId })
  expect(shown).toMatchObject({ status: 200, body: { phone: '13900002208' } })
  expect(shown.headers.get('cache-control')).toBe('no-store')
  expect(await wangfang.post(path, { caseId })).toMatchObject({ status: 409, body: { code: 'not_owner' } })
  expect((await wangfang.post(path, { reason: '家属来电核对号码' })).status).toBe(200)
  expect((await wangfang.post(path, { reason: ' ' })).status).toBe(400)
  expect((await limin.post(`/residents/${residentId}/contacts/9/reveal`, { caseId })).status).toBe(404)
  const other = await addFile(app, 'p2')
  expect((await limin.post(`/residents/${other}/contacts/1/reveal`, { caseId })).body.code).toBe('not_owner')
  expect((await audits('contact.reveal', residentId)).map(({ detail }) => detail)).toEqual([
    { position: 1, caseId },
    { position: 1, reason: '家属来电核对号码' },
  ])
  // Whoever ended the case has it in hand no more.
  await command(limin, caseId, 'resolve', { outcome: 'helped', reason: '已处置', contact: 'made' })
  expect((await limin.post(path, { caseId })).body.code).toBe('not_owner')
})

test('a code lies sealed, is shown on demand only, and stands in no history', async () => {
  const residentId = await addFile(app, 'c1')
  const path = `/residents/${residentId}/access-code`
  const set = (code: string | null, version: number) =>
    supervisor.send(path, { version, code }, 'application/json', 'PUT')
  const caseId = await openCase(app, 'c1', limin)
  await command(limin, caseId, 'claim')
  expect(await limin.post(`${path}/reveal`, { caseId })).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect((await set('4711#88', 1)).status).toBe(204)
  expect(await set('1', 1)).toMatchObject({ status: 409, body: { code: 'stale_version', version: 2 } })
  expect((await detailOf(limin, caseId)).resident?.home).toMatchObject({ hasCode: true })
  expect(JSON.stringify(await detailOf(limin, caseId))).not.toContain('4711')
  expect((await limin.post<{ code: string }>(`${path}/reveal`, { caseId })).body.code).toBe('4711#88')
  const row = await app.database.store.db.selectFrom('home_code').selectAll().executeTakeFirstOrThrow()
  expect(row.sealed?.toString('latin1')).not.toContain('4711')
  expect((await set(null, 2)).status).toBe(204)
  expect((await limin.post(`${path}/reveal`, { caseId })).status).toBe(404)
  const history = await supervisor.get<{ items: object[] }>(`/residents/${residentId}/file/history`)
  expect(history.body.items).toMatchObject([
    { part: 'code', before: { onFile: true }, after: { onFile: false } },
    { part: 'code', before: { onFile: false }, after: { onFile: true } },
  ])
  expect(JSON.stringify(history.body)).not.toContain('4711')
  expect(await audits('access_code.reveal', residentId)).toMatchObject([{ detail: { caseId } }])
  expect((await limin.send(path, { version: 3, code: '1' }, 'application/json', 'PUT')).status).toBe(403)
})

test('the file is changed on the version that was seen, and its history says what', async () => {
  const residentId = await addFile(app, 'f1')
  const path = `/residents/${residentId}/file`
  const change = (body: object) => supervisor.send<Record<string, unknown>>(path, body, 'application/json', 'PATCH')
  expect(
    (await change({ version: 1, conditions: ['高血压', ' 高血压 '], allergies: ['青霉素'], access: '找物业' })).status,
  ).toBe(204)
  expect(await change({ version: 1, dialect: '弋阳话' })).toMatchObject({
    status: 409,
    body: { code: 'stale_version' },
  })
  expect(await change({ version: 2, conditions: [' '] })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'conditions.0' }] },
  })
  expect((await change({ version: 2, abilityLevel: 4, dialect: null })).status).toBe(204)
  const { body } = await supervisor.get<ResidentFilePage>(path)
  expect(body.file).toMatchObject({ version: 3, conditions: ['高血压'], allergies: ['青霉素'], abilityLevel: 4 })
  expect(body.file.home?.access).toBe('找物业')
  const history = await supervisor.get<{ items: object[] }>(`${path}/history`)
  expect(history.body.items).toMatchObject([
    { part: 'details', before: { abilityLevel: 3 }, after: { abilityLevel: 4 } },
    { part: 'access', before: { access: null }, after: { access: '找物业' } },
    { part: 'details', before: { conditions: [], allergies: [] }, after: { conditions: ['高血压'] } },
  ])
  const first = await supervisor.get<{ items: object[]; nextCursor: string }>(`${path}/history?limit=2`)
  const rest = await supervisor.get<{ items: object[] }>(`${path}/history?limit=2&cursor=${first.body.nextCursor}`)
  expect([...first.body.items, ...rest.body.items]).toEqual(history.body.items)
  expect((await supervisor.get('/residents/nobody/file')).status).toBe(404)
  expect((await limin.get(path)).status).toBe(403)
  expect(await audits('resident.read', residentId)).toHaveLength(1)
})

test('who lives in the same home sees its change, and an editor opened before it is stale', async () => {
  const [one, two] = [await addFile(app, 'h1'), await addFile(app, 'h2')]
  const { db } = app.database.store
  await db.updateTable('resident').set({ home_id: 'home-h1' }).where('resident_id', '=', two).execute()
  await supervisor.send(`/residents/${one}/file`, { version: 1, access: '后门' }, 'application/json', 'PATCH')
  const { body } = await supervisor.get<ResidentFilePage>(`/residents/${two}/file`)
  expect(body.file).toMatchObject({ version: 2, home: { access: '后门' } })
})

test('hours and absence of a contact; how a call went is in the case', async () => {
  const residentId = await addFile(app, 'a1')
  const caseId = await openCase(app, 'a1', limin)
  const path = `/residents/${residentId}/contacts/1/availability`
  const put = (body: object, position = 1) =>
    supervisor.send(path.replace('/1/', `/${position}/`), body, 'application/json', 'PUT')
  const windows = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' }]
  const awayUntil = new Date(app.clock.now() + 3_600_000).toISOString()
  expect((await put({ version: 1, windows, awayUntil })).status).toBe(204)
  const contact = async () => (await detailOf(limin, caseId)).resident?.contacts[0]
  expect(await contact()).toMatchObject({ awayUntil, availability: { state: 'away', until: awayUntil } })
  app.clock.advance(3_600_000)
  expect(await contact()).toMatchObject({ awayUntil: null, availability: { state: 'now' } })
  expect(
    await put({ version: 2, windows: [{ days: [1], from: '25:00', to: '08:00' }], awayUntil: null }),
  ).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'windows.0.from' }] },
  })
  expect(await put({ version: 2, windows, awayUntil: '2020-01-01T00:00:00Z' })).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'awayUntil' }] },
  })
  expect((await put({ version: 2, windows, awayUntil: null }, 7)).status).toBe(404)

  expect((await limin.post(`/cases/${caseId}/contact-calls`, { position: 1, outcome: 'no_answer' })).status).toBe(200)
  expect((await limin.post(`/cases/${caseId}/contact-calls`, { position: 8, outcome: 'reached' })).status).toBe(404)
  expect((await limin.post(`/cases/${caseId}/contact-calls`, { position: 1, outcome: 'maybe' })).status).toBe(400)
  expect((await detailOf(limin, caseId)).log.at(-1)).toMatchObject({
    action: 'contact_called',
    actor: '李敏',
    detail: { position: 1, name: '程丽', relation: '女儿', outcome: 'no_answer' },
  })
})
