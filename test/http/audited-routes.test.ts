import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditEntryView, AuditFilters, SealView } from '../../server/contract/audit.ts'
import type { CaseSummary } from '../../server/contract/case.ts'
import { auditOf } from '../../server/http/audited-routes.ts'
import { openStore } from '../../server/store/db.ts'
import { type ApiClient, apiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'

interface List<T> {
  items: T[]
  nextCursor: string | null
}
const PREFIX = '/api/v1'

let app: TestApp
let admin: ApiClient
let operator: ApiClient
let base: string
let residentId: string
let caseId: string
beforeAll(async () => {
  app = await startTestApp({ env: { DEMO: '1' } })
  base = `http://127.0.0.1:${app.httpPort}`
  admin = await app.signIn('admin')
  operator = await app.signIn('limin')
  const { db } = app.database.store
  residentId = await addResident(db, ['a1'])
  const now = app.clock.now()
  await commit(db, [event('a1', 'sos', now)], now)
  caseId = (await operator.get<List<CaseSummary>>('/cases?state=open')).body.items[0]?.caseId ?? ''
})
afterAll(() => app.destroy())

/** Entries, newest first. */
const entries = async (filter = '') => (await admin.get<List<AuditEntryView>>(`/audit?limit=500${filter}`)).body.items
const raw = (path: string, body: unknown, client = admin) =>
  fetch(`${base}${PREFIX}${path}`, {
    method: 'POST',
    headers: { cookie: client.cookie, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test('every route of the API says what is noted of it', async () => {
  const response = await fetch(`${base}/api/docs/json`)
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> }
  const routes = Object.entries(paths)
    .filter(([path]) => path.startsWith(PREFIX))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), url: path.replace(/\{(\w+)\}/g, ':$1') })),
    )
  expect(routes.length).toBeGreaterThan(50)
  const missing = routes.filter(({ method, url }) => auditOf(method, url) === undefined)
  expect(missing.map(({ method, url }) => `${method} ${url}`)).toEqual([])
})

describe('reading', () => {
  test("a case on the screen is one entry in ten minutes, and one for the resident's file", async () => {
    const look = () => operator.get(`/cases/${caseId}`)
    await look()
    await look()
    expect(await entries(`&subject=${caseId}`)).toMatchObject([{ action: 'case.read', user: '李敏' }])
    expect(await entries(`&subject=${residentId}`)).toMatchObject([{ action: 'resident.read', detail: { caseId } }])
    app.clock.advance(10 * 60_000 + 1)
    await look()
    expect(await entries(`&subject=${caseId}`)).toHaveLength(2)
    await admin.get(`/cases/${caseId}`)
    expect(await entries(`&subject=${caseId}`)).toHaveLength(3)
  })

  test("a person's pulse is noted by field; what is not there is not", async () => {
    await operator.get('/devices/a1/telemetry?field=hr')
    await operator.get('/devices/a1/telemetry?field=hr')
    await operator.get('/devices/a1/telemetry?field=lat')
    await operator.get('/devices/nobody/telemetry?field=hr')
    expect(await entries('&action=telemetry.read')).toMatchObject([
      { subject: 'a1', detail: { field: 'lat' } },
      { subject: 'a1', detail: { field: 'hr' } },
    ])
  })

  test('a search is noted with the number of results and without its words, each time', async () => {
    await operator.post('/residents/search', { q: '周桂兰' })
    await operator.post('/residents/search', { q: '周桂兰' })
    const found = await entries('&action=residents.search')
    expect(found.map(({ detail }) => detail)).toEqual([{ results: 1 }, { results: 1 }])
    expect(JSON.stringify(await entries())).not.toContain('周桂兰')
  })

  test('what can not be noted is not shown', async () => {
    const before = await entries(`&subject=${caseId}`)
    app.clock.advance(11 * 60_000)
    const owner = openStore({ url: app.database.url, as: 'owner', max: 1, onError: () => undefined })
    try {
      await owner.pool.query('revoke insert on audit from anhu_app')
      expect(await operator.get(`/cases/${caseId}`)).toMatchObject({ status: 503, body: { code: 'store_unavailable' } })
      await owner.pool.query('grant insert on audit to anhu_app')
    } finally {
      await owner.close()
    }
    expect((await operator.get(`/cases/${caseId}`)).status).toBe(200)
    expect(await entries(`&subject=${caseId}`)).toHaveLength(before.length + 1)
  })
})

