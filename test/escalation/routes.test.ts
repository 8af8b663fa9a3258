import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  CheckView,
  EscalationOptions,
  EscalationPolicy,
  PolicyView,
  RunningEscalation,
  Simulation,
} from '../../server/contract/escalation.ts'
import type { Addresses, NotificationView } from '../../server/contract/notify.ts'
import { seedDivisions } from '../../server/org/divisions.ts'
import { type Answer, type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident, commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'

let app: TestApp
let boss: ApiClient
interface List<T> {
  items: T[]
  nextCursor: string | null
}
beforeAll(async () => {
  app = await startTestApp()
  boss = await app.signIn('huangyan')
  await seedDivisions(app.database.store.db)
  await query(
    app.database.url,
    `insert into duty (user_id, status, since, seen_at)
     select user_id, 'ready', $1::timestamptz, $1::timestamptz + interval '12 hours' from app_user where username = 'huangyan'`,
    [new Date(app.clock.now())],
  )
})
afterAll(() => app.destroy())

const policies = async () => (await boss.get<{ items: PolicyView[] }>('/escalation/policies')).body.items
const policy: EscalationPolicy = {
  steps: [
    { afterSeconds: 0, targets: [{ type: 'on_duty' }], channels: ['desk'] },
    { afterSeconds: 30, targets: [{ type: 'role', role: 'supervisor' }], channels: ['desk', 'sms'] },
  ],
  ...{ rounds: 2, repeatAfterSeconds: 60, acknowledgeForSeconds: 300, dispatchedForSeconds: 3_600 },
}
const publish = (over: object): Promise<Answer<PolicyView>> =>
  boss.send(
    '/escalation/policies',
    { category: 'emergency', kind: 'fall', divisionCode: '361125', policy, note: '横峰先行', basedOn: null, ...over },
    undefined,
    'PUT',
  )

describe('policies', () => {
  test('a new installation has one for each category', async () => {
    expect(
      (await policies()).map(({ category, kind, divisionCode, by }) => [category, kind, divisionCode, by]),
    ).toEqual([
      ['emergency', null, null, null],
      ['help', null, null, null],
      ['care', null, null, null],
      ['fault', null, null, null],
    ])
  })

  test('published with who, when and why; what would reach nobody is said by step', async () => {
    const made = await publish({})
    expect(made).toMatchObject({ status: 200, body: { by: '黄燕', note: '横峰先行', place: '横峰县', policy } })
    expect(made.body.warnings).toEqual([{ code: 'channel_unset', step: 2, channel: 'sms', who: null }])
    const audit = await app.database.store.db
      .selectFrom('audit')
      .select('subject')
      .where('action', '=', 'escalation.publish')
      .execute()
    expect(audit).toEqual([{ subject: String(made.body.version) }])
    const stale = await publish({})
    expect(stale).toMatchObject({ status: 409, body: { code: 'stale_version', version: made.body.version } })
    const next = await publish({ basedOn: made.body.version, note: '再改' })
    const history = await boss.get<{ items: PolicyView[] }>(
      '/escalation/policies/history?category=emergency&kind=fall&divisionCode=361125',
    )
    expect(history.body.items.map(({ version, note }) => [version, note])).toEqual([
      [next.body.version, '再改'],
      [made.body.version, '横峰先行'],
    ])
  })

  test('taken out of force again; the widest can not be', async () => {
    const current = (await policies()).find(({ kind }) => kind === 'fall')
    const scope = { category: 'emergency', kind: 'fall', divisionCode: '361125' }
    const gone = await boss.post('/escalation/policies/withdraw', { ...scope, note: '合并', basedOn: current?.version })
    expect(gone).toMatchObject({ status: 200, body: { policy: null } })
    expect((await policies()).some(({ kind }) => kind === 'fall')).toBe(false)
    const again = await boss.post('/escalation/policies/withdraw', {
      ...scope,
      note: '合并',
      basedOn: current?.version,
    })
    expect(again.status).toBe(409)
    const base = (await policies())[0]
    const widest = await boss.post('/escalation/policies/withdraw', {
      category: 'emergency',
      kind: null,
      divisionCode: null,
      note: 'x',
      basedOn: base?.version,
    })
    expect(widest).toMatchObject({ status: 400, body: { errors: [{ field: 'divisionCode' }] } })
  })

  test.each([
    ['the kind of another category', { kind: 'help' }, 'kind'],
    ['an unknown division', { divisionCode: '99' }, 'divisionCode'],
    [
      'steps in the wrong order',
      { policy: { ...policy, steps: [...policy.steps].reverse() } },
      'policy.steps.1.afterSeconds',
    ],
    ['no steps', { policy: { ...policy, steps: [] } }, 'policy.steps'],
    [
      'a target by a way that can not reach it',
      { policy: { ...policy, steps: [{ afterSeconds: 0, targets: [{ type: 'contacts' }], channels: ['desk'] }] } },
      'policy.steps.0.targets.0',
    ],
    ['no reason', { note: '  ' }, 'note'],
    [
      'too short an acknowledgement',
      { policy: { ...policy, acknowledgeForSeconds: 5 } },
      'policy.acknowledgeForSeconds',
    ],
  ])('refused: %s', async (_, over, field) => {
    const answer = await publish(over)
    expect(answer.status).toBe(400)
    expect((answer.body as unknown as { errors: { field: string }[] }).errors.map((one) => one.field)).toContain(field)
  })

  test('the simulation says what would happen now', async () => {
    const { body } = await boss.post<Simulation>('/escalation/simulate', { policy: { ...policy, rounds: 1 } })
    expect(
      body.steps.map(({ atSeconds, step, skipped, told }) => [
        atSeconds,
        step,
        skipped,
        told.map(({ channel }) => channel),
      ]),
    ).toEqual([
      [0, 1, false, ['desk']],
      [30, 2, false, ['desk']],
    ])
    expect(body.endsAtSeconds).toBe(30)
  })
})

describe('addresses', () => {
  test('read and written by supervisors, audited; a wrong one names the field', async () => {
    const { body } = await boss.get<Addresses>('/escalation/addresses')
    const me = body.users.find(({ displayName }) => displayName === '黄燕')
    expect(me).toMatchObject({ email: null, phone: null, onDuty: true })
    const write = (address: object, id = me?.userId) =>
      boss.send(`/escalation/addresses/users/${id}`, address, undefined, 'PUT')
    expect((await write({ email: 'not a mail', phone: null })).body).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ field: 'email' })]),
    })
    expect((await write({ email: null, phone: '12' })).status).toBe(400)
    expect((await write({ email: null, phone: null, language: 'fr' })).status).toBe(400)
    expect((await write({ email: 'boss@example.org', phone: '+86 13800000001' })).status).toBe(204)
    expect((await write({ email: null, phone: null }, '01959aaa-0000-7000-8000-0000deadbeef')).status).toBe(404)
    const group = await boss.send(
      '/escalation/addresses/groups/fire',
      { name: '消防站', email: null, phone: '0793-119119', language: 'en' },
      undefined,
      'PUT',
    )
    expect(group.status).toBe(204)
    const after = (await boss.get<Addresses>('/escalation/addresses')).body
    expect(after.users.find(({ userId }) => userId === me?.userId)).toMatchObject({
      email: 'boss@example.org',
      phone: '+86 13800000001',
      language: 'zh-CN',
    })
    expect(after.groups).toEqual([
      { groupId: 'fire', name: '消防站', email: null, phone: '0793-119119', language: 'en' },
    ])
    const { body: options } = await boss.get<EscalationOptions>('/escalation/options')
    expect(options.groups).toEqual([{ groupId: 'fire', name: '消防站' }])
    expect(options.areas.length).toBeGreaterThan(200)
    expect(options.channels).toContainEqual({ channel: 'sms', set: false })
    const lines = await query(
      app.database.url,
      "select action from audit where action like 'addresses.%' order by audit_id",
      [],
    )
    expect(lines.map(({ action }) => action)).toEqual([
      'addresses.read',
      'addresses.write',
      'addresses.write',
      'addresses.read',
    ])
  })
})

