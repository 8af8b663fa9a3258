import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { caseRecord } from '../../server/cases/case-record.ts'
import { caseSummary, listCases } from '../../server/cases/summaries.ts'
import type { CaseSummary } from '../../server/contract/case.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { insertCases } from '../support/many-cases.ts'
import { query } from '../support/sql.ts'

const INCIDENT = '11111111-1111-4111-8111-111111111111'
const SUPPRESSION = '21111111-1111-4111-8111-111111111111'
const NOW = Date.parse('2026-03-02T00:00:00Z')
let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
  const of = { deviceKind: 'motion_sensor', model: null, kind: 'mains_loss', category: 'fault', state: 'new' }
  await insertCases(app, { ...of, prefix: 'd', count: 6, openedAt: '2026-03-01T00:00:00Z' })
  const { db } = app.database.store
  await sql`insert into incident values (${INCIDENT}, 'network', 'gw-7', now(), now(), null)`.execute(db)
  await sql`
    insert into incident_member
    select ${INCIDENT}, 'd' || n, 'd' || n, now(), now(), case when n = 4 then now() end
    from generate_series(1, 4) n`.execute(db)
  await sql`
    insert into suppression
    select ${SUPPRESSION}, 'device', 'd3', 'on_test', '换电池', user_id, ${new Date(NOW)}::timestamptz,
      ${new Date(NOW + 3_600_000)}::timestamptz
    from app_user where username = 'admin'`.execute(db)
  await sql`insert into resident_protection values ('d1', now()), ('d2', null)`.execute(db)
  // As the intake would have opened them: an open case's incident is not the application's to change.
  await query(app.database.url, `update alarm_case set incident_id = '${INCIDENT}' where device_id in ('d1', 'd2')`)
  await query(
    app.database.url,
    `update alarm_case set suppression_id = '${SUPPRESSION}' where device_id in ('d1', 'd3')`,
  )
})
afterAll(() => app.destroy())

const marks = ({ deviceId, unprotected, suppressed, incident }: CaseSummary) => ({
  deviceId,
  unprotected,
  suppressed,
  incident,
})
const incident = { incidentId: INCIDENT, area: { kind: 'network', id: 'gw-7', name: null }, devices: 4, lost: 3 }
const suppressed = {
  suppressionId: SUPPRESSION,
  kind: 'on_test',
  reason: '换电池',
  until: '2026-03-02T01:00:00.000Z',
  by: '管理员',
}
const NONE = { unprotected: false, suppressed: null, incident: null }

test('each case of the queue has its own marks, and those that it shares', async () => {
  const { items } = await listCases(app.database.store.db, { state: 'open', limit: 100 }, NOW)
  const byDevice = items.map(marks).sort((a, b) => a.deviceId.localeCompare(b.deviceId))
  expect(byDevice).toEqual([
    { deviceId: 'd1', unprotected: true, suppressed, incident },
    { deviceId: 'd2', ...NONE, incident },
    { deviceId: 'd3', ...NONE, suppressed },
    { deviceId: 'd4', ...NONE },
    { deviceId: 'd5', ...NONE },
    { deviceId: 'd6', ...NONE },
  ])
})

test('a list of all, one case and its record say the same', async () => {
  const { db } = app.database.store
  const { items } = await listCases(db, { state: 'all', limit: 100 }, NOW)
  const [first] = items.filter(({ deviceId }) => deviceId === 'd1')
  expect(first).toMatchObject({ unprotected: true, suppressed, incident })
  const caseId = first!.caseId
  expect(await caseSummary(db, caseId, NOW)).toEqual(first)
  expect((await caseRecord(db, caseId, NOW)).case).toEqual(first)
})
