import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Centre, MINUTE, SECOND } from './centre.ts'

let centre: Centre
let op: string
let boss: string
beforeEach(async () => {
  centre = await Centre.start()
  op = await centre.user('op', 'operator')
  boss = await centre.user('boss', 'supervisor', { phone: '13800000001', onDuty: false })
})
afterEach(() => centre.stop())

const DESK = { afterSeconds: 0, targets: [{ type: 'on_duty' as const }], channels: ['desk' as const] }
const SMS = {
  afterSeconds: 60,
  targets: [{ type: 'role' as const, role: 'supervisor' as const }],
  channels: ['sms' as const],
}
const CALL = {
  afterSeconds: 180,
  targets: [{ type: 'role' as const, role: 'supervisor' as const }],
  channels: ['voice' as const],
}
const paths = () => centre.posted.map(({ path }) => path)

test('nobody answers: desk, message, call, another round, and the end is not silence', async () => {
  await centre.policy([DESK, SMS, CALL])
  const one = await centre.press('d1')
  await centre.run()
  // The alarm's own event has told the desks.
  expect(await centre.log(one)).toEqual([])
  await centre.pass(59 * SECOND)
  expect(centre.posted).toEqual([])
  await centre.pass(1 * SECOND)
  expect(paths()).toEqual(['/sms'])
  expect(await centre.log(one)).toEqual(['escalated 2'])
  await centre.pass(2 * MINUTE)
  expect(paths()).toEqual(['/sms', '/call'])
  // 300 s after the last step of the round all begins again, and now the desks hear of it.
  await centre.pass(5 * MINUTE)
  expect(await centre.log(one)).toEqual(['escalated 2', 'escalated 3', 'escalated 1'])
  expect(centre.events.map(({ escalated }) => escalated)).toEqual([2, 3, 3])
  await centre.pass(3 * MINUTE)
  expect(paths()).toEqual(['/sms', '/call', '/sms', '/call'])
  expect((await centre.log(one)).at(-1)).toBe('escalation_exhausted')
  expect(await centre.escalation(one)).toMatchObject({ state: 'exhausted', due_at: null, level: 3 })
  await centre.pass(60 * MINUTE, MINUTE)
  expect(paths()).toHaveLength(4)
})

test("an operator's command is not refused because the case was just escalated", async () => {
  await centre.policy([DESK, SMS])
  const one = await centre.press('d1')
  const [before] = await centre.sql('select version from alarm_case where case_id = $1', [one])
  await centre.pass(61 * SECOND)
  expect(await centre.log(one)).toEqual(['escalated 2'])
  await centre.command(one, 'claim', op, { version: before?.version })
  // Desks were told all the same, with the version that the case has.
  expect(centre.events.find(({ escalated }) => escalated === 2)).toMatchObject({
    caseId: one,
    version: before?.version,
  })
})

