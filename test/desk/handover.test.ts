import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { DutyView, ProfileView } from '../../server/contract/desk.ts'
import type { Problem } from '../../server/contract/errors.ts'
import type { HandoverInbox, HandoverView } from '../../server/contract/handover.ts'
import type { CaseEvent } from '../../server/contract/push.ts'
import type { WallView } from '../../server/contract/wall.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'

let app: TestApp
let limin: ApiClient
let wang: ApiClient
let huang: ApiClient
let [li, wangId, huangId] = ['', '', '']
let serial = 0
const nobody = '0190d3d2-0000-7000-8000-000000000000'

beforeAll(async () => {
  app = await startTestApp()
  ;[limin, wang, huang] = await Promise.all([app.signIn('limin'), app.signIn('wangfang'), app.signIn('huangyan')])
  const idOf = async (who: ApiClient) => (await who.get<ProfileView>('/desk/profile')).body.userId
  ;[li, wangId, huangId] = await Promise.all([idOf(limin), idOf(wang), idOf(huang)])
})
afterAll(() => app.destroy())

/** A press that this operator has claimed. */
async function claimed(who: ApiClient): Promise<CaseSummary> {
  const device = `h-${serial++}`
  const { db } = app.database.store
  await addResident(db, [device])
  await commit(db, [event(device, 'sos', app.clock.now())], app.clock.now())
  const { body } = await who.get<{ items: CaseSummary[] }>('/cases?state=open&limit=500')
  const row = body.items.find(({ deviceId }) => deviceId === device)
  if (!row) throw new Error('the press is not in the queue')
  return (await who.post<CaseSummary>(`/cases/${row.caseId}/claim`, { version: row.version })).body
}
const detail = async (caseId: string) => (await huang.get<CaseDetail>(`/cases/${caseId}`)).body
const actions = async (caseId: string) =>
  (await detail(caseId)).log.flatMap(({ action, actor }) => (action === 'signal' ? [] : `${action} ${actor}`))
const offer = (who: ApiClient, cases: object[], more: object = {}) =>
  who.post<HandoverView & Problem>('/handovers', { cases, ...more })
const sign = (who: ApiClient, sheet: HandoverView, what: string, caseIds: string[], more: object = {}) =>
  who.post<HandoverInbox & Problem>(`/handovers/${sheet.handoverId}/${what}`, { caseIds, ...more })
const inbox = async (who: ApiClient) => (await who.get<HandoverInbox>('/handovers/inbox')).body
const status = (who: ApiClient, to: string) => who.post<DutyView & Problem>('/desk/status', { status: to })

