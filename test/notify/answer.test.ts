import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sign } from '../../server/notify/signature.ts'
import { Centre } from '../escalation/centre.ts'
import { type ApiClient, apiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'

const SECRET = 'shared with the carrier'
let app: TestApp
let carrier: Centre
let nobody: ApiClient
let supervisor: ApiClient
let caseId: string
let calls: { notificationId: string; recipientId: string }[]

beforeAll(async () => {
  // Another test's carrier: something that takes calls on a real port.
  carrier = await Centre.start()
  app = await startTestApp({ env: { CALL_WEBHOOK_URL: carrier.url, NOTIFY_SECRET: SECRET } })
  nobody = apiClient(`http://127.0.0.1:${app.httpPort}`, '')
  supervisor = await app.signIn('huangyan')
})
afterAll(async () => {
  await app.destroy()
  await carrier.stop()
})
let n = 0
beforeEach(async () => {
  n += 1
  const { db } = app.database.store
  const residentId = await addResident(db, [`a${n}`])
  await db
    .insertInto('contact')
    .values(
      [1, 2].map((position) => ({
        resident_id: residentId,
        position,
        name: '周丽',
        relation: '女儿',
        phone: `1390000000${position}`,
        note: null,
      })),
    )
    .execute()
  const policy = {
    ...{ steps: [{ afterSeconds: 0, targets: [{ type: 'contacts' }], channels: ['voice'] }], rounds: 1 },
    ...{ repeatAfterSeconds: 60, acknowledgeForSeconds: 600, dispatchedForSeconds: 3600 },
  }
  const { body: list } = await supervisor.get<{ items: { version: number; category: string }[] }>(
    '/escalation/policies',
  )
  const basedOn = list.items.find(({ category }) => category === 'emergency')?.version
  const published = await supervisor.send(
    '/escalation/policies',
    { category: 'emergency', kind: null, divisionCode: null, policy, note: '测试', basedOn },
    undefined,
    'PUT',
  )
  expect(published.status).toBe(200)
  await commit(db, [event(`a${n}`, 'sos', app.clock.now())], app.clock.now())
  await app.tick()
  const rows = await query(
    app.database.url,
    'select notification_id, case_id, recipient_id from notification order by notification_id desc limit 4',
    [],
  )
  calls = rows
    .map((row) => ({ notificationId: String(row.notification_id), recipientId: String(row.recipient_id) }))
    .reverse()
  caseId = String(rows[0]?.case_id)
})

function answer(notificationId: string, said: string, over: { secret?: string; at?: number } = {}) {
  const timestamp = String(Math.floor((over.at ?? app.clock.now()) / 1000))
  const signature = sign(over.secret ?? SECRET, timestamp, `${notificationId}.${said}`)
  return nobody.post<{ taken?: boolean; code?: string }>(
    `/notifications/${notificationId}/answer`,
    { answer: said },
    { 'x-anhu-timestamp': timestamp, 'x-anhu-signature': signature },
  )
}
const state = async () =>
  (
    await query(
      app.database.url,
      'select e.state, c.state as case_state, c.version from escalation e join alarm_case c using (case_id) where case_id = $1',
      [caseId],
    )
  )[0]
const notifications = async () =>
  (
    await query(app.database.url, 'select state from notification where case_id = $1 order by notification_id', [
      caseId,
    ])
  ).map((row) => row.state)

test('1 is pressed: the contact takes responsibility, the other calls are taken back, silence escalates again', async () => {
  expect(await notifications()).toEqual(['sent', 'queued', 'queued', 'queued'])
  expect(calls.map(({ recipientId }) => recipientId)).toEqual(['1', '2', '1', '2'])
  expect(await answer(calls[0]?.notificationId ?? '', 'accepted')).toMatchObject({ status: 200, body: { taken: true } })
  expect(await state()).toEqual({ state: 'acknowledged', case_state: 'new', version: 1 })
  expect(await notifications()).toEqual(['delivered', 'cancelled', 'cancelled', 'cancelled'])
  const { body } = await supervisor.get<{ log: { action: string; detail: Record<string, unknown> }[] }>(
    `/cases/${caseId}`,
  )
  expect(body.log.at(-1)).toMatchObject({
    action: 'responsibility_taken',
    detail: { recipient: { kind: 'contact', id: '1' } },
  })
  expect(JSON.stringify(body.log)).not.toContain('1390000')
  // Twice changes nothing.
  await answer(calls[0]?.notificationId ?? '', 'accepted')
  const again = await supervisor.get<{ log: unknown[] }>(`/cases/${caseId}`)
  expect(again.body.log).toHaveLength(body.log.length)
  app.clock.advance(600_000)
  await app.tick()
  expect(await state()).toMatchObject({ state: 'exhausted' })
})

test('on a case that an operator has, 1 takes nothing', async () => {
  const limin = await app.signIn('limin')
  await limin.post(`/cases/${caseId}/claim`, { version: 1 })
  expect(await answer(calls[0]?.notificationId ?? '', 'accepted')).toMatchObject({
    status: 200,
    body: { taken: false },
  })
  expect(await state()).toMatchObject({ case_state: 'claimed' })
})

test('nobody answered: noted, and the next contact’s turn stays', async () => {
  await answer(calls[0]?.notificationId ?? '', 'no_answer')
  expect(await notifications()).toEqual(['failed', 'queued', 'queued', 'queued'])
  app.clock.advance(45_000)
  await app.tick()
  expect(await notifications()).toEqual(['failed', 'sent', 'queued', 'queued'])
  await answer(calls[1]?.notificationId ?? '', 'declined')
  expect(await notifications()).toEqual(['failed', 'delivered', 'queued', 'queued'])
})

test('an unsigned, wrongly signed or old answer is refused, an unknown one too', async () => {
  const id = calls[0]?.notificationId ?? ''
  expect(await answer(id, 'accepted', { secret: 'somebody else’s secret' })).toMatchObject({ status: 401 })
  expect(await answer(id, 'accepted', { at: app.clock.now() - 400_000 })).toMatchObject({ status: 401 })
  expect((await nobody.post(`/notifications/${id}/answer`, { answer: 'accepted' })).status).toBe(400)
  expect((await answer(id, 'perhaps')).status).toBe(400)
  expect((await answer('01959aaa-0000-7000-8000-0000deadbeef', 'accepted')).status).toBe(404)
  expect(await state()).toMatchObject({ state: 'exhausted', case_state: 'new' })
})