describe('a claim', () => {
  test('stops what is pending and what waits to be sent, in its own transaction', async () => {
    await centre.policy([
      DESK,
      { ...CALL, afterSeconds: 60 },
      { ...CALL, afterSeconds: 120, targets: [{ type: 'contacts' }] },
    ])
    const one = await centre.press('d1')
    await centre.contact('d1', 1, '13900000001')
    await centre.contact('d1', 2, '13900000002')
    await centre.pass(121 * SECOND)
    expect(centre.posted.map(({ body }) => body.to)).toEqual(['13800000001', '13900000001'])
    expect(await centre.notifications(one)).toEqual([
      'voice sent',
      'voice sent',
      'voice queued',
      'voice queued',
      'voice queued',
    ])
    await centre.command(one, 'claim', op)
    expect(await centre.notifications(one)).toEqual([
      'voice sent',
      'voice sent',
      'voice cancelled',
      'voice cancelled',
      'voice cancelled',
    ])
    await centre.pass(5 * MINUTE)
    expect(centre.posted).toHaveLength(2)
    expect(await centre.escalation(one)).toMatchObject({ state: 'acknowledged', ack_by: op })
  })

  test('that is refused takes nothing back', async () => {
    await centre.policy([DESK, { ...CALL, afterSeconds: 0, targets: [{ type: 'contacts' }] }])
    const one = await centre.press('d1')
    await centre.contact('d1', 1, '13900000001')
    await centre.contact('d1', 2, '13900000002')
    await centre.run()
    await expect(centre.command(one, 'claim', op, { version: 99 })).rejects.toThrow()
    expect(await centre.notifications(one)).toEqual(['voice sent', 'voice queued', 'voice queued', 'voice queued'])
  })

  test('before the first look begins as acknowledged', async () => {
    await centre.policy([DESK, SMS])
    const one = await centre.press('d1')
    await centre.command(one, 'claim', op)
    await centre.pass(9 * MINUTE)
    expect(centre.posted).toEqual([])
    expect(await centre.escalation(one)).toMatchObject({ state: 'acknowledged', ack_by: op })
  })

  test('expires: without a word for the policy’s time it escalates again, logged', async () => {
    await centre.policy([DESK, SMS])
    const one = await centre.press('d1')
    await centre.command(one, 'claim', op)
    await centre.pass(10 * MINUTE + SECOND)
    expect(await centre.log(one)).toEqual(['acknowledgement_expired', 'escalated 1'])
    expect(await centre.escalation(one)).toMatchObject({ state: 'pending', expired: 1 })
    await centre.pass(MINUTE)
    expect(paths()).toEqual(['/sms'])
    // Somebody else's words don't stop it; its owner is there again with the first one.
    await centre.command(one, 'note', boss, { text: '打过电话' })
    expect(await centre.escalation(one)).toMatchObject({ state: 'pending' })
    await centre.command(one, 'note', op, { text: '联系上了' })
    expect(await centre.escalation(one)).toMatchObject({ state: 'acknowledged', ack_by: op })
  })

  test('a note or dispatch begins the time anew; a dispatch gives the longer one', async () => {
    await centre.policy([DESK, SMS])
    const one = await centre.press('d1')
    await centre.command(one, 'claim', op)
    await centre.pass(9 * MINUTE)
    await centre.command(one, 'note', op, { text: '无应答' })
    await centre.pass(9 * MINUTE)
    await centre.command(one, 'dispatch', op, { to: '网格员' })
    await centre.pass(59 * MINUTE, MINUTE)
    expect(await centre.log(one)).toEqual([])
    await centre.pass(2 * MINUTE)
    expect(await centre.log(one)).toContain('acknowledgement_expired')
  })

  test('taken over by a colleague is his', async () => {
    await centre.policy([DESK, SMS])
    const one = await centre.press('d1')
    await centre.command(one, 'claim', op)
    await centre.pass(10 * MINUTE + SECOND)
    const other = await centre.user('other', 'operator')
    await centre.command(one, 'claim', other, { takeover: true, reason: '他在通话' })
    await centre.pass(9 * MINUTE)
    expect(await centre.escalation(one)).toMatchObject({ state: 'acknowledged', ack_by: other })
    expect(centre.posted).toEqual([])
  })
})

test('a hold that runs out resumes at once; its owner’s return stops it', async () => {
  await centre.policy([DESK, SMS])
  const one = await centre.press('d1')
  await centre.command(one, 'claim', op)
  await centre.command(one, 'hold', op, { seconds: 60 })
  await centre.command(one, 'note', op, { text: '回拨家属' })
  await centre.pass(61 * SECOND)
  // hold_expired says it; the desks are told again, and a minute later the supervisor.
  expect(await centre.log(one)).toEqual(['escalated 1'])
  await centre.pass(61 * SECOND)
  expect(paths()).toEqual(['/sms'])
  await centre.command(one, 'note', op, { text: '家属十分钟后到' })
  expect(await centre.escalation(one)).toMatchObject({ state: 'acknowledged', held: false })
  await centre.pass(9 * MINUTE)
  expect(paths()).toEqual(['/sms'])
})

test('resolve and close end it; reopen begins again', async () => {
  await centre.policy([DESK, SMS])
  const one = await centre.press('d1')
  await centre.run()
  await centre.command(one, 'claim', op)
  await centre.command(one, 'resolve', op, { outcome: 'helped', reason: '已扶起', contact: 'made' })
  await centre.pass(30 * MINUTE, MINUTE)
  expect(await centre.escalation(one)).toMatchObject({ state: 'ended', due_at: null })
  await centre.command(one, 'reopen', op, { reason: '家属来电' })
  await centre.pass(59 * SECOND)
  expect(centre.posted).toEqual([])
  await centre.pass(2 * SECOND)
  expect(paths()).toEqual(['/sms'])
  expect(await centre.log(one)).toEqual(['escalated 2'])
})

test('steps with nobody are skipped at once, and logged', async () => {
  await centre.signOut(op)
  await centre.policy([DESK, { ...SMS, channels: ['email'] }, { ...CALL }])
  const one = await centre.press('d1')
  await centre.run()
  expect(await centre.log(one)).toEqual([
    'escalation_skipped 1 unreachable',
    'escalation_skipped 2 unreachable',
    'escalated 3',
  ])
  expect(paths()).toEqual(['/call'])
})

