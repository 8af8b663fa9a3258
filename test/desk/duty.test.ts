import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DutyLogLine, DutyStatus, DutyView, ProfileView } from '../../server/contract/desk.ts'
import { DUTY_STATUSES } from '../../server/contract/desk.ts'
import { decideStatus, isAway, isConnected } from '../../server/desk/duty.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { createTestDatabase } from '../support/database.ts'
import { query } from '../support/sql.ts'

describe('the table of statuses', () => {
  test('a shift begins with ready and ends from anywhere', () => {
    expect(DUTY_STATUSES.filter((to) => decideStatus('off', to) === 'change')).toEqual(['ready'])
    for (const from of DUTY_STATUSES) expect(decideStatus(from, 'off')).toBe(from === 'off' ? 'same' : 'change')
  })
  test('staying is no change, whatever the status', () => {
    fc.assert(
      fc.property(fc.constantFrom(...DUTY_STATUSES), fc.constantFrom(...DUTY_STATUSES), (from, to) => {
        expect(decideStatus(from, to) === 'same').toBe(from === to)
      }),
    )
  })
  test('away is whoever is on duty and has not been seen; presence is believed for ten seconds', () => {
    const seen = (status: DutyStatus, seenAt: number | null, goneAt: number | null = null) => ({
      status,
      seenAt,
      goneAt,
    })
    expect(isConnected(seen('ready', 0), 10_000)).toBe(true)
    expect(isConnected(seen('ready', 0), 10_001)).toBe(false)
    expect(isConnected(seen('ready', 0, 0), 0)).toBe(false)
    expect(isAway(seen('ready', 0), 60, 59_999)).toBe(false)
    expect(isAway(seen('ready', 0), 60, 60_000)).toBe(true)
    expect(isAway(seen('break', null), 60, 0)).toBe(true)
    expect(isAway(seen('off', null), 60, 1e9)).toBe(false)
  })
})

let app: TestApp
let limin: ApiClient
let huang: ApiClient
beforeAll(async () => {
  app = await startTestApp()
  limin = await app.signIn('limin')
  huang = await app.signIn('huangyan')
})
afterAll(() => app.destroy())

const put = <T>(client: ApiClient, path: string, body: unknown) => client.send<T>(path, body, 'application/json', 'PUT')
const status = (client: ApiClient, to: DutyStatus, reason?: string) =>
  client.post<DutyView>('/desk/status', { status: to, ...(reason ? { reason } : {}) })
async function row(name: string): Promise<DutyView> {
  const { body } = await huang.get<{ items: DutyView[] }>('/desk/duty')
  const found = body.items.find(({ displayName }) => displayName === name)
  if (!found) throw new Error(`${name} is not listed`)
  return found
}
const noted = () => new Promise((resolve) => setTimeout(resolve, 150))

describe('status', () => {
  test('signing on, changing, ending; every change has its line', async () => {
    expect(await row('李敏')).toMatchObject({ status: 'off', away: false, connected: false, inHand: 0 })
    expect((await status(limin, 'break')).body).toMatchObject({ code: 'wrong_state' })
    expect((await status(limin, 'ready')).body).toMatchObject({ status: 'ready' })
    expect((await status(limin, 'ready')).status).toBe(200)
    expect((await status(limin, 'busy', '整理记录')).body).toMatchObject({ status: 'busy' })
    expect((await status(limin, 'off')).body).toMatchObject({ status: 'off' })
    expect((await limin.get('/desk/duty/log')).status).toBe(403)
    const { body } = await huang.get<{ items: DutyLogLine[] }>('/desk/duty/log')
    expect(body.items.map((line) => [line.fromStatus, line.toStatus, line.actor, line.reason])).toEqual([
      ['busy', 'off', '李敏', null],
      ['ready', 'busy', '李敏', '整理记录'],
      ['off', 'ready', '李敏', null],
    ])
    await expect(query(app.database.url, 'delete from duty_log')).rejects.toThrow(/append-only/)
    await expect(app.database.store.pool.query('update duty_log set reason = null')).rejects.toMatchObject({
      code: '42501',
    })
  })

  test('an unknown status is refused by name', async () => {
    const { status: code, body } = await limin.post('/desk/status', { status: 'asleep' })
    expect(code).toBe(400)
    expect(JSON.stringify(body)).toContain('status')
  })
})