describe('signing in', () => {
  test('a refusal names a known account, and of another name keeps a hash', async () => {
    const anonymous = apiClient(base, '')
    const { status } = await anonymous.post('/session', { username: 'limin', password: 'geheim-getippt' })
    expect(status).toBe(401)
    await anonymous.post('/session', { username: 'my-password-1234', password: 'x' })
    const [other, known] = await entries('&action=session.refused')
    const { users } = (await admin.get<AuditFilters>('/audit/filters')).body
    expect(known).toMatchObject({ subject: users.find((one) => one.displayName === '李敏')?.userId, detail: {} })
    expect(other).toMatchObject({ subject: null, detail: { name: expect.stringMatching(/^[0-9a-f]{16}$/) } })
    expect(JSON.stringify(await entries())).not.toMatch(/my-password|geheim/)
  })

  test('signing out is noted, and the role of a new account', async () => {
    const wang = await app.signIn('wangfang')
    await wang.send('/session', {}, 'application/json', 'DELETE')
    expect((await entries('&action=session.close'))[0]).toMatchObject({ user: '王芳' })
    await admin.post('/users', { username: 'newone', displayName: '新人', role: 'supervisor' })
    expect((await entries('&action=user.create'))[0]).toMatchObject({ user: '管理员', detail: { role: 'supervisor' } })
  })
})

describe('the audit itself', () => {
  test('is for administrators', async () => {
    const supervisor = await app.signIn('huangyan')
    for (const path of ['/audit', '/audit/seal', '/audit/filters']) {
      expect((await supervisor.get(path)).status).toBe(403)
    }
    expect((await supervisor.post('/audit/verify', {})).status).toBe(403)
    expect((await supervisor.post('/audit/export', {})).status).toBe(403)
  })

  test('is filtered by person, action and time, page by page', async () => {
    const { users, actions } = (await admin.get<AuditFilters>('/audit/filters')).body
    expect(actions).toEqual(expect.arrayContaining(['case.read', 'session.open']))
    expect(actions).toEqual([...new Set(actions)].sort())
    const limin = users.find((one) => one.displayName === '李敏')?.userId
    const all = await entries(`&userId=${limin}`)
    expect(new Set(all.map(({ user }) => user))).toEqual(new Set(['李敏']))
    const first = await admin.get<List<AuditEntryView>>(`/audit?userId=${limin}&limit=2`)
    const second = await admin.get<List<AuditEntryView>>(
      `/audit?userId=${limin}&limit=2&cursor=${first.body.nextCursor}`,
    )
    expect([...first.body.items, ...second.body.items]).toEqual(all.slice(0, 4))
    const later = new Date(app.clock.now() + 1).toISOString()
    expect(await entries(`&from=${later}`)).toEqual([])
    expect((await admin.get('/audit?from=yesterday')).status).toBe(400)
    expect((await admin.get('/audit?cursor=x')).status).toBe(400)
  })

  test('is exported, which is noted as well', async () => {
    const response = await raw('/audit/export', { action: 'case.read' })
    expect(response.headers.get('content-type')).toContain('text/csv')
    const lines = (await response.text()).trim().split('\r\n')
    expect(lines[0]).toContain('auditId,at,user,userId,action,subject,detail')
    expect(lines.slice(1).every((line) => line.includes('case.read'))).toBe(true)
    expect((await entries('&action=audit.export'))[0]).toMatchObject({ detail: { rows: lines.length - 1 } })
  })

  test('is sealed, verified on demand, and says so', async () => {
    await expect
      .poll(async () => {
        await app.tick()
        return (await admin.get<SealView>('/audit/seal')).body.unsealed
      })
      .toBe(0)
    const started = await admin.post<SealView>('/audit/verify', {})
    expect(started).toMatchObject({ status: 202, body: { verification: { by: '管理员' } } })
    await expect
      .poll(async () => (await admin.get<SealView>('/audit/seal')).body.verification)
      .toMatchObject({ ok: true, problems: [], finishedAt: expect.any(String), failure: null })
    const { verification, seal } = (await admin.get<SealView>('/audit/seal')).body
    expect(verification?.rowsDone).toBeGreaterThan(0)
    expect(seal?.hash).toMatch(/^[0-9a-f]{64}$/)
    const metrics = await (await fetch(`${base}/metrics`)).text()
    expect(metrics).toContain(`anhu_audit_seal_number ${seal?.number}`)
  })

  test('only one verification runs at a time', async () => {
    await app.database.store.db
      .insertInto('audit_verification')
      .values({
        verification_id: '00000000-0000-7000-8000-000000000009',
        started_at: new Date(app.clock.now() + 1),
        started_by: null,
        ok: null,
        failure: null,
      })
      .execute()
    expect(await admin.post('/audit/verify', {})).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
  })
})
