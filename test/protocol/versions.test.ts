import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProtocolContent, ProtocolDetail, ProtocolList, ProtocolVersion } from '../../server/contract/protocol.ts'
import { sqlState } from '../../server/store/sql-errors.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { answer, detailOf, done, raise, resident } from './city.ts'

let app: TestApp
let admin: ApiClient
let huangyan: ApiClient
let limin: ApiClient

beforeAll(async () => {
  app = await startTestApp()
  ;[admin, huangyan, limin] = await Promise.all([app.signIn('admin'), app.signIn('huangyan'), app.signIn('limin')])
})
afterAll(() => app.destroy())

const detail = async (id: string) => (await limin.get<ProtocolDetail>(`/protocols/${id}`)).body
const list = async () => (await limin.get<ProtocolList>('/protocols')).body
const readiness = async () => {
  const response = await fetch(`http://127.0.0.1:${app.httpPort}/readyz`)
  return {
    status: response.status,
    body: (await response.json()) as { checks: Record<string, Record<string, unknown>> },
  }
}
const renamed = (content: ProtocolContent, title: string): ProtocolContent => ({
  ...content,
  title: { 'zh-CN': title, en: title },
})

test('an empty database has a protocol for every kind and risk, and says so', async () => {
  const { items, cells } = await list()
  expect(cells).toHaveLength(75)
  expect(cells.filter((cell) => cell.protocolId === null)).toEqual([])
  expect(items.find((one) => one.protocolId === 'sos')).toMatchObject({
    number: 1,
    publishedBy: null,
    draft: false,
    cells: 6,
  })
  expect(await readiness()).toMatchObject({ status: 200, body: { checks: { protocols: { ok: true, missing: [] } } } })
})

test('a running case keeps its version; a new one gets what was published; steps of the old are played on', async () => {
  await resident(app, admin, 'v-1')
  await resident(app, admin, 'v-2')
  await resident(app, admin, 'v-3')
  let running = await done(limin, await raise(app, limin, 'v-1', 'fall'), 'claim')
  running = await answer(limin, running, '没人应答')
  const waiting = await raise(app, limin, 'v-2', 'fall')
  app.clock.advance(1_000)

  const { newest } = await detail('fall')
  const changed: ProtocolContent = {
    ...renamed(newest.content, '跌倒 新'),
    steps: newest.content.steps.map((step) => (step.id === 'again' ? { ...step, id: 'once-more' } : step)),
  }
  changed.steps[0] = {
    ...changed.steps[0]!,
    answers: changed.steps[0]!.answers.map((one) => (one.next === 'again' ? { ...one, next: 'once-more' } : one)),
  }
  const published = await huangyan.post<ProtocolDetail>('/protocols/fall/publish', {
    base: newest.version,
    content: changed,
    note: '第二次呼叫改名',
  })
  expect(published).toMatchObject({
    status: 200,
    body: { published: { number: 2, by: '黄燕', note: '第二次呼叫改名', state: 'published' } },
  })

  expect((await detailOf(limin, running)).protocol).toMatchObject({ number: 1, current: 'again' })
  running = await answer(limin, running, '还是没人接')
  expect((await detailOf(limin, running)).protocol).toMatchObject({ number: 1, current: 'send' })
  // It was opened before, though nobody had claimed it.
  expect((await detailOf(limin, await done(limin, waiting, 'claim'))).protocol.number).toBe(1)
  const next = await done(limin, await raise(app, limin, 'v-3', 'fall'), 'claim')
  expect((await detailOf(limin, next)).protocol).toMatchObject({ number: 2, title: { en: '跌倒 新' } })
})

test('drafts may lack things and serve nobody; publishing names everything that is wrong', async () => {
  const { newest } = await detail('gas')
  const broken = { ...renamed(newest.content, '燃气 草稿'), risks: [] }
  const draft = await huangyan.post<ProtocolDetail>('/protocols/gas/draft', { base: newest.version, content: broken })
  expect(draft).toMatchObject({
    status: 200,
    body: { newest: { state: 'draft', number: null }, published: { number: 1 } },
  })
  expect((await list()).items.find((one) => one.protocolId === 'gas')).toMatchObject({
    draft: true,
    number: 1,
    cells: 3,
  })
  const refused = await huangyan.post('/protocols/gas/publish', {
    base: draft.body.newest.version,
    content: broken,
    note: '试',
  })
  expect(refused).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', errors: [{ field: 'content.risks', message: 'names no risk level' }] },
  })
  // The refusal has written nothing.
  expect((await detail('gas')).newest.version).toBe(draft.body.newest.version)

  const { body } = await limin.get<{ items: ProtocolVersion[]; nextCursor: string | null }>(
    '/protocols/gas/versions?limit=1',
  )
  expect(body.items).toMatchObject([{ state: 'draft', by: '黄燕' }])
  const older = await limin.get<{ items: ProtocolVersion[] }>(`/protocols/gas/versions?cursor=${body.nextCursor}`)
  expect(older.body.items).toMatchObject([{ state: 'published', number: 1, by: null }])
  const back = await limin.get<ProtocolVersion>(`/protocol-versions/${older.body.items[0]?.version}`)
  expect(back.body.content).toEqual(newest.content)
})

