import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseSummary } from '../../server/contract/case.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { insertCases } from '../support/many-cases.ts'

let app: TestApp
let limin: ApiClient
interface Page {
  items: CaseSummary[]
  nextCursor: string | null
}

beforeAll(async () => {
  app = await startTestApp()
  const open = { state: 'new', deviceKind: 'motion_sensor', model: null, openedAt: '2026-03-01T02:00:00Z' }
  await insertCases(app, { ...open, prefix: 'fault', kind: 'mains_loss', category: 'fault', priority: 4, count: 300 })
  await insertCases(app, { ...open, prefix: 'care', kind: 'inactivity', category: 'care', count: 5 })
  await insertCases(app, { ...open, prefix: 'vital', kind: 'vital_sign', category: 'care', priority: 2, count: 2 })
  await insertCases(app, { ...open, prefix: 'sos', kind: 'sos', category: 'emergency', priority: 1, count: 3 })
  const past = { ...open, state: 'closed', outcome: 'advised' }
  await insertCases(app, { ...past, prefix: 'past', kind: 'inactivity', category: 'care', count: 4 })
  limin = await app.signIn('limin')
})
afterAll(() => app.destroy())

const all = async (path: string): Promise<CaseSummary[]> => {
  const items: CaseSummary[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body }: { status: number; body: Page } = await limin.get<Page>(
      `/cases?${path}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
    )
    expect(status).toBe(200)
    items.push(...body.items)
    cursor = body.nextCursor
  }
  return items
}
const devices = (items: CaseSummary[]) => items.map(({ deviceId }) => deviceId.replace(/\d+/, ''))

test('care calls are a queue of their own, most urgent first, page by page', async () => {
  const care = await all('state=open&category=care')
  expect(devices(care)).toEqual(['vital', 'vital', 'care', 'care', 'care', 'care', 'care'])
  expect(new Set(care.map(({ caseId }) => caseId)).size).toBe(7)
  expect(devices(await all('state=open&category=emergency'))).toEqual(['sos', 'sos', 'sos'])
  expect(await all('state=open&category=help')).toEqual([])
  expect(await all('category=fault')).toHaveLength(300)
})

test('of past ones too, newest first', async () => {
  const care = await all('state=all&category=care')
  expect(care).toHaveLength(11)
  const times = care.map(({ openedAt }) => openedAt)
  expect(times).toEqual([...times].sort().reverse())
  expect(devices(await all('state=closed&category=care'))).toEqual(['past', 'past', 'past', 'past'])
})

test('the queue of all stays as it was, and a wrong category is refused', async () => {
  expect((await limin.get<Page>('/cases?limit=500')).body.items).toHaveLength(310)
  expect(await limin.get('/cases?category=boredom')).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
})

test('a row says how sure its most urgent alert is, and whether it is severe', async () => {
  const [row] = await all('state=open&category=emergency')
  expect(row).toMatchObject({ certainty: 'confirmed', severe: false })
  const { db } = app.database.store
  const judge = db.updateTable('alert').set({ certainty: 'possible', severe: true })
  await judge.where('case_id', '=', row?.caseId ?? '').execute()
  // Another alert of the case is not what the row speaks of.
  await sql`
    insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count)
    select gen_random_uuid(), case_id, device_id, 'tamper', 'active', opened_at, opened_at, 1
    from alarm_case where case_id = ${row?.caseId}::uuid`.execute(db)
  const rows = await all('state=open&category=emergency')
  expect(rows).toHaveLength(3)
  expect(rows.map(({ certainty, severe }) => [certainty, severe])).toEqual([
    ['possible', true],
    ['confirmed', false],
    ['confirmed', false],
  ])
})