describe('a signed handover', () => {
  test('two cases to a colleague: hers only once she has signed, each by itself, with every step in the log', async () => {
    await status(limin, 'ready')
    const [one, two] = [await claimed(limin), await claimed(limin)]
    const refused = await status(limin, 'off')
    expect(refused.body).toMatchObject({ status: 409, code: 'cases_in_hand' })

    const desk = await wang.desk()
    const events: CaseEvent[] = []
    desk.on('case', (told, acknowledge) => {
      events.push(told)
      acknowledge()
    })
    const given = await offer(
      limin,
      [
        { caseId: one.caseId, to: wangId, note: '已联系女儿，10 分钟后到' },
        { caseId: two.caseId, to: wangId, note: '待回拨' },
      ],
      { note: '夜里平静' },
    )
    expect(given.status).toBe(201)
    await expect.poll(() => events.map(({ caseId }) => caseId).toSorted()).toEqual([one.caseId, two.caseId].toSorted())
    const sheet = given.body
    expect((await detail(one.caseId)).case).toMatchObject({
      owner: { userId: li },
      handover: { handoverId: sheet.handoverId, to: { displayName: '王芳' } },
    })
    expect((await status(limin, 'off')).body).toMatchObject({ code: 'cases_in_hand' })
    expect(await inbox(wang)).toMatchObject({
      offered: [{ giver: { displayName: '李敏' }, note: '夜里平静', cases: [{ note: expect.any(String) }, {}] }],
    })

    app.clock.advance(60_000)
    const first = await sign(wang, sheet, 'accept', [one.caseId])
    expect(first.body.offered).toMatchObject([{ cases: [{ caseId: two.caseId }] }])
    expect((await detail(one.caseId)).case).toMatchObject({
      owner: { userId: wangId },
      state: 'claimed',
      handover: null,
    })
    expect((await sign(wang, sheet, 'accept', [one.caseId])).body).toMatchObject({ code: 'wrong_state' })
    await sign(wang, sheet, 'accept', [two.caseId])
    expect(await actions(one.caseId)).toEqual([
      'opened null',
      'claim 李敏',
      'handover_offered 李敏',
      'handover_accepted 王芳',
    ])
    expect((await status(limin, 'off')).body).toMatchObject({ status: 'off', inHand: 0 })

    const { body: kept } = await limin.get<HandoverView>(`/handovers/${sheet.handoverId}`)
    expect(kept.cases).toMatchObject([
      { handover: 'accepted', decidedBy: { displayName: '王芳' }, decidedAt: new Date(app.clock.now()).toISOString() },
      { handover: 'accepted' },
    ])
    await expect(query(app.database.url, `update handover_case set note = 'x'`)).rejects.toThrow(/append-only/)
  })

  test('declined, taken back, and offered again', async () => {
    const one = await claimed(limin)
    const { body: sheet } = await offer(limin, [{ caseId: one.caseId, to: wangId, note: '看护中' }])
    const again = await offer(limin, [{ caseId: one.caseId, to: null, note: '再来' }])
    expect(again.body).toMatchObject({ code: 'wrong_state' })
    expect((await sign(wang, sheet, 'decline', [one.caseId])).status).toBe(400)
    await sign(wang, sheet, 'decline', [one.caseId], { reason: '手上已有三起' })
    expect((await detail(one.caseId)).case).toMatchObject({ owner: { userId: li }, handover: null })
    const { body: second } = await offer(limin, [{ caseId: one.caseId, to: wangId, note: '请再考虑' }])
    expect((await sign(wang, second, 'withdraw', [one.caseId])).body).toMatchObject({ code: 'not_owner' })
    expect((await sign(limin, second, 'withdraw', [one.caseId])).body.given).toEqual([])
    expect((await actions(one.caseId)).slice(2)).toEqual([
      'handover_offered 李敏',
      'handover_declined 王芳',
      'handover_offered 李敏',
      'handover_withdrawn 李敏',
    ])
    const { log } = await detail(one.caseId)
    expect(log.find(({ action }) => action === 'handover_declined')?.detail).toMatchObject({ reason: '手上已有三起' })
  })

  test('to the queue: she may go, it waits for everybody, and whoever claims it has signed', async () => {
    for (const row of (await huang.get<{ items: CaseSummary[] }>('/cases?state=open&limit=500')).body.items) {
      if (row.owner?.userId !== li) continue
      await limin.post(`/cases/${row.caseId}/resolve`, {
        version: row.version,
        outcome: 'helped',
        reason: '好了',
        contact: 'made',
      })
    }
    await status(limin, 'ready')
    const one = await claimed(limin)
    const { body: sheet } = await offer(limin, [{ caseId: one.caseId, to: null, note: '等女儿回电' }])
    expect((await status(limin, 'off')).body).toMatchObject({ status: 'off', inHand: 1 })
    expect((await sign(wang, sheet, 'accept', [one.caseId])).body).toMatchObject({ code: 'wrong_state' })
    const seen = await detail(one.caseId)
    expect(seen.case.handover).toMatchObject({ to: null })
    const taken = await wang.post<CaseSummary>(`/cases/${one.caseId}/claim`, {
      version: seen.case.version,
      takeover: true,
      reason: '交接班',
    })
    expect(taken.body).toMatchObject({ owner: { userId: wangId }, handover: null })
    expect(await actions(one.caseId)).toContain('handover_accepted 王芳')
    const { body } = await huang.get<HandoverView>(`/handovers/${sheet.handoverId}`)
    expect(body.cases).toMatchObject([{ handover: 'accepted', decidedBy: { displayName: '王芳' } }])
  })

  test('what becomes pointless ends: resolved, or taken by a third', async () => {
    const [one, two] = [await claimed(limin), await claimed(limin)]
    const { body: sheet } = await offer(limin, [
      { caseId: one.caseId, to: wangId, note: '一' },
      { caseId: two.caseId, to: wangId, note: '二' },
    ])
    const current = await detail(one.caseId)
    await limin.post(`/cases/${one.caseId}/resolve`, {
      version: current.case.version,
      outcome: 'helped',
      reason: '女儿已到',
      contact: 'made',
    })
    const other = await detail(two.caseId)
    await huang.post(`/cases/${two.caseId}/claim`, { version: other.case.version, takeover: true, reason: '住户打来' })
    expect((await sign(wang, sheet, 'accept', [two.caseId])).body).toMatchObject({ code: 'wrong_state' })
    const { body } = await huang.get<HandoverView>(`/handovers/${sheet.handoverId}`)
    expect(body.cases.map(({ handover, reason }) => [handover, reason]).toSorted()).toEqual([
      ['withdrawn', 'settled'],
      ['withdrawn', 'taken'],
    ])
  })

  test('bad handovers change nothing: not hers, nobody, herself, twice, no note, an unknown case', async () => {
    const [mine, hers] = [await claimed(limin), await claimed(wang)]
    const to = wangId
    expect((await offer(limin, [{ caseId: hers.caseId, to, note: 'x' }])).body).toMatchObject({ code: 'not_owner' })
    expect((await offer(limin, [{ caseId: mine.caseId, to: li, note: 'x' }])).body).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'cases.0.to', message: 'the giver herself' }],
    })
    expect((await offer(limin, [{ caseId: mine.caseId, to: mine.caseId, note: 'x' }])).body).toMatchObject({
      errors: [{ field: 'cases.0.to' }],
    })
    const twice = { caseId: mine.caseId, to, note: 'x' }
    expect((await offer(limin, [twice, twice])).body).toMatchObject({ errors: [{ field: 'cases.1.caseId' }] })
    expect((await offer(limin, [{ caseId: mine.caseId, to, note: ' ' }])).status).toBe(400)
    expect((await offer(limin, [{ caseId: li, to, note: 'x' }])).status).toBe(404)
    expect((await offer(limin, [twice, { caseId: hers.caseId, to, note: 'x' }])).body).toMatchObject({
      code: 'not_owner',
    })
    expect((await detail(mine.caseId)).case).toMatchObject({ version: mine.version, handover: null })
  })

  test('a sheet is for those who have a part in it, and for supervisors', async () => {
    const one = await claimed(limin)
    const { body: sheet } = await offer(limin, [{ caseId: one.caseId, to: huangId, note: '请接' }])
    expect((await wang.get(`/handovers/${sheet.handoverId}`)).status).toBe(404)
    expect((await huang.get(`/handovers/${sheet.handoverId}`)).status).toBe(200)
    const { body } = await huang.get<{ items: HandoverView[]; nextCursor: string | null }>('/handovers?limit=2')
    expect(body.items[0]).toMatchObject({ handoverId: sheet.handoverId, offered: 1 })
    const { body: next } = await huang.get<{ items: HandoverView[] }>(`/handovers?limit=2&cursor=${body.nextCursor}`)
    expect(next.items.map(({ handoverId }) => handoverId)).not.toContain(sheet.handoverId)
  })

  test('two who sign at once: one has it', async () => {
    const one = await claimed(limin)
    const { body: sheet } = await offer(limin, [{ caseId: one.caseId, to: wangId, note: '请接' }])
    const answers = await Promise.all([
      sign(wang, sheet, 'accept', [one.caseId]),
      sign(limin, sheet, 'withdraw', [one.caseId]),
    ])
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409])
  })

  test('a supervisor ends a shift with cases, with a reason', async () => {
    await status(limin, 'ready')
    await claimed(limin)
    expect((await limin.post('/desk/sign-off', { userId: li, reason: '病了' })).status).toBe(403)
    expect((await huang.post('/desk/sign-off', { userId: li, reason: ' ' })).status).toBe(400)
    expect((await huang.post('/desk/sign-off', { userId: nobody, reason: '病了' })).status).toBe(404)
    const { body } = await huang.post<DutyView>('/desk/sign-off', { userId: li, reason: '突发疾病，送医' })
    expect(body).toMatchObject({ status: 'off' })
    expect(body.inHand).toBeGreaterThan(0)
    const log = await huang.get<{ items: object[] }>(`/desk/duty/log?userId=${li}&limit=1`)
    expect(log.body.items).toMatchObject([{ toStatus: 'off', actor: '黄燕', reason: '突发疾病，送医' }])
  })
})