describe('live', () => {
  test('what runs, with what was told; the mark in the queue', async () => {
    const { db } = app.database.store
    await addResident(db, ['e1'])
    await commit(db, [event('e1', 'sos', app.clock.now())], app.clock.now())
    await app.tick()
    app.clock.advance(60_000)
    await app.tick()
    const { body } = await boss.get<List<RunningEscalation>>('/escalation/running?limit=1')
    expect(body.items).toMatchObject([
      { kind: 'sos', state: 'pending', step: 3, steps: 4, round: 1, rounds: 10, level: 2, acknowledgedBy: null },
    ])
    const { body: sent } = await boss.get<List<NotificationView>>('/notifications')
    expect(sent.items).toMatchObject([
      { channel: 'desk', recipient: { kind: 'desks' }, step: 2, round: 1, state: 'sent' },
    ])
    expect((await boss.get<List<NotificationView>>('/notifications?state=failed')).body.items).toEqual([])
    const { body: queue } = await boss.get<List<{ escalation: unknown; version: number }>>('/cases?state=open')
    expect(queue.items).toMatchObject([{ escalation: { level: 2, state: 'pending' }, version: 1 }])
  })

  test('every ten minutes it is looked at who could be reached; once for all nodes', async () => {
    const count = async () =>
      (await query(app.database.url, 'select count(*)::int as n from escalation_check', []))[0]?.n
    expect(await count()).toBe(1)
    app.clock.advance(8 * 60_000)
    await app.tick()
    expect(await count()).toBe(1)
    app.clock.advance(60_000)
    await Promise.all([app.tick(), app.tick()])
    expect(await count()).toBe(2)
    const { body } = await boss.get<CheckView>('/escalation/check')
    expect(body).toMatchObject({ onDuty: 1, at: new Date(app.clock.now()).toISOString() })
    expect(body.items.find(({ category }) => category === 'emergency')?.warnings).toContainEqual({
      code: 'channel_unset',
      step: 2,
      channel: 'sms',
      who: null,
    })
    // Nobody has been at a desk for an hour.
    app.clock.advance(13 * 3_600_000)
    await app.tick()
    const later = await app.signIn('huangyan')
    const { body: night } = await later.get<CheckView>('/escalation/check')
    expect(night.onDuty).toBe(0)
    expect(night.items.find(({ category }) => category === 'fault')?.warnings).toContainEqual({
      code: 'nobody_on_duty',
      step: null,
      channel: null,
      who: null,
    })
    const metrics = await (await fetch(`http://127.0.0.1:${app.httpPort}/metrics`)).text()
    expect(Number(/anhu_escalation_unreachable_steps (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(4)
  })
})