describe('presence', () => {
  test('a desk that is gone for a minute shows as away; after half an hour the shift is ended by the platform', async () => {
    const desk = await limin.desk()
    await status(limin, 'ready')
    await noted()
    expect(await row('李敏')).toMatchObject({ status: 'ready', connected: true, away: false })
    for (let n = 0; n < 40; n++) {
      app.clock.advance(3_000)
      await app.tick()
    }
    expect(await row('李敏')).toMatchObject({ connected: true, away: false })

    desk.disconnect()
    await expect.poll(async () => (await row('李敏')).connected).toBe(false)
    app.clock.advance(59_000)
    await app.tick()
    expect(await row('李敏')).toMatchObject({ away: false })
    app.clock.advance(1_000)
    expect(await row('李敏')).toMatchObject({ status: 'ready', away: true })

    app.clock.advance(29 * 60_000)
    await app.tick()
    expect(await row('李敏')).toMatchObject({ status: 'off', away: false })
    const { body } = await huang.get<{ items: DutyLogLine[] }>('/desk/duty/log?limit=1')
    expect(body.items[0]).toMatchObject({ fromStatus: 'ready', toStatus: 'off', actor: null, reason: 'away' })
  })

  test('of two desks the second one keeps her there', async () => {
    const [first, second] = [await limin.desk(), await limin.desk()]
    await status(limin, 'ready')
    first.disconnect()
    await noted()
    expect(await row('李敏')).toMatchObject({ connected: true })
    second.disconnect()
    await expect.poll(async () => (await row('李敏')).connected).toBe(false)
    await status(limin, 'off')
  })

  test('whoever signs out without ending the shift is away at once', async () => {
    const wang = await app.signIn('wangfang')
    const desk = await wang.desk()
    await status(wang, 'ready')
    await noted()
    desk.disconnect()
    await wang.send('/session', {}, 'application/json', 'DELETE')
    await expect.poll(async () => (await row('王芳')).away).toBe(true)
  })

  test('a muted desk shows, and when it was muted', async () => {
    expect((await limin.post('/desk/muted', { muted: true })).body).toMatchObject({ muted: true })
    await limin.post('/desk/muted', { muted: true })
    expect(await row('李敏')).toMatchObject({ muted: true })
    await limin.post('/desk/muted', { muted: false })
    const { body } = await huang.get<{ items: DutyLogLine[] }>('/desk/duty/log?limit=2')
    expect(body.items.map(({ action }) => action)).toEqual(['unmuted', 'muted'])
  })
})

describe('profiles', () => {
  let userId: string
  beforeEach(async () => {
    userId = (await limin.get<ProfileView>('/desk/profile')).body.userId
  })

  test('are set by supervisors, kept with their history and audited', async () => {
    const profile = { skills: ['emergency', 'help'], dialects: ['弋阳话'], areas: [] }
    expect((await limin.get<ProfileView>('/desk/profile')).body).toMatchObject({ version: 0, profile: { areas: [] } })
    expect((await put(limin, `/desk/profiles/${userId}`, { version: 0, profile })).status).toBe(403)
    expect((await limin.get('/desk/profiles')).status).toBe(403)
    const { body } = await put<ProfileView>(huang, `/desk/profiles/${userId}`, { version: 0, profile })
    expect(body).toMatchObject({ version: 1, profile, updatedBy: '黄燕' })
    expect((await put(huang, `/desk/profiles/${userId}`, { version: 0, profile })).body).toMatchObject({
      code: 'stale_version',
      version: 1,
    })
    const lines = await query(app.database.url, 'select skills, dialects from operator_profile_log')
    expect(lines).toEqual([{ skills: profile.skills, dialects: profile.dialects }])
    const audits = await query(app.database.url, "select subject from audit where action = 'desk.profile'")
    expect(audits).toEqual([{ subject: userId }])
    const { body: all } = await huang.get<{ items: ProfileView[] }>('/desk/profiles')
    expect(all.items.find((one) => one.userId === userId)?.profile).toEqual(profile)
  })

  test('areas that do not exist, no skill at all and unknown people are refused by name', async () => {
    const change = (profile: object, of = userId) => put(huang, `/desk/profiles/${of}`, { version: 1, profile })
    const whole = { skills: ['help'], dialects: [], areas: [] }
    expect((await change({ ...whole, areas: ['99'] })).body).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'profile.areas.0' }],
    })
    expect((await change({ ...whole, skills: [] })).status).toBe(400)
    expect((await change(whole, '00000000-0000-4000-8000-000000000000')).status).toBe(404)
  })
})

test('presence of two nodes: a desk on the other one counts', async () => {
  const database = await createTestDatabase()
  const nodes = [await startTestApp({ database, node: 'a' }), await startTestApp({ database, node: 'b' })] as const
  try {
    const [a, b] = await Promise.all(nodes.map((node) => node.signIn('limin')))
    if (!a || !b) throw new Error('nobody signed in')
    const desk = await a.desk()
    await b.desk()
    await status(a, 'ready')
    desk.disconnect()
    await noted()
    await nodes[1].tick()
    const { body } = await b.get<{ items: DutyView[] }>('/desk/duty')
    expect(body.items.find(({ displayName }) => displayName === '李敏')).toMatchObject({ connected: true, away: false })
  } finally {
    for (const node of nodes) await node.destroy()
    await database.drop()
  }
})