describe('a supervisor', () => {
  let row: CaseSummary
  beforeEach(async () => {
    await limin.desk()
    await wang.desk()
    await status(limin, 'ready')
    await status(wang, 'ready')
    row = await claimed(limin)
  })

  test('reassigns: logged, and both desks are told', async () => {
    const body = { version: row.version, to: wangId, reason: '李敏去开会' }
    expect((await wang.post(`/cases/${row.caseId}/reassign`, body)).status).toBe(403)
    const stale = await huang.post<Problem>(`/cases/${row.caseId}/reassign`, { ...body, version: 1 })
    expect(stale.body).toMatchObject({ code: 'stale_version' })
    expect((await huang.post<Problem>(`/cases/${row.caseId}/reassign`, { ...body, to: li })).body).toMatchObject({
      errors: [{ field: 'to', message: 'has this case already' }],
    })
    expect((await huang.post<Problem>(`/cases/${row.caseId}/reassign`, { ...body, to: huangId })).body).toMatchObject({
      errors: [{ field: 'to', message: 'not on duty, or away from the desk' }],
    })
    const { body: sheet } = await offer(limin, [{ caseId: row.caseId, to: huangId, note: '请接' }])
    const { case: current } = await detail(row.caseId)
    const done = await huang.post<CaseSummary>(`/cases/${row.caseId}/reassign`, { ...body, version: current.version })
    expect(done.body).toMatchObject({ owner: { userId: wangId }, handover: null, version: current.version + 1 })
    expect((await detail(row.caseId)).log.at(-1)).toMatchObject({
      action: 'reassigned',
      actor: '黄燕',
      detail: { fromName: '李敏', toName: '王芳', reason: '李敏去开会' },
    })
    const [given, taken] = [await inbox(wang), await inbox(limin)]
    expect(given.messages).toMatchObject([{ kind: 'given', from: '黄燕', text: '李敏去开会' }])
    expect(taken.messages).toMatchObject([{ kind: 'taken' }])
    const id = given.messages[0]?.messageId
    expect((await limin.post<HandoverInbox>('/desk/messages/read', { messageIds: [id] })).status).toBe(200)
    expect((await inbox(wang)).messages).toHaveLength(1)
    expect((await wang.post<HandoverInbox>('/desk/messages/read', { messageIds: [id] })).body.messages).toEqual([])
    const { body: ended } = await huang.get<HandoverView>(`/handovers/${sheet.handoverId}`)
    expect(ended.cases).toMatchObject([{ handover: 'withdrawn', reason: 'reassigned' }])
  })

  test('looks on and whispers without disturbing what the operator is about to press', async () => {
    expect((await wang.post(`/cases/${row.caseId}/assist`, {})).status).toBe(403)
    for (let n = 0; n < 2; n++) expect((await huang.post(`/cases/${row.caseId}/assist`, {})).status).toBe(200)
    expect((await wang.post(`/cases/${row.caseId}/whisper`, { text: 'x' })).status).toBe(403)
    await huang.post(`/cases/${row.caseId}/whisper`, { text: '问问煤气关了没有' })
    const wall = (await huang.get<WallView>('/wall')).body
    expect(wall.assists).toMatchObject([{ caseId: row.caseId, displayName: '黄燕' }])
    expect((await inbox(limin)).messages.at(-1)).toMatchObject({ kind: 'whisper', text: '问问煤气关了没有' })
    expect((await inbox(wang)).messages).toEqual([])
    const sent = await limin.post<CaseSummary>(`/cases/${row.caseId}/dispatch`, { version: row.version, to: '120' })
    expect(sent.body).toMatchObject({ state: 'dispatched' })
    for (let n = 0; n < 2; n++) await huang.post(`/cases/${row.caseId}/assist/end`, {})
    expect((await actions(row.caseId)).slice(2)).toEqual([
      'assisted 黄燕',
      'whisper 黄燕',
      'dispatch 李敏',
      'assist_ended 黄燕',
    ])
    expect((await huang.get<WallView>('/wall')).body.assists).toEqual([])
  })

  test('the wall: what waits, who has what, how quickly was answered, and no name of a resident', async () => {
    const { status: code, body } = await huang.get<WallView>('/wall')
    expect(code).toBe(200)
    const own = body.operators.find(({ userId }) => userId === li)
    expect(own?.cases.map(({ caseId }) => caseId)).toContain(row.caseId)
    expect(own).toMatchObject({ status: 'ready' })
    expect(body.today.calls).toBeGreaterThan(5)
    expect(body.today.within60).toBe(1)
    expect(body.shift).toBeNull()
    expect(JSON.stringify(body)).not.toContain('周桂兰')
    expect((await limin.get('/wall')).status).toBe(403)
    // Somebody who waits counts against the limits that have passed.
    const device = `h-${serial++}`
    await addResident(app.database.store.db, [device])
    await commit(app.database.store.db, [event(device, 'sos', app.clock.now())], app.clock.now())
    app.clock.advance(61_000)
    const later = (await huang.get<WallView>('/wall')).body.today
    expect(later.calls).toBe(body.today.calls + 1)
    expect(later.within60).toBeLessThan(1)
    expect(later.within180).toBe(1)
  })
})
