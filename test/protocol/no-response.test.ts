import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { CASE_CATEGORIES, type CaseSummary, OUTCOMES } from '../../server/contract/case.ts'
import { decideNoResponse, type NoResponseFacts } from '../../server/protocol/no-response.ts'
import { contactOf } from '../../server/protocol/round.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { command, detailOf, done, raise, resident } from './city.ts'

describe('the rule', () => {
  const nothing: NoResponseFacts = {
    category: 'emergency',
    onTest: false,
    contact: false,
    visited: false,
    dispatched: false,
    second: false,
  }
  const code = (facts: Partial<NoResponseFacts>, outcome: (typeof OUTCOMES)[number]) =>
    decideNoResponse({ ...nothing, ...facts }, outcome)?.code ?? null

  it('lets no category but faults end as false without contact or visit, whoever agrees', () => {
    for (const outcome of ['false_alarm', 'no_help_needed', 'test'] as const) {
      for (const category of ['emergency', 'help', 'care'] as const) {
        expect(code({ category, second: true, dispatched: true }, outcome)).toBe('no_contact')
        expect(code({ category, contact: true }, outcome)).toBeNull()
        expect(code({ category, visited: true }, outcome)).toBeNull()
      }
      expect(code({ category: 'fault' }, outcome)).toBeNull()
    }
  })

  it('takes two people for an emergency or care call without contact and visit, and for nothing else', () => {
    for (const outcome of OUTCOMES.filter((one) => !['false_alarm', 'no_help_needed', 'test'].includes(one))) {
      for (const category of CASE_CATEGORIES) {
        const two = category === 'emergency' || category === 'care'
        expect(code({ category }, outcome)).toBe(two ? 'second_person_needed' : null)
        expect(code({ category, second: true }, outcome)).toBeNull()
        const seen = ['helped', 'hospital', 'deceased'].includes(outcome)
        expect(code({ category, dispatched: true }, outcome)).toBe(two && !seen ? 'second_person_needed' : null)
      }
    }
  })

  it('frees a test of a device on test, and nothing else of it', () => {
    expect(code({ onTest: true }, 'test')).toBeNull()
    expect(code({ onTest: true }, 'false_alarm')).toBe('no_contact')
  })

  it('counts contact only when it is younger than the newest alert', () => {
    expect(contactOf([], 1)).toBeNull()
    expect(contactOf([{ contact: 'none', version: 3 }], 1)).toBe('none')
    expect(
      contactOf(
        [
          { contact: 'made', version: 3 },
          { contact: 'none', version: 4 },
        ],
        1,
      ),
    ).toBe('made')
    expect(contactOf([{ contact: 'made', version: 3 }], 4)).toBe('none')
  })
})

let app: TestApp
let admin: ApiClient
let limin: ApiClient
let wangfang: ApiClient

beforeAll(async () => {
  app = await startTestApp({ env: { SECOND_PERSON_MINUTES: '5' } })
  ;[admin, limin, wangfang] = await Promise.all([app.signIn('admin'), app.signIn('limin'), app.signIn('wangfang')])
})
afterAll(() => app.destroy())

const taken = async (deviceId: string, type: Parameters<typeof raise>[3]) => {
  await resident(app, admin, deviceId)
  return done(limin, await raise(app, limin, deviceId, type), 'claim')
}

test('a cancel by the resident is no contact; a noted call is', async () => {
  let row = await taken('n-1', 'sos')
  row = await raise(app, limin, 'n-1', 'sos_cancel')
  expect(row.cancelled).toBe(true)
  const refused = await command(limin, row, 'resolve', { outcome: 'false_alarm', reason: '已取消' })
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'no_contact', detail: expect.stringContaining('Send somebody') },
  })
  row = await done(limin, row, 'note', { text: '本人接听，误按', contact: 'made' })
  row = await done(limin, row, 'resolve', { outcome: 'false_alarm', reason: '本人确认' })
  expect(row.state).toBe('resolved')
})

test('whoever resolves can say at once that contact was made; a fall after it wants contact again', async () => {
  let row = await taken('n-2', 'sos')
  row = await done(limin, row, 'note', { text: '接通', contact: 'made' })
  row = await raise(app, limin, 'n-2', 'fall')
  expect((await detailOf(limin, row)).protocol.contact).toBe('none')
  expect((await command(limin, row, 'resolve', { outcome: 'no_help_needed', reason: '没事' })).body.code).toBe(
    'no_contact',
  )
  row = await done(limin, row, 'resolve', { outcome: 'no_help_needed', reason: '又通了话', contact: 'made' })
  expect((await detailOf(limin, row)).log.at(-1)?.detail).toMatchObject({ contact: 'made', outcome: 'no_help_needed' })
})

test('contact reported as none is taken at its word', async () => {
  let row = await taken('n-3', 'sos')
  row = await done(limin, row, 'note', { text: '接通', contact: 'made' })
  const body = { outcome: 'false_alarm', reason: '其实没有通话', contact: 'none' }
  expect((await command(limin, row, 'resolve', body)).body.code).toBe('no_contact')
})