test('an outage of hours does not end in a burst, and months later nobody is called for nothing', async () => {
  await centre.policy([DESK, SMS, CALL])
  const one = await centre.press('d1')
  await centre.run()
  centre.clock.advance(5 * 3_600_000)
  centre.restart()
  await centre.run()
  expect(paths()).toEqual(['/call'])
  expect(await centre.log(one)).toEqual(['escalation_skipped 2 missed', 'escalated 3'])
  await centre.run()
  expect(paths()).toEqual(['/call'])
  await centre.command(one, 'claim', op)
  await centre.command(one, 'resolve', op, { outcome: 'helped', reason: '已扶起', contact: 'made' })
  await centre.command(one, 'close', op)
  await centre.command(one, 'note', op, { text: '补记' })
  centre.clock.advance(90 * 86_400_000)
  await centre.run()
  expect(paths()).toEqual(['/call'])
})

test('messages that waited through an outage are given up, not sent hours late', async () => {
  await centre.policy([DESK, { ...CALL, afterSeconds: 0, targets: [{ type: 'contacts' }] }], { rounds: 1 })
  const one = await centre.press('d1')
  await centre.contact('d1', 1, '13900000001')
  await centre.run()
  centre.clock.advance(5 * 3_600_000)
  await centre.run()
  expect(await centre.notifications(one)).toEqual(['voice sent', 'voice failed too_late'])
  expect(paths()).toEqual(['/call'])
})

test('a restart between any two steps loses and repeats nothing', async () => {
  await centre.policy([DESK, SMS, CALL])
  await centre.press('d1')
  for (let n = 0; n < 40; n++) {
    centre.restart()
    await centre.pass(5 * SECOND)
  }
  expect(paths()).toEqual(['/sms', '/call'])
})

test('two nodes at the same moment never tell twice', async () => {
  await centre.policy([DESK, SMS, CALL])
  const nodes = [centre.node(), centre.node()]
  const cases = []
  for (let n = 0; n < 12; n++) cases.push(await centre.press(`d${n}`))
  for (let n = 0; n < 40; n++) {
    centre.clock.advance(5 * SECOND)
    await Promise.all(nodes.map((node) => node.run()))
  }
  expect(paths().filter((path) => path === '/sms')).toHaveLength(12)
  expect(paths().filter((path) => path === '/call')).toHaveLength(12)
  for (const one of cases) expect(await centre.log(one)).toEqual(['escalated 2', 'escalated 3'])
})

test('what is on test does not escalate until it is told aloud, and then counts from there', async () => {
  await centre.policy([DESK, SMS])
  await centre.press('seed')
  await centre.sql(
    `insert into suppression (suppression_id, scope, scope_id, kind, reason, author_id, from_at, until_at)
     values (gen_random_uuid(), 'device', 'd1', 'on_test', 'x', $1, $2, $3)`,
    [op, new Date(centre.clock.now()), new Date(centre.clock.now() + 30 * MINUTE)],
  )
  const one = await centre.press('d1')
  await centre.pass(20 * MINUTE, MINUTE)
  expect(await centre.escalation(one)).toBeUndefined()
  centre.clock.advance(15 * MINUTE)
  centre.posted.length = 0
  // Another press after the test's end makes it loud.
  await centre.press('d1')
  await centre.pass(59 * SECOND)
  expect(await centre.log(one)).toEqual([])
  await centre.pass(2 * SECOND)
  expect(await centre.log(one)).toEqual(['escalated 2'])
})

test('a call for help that becomes an emergency follows the emergency’s policy at once', async () => {
  await centre.policy([{ ...SMS, afterSeconds: 0 }])
  const one = await centre.press('d1', 'help')
  await centre.pass(30 * SECOND)
  expect(centre.posted).toEqual([])
  await centre.press('d1', 'sos')
  await centre.run()
  expect(await centre.log(one)).toEqual(['escalated 1'])
  expect(paths()).toEqual(['/sms'])
})

test('a policy that is published meanwhile is for later cases', async () => {
  await centre.policy([DESK, SMS])
  await centre.press('d1')
  await centre.run()
  await centre.policy([DESK, CALL])
  await centre.press('d2')
  await centre.pass(4 * MINUTE)
  expect(paths().toSorted()).toEqual(['/call', '/sms'])
})

test('the supervisor who is called is the one who has an address', async () => {
  await centre.user('night', 'supervisor', { onDuty: false })
  await centre.policy([DESK, SMS])
  const one = await centre.press('d1')
  await centre.pass(61 * SECOND)
  const [sent] = await centre.sql('select recipient_id, text from notification where case_id = $1', [one])
  expect(sent?.recipient_id).toBe(boss)
  expect(String(sent?.text)).not.toContain('周桂兰')
})
