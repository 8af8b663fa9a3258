import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CaseDetail, CaseSummary } from '../../server/contract/case.ts'
import type { DrillDetail, DrillView } from '../../server/contract/drill.ts'
import { DRILL_DEVICE } from '../../server/contract/purpose.ts'
import { byOperator } from '../../server/drills/queries.ts'
import { type ApiClient, connectDevice, startTestApp, type TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'

interface List<T> {
  items: T[]
}
let app: TestApp
let admin: ApiClient
let supervisor: ApiClient
let operator: ApiClient
beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  supervisor = await app.signIn('huangyan')
  operator = await app.signIn('limin')
})
afterAll(() => app.destroy())

const db = () => app.database.store.db
const begin = async (over: object = {}): Promise<DrillDetail> => {
  const { status, body } = await supervisor.post<DrillDetail>('/drills', {
    title: '夜间跌倒演练',
    minutes: 60,
    virtualHomes: 1,
    ...over,
  })
  expect(status).toBe(201)
  return body
}
const alarm = (drill: DrillDetail, residentId: string, kind = 'sos') =>
  supervisor.post<DrillDetail>(`/drills/${drill.drill.drillId}/alarms`, { residentId, kind })
const openOf = async (residentId: string) =>
  (await operator.get<List<CaseSummary>>('/cases?state=open&limit=500')).body.items.find(
    (one) => one.residentId === residentId,
  )
const end = (drill: DrillDetail) => supervisor.post<DrillDetail>(`/drills/${drill.drill.drillId}/end`, {})
const logOf = async (caseId: string) =>
  (await operator.get<CaseDetail>(`/cases/${caseId}`)).body.log.map(({ action }) => action)
const first = (drill: DrillDetail) => drill.residents[0]?.residentId ?? ''

describe('a drill', () => {
  test('is practised through the whole console, stays inside, and is reported against the targets', async () => {
    const drill = await begin()
    expect(drill).toMatchObject({ drill: { state: 'running', author: '黄燕' }, residents: [{ virtual: true }] })
    expect((await alarm(drill, first(drill), 'fall')).status).toBe(201)
    const one = await openOf(first(drill))
    expect(one).toMatchObject({
      kind: 'fall',
      category: 'emergency',
      drill: { title: '夜间跌倒演练' },
      suppressed: null,
    })
    const path = `/cases/${one?.caseId}`
    app.clock.advance(20_000)
    expect((await operator.post(`${path}/claim`, { version: 1 })).status).toBe(200)
    app.clock.advance(90_000)
    expect((await operator.post(`${path}/dispatch`, { version: 2, to: '网格员' })).status).toBe(200)
    expect(await logOf(one?.caseId ?? '')).toEqual(['opened', 'signal', 'claim', 'dispatch', 'kept_inside'])
    await operator.post(`${path}/arrive`, { version: 3 })
    await operator.post(`${path}/resolve`, { version: 4, outcome: 'helped', reason: '演练完成' })
    await operator.post(`${path}/close`, { version: 5 })
    const { body } = await end(drill)
    expect(body).toMatchObject({
      drill: { state: 'over', endedBy: '黄燕', cases: 1 },
      cases: [{ kind: 'fall', operator: '李敏', answerS: 20, dispatchS: 90, upgraded: false }],
      operators: [{ operator: '李敏', cases: 1, answeredInTime: 1, dispatched: 1, dispatchedInTime: 0 }],
      targets: { answerS: 60, dispatchS: 60 },
    })
  })

  test('counts in no figure', async () => {
    const before = (await operator.get('/stats')).body
    const drill = await begin()
    await alarm(drill, first(drill))
    expect((await operator.get('/stats')).body).toMatchObject({ waiting: before.waiting })
    const statistics = await admin.get<List<unknown>>('/statistics/alarms')
    expect(statistics.body.items).toEqual([])
    await end(drill)
  })

  test('ends by itself at its limit, with the cases that are still open', async () => {
    const drill = await begin({ minutes: 5 })
    await alarm(drill, first(drill))
    const one = await openOf(first(drill))
    app.clock.advance(5 * 60_000)
    await app.tick()
    const { body } = await supervisor.get<DrillDetail>(`/drills/${drill.drill.drillId}`)
    expect(body).toMatchObject({
      drill: { state: 'over', endedBy: null },
      cases: [{ state: 'closed', outcome: 'test' }],
    })
    expect(await openOf(first(drill))).toBeUndefined()
    expect((await logOf(one?.caseId ?? '')).at(-1)).toBe('drill_ended')
    expect(await end(drill)).toMatchObject({ status: 409 })
    expect(await alarm(drill, first(drill))).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
  })

  test('may be planned; before it begins nothing is raised', async () => {
    const from = new Date(app.clock.now() + 3_600_000).toISOString()
    const drill = await begin({ from })
    expect(drill.drill.state).toBe('planned')
    expect(await alarm(drill, first(drill))).toMatchObject({ status: 409 })
    app.clock.advance(3_600_000)
    expect(await alarm(drill, first(drill))).toMatchObject({ status: 201 })
    await end(drill)
  })

  test('lends the homes of drills that are over again', async () => {
    const one = await begin({ virtualHomes: 2 })
    await end(one)
    const two = await begin({ virtualHomes: 3 })
    const ids = two.residents.map(({ residentId }) => residentId)
    expect(ids).toEqual(expect.arrayContaining(one.residents.map(({ residentId }) => residentId)))
    const three = await begin({ virtualHomes: 1 })
    expect(ids).not.toContain(first(three))
    await end(two)
    await end(three)
  })

  test('wrong input is named by its field, and operators may not begin one', async () => {
    const post = (body: object, by = supervisor) =>
      by.post('/drills', { title: 'x', minutes: 10, virtualHomes: 1, ...body })
    const fieldOf = async (body: object) => (await post(body)).body.errors
    expect(await fieldOf({ virtualHomes: 0 })).toMatchObject([{ field: 'virtualHomes' }])
    expect(await fieldOf({ residentIds: ['nobody'] })).toMatchObject([{ field: 'residentIds' }])
    expect(await fieldOf({ divisionCode: '99' })).toMatchObject([{ field: 'divisionCode' }])
    expect(await fieldOf({ participantIds: ['00000000-0000-7000-8000-000000000001'] })).toMatchObject([
      { field: 'participantIds' },
    ])
    expect((await post({ minutes: 481 })).status).toBe(400)
    expect((await post({}, operator)).status).toBe(403)
    expect((await operator.get('/drills')).status).toBe(403)
    expect((await supervisor.get('/drills/00000000-0000-7000-8000-000000000001')).status).toBe(404)
    const { body } = await supervisor.get<List<DrillView>>('/drills?limit=500')
    expect(body.items.filter(({ title }) => title === 'x')).toEqual([])
  })
})

