import { afterEach, beforeEach, expect, test } from 'vitest'
import { RETRY_AFTER_MS } from '../../server/notify/worker.ts'
import { Centre, MINUTE, SECOND } from '../escalation/centre.ts'

let centre: Centre
let op: string
let one: string
const CALL = {
  afterSeconds: 0,
  targets: [{ type: 'role' as const, role: 'supervisor' as const }],
  channels: ['voice' as const],
}
beforeEach(async () => {
  centre = await Centre.start()
  op = await centre.user('op', 'operator')
  await centre.user('boss', 'supervisor', { phone: '13800000001', onDuty: false })
  await centre.policy([CALL], { rounds: 1 })
  one = await centre.press('d1')
})
afterEach(() => centre.stop())

test('a carrier that is away is asked again, later and later, then it has failed where everybody can see it', async () => {
  centre.status = 503
  await centre.run()
  expect(await centre.notifications(one)).toEqual(['voice queued unavailable'])
  for (const [n, wait] of RETRY_AFTER_MS.entries()) {
    await centre.pass(wait - SECOND, wait - SECOND)
    expect(centre.posted).toHaveLength(n + 1)
    await centre.pass(SECOND)
  }
  expect(await centre.notifications(one)).toEqual(['voice failed unavailable'])
  await centre.pass(60 * MINUTE, MINUTE)
  expect(centre.posted).toHaveLength(RETRY_AFTER_MS.length + 1)
})

test('back in time, it takes the message, and the error is gone', async () => {
  centre.status = 503
  await centre.run()
  centre.status = 202
  await centre.pass(5 * SECOND)
  expect(await centre.notifications(one)).toEqual(['voice sent'])
  expect(new Set(centre.posted.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
})

test('what a carrier refuses is not sent again', async () => {
  centre.status = 400
  await centre.run()
  expect(await centre.notifications(one)).toEqual(['voice failed refused'])
  await centre.pass(10 * MINUTE, MINUTE)
  expect(centre.posted).toHaveLength(1)
})

test('a number that was taken away meanwhile is told as a failure, without asking the carrier', async () => {
  const two = await centre.press('d2')
  centre.status = 503
  await centre.run()
  await centre.sql('update user_address set phone = null')
  await centre.pass(5 * SECOND)
  expect(await centre.notifications(two)).toEqual(['voice failed no_address'])
})

test('what a killed node had taken is sent by another one after a minute', async () => {
  await centre.run()
  const two = await centre.press('d2')
  // As a node leaves it that took the message and died.
  await centre.sql(
    `insert into notification (notification_id, case_id, policy_version, step, round, channel, recipient_kind, recipient_id,
       state, attempts, created_at, due_at, expires_at)
     select gen_random_uuid(), $1, policy_version, 0, 0, 'voice', recipient_kind, recipient_id, 'queued', 1, created_at,
       created_at + interval '1 min', expires_at from notification limit 1`,
    [two],
  )
  await centre.sql(
    `insert into escalation select $1::uuid, policy_version, 'acknowledged', 0, 0, base_at, null, null, null, false, 0, null, 0,
       kind, category, priority from escalation limit 1`,
    [two],
  )
  const before = centre.posted.length
  await centre.pass(59 * SECOND, 59 * SECOND)
  expect(centre.posted).toHaveLength(before)
  await centre.pass(SECOND)
  expect(centre.posted).toHaveLength(before + 1)
})

test('a claim while a message waits for its next attempt takes it back', async () => {
  centre.status = 503
  await centre.run()
  await centre.command(one, 'claim', op)
  centre.status = 202
  await centre.pass(MINUTE)
  expect(await centre.notifications(one)).toEqual(['voice cancelled unavailable'])
  expect(centre.posted).toHaveLength(1)
})

test('who has chosen English is told in English, from the next message on', async () => {
  await centre.run()
  expect(centre.posted.at(-1)?.body.text).toMatch(/^安护警情 [0-9A-F]{6}：SOS 求救/)
  await centre.sql("update user_address set language = 'en'")
  await centre.press('d2')
  await centre.run()
  expect(centre.posted).toHaveLength(2)
  expect(centre.posted.at(-1)?.body.text).toMatch(/^Anhu case [0-9A-F]{6}: SOS, .* without answer/)
})
