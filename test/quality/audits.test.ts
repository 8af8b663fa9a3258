import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditDetail, AuditRow, PickableCase, QualityMonth } from '../../server/contract/quality.ts'
import type { SheetView } from '../../server/contract/quality-sheet.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { query } from '../support/sql.ts'
import { answersFor, type Caller, closedCase, codes, DAY, goTo, monthOf, press, staying } from './centre.ts'

interface List<T> {
  items: T[]
  nextCursor: string | null
}
let app: TestApp
let limin: Caller
let wangfang: Caller
let boss: Caller
let admin: Caller
let march: QualityMonth
let own: string

beforeAll(async () => {
  app = await startTestApp()
  ;[limin, wangfang, boss, admin] = await Promise.all([
    staying(app, 'limin'),
    staying(app, 'wangfang'),
    staying(app, 'huangyan'),
    staying(app, 'admin'),
  ])
  const sos = await press(app, 'first', 'sos')
  app.clock.advance(34_000)
  await limin.post(`/cases/${sos}/claim`, { version: 1 })
  app.clock.advance(40_000)
  await limin.post(`/cases/${sos}/dispatch`, { version: 2, to: '网格员' })
  app.clock.advance(600_000)
  await limin.post(`/cases/${sos}/arrive`, { version: 3 })
  await limin.post(`/cases/${sos}/note`, { version: 4, text: '在卫生间，清醒', contact: 'made' })
  await limin.post(`/cases/${sos}/resolve`, { version: 5, outcome: 'hospital', reason: '送医' })
  await limin.post(`/cases/${sos}/close`, { version: 6 })
  for (let n = 0; n < 4; n++) await closedCase(app, limin)
  own = await closedCase(app, boss)
  goTo(app, '2026-04-01T00:00:00Z')
  await app.tick()
  march = await monthOf(boss, '2026-03')
})
afterAll(() => app.destroy())

const auditsOf = (name: string): AuditRow[] =>
  march.operators.find(({ displayName }) => displayName === name)?.audits ?? []
const get = async (who: Caller, auditId: string) => who.get<AuditDetail>(`/quality/audits/${auditId}`)
const bodyOf = ({ version, sheet }: AuditDetail, over: object = {}) => ({
  version,
  sheetVersion: sheet.version,
  answers: answersFor(sheet.content),
  remark: null,
  complete: false,
  ...over,
})

