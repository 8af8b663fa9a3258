import { afterAll, beforeAll, expect, test } from 'vitest'
import type { QueueRows } from '../../server/contract/push.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addFile, command, openCase } from '../support/case-file.ts'
import { query } from '../support/sql.ts'

let app: TestApp
let limin: ApiClient
beforeAll(async () => {
  app = await startTestApp()
  limin = await app.signIn('limin')
})
afterAll(() => app?.destroy())

const noted = async () =>
  Number(
    (
      await query(app.database.url, "select count(*) as n from audit where action = 'cases.list' and subject is null")
    )[0]?.n,
  )

test('a desk that follows is sent the rows that change, and what is over; one that does not is sent none', async () => {
  await addFile(app, 'q1', '周桂兰')
  const [follower, other] = [await limin.desk(), await limin.desk()]
  const rows: QueueRows[] = []
  const unasked: QueueRows[] = []
  follower.on('rows', (changed) => void rows.push(changed))
  other.on('rows', (changed) => void unasked.push(changed))
  const before = await noted()
  follower.emit('follow')
  await expect.poll(noted).toBe(before + 1)
  const caseId = await openCase(app, 'q1', limin)
  // The test's own commit tells nobody: it is found in the outbox as another node's is.
  await expect
    .poll(() => rows.flatMap(({ items }) => items))
    .toMatchObject([{ caseId, residentName: '周桂兰', state: 'new', version: 1 }])
  expect(rows[0]?.seqs[caseId]).toBeGreaterThan(0)
  await command(limin, caseId, 'claim')
  await expect
    .poll(() => rows.at(-1)?.items)
    .toMatchObject([{ caseId, state: 'claimed', owner: { displayName: '李敏' } }])
  await command(limin, caseId, 'resolve', { outcome: 'helped', reason: '扶起', contact: 'made' })
  await expect.poll(() => rows.at(-1)?.over).toEqual([caseId])
  expect(unasked).toEqual([])
  follower.disconnect()
  other.disconnect()
})

test('following is noted once within ten minutes, as fetching the list is', async () => {
  const before = await noted()
  const desk = await limin.desk()
  desk.emit('follow')
  await limin.get('/cases?state=open')
  expect(await noted()).toBe(before)
  app.clock.advance(700_000)
  await limin.get('/cases?state=open')
  expect(await noted()).toBe(before + 1)
  desk.disconnect()
})
