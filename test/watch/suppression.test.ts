import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { covers } from '../../server/cases/suppressed.ts'
import type { AlertKind, CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import { SUPPRESSION_KINDS, SUPPRESSION_SCOPES, type SuppressionView } from '../../server/contract/watch.ts'
import { readOutbox } from '../../server/store/outbox.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'

let app: TestApp
let admin: ApiClient
let operator: ApiClient
beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  operator = await app.signIn('limin')
})
afterAll(() => app.destroy())

const db = () => app.database.store.db
const press = (deviceId: string, type: Parameters<typeof event>[1] = 'sos') =>
  commit(db(), [event(deviceId, type, app.clock.now())], app.clock.now())
const suppress = (scope: string, scopeId: string, over: object = {}) =>
  operator.post<SuppressionView>('/suppressions', {
    scope,
    scopeId,
    kind: 'on_test',
    reason: '安装后测试',
    minutes: 30,
    ...over,
  })
const caseOf = async (residentId: string) => {
  const { body } = await operator.get<{ items: CaseSummary[] }>('/cases?state=open&limit=500')
  return body.items.find((one) => one.residentId === residentId)
}
const eventsOf = async (caseId: string) =>
  (await readOutbox(db(), 0, 1_000)).filter((one) => one.caseId === caseId).map(({ suppressed }) => suppressed)

describe('what a suppression covers', () => {
  const whose = { residentId: 'r', place: { homeId: 'h', divisionCode: '361125001' } }
  const ids = { device: 'd', resident: 'r', home: 'h', division: '361125' }
  const all = SUPPRESSION_SCOPES.flatMap((scope) => SUPPRESSION_KINDS.map((kind) => ({ scope, kind })))
  test.each(all)('$scope $kind', ({ scope, kind }) => {
    const one = { suppressionId: 's', scope, scopeId: ids[scope], kind, reason: 'x', until: '' }
    const covered = (alert: AlertKind, deviceId = 'd') => covers(one, { deviceId, kind: alert }, whose)
    const isInHand = scope === 'device' && kind === 'on_test'
    for (const emergency of ['sos', 'fall', 'smoke', 'gas', 'co', 'wander', 'help', 'vital_sign'] as const) {
      expect(covered(emergency)).toBe(isInHand)
    }
    expect(covered('offline')).toBe(true)
    expect(covered('offline', 'another')).toBe(scope !== 'device')
    expect(covers({ ...one, scopeId: 'elsewhere' }, { deviceId: 'd', kind: 'offline' }, whose)).toBe(false)
  })
})