describe('an audit', () => {
  test('shows what the record says of the case, beside the sheet in force', async () => {
    const [first] = auditsOf('李敏')
    const { body } = await get(boss, first?.auditId ?? '')
    expect(body).toMatchObject({
      ...{ kind: 'sos', outcome: 'hospital', stratum: 'emergency', origin: 'drawn', state: 'open', mayWrite: true },
      dueAt: '2026-04-30T16:00:00.000Z',
      facts: { answerS: 34, dispatchS: 40, arriveS: 640, resolveS: 640, contact: 'made', notes: 1, takeovers: 0 },
      sheet: { version: 1, by: null, content: { passMark: 80 } },
    })
    expect(body.sheet.content.criteria).toHaveLength(14)
  })

  test('is saved as a draft, as long as nobody else has; completed it needs an answer to all, and words for a 0', async () => {
    const [first] = auditsOf('李敏')
    const path = `/quality/audits/${first?.auditId}`
    const { body: fresh } = await get(boss, first?.auditId ?? '')
    const some = answersFor(fresh.sheet.content).slice(0, 3)
    const saved = await boss.post<AuditDetail>(path, bodyOf(fresh, { answers: some, remark: ' 听了录音 ' }))
    expect(saved.body).toMatchObject({
      version: 2,
      begun: true,
      state: 'open',
      auditor: '黄燕',
      remark: '听了录音',
      score: null,
    })
    expect(codes(await boss.post(path, bodyOf(fresh)))).toEqual([409, 'stale_version'])
    const early = await boss.post(path, bodyOf(saved.body, { answers: some, complete: true }))
    expect(early).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(early.body.errors).toHaveLength(11)
    const zero = answersFor(fresh.sheet.content, { told: 0 }).map((one) => ({ ...one, note: null }))
    const unexplained = await boss.post(path, bodyOf(saved.body, { answers: zero, complete: true }))
    expect(unexplained.body.errors).toEqual([{ field: 'answers.told.note', message: 'is needed: 0 says why' }])
    for (const [answers, field] of [
      [[{ id: 'nothing', value: 2, note: null }], 'answers.0.id'],
      [[{ id: 'contact', value: 1, note: null }], 'answers.contact'],
      [[some[0], some[0]], 'answers.1.id'],
    ] as const) {
      const wrong = await boss.post(path, bodyOf(saved.body, { answers }))
      expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field }] } })
    }
    expect(
      (await boss.post(path, bodyOf(saved.body, { answers: [{ id: 'told', value: 3, note: null }] }))).status,
    ).toBe(400)
  })

  test('whoever is audited sees nothing of it before it is completed', async () => {
    const [first] = auditsOf('李敏')
    expect((await get(limin, first?.auditId ?? '')).status).toBe(404)
    expect((await limin.get<List<AuditRow>>('/quality/mine')).body.items).toEqual([])
    expect((await limin.post(`/quality/audits/${first?.auditId}/comments`, { text: '?' })).status).toBe(404)
    expect(codes(await boss.post(`/quality/audits/${first?.auditId}/comments`, { text: '?' }))).toEqual([
      409,
      'wrong_state',
    ])
  })

  test('is signed when it is completed, and never changes again', async () => {
    const [first] = auditsOf('李敏')
    const path = `/quality/audits/${first?.auditId}`
    const { body: draft } = await get(boss, first?.auditId ?? '')
    const answers = answersFor(draft.sheet.content, { told: 0, consent: 'na', manner: 1 })
    const done = await boss.post<AuditDetail>(path, bodyOf(draft, { answers, complete: true }))
    // 28 of 30 possible weights, less 1 of told and half of manner's 2.
    expect(done.body).toMatchObject({
      ...{ state: 'completed', auditor: '黄燕', result: 'passed', mayWrite: false, mayComment: true },
      completedAt: new Date(app.clock.now()).toISOString(),
      score: 92.9,
      history: [
        { by: '黄燕', version: 2 },
        { by: '黄燕', version: 3 },
      ],
    })
    expect(codes(await boss.post(path, bodyOf(done.body)))).toEqual([409, 'wrong_state'])
    await expect(
      query(app.database.url, "update quality_audit set score = 100 where state = 'completed'"),
    ).rejects.toThrow(/append-only/)
  })

  test('the operator reads it and answers once; supervisors as often as they like; other operators see none of it', async () => {
    const [first] = auditsOf('李敏')
    const path = `/quality/audits/${first?.auditId}/comments`
    expect((await limin.get<List<AuditRow>>('/quality/mine')).body.items).toMatchObject([
      { auditId: first?.auditId, score: 92.9, answered: false },
    ])
    expect((await get(limin, first?.auditId ?? '')).body).toMatchObject({
      mayComment: true,
      mayWrite: false,
      ownCase: true,
    })
    expect((await get(wangfang, first?.auditId ?? '')).status).toBe(404)
    expect((await wangfang.post(path, { text: '我来说' })).status).toBe(404)
    expect((await limin.post(path, { text: '  ' })).status).toBe(400)
    const said = await limin.post<AuditDetail>(path, { text: '当时已告诉家属，漏记了' })
    expect(said.body).toMatchObject({ mayComment: false, comments: [{ by: '李敏', byOperator: true }] })
    expect(codes(await limin.post(path, { text: '还有' }))).toEqual([409, 'already_exists'])
    await boss.post(path, { text: '下次请记下' })
    const again = await boss.post<AuditDetail>(path, { text: '已口头说明' })
    expect(again.body.comments.map(({ by, byOperator }) => [by, byOperator])).toEqual([
      ['李敏', true],
      ['黄燕', false],
      ['黄燕', false],
    ])
    expect(again.body).toMatchObject({ answered: true, score: 92.9 })
  })

  test('nobody audits a case that was once his own', async () => {
    const [mine] = auditsOf('黄燕')
    expect(mine?.caseId).toBe(own)
    const { body } = await get(boss, mine?.auditId ?? '')
    expect(body).toMatchObject({ mayWrite: false, ownCase: true })
    expect(codes(await boss.post(`/quality/audits/${mine?.auditId}`, bodyOf(body)))).toEqual([409, 'same_person'])
    const critical = answersFor(body.sheet.content, { contact: 0 })
    const done = await admin.post<AuditDetail>(
      `/quality/audits/${mine?.auditId}`,
      bodyOf(body, { answers: critical, complete: true }),
    )
    expect(done.body).toMatchObject({ state: 'completed', result: 'failed', score: 89.7 })
    expect((await boss.get<List<AuditRow>>('/quality/mine')).body.items).toMatchObject([{ result: 'failed' }])
  })

  test('who had it for a while does not judge it either', async () => {
    const caseId = await press(app, 'shared', 'help')
    await boss.post(`/cases/${caseId}/claim`, { version: 1 })
    await limin.post(`/cases/${caseId}/claim`, { version: 2, takeover: true, reason: '换班' })
    await limin.post(`/cases/${caseId}/resolve`, { version: 3, outcome: 'helped', reason: '好了', contact: 'made' })
    await limin.post(`/cases/${caseId}/close`, { version: 4 })
    expect(codes(await boss.post('/quality/audits', { caseId, reason: '投诉' }))).toEqual([409, 'same_person'])
    const picked = await admin.post<AuditDetail>('/quality/audits', { caseId, reason: '家属投诉' })
    expect(picked).toMatchObject({
      status: 201,
      body: {
        origin: 'picked',
        stratum: null,
        reason: '家属投诉',
        month: '2026-04',
        dueAt: '2026-05-31T16:00:00.000Z',
      },
    })
    expect((await get(boss, picked.body.auditId)).body).toMatchObject({ mayWrite: false, ownCase: true })
  })
})

