import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../server/contract/clock.ts'
import { createAlarmLane } from '../../server/intake/alarm-lane.ts'
import { checkSchema, SchemaError } from '../../server/intake/schema-check.ts'
import { explainStartError } from '../../server/start-errors.ts'
import { connectDevice, startTestApp } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addResident, event, newDetection } from '../support/records.ts'
import { query } from '../support/sql.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

const check = () => checkSchema(database.store.db, Date.now())
const counts = async () => {
  const [row] = await query(
    database.url,
    `select (select count(*) from device)::int devices, (select count(*) from signal)::int signals,
      (select count(*) from alarm_case)::int cases, (select seq from outbox_head)::int seq`,
  )
  return row
}

describe('the check at the start', () => {
  test('passes a database that fits, and leaves nothing behind', async () => {
    const before = await counts()
    await check()
    expect(await counts()).toEqual(before)
  })

  test.each([
    ['a column is missing', 'alter table signal rename column occurred_at to happened_at', '42703'],
    ['a table is missing', 'alter table device_level rename to device_condition', '42P01'],
    ['a right is missing', 'revoke update on outbox_head from anhu_app', '42501'],
    ['a column is new', 'alter table case_log add column shift text not null', '23502'],
    ['a word is not allowed', "alter table alarm_case add check (kind <> 'sos')", '23514'],
  ])('finds that %s', async (_, change, code) => {
    await query(database.url, change)
    const error: unknown = await check().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SchemaError)
    expect(explainStartError(error)).toMatch(
      new RegExp(`^The database does not fit this version of Anhu \\(${code}: .+\\): an alarm could not be stored\\.`),
    )
  })

  test('ends the start of the application', async () => {
    await query(database.url, 'alter table signal rename column occurred_at to happened_at')
    await expect(startTestApp({ database })).rejects.toThrow(SchemaError)
  })
})

describe('a schema that is changed under a running server', () => {
  const BREAK = 'alter table signal rename column occurred_at to happened_at'
  const MEND = 'alter table signal rename column happened_at to occurred_at'

  test('is said with its code at every attempt, and nothing is lost', async () => {
    await addResident(database.store.db, ['s1'])
    const lines: { code: string; attempt: number; msg: string }[] = []
    const output = new Writable({
      write(line: Buffer, _encoding, done) {
        lines.push(JSON.parse(line.toString()))
        done()
      },
    })
    const { db } = database.store
    const alarms = createAlarmLane(
      { db, ...newDetection(), clock: systemClock, log: pino({}, output) },
      () => undefined,
    )
    await query(database.url, BREAK)
    let stored = false
    const commit = alarms.commit(event('s1', 'sos', Date.now())).then(() => {
      stored = true
    })
    await expect.poll(() => lines.length).toBeGreaterThanOrEqual(3)
    expect(lines.map(({ attempt }) => attempt)).toEqual(lines.map((_, n) => n))
    expect(new Set(lines.map(({ code, msg }) => `${code} ${msg}`))).toEqual(
      new Set(['42703 alarms can not be stored: the database does not fit this program; trying again']),
    )
    expect(alarms.status()).toMatchObject({ waiting: 1, failure: '42703' })
    expect(stored).toBe(false)
    await query(database.url, MEND)
    await commit
    expect(alarms.status()).toEqual({ waiting: 0, oldest: null, failure: null })
    await alarms.stop()
  })

  test('makes /readyz 503 with the code after 5 s, until it fits again', async () => {
    const app = await startTestApp({ database })
    const ready = async () => {
      const answer = await fetch(`http://127.0.0.1:${app.httpPort}/readyz`)
      return { status: answer.status, text: await answer.text() }
    }
    const device = await connectDevice(app, await app.signIn('admin'), 'ready-1', null)
    await query(database.url, BREAK)
    const press = device.publishAsync('care/v1/ready-1/event', JSON.stringify({ id: 'p1', type: 'sos' }), { qos: 1 })
    await expect
      .poll(async () => {
        app.clock.advance(5_001)
        return (await ready()).status
      })
      .toBe(503)
    expect((await ready()).text).toContain('42703')
    await query(database.url, MEND)
    await press
    expect((await ready()).status).toBe(200)
    await device.endAsync()
    await app.destroy()
  })
})
