import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outboxHead, readOutbox } from '../../server/store/outbox.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addDevice, addResident, commit, event } from '../support/records.ts'

let database: TestDatabase
const NOW = Date.parse('2026-03-02T02:41:53Z')

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const casesOf = (residentId: string) =>
  database.store.db.selectFrom('alarm_case').selectAll().where('resident_id', '=', residentId).execute()

describe('the alarm record of one transaction', () => {
  test('a press opens a case with alert, link, log and outgoing event', async () => {
    const { db } = database.store
    const residentId = await addResident(db, ['a1'])
    const before = await outboxHead(db)
    await commit(db, [event('a1', 'sos', NOW)], NOW + 5)
    const [row, ...others] = await casesOf(residentId)
    expect(others).toEqual([])
    expect(row).toMatchObject({
      kind: 'sos',
      category: 'emergency',
      priority: 1,
      state: 'new',
      version: 1,
      signal_count: 1,
    })
    expect(row?.opened_at.getTime()).toBe(NOW)
    const log = await db
      .selectFrom('case_log')
      .selectAll()
      .where('case_id', '=', row!.case_id)
      .orderBy('log_id')
      .execute()
    expect(log.map((line) => line.action)).toEqual(['opened', 'signal'])
    expect(await readOutbox(db, before, 10)).toEqual([
      {
        seq: before + 1,
        caseId: row!.case_id,
        version: 1,
        state: 'new',
        priority: 1,
        kind: 'sos',
        category: 'emergency',
        residentId,
        suppressed: false,
        at: NOW + 5,
      },
    ])
  })

  test('the same message again changes nothing, also inside one batch', async () => {
    const { db } = database.store
    const residentId = await addResident(db, ['b1'])
    const press = event('b1', 'sos', NOW, { messageId: 'm1' })
    const retry = event('b1', 'sos', NOW + 900, { messageId: 'm1' })
    await commit(db, [press, event('b1', 'sos', NOW, { messageId: 'm1' })], NOW)
    expect(await commit(db, [retry], NOW)).toEqual([])
    expect(await casesOf(residentId)).toMatchObject([{ signal_count: 1, version: 1 }])
  })

  test('a used id with another meaning is another message, and its retry is not', async () => {
    const { db } = database.store
    const residentId = await addResident(db, ['c1'])
    const dayLater = NOW + 86_400_000
    await commit(db, [event('c1', 'test', NOW, { messageId: '1' })], NOW)
    await commit(db, [event('c1', 'sos', NOW + 1_000, { messageId: '1' })], NOW)
    await commit(db, [event('c1', 'sos', dayLater, { messageId: '1' })], dayLater)
    await commit(db, [event('c1', 'sos', dayLater, { messageId: '1' })], dayLater)
    expect(await casesOf(residentId)).toMatchObject([{ signal_count: 2 }])
  })

  test('a device that is not registered any more loses nothing: its signal is a dead letter', async () => {
    const { db } = database.store
    const residentId = await addResident(db, ['still-there'])
    await commit(db, [event('gone', 'sos', NOW, { messageId: 'm9' }), event('still-there', 'sos', NOW)], NOW)
    const letters = await db.selectFrom('dead_letter').selectAll().where('device_id', '=', 'gone').execute()
    expect(letters).toMatchObject([{ reason: 'refused_by_database' }])
    expect(letters[0]?.payload.toString()).toBe('{"id":"m9","type":"sos"}')
    expect(await casesOf(residentId)).toHaveLength(1)
  })

  test("all of a resident's alarms join one case, its urgency follows the most urgent active alert", async () => {
    const { db } = database.store
    const residentId = await addResident(db, ['d1', 'd2'])
    await commit(db, [event('d1', 'battery_low', NOW)], NOW)
    expect(await casesOf(residentId)).toMatchObject([{ kind: 'battery_low', category: 'fault', priority: 5 }])
    await commit(db, [event('d2', 'fall', NOW + 1), event('d2', 'fall', NOW + 2)], NOW)
    expect(await casesOf(residentId)).toMatchObject([
      { kind: 'fall', category: 'emergency', priority: 1, version: 2, signal_count: 3, device_id: 'd2' },
    ])
    const alerts = await db
      .selectFrom('alert')
      .selectAll()
      .where('device_id', 'in', ['d1', 'd2'])
      .orderBy('alert_id')
      .execute()
    expect(alerts).toMatchObject([
      { kind: 'battery_low', signal_count: 1 },
      { kind: 'fall', signal_count: 2 },
    ])
  })

  test('a cancel lowers urgency, is logged, and never closes', async () => {
    const { db } = database.store
    const residentId = await addResident(db, ['e1'])
    await commit(db, [event('e1', 'sos', NOW)], NOW)
    await commit(db, [event('e1', 'sos_cancel', NOW + 5_000)], NOW + 5_000)
    expect(await casesOf(residentId)).toMatchObject([
      { state: 'new', cancelled: true, priority: 2, kind: 'sos', version: 2 },
    ])
    await commit(db, [event('e1', 'sos', NOW + 9_000)], NOW + 9_000)
    expect(await casesOf(residentId)).toMatchObject([{ cancelled: false, priority: 1, version: 3 }])
  })

  test('a device without a resident has a case of its own; a restore without a case is only kept', async () => {
    const { db } = database.store
    await addDevice(db, 'f1', null)
    await commit(db, [event('f1', 'restore', NOW)], NOW)
    await commit(db, [event('f1', 'smoke', NOW + 1)], NOW)
    const rows = await db.selectFrom('alarm_case').selectAll().where('device_id', '=', 'f1').execute()
    expect(rows).toMatchObject([{ resident_id: null, kind: 'smoke' }])
    expect(await db.selectFrom('signal').select('type').where('device_id', '=', 'f1').execute()).toHaveLength(2)
  })

  test('concurrent batches for the same residents open one case each, events without holes', async () => {
    const { db } = database.store
    const devices = Array.from({ length: 20 }, (_, n) => `g${n}`)
    const residents = await Promise.all(devices.map((device) => addResident(db, [device])))
    const before = await outboxHead(db)
    const batches = Array.from({ length: 8 }, () =>
      commit(
        db,
        devices.map((device) => event(device, 'sos', NOW)),
        NOW,
      ),
    )
    const changes = (await Promise.all(batches)).flat()
    for (const residentId of residents)
      expect(await casesOf(residentId)).toMatchObject([{ signal_count: 8, version: 8 }])
    const events = await readOutbox(db, before, 1_000)
    expect(events.map((one) => one.seq)).toEqual(changes.map((_, n) => before + 1 + n))
  })
})
