import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseDetail } from '../../server/contract/case.ts'
import type { ExchangeCallView } from '../../server/contract/exchange.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'
import { claimCase, voiceOf } from '../support/voice.ts'

const SECRET = 'a-secret-of-the-exchange'
let app: TestApp
let limin: ApiClient
let supervisor: ApiClient
let caseId: string
beforeAll(async () => {
  app = await startTestApp({
    env: { EXCHANGE_SECRET: SECRET, DIAL_SCHEME: 'sip', DIAL_SIP_DOMAIN: 'pbx.example.cn' },
  })
  limin = await app.signIn('limin')
  supervisor = await app.signIn('huangyan')
  const { db } = app.database.store
  const residentId = await addResident(db, ['tel-1'])
  await db.updateTable('resident').set({ phone: '0793-8223110' }).where('resident_id', '=', residentId).execute()
  const contact = {
    resident_id: residentId,
    position: 1,
    name: '周军',
    relation: '儿子',
    phone: '139 1234 5678',
    note: null,
  }
  await db.insertInto('contact').values(contact).execute()
  await commit(db, [event('tel-1', 'sos', app.clock.now())], app.clock.now())
  caseId = await claimCase(limin, residentId)
})
afterAll(() => app?.destroy())

const logOf = async (action: string) =>
  (await limin.get<CaseDetail>(`/cases/${caseId}`)).body.log.filter((line) => line.action === action)

test('numbers are masked; a click dials, is audited, and stands in the case', async () => {
  expect((await voiceOf(limin, caseId)).telephones).toEqual([
    { target: { kind: 'resident' }, who: '周桂兰', masked: '079****3110' },
    { target: { kind: 'contact', position: 1 }, who: '儿子 周军', masked: '139****5678' },
  ])
  const dial = (who: ApiClient, target: object) => who.post(`/cases/${caseId}/dial`, { target })
  expect((await dial(limin, { kind: 'contact', position: 1 })).body).toEqual({ uri: 'sip:13912345678@pbx.example.cn' })
  expect((await dial(limin, { kind: 'resident' })).body).toEqual({ uri: 'sip:07938223110@pbx.example.cn' })
  expect((await dial(limin, { kind: 'contact', position: 9 })).body).toMatchObject({ code: 'no_telephone' })
  expect((await dial(supervisor, { kind: 'resident' })).body).toMatchObject({ code: 'not_owner' })
  expect((await dial(limin, { kind: 'somebody' })).status).toBe(400)
  expect(await logOf('dialled')).toMatchObject([
    { actor: '李敏', detail: { target: { kind: 'contact', position: 1 } } },
    { actor: '李敏', detail: { target: { kind: 'resident' } } },
  ])
  const lines = await query(app.database.url, "select subject, detail from audit where action = 'telephone.dial'")
  expect(lines).toHaveLength(2)
  expect(JSON.stringify(lines)).not.toContain('5678')
})

interface Sent {
  status: number
  body: Record<string, unknown>
}

async function report(
  record: object | string,
  over: { secret?: string; at?: number; headers?: object } = {},
): Promise<Sent> {
  const body = typeof record === 'string' ? record : JSON.stringify(record)
  const timestamp = String(Math.floor((over.at ?? app.clock.now()) / 1000))
  const hash = createHmac('sha256', over.secret ?? SECRET)
    .update(`${timestamp}.${body}`)
    .digest('hex')
  const response = await fetch(`http://127.0.0.1:${app.httpPort}/api/v1/exchange/calls`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-anhu-timestamp': timestamp,
      'x-anhu-signature': `sha256=${hash}`,
      ...over.headers,
    },
    body,
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const record = {
  externalId: 'pbx-1',
  direction: 'in',
  from: '+86 139-1234-5678',
  to: '07938223000',
  startedAt: '2026-03-02T10:41:00+08:00',
}

test('a record is put to the open case of whose number it is, once, and completed later', async () => {
  expect(await report(record)).toEqual({ status: 200, body: { externalId: 'pbx-1', caseId, repeated: false } })
  const later = {
    ...record,
    answeredAt: '2026-03-02T10:41:05+08:00',
    endedAt: '2026-03-02T10:42:05+08:00',
    recordingUrl: 'https://pbx.example.cn/r/1',
  }
  expect((await report(later)).body).toMatchObject({ caseId, repeated: true })
  expect((await report({ ...later, endedAt: '2026-03-02T11:00:00+08:00' })).body).toMatchObject({ repeated: true })
  expect(await logOf('exchange_call')).toMatchObject([
    { actor: null, detail: { externalId: 'pbx-1', direction: 'in' } },
  ])
  const outgoing = { ...record, externalId: 'pbx-2', direction: 'out', from: '8001', to: '0793 8223110' }
  expect((await report(outgoing)).body).toMatchObject({ caseId })
  const { body } = await supervisor.get<{ items: ExchangeCallView[] }>('/exchange/calls?matched=true')
  expect(body.items).toContainEqual(
    expect.objectContaining({ externalId: 'pbx-1', endedAt: '2026-03-02T02:42:05.000Z', hasRecording: true }),
  )
  expect(JSON.stringify(body)).not.toContain('1234')
})

test('what fits no open case is listed for supervisors', async () => {
  const numbers = ['13800000000', '8001']
  for (const [n, from] of numbers.entries()) {
    expect((await report({ ...record, externalId: `pbx-none-${n}`, from })).body).toMatchObject({ caseId: null })
  }
  const list = '/exchange/calls?matched=false&limit=1'
  expect((await limin.get(list)).status).toBe(403)
  const first = await supervisor.get<{ items: ExchangeCallView[]; nextCursor: string }>(list)
  const second = await supervisor.get<{ items: ExchangeCallView[]; nextCursor: null }>(
    `${list}&cursor=${first.body.nextCursor}`,
  )
  expect([...first.body.items, ...second.body.items].map(({ externalId }) => externalId)).toEqual([
    'pbx-none-1',
    'pbx-none-0',
  ])
  expect(second.body.nextCursor).toBeNull()
})

test('a wrong signature, an old message and no signature are refused before anything is read', async () => {
  for (const over of [
    { secret: 'another-secret-entirely' },
    { at: app.clock.now() - 301_000 },
    { at: app.clock.now() + 301_000 },
    { headers: { 'x-anhu-signature': 'sha256=00' } },
    { headers: { 'x-anhu-timestamp': 'now' } },
  ]) {
    expect(await report({ nonsense: true }, over)).toMatchObject({ status: 401, body: { code: 'bad_signature' } })
  }
})

test('wrong fields are named', async () => {
  const { status, body } = await report({ ...record, from: 'tel:1', startedAt: 'yesterday' })
  expect(status).toBe(400)
  expect(body.errors).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ field: 'from' }),
      expect.objectContaining({ field: 'startedAt' }),
    ]),
  )
  const { externalId: _, ...without } = record
  expect((await report(without)).body).toMatchObject({ errors: [{ field: 'externalId', message: 'is missing' }] })
  expect(await report('{"half":')).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect(await report({ ...record, to: `1${'0'.repeat(20_000)}` })).toMatchObject({ status: 413 })
})