describe('picking by hand', () => {
  test('takes a closed case that is not among the audits, besides the two', async () => {
    const limins = march.operators.find(({ displayName }) => displayName === '李敏')
    const list = `/quality/months/2026-03/cases?operatorId=${limins?.userId}`
    const { body } = await boss.get<List<PickableCase>>(`${list}&limit=3`)
    const rest = await boss.get<List<PickableCase>>(`${list}&limit=3&cursor=${body.nextCursor}`)
    const all = [...body.items, ...rest.body.items]
    expect(all).toHaveLength(5)
    expect(all.filter(({ audited }) => audited)).toHaveLength(2)
    const free = all.find(({ audited }) => !audited)
    const picked = await boss.post<AuditDetail>('/quality/audits', { caseId: free?.caseId, reason: '首次处理' })
    expect(picked.status).toBe(201)
    expect(codes(await boss.post('/quality/audits', { caseId: free?.caseId, reason: '再来' }))).toEqual([
      409,
      'already_exists',
    ])
    const taken = all.find(({ audited }) => audited)
    expect(codes(await boss.post('/quality/audits', { caseId: taken?.caseId, reason: '再来' }))).toEqual([
      409,
      'already_exists',
    ])
    const now = await monthOf(boss, '2026-03')
    expect(now.operators.find(({ displayName }) => displayName === '李敏')).toMatchObject({ due: 2 })
    expect(now.operators.find(({ displayName }) => displayName === '李敏')?.audits).toHaveLength(3)
  })

  test('is refused for what is open or unknown, without a reason, and to operators', async () => {
    const open = await press(app, 'open', 'help')
    expect(codes(await boss.post('/quality/audits', { caseId: open, reason: '看看' }))).toEqual([409, 'wrong_state'])
    const nothing = '01959aaa-0000-7000-8000-0000deadbeef'
    expect((await boss.post('/quality/audits', { caseId: nothing, reason: '看看' })).status).toBe(404)
    expect((await boss.post('/quality/audits', { caseId: own, reason: ' ' })).status).toBe(400)
    expect((await boss.get(`/quality/audits/${nothing}`)).status).toBe(404)
    for (const answer of [
      await limin.post('/quality/audits', { caseId: own, reason: '看看' }),
      await limin.get('/quality/sheets'),
      await limin.get('/quality/statistics'),
      await limin.get('/quality/load'),
      await limin.post(`/quality/audits/${nothing}`, {
        ...{ version: 1, sheetVersion: 1, answers: [], remark: null, complete: false },
      }),
    ]) {
      expect(answer.status).toBe(403)
    }
  })
})

