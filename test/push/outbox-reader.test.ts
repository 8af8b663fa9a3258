import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseEvent } from '../../server/contract/push.ts'
import { createOutboxReader } from '../../server/push/outbox-reader.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addResident, commit, event } from '../support/records.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  await addResident(database.store.db, ['o1'])
})
afterAll(() => database.drop())

const press = () => commit(database.store.db, [event('o1', 'sos', Date.now())], Date.now())

async function startReader() {
  const seen: CaseEvent[] = []
  const reader = createOutboxReader(database.store.db, pino({ level: 'silent' }), (events) => seen.push(...events))
  await reader.start()
  return { seen, ...reader }
}

test('what this process committed is handed on at once, without a read', async () => {
  const reader = await startReader()
  const events = await press()
  reader.offer(events)
  expect(reader.seen).toEqual(events)
  expect(reader.seq()).toBe(events.at(-1)?.seq)
  await reader.stop()
})

test('offers out of order, or behind a gap, are read from the outbox: in order, each once', async () => {
  const reader = await startReader()
  const [first, second, third] = [await press(), await press(), await press()]
  reader.offer(third)
  reader.offer(second)
  reader.offer(first)
  const all = [...first, ...second, ...third]
  await expect.poll(() => reader.seen).toEqual(all)
  reader.offer(third)
  reader.offer(await press())
  await expect.poll(() => reader.seen.length).toBe(4)
  expect(reader.seen.map((one) => one.seq)).toEqual(all.map((one) => one.seq).concat(reader.seq()))
  await reader.stop()
})

test("another node's events are found without any notice", async () => {
  const reader = await startReader()
  const events = await press()
  await expect.poll(() => reader.seen, { timeout: 3_000 }).toEqual(events)
  await reader.stop()
})
