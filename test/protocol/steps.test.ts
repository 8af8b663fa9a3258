import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseEvent } from '../../server/contract/push.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { answer, command, detailOf, done, raise, resident } from './city.ts'

let app: TestApp
let admin: ApiClient
let limin: ApiClient
let wangfang: ApiClient

beforeAll(async () => {
  app = await startTestApp()
  ;[admin, limin, wangfang] = await Promise.all([app.signIn('admin'), app.signIn('limin'), app.signIn('wangfang')])
})
afterAll(() => app.destroy())

test('a fall is played step by step; sending and arriving happen with the answers; every line has its words', async () => {
  const events: CaseEvent[] = []
  const desk = await limin.desk()
  desk.on('case', (event, acknowledge) => {
    events.push(event)
    acknowledge()
  })
  await resident(app, admin, 's-1')
  let row = await raise(app, limin, 's-1', 'fall')
  const before = await detailOf(limin, row)
  expect(before.protocol).toMatchObject({
    kind: 'fall',
    risk: 'normal',
    number: 1,
    current: 'talk',
    done: [],
    contact: null,
    visited: false,
    second: null,
  })
  row = await done(limin, row, 'claim')
  app.clock.advance(5_000)
  row = await answer(limin, row, '没人应答', { note: '响了 30 秒' })
  expect(row).toMatchObject({ state: 'claimed', version: 3 })
  row = await answer(limin, row, '还是没人接')
  expect((await detailOf(limin, row)).protocol).toMatchObject({ current: 'send', contact: 'none' })
  row = await answer(limin, row, '先派网格员', { dispatch: { to: '网格员 余建平', text: '有狗' } })
  expect(row).toMatchObject({ state: 'dispatched', version: 6 })
  row = await answer(limin, row, '已经见到人')
  expect(row).toMatchObject({ state: 'on_scene', version: 8 })
  row = await answer(limin, row, '要送医院')
  row = await answer(limin, row, '已告诉家属')
  expect(row).toMatchObject({ state: 'resolved', version: 11 })
  row = await done(limin, row, 'close')

  const { log, outcome, protocol } = await detailOf(limin, row)
  expect(outcome).toBe('hospital')
  expect(log.map((line) => line.action)).toEqual([
    'opened',
    'signal',
    'claim',
    'step',
    'step',
    'step',
    'dispatch',
    'step',
    'arrive',
    'step',
    'step',
    'resolve',
    'close',
  ])
  expect(log[3]).toMatchObject({
    actor: '李敏',
    version: 3,
    detail: {
      stepId: 'talk',
      contact: 'none',
      note: '响了 30 秒',
      label: { 'zh-CN': '没人应答', en: 'No answer' },
      text: { en: expect.stringContaining('did you fall') },
    },
  })
  expect(log[6]?.detail).toEqual({ to: '网格员 余建平', text: '有狗' })
  expect(log[11]?.detail).toMatchObject({ outcome: 'hospital', reason: '送医，家属知情' })
  expect(protocol.done.map((one) => one.stepId)).toEqual(['talk', 'again', 'send', 'way', 'scene', 'tell-hospital'])
  expect(protocol).toMatchObject({ current: null, visited: true })
  await expect.poll(() => events.map((one) => one.version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

test('a mistaken answer is answered again: both are in the log, what came after it is taken back', async () => {
  await resident(app, admin, 's-2')
  let row = await done(limin, await raise(app, limin, 's-2', 'sos'), 'claim')
  row = await answer(limin, row, '说按错了')
  expect((await detailOf(limin, row)).protocol).toMatchObject({ current: 'sure', contact: 'made' })
  row = await done(limin, row, 'steps', { stepId: 'talk', answer: 2 })
  const { protocol, log } = await detailOf(limin, row)
  expect(protocol).toMatchObject({ current: 'again', contact: 'none' })
  expect(protocol.done).toMatchObject([{ stepId: 'talk', key: 2, by: '李敏' }])
  expect(log.filter((line) => line.action === 'step').map((line) => [line.detail.key, line.detail.again])).toEqual([
    [3, undefined],
    [2, true],
  ])
  // The contact that was never made does not let the case end.
  expect(await command(limin, row, 'resolve', { outcome: 'false_alarm', reason: '误按' })).toMatchObject({
    status: 409,
    body: { code: 'no_contact' },
  })
})

test('refused: a stranger, a stale version, a step not reached, an answer that there is not, what the answer does not do', async () => {
  await resident(app, admin, 's-3')
  const open = await raise(app, limin, 's-3', 'sos')
  expect(await command(limin, open, 'steps', { stepId: 'talk', answer: 1 })).toMatchObject({
    body: { code: 'wrong_state' },
  })
  const row = await done(limin, open, 'claim')
  const refused = async (who: ApiClient, body: object) => (await command(who, row, 'steps', body)).body
  expect(await refused(wangfang, { stepId: 'talk', answer: 1 })).toMatchObject({ code: 'not_owner' })
  expect(await refused(limin, { stepId: 'talk', answer: 1, version: 1 })).toMatchObject({
    code: 'stale_version',
    version: 2,
  })
  expect(await refused(limin, { stepId: 'scene', answer: 1 })).toMatchObject({ code: 'step_not_open' })
  expect(await refused(limin, { stepId: 'talk', answer: 9 })).toMatchObject({
    code: 'invalid_request',
    errors: [{ field: 'answer', message: 'is no answer of this step' }],
  })
  expect(await refused(limin, { stepId: 'talk', answer: 1, dispatch: { to: '120' } })).toMatchObject({
    errors: [{ field: 'dispatch' }],
  })
  expect(await refused(limin, { stepId: 'talk', answer: 1, resolve: { reason: 'x' } })).toMatchObject({
    errors: [{ field: 'resolve' }],
  })
  expect(await refused(limin, { stepId: 'talk', answer: 1, note: '  ' })).toMatchObject({ errors: [{ field: 'note' }] })
  const nobody = '00000000-0000-4000-8000-000000000000'
  expect(await limin.post(`/cases/${nobody}/steps`, { version: 1, stepId: 'talk', answer: 1 })).toMatchObject({
    status: 404,
  })
  // Nothing of it was written.
  expect((await detailOf(limin, row)).log).toHaveLength(3)
  expect(
    await app.database.store.db.selectFrom('case_step').selectAll().where('case_id', '=', row.caseId).execute(),
  ).toEqual([])
})

test('an answer that ends the case is refused as a whole when the case may not end so', async () => {
  await resident(app, admin, 's-4')
  let row = await done(limin, await raise(app, limin, 's-4', 'help'), 'claim')
  row = await answer(limin, row, '没人接')
  const stuck = await command(limin, row, 'steps', {
    stepId: 'talk',
    answer: 5,
    resolve: { outcome: 'test', contact: 'none' },
  })
  expect(stuck.body.code).toBe('no_contact')
  expect((await detailOf(limin, row)).protocol).toMatchObject({ current: 'retry', done: [{ stepId: 'talk', key: 4 }] })
})

test('the risk of the resident chooses the protocol, and stays what it was when the case was taken', async () => {
  const residentId = await resident(
    app,
    admin,
    's-5',
    { lives_alone: true, hazards: ['服抗凝药, 跌倒须防内出血'] },
    '1938-01-01',
  )
  let row = await done(limin, await raise(app, limin, 's-5', 'sos'), 'claim')
  const first = (await detailOf(limin, row)).protocol
  expect(first).toMatchObject({
    risk: 'high',
    riskReasons: ['old_alone', 'grave_illness'],
    title: { en: 'Call for help (high risk)' },
  })
  await app.database.store.db
    .updateTable('resident')
    .set({ lives_alone: false, hazards: [] })
    .where('resident_id', '=', residentId)
    .execute()
  expect((await detailOf(limin, row)).protocol).toMatchObject({ risk: 'high', version: first.version })
  // With high risk nobody waits for a second call.
  row = await answer(limin, row, '没人应答')
  expect((await detailOf(limin, row)).protocol.current).toBe('send')
})

test('a more urgent alarm that joins brings its own protocol, and its end brings the old one not back', async () => {
  await resident(app, admin, 's-6')
  let row = await done(limin, await raise(app, limin, 's-6', 'help'), 'claim')
  row = await answer(limin, row, '身体不舒服')
  row = await raise(app, limin, 's-6', 'fall')
  expect((await detailOf(limin, row)).protocol).toMatchObject({
    kind: 'fall',
    current: 'talk',
    done: [],
    contact: 'none',
  })
  row = await raise(app, limin, 's-6', 'fall_clear')
  expect((await detailOf(limin, row)).protocol).toMatchObject({ kind: 'fall', current: 'talk' })
})

test('a reopened case begins its protocol anew', async () => {
  await resident(app, admin, 's-7')
  let row = await done(limin, await raise(app, limin, 's-7', 'sos'), 'claim')
  row = await answer(limin, row, '说按错了')
  row = await answer(limin, row, '答得清楚，是误按')
  expect(row.state).toBe('resolved')
  row = await done(wangfang, row, 'reopen', { reason: '家属来电' })
  row = await done(wangfang, row, 'claim')
  expect((await detailOf(wangfang, row)).protocol).toMatchObject({ current: 'talk', done: [], contact: null })
  expect(await command(wangfang, row, 'resolve', { outcome: 'false_alarm', reason: '同上' })).toMatchObject({
    body: { code: 'no_contact' },
  })
})