describe('the scoring sheet', () => {
  test('is published with a reason; what is begun keeps its own, what is not takes the new one', async () => {
    const [, second] = auditsOf('李敏')
    const begun = march.operators.find(({ displayName }) => displayName === '李敏')
    const { body: fresh } = await get(boss, second?.auditId ?? '')
    await boss.post(`/quality/audits/${second?.auditId}`, bodyOf(fresh))
    const { body } = await boss.get<{ items: SheetView[] }>('/quality/sheets')
    const [inForce] = body.items
    if (inForce === undefined || begun === undefined) throw new Error('no sheet')
    const content = { ...inForce.content, passMark: 90, criteria: inForce.content.criteria.slice(0, 10) }
    const wrong = await boss.post('/quality/sheets', {
      base: 1,
      note: '简化',
      content: {
        ...content,
        criteria: [content.criteria[0], { ...content.criteria[0], text: { 'zh-CN': '按时', en: ' ' } }],
      },
    })
    expect(wrong).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'content.criteria.1.id' }, { field: 'content.criteria.1.text.en' }] },
    })
    const made = await boss.post<SheetView>('/quality/sheets', { base: 1, note: '简化', content })
    expect(made).toMatchObject({ status: 201, body: { version: 2, by: '黄燕', content: { passMark: 90 } } })
    expect(await boss.post('/quality/sheets', { base: 1, note: '简化', content })).toMatchObject({
      status: 409,
      body: { code: 'stale_version', version: 2 },
    })
    expect((await get(boss, second?.auditId ?? '')).body.sheet.version).toBe(1)
    const picked = (await monthOf(boss, '2026-03')).operators.flatMap(({ audits }) => audits).find((one) => !one.begun)
    const { body: other } = await get(boss, picked?.auditId ?? '')
    expect(other.sheet.version).toBe(2)
    const old = await boss.post(`/quality/audits/${picked?.auditId}`, bodyOf(other, { sheetVersion: 1 }))
    expect(codes(old)).toEqual([409, 'stale_version'])
  })
})

describe('what is due', () => {
  test('is overdue from the end of the following month on, shown and counted', async () => {
    goTo(app, '2026-04-30T15:59:59Z')
    const overdue = async () =>
      (await monthOf(boss, '2026-03')).operators.flatMap(({ audits }) => audits).filter((one) => one.overdue)
    expect(await overdue()).toEqual([])
    app.clock.advance(1_000)
    expect(await overdue()).toHaveLength(1)
    await app.tick()
    const metrics = await (await fetch(`http://127.0.0.1:${app.httpPort}/metrics`)).text()
    expect(metrics).toContain('anhu_quality_audits_overdue 1')
    expect(metrics).toMatch(/anhu_quality_audits_open [2-9]/)
    app.clock.advance(DAY)
    const { months } = await monthOf(boss, '2026-03')
    expect(months.find(({ month }) => month === '2026-03')).toMatchObject({ due: 3, completed: 2, overdue: 1 })
  })
})
