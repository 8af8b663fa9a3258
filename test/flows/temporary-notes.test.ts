import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ResidentFilePage } from '../../server/contract/case.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addFile, detailOf, openCase } from '../support/case-file.ts'

let app: TestApp
let limin: ApiClient
let supervisor: ApiClient
const HOUR = 3_600_000

beforeAll(async () => {
  app = await startTestApp()
  limin = await app.signIn('limin')
  supervisor = await app.signIn('huangyan')
})
afterAll(() => app.destroy())

const inMs = (ms: number) => new Date(app.clock.now() + ms).toISOString()
const past = async (residentId: string) =>
  (await supervisor.get<ResidentFilePage>(`/residents/${residentId}/file`)).body.pastNotes

test('a note shows in the case until its time is over, and then stays in the history', async () => {
  const residentId = await addFile(app, 't1')
  const path = `/residents/${residentId}/notes`
  expect((await limin.post(path, { text: ' 本周住女儿家 ', until: inMs(2 * HOUR) })).status).toBe(204)
  await limin.post(path, { text: '电梯检修', until: inMs(HOUR) })
  const caseId = await openCase(app, 't1', limin)
  const notes = async () => (await detailOf(limin, caseId)).resident?.notes ?? []
  expect(await notes()).toMatchObject([
    { text: '电梯检修', createdBy: '李敏' },
    { text: '本周住女儿家', version: 1 },
  ])
  const [lift, away] = await notes()
  // Longer, decided on the version that was seen.
  expect((await limin.post(`${path}/${lift?.noteId}/until`, { version: 1, until: inMs(5 * HOUR) })).status).toBe(204)
  const stale = await limin.post(`${path}/${lift?.noteId}/end`, { version: 1 })
  expect(stale).toMatchObject({ status: 409, body: { code: 'stale_version', version: 2 } })
  app.clock.advance(2 * HOUR - 1)
  expect((await notes()).map(({ text }) => text)).toEqual(['本周住女儿家', '电梯检修'])
  app.clock.advance(1)
  expect((await notes()).map(({ text }) => text)).toEqual(['电梯检修'])
  expect(await past(residentId)).toMatchObject([{ text: '本周住女儿家', endedAt: null, endedBy: null }])
  const over = await limin.post(`${path}/${away?.noteId}/until`, { version: 1, until: inMs(HOUR) })
  expect(over).toMatchObject({ status: 409, body: { code: 'wrong_state' } })

  app.clock.advance(1)
  expect((await limin.post(`${path}/${lift?.noteId}/end`, { version: 2 })).status).toBe(204)
  expect(await notes()).toEqual([])
  expect(await past(residentId)).toMatchObject([{ text: '电梯检修', endedBy: '李敏' }, { text: '本周住女儿家' }])

  const { db } = app.database.store
  const audit = await db
    .selectFrom('audit')
    .select('action')
    .where('subject', '=', residentId)
    .orderBy('audit_id')
    .execute()
  expect(audit.map(({ action }) => action).filter((action) => action.startsWith('note.'))).toEqual([
    'note.create',
    'note.create',
    'note.move',
    'note.end',
  ])
  const history = await supervisor.get<{ items: { part: string; by: string }[] }>(
    `/residents/${residentId}/file/history`,
  )
  expect(history.body.items.map(({ part, by }) => `${part} ${by}`)).toEqual(Array(4).fill('note 李敏'))
})

test('an end that is over, or too far away, is refused with the field', async () => {
  const residentId = await addFile(app, 't2')
  const path = `/residents/${residentId}/notes`
  for (const until of [inMs(0), inMs(-HOUR), inMs(32 * 24 * HOUR)]) {
    expect(await limin.post(path, { text: 'x', until })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field: 'until' }] },
    })
  }
  expect((await limin.post(path, { text: 'x', until: 'tomorrow' })).status).toBe(400)
  expect((await limin.post('/residents/nobody/notes', { text: 'x', until: inMs(HOUR) })).status).toBe(404)
  const none = '01890000-0000-7000-8000-000000000000'
  expect((await limin.post(`${path}/${none}/end`, { version: 1 })).status).toBe(404)
  expect(await past(residentId)).toEqual([])
})