describe('a device on test', () => {
  test('is recorded as always, told quietly, and aloud when the time is over while its alert is active', async () => {
    const residentId = await addResident(db(), ['a1'])
    const { status, body } = await suppress('device', 'a1')
    expect(status).toBe(201)
    expect(body).toMatchObject({ by: '李敏', endedAt: null, cases: 0 })
    await press('a1')
    const quiet = await caseOf(residentId)
    expect(quiet).toMatchObject({
      kind: 'sos',
      priority: 1,
      state: 'new',
      signalCount: 1,
      suppressed: { reason: '安装后测试', by: '李敏', until: body.until, kind: 'on_test' },
    })
    const caseId = quiet?.caseId ?? ''
    expect(await eventsOf(caseId)).toEqual([true])

    app.clock.advance(30 * 60_000)
    await app.tick()
    expect(await caseOf(residentId)).toMatchObject({ suppressed: null, version: 2, state: 'new' })
    expect(await eventsOf(caseId)).toEqual([true, false])
    const detail = await operator.get<CaseDetail>(`/cases/${caseId}`)
    const own = detail.body.log.filter(({ action }) => !action.startsWith('escalation'))
    expect(own.map(({ action }) => action)).toEqual(['opened', 'signal', 'suppressed', 'notified'])
    const { body: ended } = await operator.get<{ items: SuppressionView[] }>('/suppressions?active=false')
    expect(ended.items).toMatchObject([{ suppressionId: body.suppressionId, endedAt: body.until, endedBy: null }])
  })

  test('ended by hand is told at once, audited, and can not be ended twice', async () => {
    const residentId = await addResident(db(), ['b1'])
    const { body } = await suppress('device', 'b1')
    await press('b1', 'fall')
    expect(await caseOf(residentId)).toMatchObject({ suppressed: { suppressionId: body.suppressionId } })
    const end = await operator.post<SuppressionView>(`/suppressions/${body.suppressionId}/end`, {})
    expect(end).toMatchObject({ status: 200, body: { endedBy: '李敏', cases: 0 } })
    expect(await caseOf(residentId)).toMatchObject({ suppressed: null })
    expect(await operator.post(`/suppressions/${body.suppressionId}/end`, {})).toMatchObject({
      status: 409,
      body: { code: 'wrong_state' },
    })
    const audit = await db().selectFrom('audit').select('action').where('subject', '=', body.suppressionId).execute()
    expect(audit.map(({ action }) => action)).toEqual(['suppression.begin', 'suppression.end'])
  })

  test('that was given back stays quiet at the end: nobody calls any more', async () => {
    const residentId = await addResident(db(), ['c1'])
    await suppress('device', 'c1', { minutes: 1 })
    await press('c1')
    await press('c1', 'sos_cancel')
    app.clock.advance(60_000)
    await app.tick()
    const quiet = await caseOf(residentId)
    expect(quiet).toMatchObject({ cancelled: true, suppressed: { reason: '安装后测试' } })
    // But the next press is told aloud.
    await press('c1')
    expect(await caseOf(residentId)).toMatchObject({ cancelled: false, suppressed: null, priority: 1 })
  })

  test('hides neither another device’s SOS nor what was told before', async () => {
    const residentId = await addResident(db(), ['d1', 'd2'])
    await suppress('device', 'd1')
    await press('d1')
    expect(await press('d2')).toMatchObject([{ suppressed: false }])
    expect(await caseOf(residentId)).toMatchObject({ suppressed: null })

    const loud = await addResident(db(), ['e1'])
    await press('e1')
    await suppress('device', 'e1')
    expect(await press('e1')).toMatchObject([{ suppressed: false }])
    expect(await caseOf(loud)).toMatchObject({ suppressed: null })
  })

  test('put back into the queue by an operator is seen by all', async () => {
    const residentId = await addResident(db(), ['f1'])
    await suppress('device', 'f1')
    await press('f1')
    const { caseId } = (await caseOf(residentId)) ?? { caseId: '' }
    await operator.post(`/cases/${caseId}/claim`, { version: 1 })
    await operator.post(`/cases/${caseId}/resolve`, { version: 2, outcome: 'test', reason: '测试' })
    await operator.post(`/cases/${caseId}/reopen`, { version: 3, reason: '再看' })
    expect(await eventsOf(caseId)).toEqual([true, true, true, false])
  })
})

describe('wider scopes', () => {
  test('a resident on test or in maintenance: faults are quiet, a call is not', async () => {
    const residentId = await addResident(db(), ['g1'])
    await suppress('resident', residentId, { kind: 'maintenance', minutes: 4_320 })
    await press('g1', 'tamper')
    expect(await caseOf(residentId)).toMatchObject({ kind: 'tamper', suppressed: { kind: 'maintenance' } })
    expect(await press('g1')).toMatchObject([{ kind: 'sos', suppressed: false }])
    const other = await addResident(db(), ['h1'])
    await suppress('resident', other)
    expect(await press('h1')).toMatchObject([{ kind: 'sos', suppressed: false }])
  })
})

describe('what is refused', () => {
  test.each([
    ['no reason', { reason: '  ' }, 400],
    ['too long a test', { minutes: 481 }, 400],
    ['too long a maintenance', { kind: 'maintenance', minutes: 4_321 }, 400],
    ['a device that is not there', { scopeId: 'nowhere' }, 400],
    ['a division by an operator', { scope: 'division', scopeId: '3611', kind: 'maintenance' }, 403],
  ])('%s', async (_name, over, status) => {
    await addResident(db(), [`x${status}${Object.values(over).join('')}`.replaceAll(/\W/g, '')])
    expect((await suppress('device', 'a1', over)).status).toBe(status)
  })
  test('a division is an administrator’s, and everything wants a session', async () => {
    await db()
      .insertInto('division')
      .values({ code: '3611', name: '上饶市', level: 'city', parent_code: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const body = { scope: 'division', scopeId: '3611', kind: 'maintenance', reason: '停电检修', minutes: 60 }
    expect((await admin.post('/suppressions', body)).status).toBe(201)
    for (const path of ['/suppressions', '/unprotected', '/incidents', '/outages']) {
      const { status } = await fetch(`http://127.0.0.1:${app.httpPort}/api/v1${path}`)
      expect(status).toBe(401)
      expect(await operator.get(path)).toMatchObject({ status: 200, body: { items: expect.any(Array) } })
    }
  })
})