test('a second person is asked for at every desk, until one agrees or the owner goes on', async () => {
  let row = await taken('n-9', 'sos')
  expect(row.secondAskedAt).toBeNull()
  expect((await command(wangfang, row, 'second/ask', {})).body.code).toBe('not_owner')
  row = await done(limin, row, 'second/ask', {})
  const asked = new Date(app.clock.now()).toISOString()
  const seen = (await wangfang.get<{ items: CaseSummary[] }>('/cases?state=open')).body.items
  expect(seen.find(({ caseId }) => caseId === row.caseId)?.secondAskedAt).toBe(asked)
  row = await done(limin, row, 'note', { text: '仍没人接' })
  expect(row.secondAskedAt).toBe(asked)
  row = await done(wangfang, row, 'second', { reason: '邻居看到人在外面' })
  expect(row.secondAskedAt).toBeNull()

  row = await done(limin, row, 'second/ask', {})
  row = await done(limin, row, 'dispatch', { to: '网格员' })
  expect(row.secondAskedAt).toBeNull()
  row = await done(limin, row, 'second/ask', {})
  row = await done(wangfang, row, 'claim', { takeover: true, reason: '换班' })
  expect(row.secondAskedAt).toBeNull()
  const { log } = await detailOf(limin, row)
  expect(log.filter(({ action }) => action === 'second_asked').map(({ actor }) => actor)).toEqual([
    '李敏',
    '李敏',
    '李敏',
  ])
})

test('neither contact nor visit: another person must agree, in time, and before anything new', async () => {
  let row = await taken('n-4', 'inactivity')
  const resolve = (who: ApiClient) => command(who, row, 'resolve', { outcome: 'other', reason: '家人说外出' })
  expect((await resolve(limin)).body.code).toBe('second_person_needed')
  const own = await command(limin, row, 'second', { reason: '我看行' })
  expect(own).toMatchObject({ status: 409, body: { code: 'same_person' } })
  expect(await command(wangfang, row, 'second', { reason: ' ' })).toMatchObject({ status: 400 })
  expect(await command(wangfang, row, 'second', { reason: '同意', version: 1 })).toMatchObject({
    body: { code: 'stale_version' },
  })

  row = await done(wangfang, row, 'second', { reason: '已核对出院记录' })
  expect((await detailOf(limin, row)).protocol.second).toEqual({
    by: '王芳',
    reason: '已核对出院记录',
    until: new Date(app.clock.now() + 300_000).toISOString(),
  })
  app.clock.advance(300_000)
  expect((await resolve(limin)).body.code).toBe('second_person_needed')
  expect((await detailOf(limin, row)).protocol.second).toBeNull()

  row = await done(wangfang, row, 'second', { reason: '再次同意' })
  row = await raise(app, limin, 'n-4', 'sos')
  expect((await resolve(limin)).body.code).toBe('second_person_needed')
  row = await done(wangfang, row, 'second', { reason: '看过新报警，同意' })
  // Whoever has agreed and then takes the case over is alone again.
  row = await done(wangfang, row, 'claim', { takeover: true, reason: '换班' })
  expect((await resolve(wangfang)).body.code).toBe('second_person_needed')
  row = await done(limin, row, 'claim', { takeover: true, reason: '换班' })
  const ended = await resolve(limin)
  expect(ended).toMatchObject({ status: 200, body: { state: 'resolved' } })
  row = ended.body
  expect(await command(wangfang, row, 'second', { reason: '晚了' })).toMatchObject({ body: { code: 'wrong_state' } })
  const { log } = await detailOf(limin, row)
  expect(log.filter((line) => line.action === 'second').map((line) => [line.actor, line.detail.reason])).toEqual([
    ['王芳', '已核对出院记录'],
    ['王芳', '再次同意'],
    ['王芳', '看过新报警，同意'],
  ])
})

test('a visit needs nobody’s word: arrived, or sent and seen', async () => {
  let row = await taken('n-5', 'sos')
  row = await done(limin, row, 'dispatch', { to: '网格员' })
  expect((await command(limin, row, 'resolve', { outcome: 'no_help_needed', reason: '应该没事' })).body.code).toBe(
    'no_contact',
  )
  expect((await command(limin, row, 'resolve', { outcome: 'advised', reason: '应该没事' })).body.code).toBe(
    'second_person_needed',
  )
  expect((await command(limin, row, 'resolve', { outcome: 'helped', reason: '扶起' })).status).toBe(200)
  let other = await taken('n-6', 'sos')
  other = await done(limin, other, 'arrive')
  expect((await command(limin, other, 'resolve', { outcome: 'no_help_needed', reason: '在场确认' })).status).toBe(200)
})

test('faults end without anybody being asked; a red key on test ends as a test', async () => {
  const fault = await taken('n-7', 'battery_low')
  expect((await command(limin, fault, 'resolve', { outcome: 'false_alarm', reason: '已换电池' })).status).toBe(200)
  await resident(app, admin, 'n-8')
  const { status } = await admin.post('/suppressions', {
    scope: 'device',
    scopeId: 'n-8',
    kind: 'on_test',
    reason: '月检',
    minutes: 60,
  })
  expect(status).toBe(201)
  const row = await done(limin, await raise(app, limin, 'n-8', 'sos'), 'claim')
  expect((await command(limin, row, 'resolve', { outcome: 'false_alarm', reason: '月检' })).body.code).toBe(
    'no_contact',
  )
  expect((await command(limin, row, 'resolve', { outcome: 'test', reason: '月检' })).status).toBe(200)
})
