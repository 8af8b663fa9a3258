import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { CaseEvent } from '../../server/contract/push.ts'
import { type ApiClient, connectDevice, startTestApp, type TestApp } from '../support/app.ts'
import { commit, event } from '../support/records.ts'

let app: TestApp
let admin: ApiClient
let limin: ApiClient
let wangfang: ApiClient

beforeAll(async () => {
  app = await startTestApp()
  ;[admin, limin, wangfang] = await Promise.all([app.signIn('admin'), app.signIn('limin'), app.signIn('wangfang')])
})
afterAll(() => app.destroy())

const command = (who: ApiClient, row: { caseId: string }, action: string, body: object) =>
  who.post<CaseSummary>(`/cases/${row.caseId}/${action}`, body)

async function pressedCase(deviceId: string): Promise<CaseSummary> {
  const { body: resident } = await admin.post<{ residentId: string }>('/residents', {
    name: `住户 ${deviceId}`,
    birthDate: '1943-05-06',
  })
  const device = await connectDevice(app, admin, deviceId, resident.residentId)
  await device.publishAsync(
    `care/v1/${deviceId}/event`,
    JSON.stringify({ id: '1', type: 'sos', ts: app.clock.now() }),
    { qos: 1 },
  )
  await device.endAsync()
  const { body } = await limin.get<{ items: CaseSummary[] }>('/cases?state=open')
  const row = body.items.find((one) => one.deviceId === deviceId)
  if (!row) throw new Error('the press is not in the queue')
  return row
}

test('a press reaches a desk, is claimed, resolved and closed, every step in the log', async () => {
  const desk = await limin.desk()
  const events: CaseEvent[] = []
  desk.on('case', (event, acknowledge) => {
    events.push(event)
    acknowledge()
  })
  const row = await pressedCase('flow-1')
  expect(row).toMatchObject({
    kind: 'sos',
    category: 'emergency',
    priority: 1,
    state: 'new',
    residentName: '住户 flow-1',
    residentAge: 82,
    owner: null,
  })

  app.clock.advance(14_000)
  const claimed = await command(limin, row, 'claim', { version: row.version })
  expect(claimed.body).toMatchObject({ state: 'claimed', version: 2, owner: { displayName: '李敏' } })
  const noted = await command(limin, row, 'note', { version: 2, text: '无应答' })
  const sent = await command(limin, row, 'dispatch', { version: noted.body.version, to: '网格员 余建平' })
  const there = await command(limin, row, 'arrive', { version: sent.body.version })
  expect(there.body.state).toBe('on_scene')
  const early = await command(limin, row, 'close', { version: there.body.version })
  expect(early).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
  const resolved = await command(limin, row, 'resolve', {
    version: there.body.version,
    outcome: 'helped',
    reason: '扶起, 无伤',
  })
  const closed = await command(limin, row, 'close', { version: resolved.body.version })
  expect(closed.body).toMatchObject({ state: 'closed', version: 7 })

  const { body: detail } = await limin.get<CaseDetail>(`/cases/${row.caseId}`)
  expect(detail.log.map((line) => [line.action, line.actor, line.toState])).toEqual([
    ['opened', null, 'new'],
    ['signal', null, 'new'],
    ['claim', '李敏', 'claimed'],
    ['note', '李敏', 'claimed'],
    ['dispatch', '李敏', 'dispatched'],
    ['arrive', '李敏', 'on_scene'],
    ['resolve', '李敏', 'resolved'],
    ['close', '李敏', 'closed'],
  ])
  expect(detail).toMatchObject({ outcome: 'helped', alerts: [{ kind: 'sos', signalCount: 1, room: '卫生间' }] })
  await expect.poll(() => events.length).toBe(7)
  expect(events.map((one) => one.version)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(events.every((one, n) => one.seq === (events[0]?.seq ?? 0) + n)).toBe(true)
  expect((await limin.get<{ meanAnswerSeconds: number }>('/stats')).body).toMatchObject({
    answeredWithin60sShare: 1,
    meanAnswerSeconds: 14,
  })
})

test('of two operators who claim at once one gets the case, the other is told', async () => {
  const row = await pressedCase('flow-2')
  const answers = await Promise.all(
    [limin, wangfang].map((who) => command(who, row, 'claim', { version: row.version })),
  )
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409])
  const loser = answers.find((answer) => answer.status === 409)
  expect(loser?.headers.get('content-type')).toContain('application/problem+json')
  expect(loser?.body).toMatchObject({ code: 'stale_version', version: 2 })
})

