import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../../server/org/audit.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'

const PROTOCOLS = ['protocol', 'protocol_version', 'case_protocol', 'case_step']
const SHIFTS = ['roster_log', 'shift_pattern_log', 'handover', 'duty_gap_seen']
const QUALITY = ['quality_draw', 'quality_draw_operator', 'quality_sheet', 'quality_audit_log', 'quality_comment']
const APPEND_ONLY = [
  ...['signal', 'dead_letter', 'alert_signal', 'case_log', 'audit', 'outage_check_log', 'escalation_policy'],
  ...['escalation_check', 'review_log', 'notice_read', 'voice_setting', ...PROTOCOLS, ...SHIFTS, ...QUALITY],
]
const SUPERVISION = ['incident', 'incident_member', 'suppression', 'outage', 'outage_check']
const ESCALATION = ['escalation', 'notification', 'case_answer', 'review', 'case_result', 'quality_audit']
const VOICE = ['voice_call', 'voice_recording', 'exchange_call']
const ROSTER = ['shift_pattern', 'roster_entry', 'duty_gap', 'handover_case', 'case_assist', 'desk_message']
const KEPT = [...SUPERVISION, ...ESCALATION, ...VOICE, ...ROSTER, 'resident_notice', 'alarm_case', 'alert']
const NOT_DELETABLE = [...APPEND_ONLY, ...KEPT, 'outbox']
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  const { db } = database.store
  await addResident(db, ['r1'])
  await commit(db, [event('r1', 'sos', Date.now())], Date.now())
  await audit(db, { userId: null, action: 'test', subject: null }, Date.now())
})
afterAll(() => database.drop())

const attempt = (text: string) => database.store.pool.query(text)

describe("the application's role", () => {
  test.each(NOT_DELETABLE)('may not delete from %s, nor empty it', async (table) => {
    await expect(attempt(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' })
    await expect(attempt(`truncate ${table} cascade`)).rejects.toMatchObject({ code: '42501' })
  })
  test.each(APPEND_ONLY)('may not rewrite %s', async (table) => {
    const [column] = await query(
      database.url,
      "select column_name from information_schema.columns where table_name = $1 and is_identity = 'NO'",
      [table],
    )
    await expect(attempt(`update ${table} set ${column?.column_name} = ${column?.column_name}`)).rejects.toMatchObject({
      code: '42501',
    })
  })
  test.each(['opened_at', 'resident_id', 'case_id'])("may not rewrite a case's %s", async (column) => {
    await expect(attempt(`update alarm_case set ${column} = ${column}`)).rejects.toMatchObject({ code: '42501' })
  })
  test.each([
    ['suppression', 'reason'],
    ['suppression', 'until_at'],
    ['outage', 'from_at'],
    ['outage', 'to_at'],
    ['incident_member', 'device_id'],
    ['notification', 'recipient_id'],
    ['case_answer', 'answered_at'],
    ['review', 'since'],
    ['quality_audit', 'case_id'],
    ['quality_audit', 'operator_id'],
    ['quality_audit', 'due_at'],
    ['resident_notice', 'text'],
    ['resident_note', 'text'],
    ['resident_photo', 'image'],
    ['file_change', 'after'],
  ])('may not rewrite %s.%s', async (table, column) => {
    await expect(attempt(`update ${table} set ${column} = ${column}`)).rejects.toMatchObject({ code: '42501' })
  })
  test('may move a case along', async () => {
    await expect(attempt('update alarm_case set version = version')).resolves.toMatchObject({ rowCount: 1 })
  })
  test.each([...APPEND_ONLY, ...KEPT])('even the owner may not delete from %s', async (table) => {
    await expect(query(database.url, `delete from ${table}`)).rejects.toThrow(/append-only/)
  })
})
