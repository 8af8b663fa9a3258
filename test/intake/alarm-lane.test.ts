import pg from 'pg'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../server/contract/clock.ts'
import { createAlarmLane } from '../../server/intake/alarm-lane.ts'
import { emptyRecord } from '../../server/intake/records.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addResident, event, newDetection } from '../support/records.ts'
import { query } from '../support/sql.ts'

let database: TestDatabase
const log = pino({ level: 'silent' })
const now = Date.now()

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

function lane() {
  const commits: number[] = []
  const deps = { db: database.store.db, ...newDetection(), clock: systemClock, log }
  return { commits, ...createAlarmLane(deps, (events) => commits.push(events.length)) }
}

const signalsOf = (deviceId: string) =>
  database.store.db.selectFrom('signal').selectAll().where('device_id', '=', deviceId).orderBy('signal_id').execute()

test('what comes while a transaction is under way goes together in the next one', async () => {
  const devices = Array.from({ length: 40 }, (_, n) => `lane-${n}`)
  await addResident(database.store.db, devices)
  const alarms = lane()
  await Promise.all(devices.map((device) => alarms.commit(event(device, 'sos', now))))
  // The first goes alone, at once; the others gather behind it. (All devices are one resident's: a case, an event each.)
  expect(alarms.commits).toEqual([1, 1])
  expect(await signalsOf('lane-39')).toHaveLength(1)
  await alarms.stop()
})

test('content that the database refuses becomes a dead letter and an alarm; its neighbours are stored as they are', async () => {
  await addResident(database.store.db, ['poison', 'well-1', 'well-2'])
  const alarms = lane()
  // U+0000 can not be stored as jsonb; decoders replace it, and should one forget, the alarm must get through.
  const poison = event('poison', 'sos', now, { detail: { note: 'a\u0000b' } })
  await Promise.all(
    [event('well-1', 'fall', now), poison, event('well-2', 'help', now)].map((one) => alarms.commit(one)),
  )
  expect(await signalsOf('well-1')).toMatchObject([{ type: 'fall' }])
  expect(await signalsOf('well-2')).toMatchObject([{ type: 'help' }])
  expect(await signalsOf('poison')).toMatchObject([{ type: 'unreadable', detail: { code: '22P05' } }])
  const letters = await database.store.db
    .selectFrom('dead_letter')
    .selectAll()
    .where('device_id', '=', 'poison')
    .execute()
  expect(letters).toMatchObject([{ reason: 'refused_by_database' }])
  expect(letters[0]?.payload.toString()).toContain('"type":"sos"')
  await alarms.stop()
})

test('a letter that the database refuses is kept without what it refused', async () => {
  const alarms = lane()
  const letter = {
    deadLetterId: uuidv7(),
    deviceId: 'letter-only',
    protocol: 'native',
    topic: 'care/v1/letter-only/telemetry',
    reason: 'invalid_json' as const,
    explanation: 'U+0000 can not be a text: \u0000',
    payload: Buffer.from('{"hr":'),
    receivedAt: now,
  }
  await alarms.commit({ ...emptyRecord(), deadLetters: [letter] })
  const letters = await database.store.db
    .selectFrom('dead_letter')
    .selectAll()
    .where('device_id', '=', 'letter-only')
    .execute()
  expect(letters).toMatchObject([{ reason: 'refused_by_database', explanation: expect.stringContaining('22021') }])
  expect(letters[0]?.payload.toString()).toBe('{"hr":')
  await alarms.stop()
})

test('a commit that the database breaks off is tried again, and stored once', async () => {
  await addResident(database.store.db, ['cut'])
  const alarms = lane()
  const blocker = new pg.Client({ connectionString: database.url })
  await blocker.connect()
  await blocker.query('begin')
  await blocker.query('lock table outbox_head in access exclusive mode')
  let isDone = false
  const done = alarms.commit(event('cut', 'sos', now)).then(() => {
    isDone = true
  })
  const waiting = "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
  await expect.poll(async () => (await query(database.url, waiting)).length).toBe(1)
  await query(database.url, `select pg_terminate_backend(pid) from (${waiting}) w`)
  // The second try waits at the same place.
  await expect.poll(async () => (await query(database.url, waiting)).length).toBe(1)
  expect(isDone).toBe(false)
  expect(alarms.status()).toMatchObject({ waiting: 1, oldest: expect.any(Number) })
  await blocker.query('rollback')
  await blocker.end()
  await done
  expect(await signalsOf('cut')).toHaveLength(1)
  expect(alarms.status()).toMatchObject({ waiting: 0, oldest: null })
  await alarms.stop()
})

test('after the stop nothing is promised any more', async () => {
  const alarms = lane()
  await alarms.stop()
  await expect(alarms.commit(event('cut', 'sos', now))).rejects.toThrow('stopping')
})