test('a takeover is explicit and logged', async () => {
  const row = await pressedCase('flow-3')
  await command(limin, row, 'claim', { version: 1 })
  expect(await command(wangfang, row, 'claim', { version: 2 })).toMatchObject({
    status: 409,
    body: { code: 'case_taken' },
  })
  expect(await command(wangfang, row, 'resolve', { version: 2, outcome: 'helped', reason: 'x' })).toMatchObject({
    body: { code: 'not_owner' },
  })
  expect(await command(wangfang, row, 'claim', { version: 2, takeover: true, reason: ' ' })).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', errors: [{ field: 'reason' }] },
  })
  const taken = await command(wangfang, row, 'claim', { version: 2, takeover: true, reason: '李敏离席' })
  expect(taken.body).toMatchObject({ owner: { displayName: '王芳' }, state: 'claimed' })
  const { body } = await limin.get<CaseDetail>(`/cases/${row.caseId}`)
  expect(body.log.at(-1)).toMatchObject({ action: 'takeover', actor: '王芳', detail: { reason: '李敏离席' } })
})

test('a hold ends by itself, a restart does not lose it', async () => {
  const row = await pressedCase('flow-4')
  await command(limin, row, 'claim', { version: 1 })
  const held = await command(limin, row, 'hold', { version: 2, seconds: 60, reason: '回拨家属' })
  expect(Date.parse(held.body.holdUntil ?? '')).toBe(app.clock.now() + 60_000)
  await app.tick()
  app.clock.advance(60_001)
  await app.tick()
  const { body } = await limin.get<CaseDetail>(`/cases/${row.caseId}`)
  expect(body.case).toMatchObject({ holdUntil: null, version: 4, state: 'claimed' })
  expect(body.case.returnedAt).toBe(new Date(app.clock.now()).toISOString())
  expect(body.log.find(({ action }) => action === 'hold_expired')).toMatchObject({ actor: null, version: 4 })
})

test('a reopened case is back in the queue', async () => {
  const row = await pressedCase('flow-5')
  await command(limin, row, 'claim', { version: 1 })
  await command(limin, row, 'resolve', { version: 2, outcome: 'false_alarm', reason: '误按', contact: 'made' })
  const reopened = await command(wangfang, row, 'reopen', { version: 3, reason: '家属来电' })
  expect(reopened.body).toMatchObject({ state: 'new', owner: null, version: 4 })
})

test('a reopened case must not stand beside a newer one of the same resident', async () => {
  const row = await pressedCase('flow-7')
  await command(limin, row, 'claim', { version: 1 })
  await command(limin, row, 'resolve', { version: 2, outcome: 'helped', reason: '已扶起', contact: 'made' })
  await commit(app.database.store.db, [event('flow-7', 'fall', app.clock.now())], app.clock.now())
  const refused = await command(limin, row, 'reopen', { version: 3, reason: '家属来电' })
  expect(refused).toMatchObject({ status: 409, body: { code: 'other_case_open' } })
})

test('bad requests name the field, and strangers get nothing', async () => {
  const row = await pressedCase('flow-6')
  const wrong = await command(limin, row, 'resolve', { version: 1, outcome: 'fine' })
  expect(wrong.status).toBe(400)
  expect(wrong.body).toMatchObject({
    errors: expect.arrayContaining([
      { field: 'outcome', message: expect.stringMatching(/must be one of helped, hospital, .*other$/) },
      { field: 'reason', message: 'is missing' },
    ]),
  })
  const nobody = await fetch(`http://127.0.0.1:${app.httpPort}/api/v1/cases?state=open`)
  expect(nobody.status).toBe(401)
  const foreign = await limin.post(`/cases/${row.caseId}/claim`, { version: 1 }, { origin: 'https://evil.example' })
  expect(foreign).toMatchObject({ status: 403, body: { code: 'cross_site_request' } })
  expect((await limin.post('/devices', { deviceId: 'x', kind: 'k', protocol: 'native' })).body).toMatchObject({
    code: 'forbidden',
  })
  expect((await limin.get('/dead-letters')).status).toBe(403)
})