test('of two authors the second is told; a stranger, an unknown protocol, a taken id are refused', async () => {
  const { newest } = await detail('co')
  const body = { base: newest.version, content: renamed(newest.content, '一氧化碳 甲') }
  const [one, other] = await Promise.all([
    huangyan.post('/protocols/co/draft', body),
    admin.post('/protocols/co/draft', { ...body, content: renamed(newest.content, '一氧化碳 乙') }),
  ])
  expect([one.status, other.status].sort()).toEqual([200, 409])
  const loser = one.status === 409 ? one : other
  expect(loser.body).toMatchObject({ code: 'stale_version', version: (await detail('co')).newest.version })
  expect(await huangyan.post('/protocols/co/publish', { ...body, note: '晚' })).toMatchObject({ status: 409 })

  expect((await limin.post('/protocols/co/draft', body)).status).toBe(403)
  expect((await limin.post('/protocols/co/publish', { ...body, note: 'x' })).status).toBe(403)
  expect((await limin.post('/protocols', { protocolId: 'mine', content: newest.content })).status).toBe(403)
  expect((await huangyan.post('/protocols/none/draft', body)).body).toMatchObject({ code: 'not_found' })
  expect((await limin.get('/protocols/none')).status).toBe(404)
  expect((await limin.get('/protocol-versions/99999')).status).toBe(404)
  expect((await huangyan.post('/protocols', { protocolId: 'co', content: newest.content })).body).toMatchObject({
    code: 'already_exists',
  })
  expect((await huangyan.post('/protocols', { protocolId: 'Nein', content: newest.content })).body).toMatchObject({
    errors: [{ field: 'protocolId' }],
  })
  expect((await huangyan.post('/protocols/co/publish', { ...body, note: ' ' })).body).toMatchObject({
    errors: [{ field: 'note' }],
  })
})

test('what is published here counts before what was delivered, and a gap is an error that is seen', async () => {
  const { newest } = await detail('water')
  const made = await huangyan.post<ProtocolDetail>('/protocols', {
    protocolId: 'water-south',
    content: { ...renamed(newest.content, '漏水 南'), risks: ['high'] },
  })
  expect(made).toMatchObject({ status: 201, body: { published: null } })
  const cellOf = async (risk: string) =>
    (await list()).cells.find((cell) => cell.kind === 'water_leak' && cell.risk === risk)?.protocolId
  expect(await cellOf('high')).toBe('water')
  app.clock.advance(1_000)
  await huangyan.post('/protocols/water-south/publish', {
    base: made.body.newest.version,
    content: made.body.newest.content,
    note: '高风险单列',
  })
  expect(await cellOf('high')).toBe('water-south')
  expect(await cellOf('low')).toBe('water')

  const { newest: area } = await detail('area')
  app.clock.advance(1_000)
  await huangyan.post('/protocols/area/publish', {
    base: area.version,
    content: { ...area.content, risks: ['low', 'normal'] },
    note: '漏了高风险',
  })
  expect(await readiness()).toMatchObject({
    status: 200,
    body: { checks: { protocols: { ok: true, missing: ['area_offline/high'] } } },
  })
  const audits = await app.database.store.db
    .selectFrom('audit')
    .select(['action', 'subject'])
    .where('action', 'like', 'protocol.%')
    .where('subject', '=', 'water-south')
    .orderBy('audit_id')
    .execute()
  expect(audits.map((row) => row.action)).toEqual(['protocol.create', 'protocol.publish'])
})

test('a kind without a protocol: the case gets the general steps, marked, and can be played', async () => {
  // Device faults at high risk lose theirs: nobody is known to the device.
  const { newest } = await detail('device-high')
  app.clock.advance(1_000)
  await huangyan.post('/protocols/device-high/publish', {
    base: newest.version,
    content: { ...newest.content, kinds: ['tamper'] },
    note: '试',
  })
  await admin.post('/devices', { deviceId: 'v-9', kind: 'sos_button', protocol: 'native' })
  app.clock.advance(1_000)
  let row = await done(limin, await raise(app, limin, 'v-9', 'battery_low'), 'claim')
  expect((await detailOf(limin, row)).protocol).toMatchObject({
    version: null,
    number: null,
    kind: 'battery_low',
    risk: 'high',
    riskReasons: ['no_file'],
    current: 'talk',
  })
  row = await answer(limin, row, '没人应答')
  expect((await detailOf(limin, row)).protocol).toMatchObject({ version: null, current: 'send' })
})

test('the database lets nobody change what was written', async () => {
  const { db } = app.database.store
  const refusals = await Promise.all(
    [
      () => db.updateTable('protocol_version').set({ note: 'x' }).execute(),
      () => db.deleteFrom('case_step').execute(),
      () => db.deleteFrom('case_protocol').execute(),
      () => db.deleteFrom('protocol').execute(),
    ].map((work) => work().then(() => 'done', sqlState)),
  )
  expect(refusals).toEqual(['42501', '42501', '42501', '42501'])
})