describe('what is real stays real', () => {
  test('a resident who takes part and presses in earnest: the mark goes at once', async () => {
    const residentId = await addResident(db(), ['real1'])
    const drill = await begin({ virtualHomes: 0, residentIds: [residentId] })
    await alarm(drill, residentId, 'help')
    const one = await openOf(residentId)
    expect(one).toMatchObject({ kind: 'help', drill: { drillId: drill.drill.drillId } })
    const now = app.clock.now()
    const events = await commit(db(), [event('real1', 'sos', now)], now)
    expect(events).toMatchObject([{ caseId: one?.caseId, kind: 'sos' }])
    expect(events[0]).not.toHaveProperty('purpose')
    expect(await openOf(residentId)).toMatchObject({ caseId: one?.caseId, kind: 'sos', drill: null })
    expect(await logOf(one?.caseId ?? '')).toContain('drill_upgraded')
    const ended = await end(drill)
    // The end of the drill does not end it.
    expect(ended.body.cases).toMatchObject([{ upgraded: true, state: 'new' }])
    expect(await openOf(residentId)).toMatchObject({ state: 'new', drill: null })
  })

  test('a resident who takes part and presses first: real from the start, and no drill is made of it', async () => {
    const residentId = await addResident(db(), ['real2'])
    const drill = await begin({ virtualHomes: 0, residentIds: [residentId] })
    const now = app.clock.now()
    await commit(db(), [event('real2', 'help', now)], now)
    expect(await openOf(residentId)).toMatchObject({ drill: null })
    expect(await alarm(drill, residentId)).toMatchObject({ status: 409, body: { code: 'other_case_open' } })
    await end(drill)
  })

  test('somebody else is not touched by a drill that runs', async () => {
    const residentId = await addResident(db(), ['real3'])
    const drill = await begin()
    const now = app.clock.now()
    await commit(db(), [event('real3', 'sos', now)], now)
    expect(await openOf(residentId)).toMatchObject({ drill: null })
    await end(drill)
  })

  test('a real button of a home in which nobody lives: a drill while it runs, real before and after', async () => {
    const drill = await begin()
    const residentId = first(drill)
    const device = await connectDevice(app, admin, 'training-button', residentId)
    try {
      const press = (id: string, type = 'sos') =>
        device.publishAsync('care/v1/training-button/event', JSON.stringify({ id, type, ts: app.clock.now() }), {
          qos: 1,
        })
      await press('m1')
      const one = await openOf(residentId)
      expect(one).toMatchObject({ kind: 'sos', drill: { drillId: drill.drill.drillId } })
      await press('m2')
      expect(await openOf(residentId)).toMatchObject({ caseId: one?.caseId, drill: { drillId: drill.drill.drillId } })
      await end(drill)
      expect(await openOf(residentId)).toBeUndefined()
      await press('m3')
      expect(await openOf(residentId)).toMatchObject({ drill: null })
    } finally {
      await device.endAsync()
    }
  })

  test('nobody can log in as the device that drills raise their alarms from', async () => {
    const { body } = await admin.post('/devices', {
      deviceId: DRILL_DEVICE,
      kind: 'other',
      protocol: 'native',
      residentId: null,
    })
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ field: 'deviceId' }] })
    const row = await db().selectFrom('device').selectAll().where('device_id', '=', DRILL_DEVICE).executeTakeFirst()
    expect(row).toMatchObject({ enabled: false, secret_hash: null })
  })
})

test('an operator without a dispatch has none in time', () => {
  const one = {
    caseId: 'c',
    kind: 'sos',
    residentName: null,
    raisedAt: '',
    state: 'closed',
    outcome: 'test',
    upgraded: false,
    operator: '李敏',
    answerS: 61,
    dispatchS: null,
    arriveS: null,
    resolveS: null,
  } as const
  expect(byOperator([one, { ...one, answerS: 1, upgraded: true }, { ...one, operator: null }])).toEqual([
    { operator: '李敏', cases: 1, meanAnswerS: 61, answeredInTime: 0, dispatched: 0, dispatchedInTime: 0 },
  ])
})
