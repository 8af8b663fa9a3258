import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UserView } from '../../server/contract/api.ts'
import { type ApiClient, apiClient, PASSWORD, startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let admin: ApiClient
let base: string

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  base = `http://127.0.0.1:${app.httpPort}`
})
afterAll(() => app.destroy())

interface Made {
  userId: string
  username: string
  password: string
}

async function make(username: string, role: 'operator' | 'admin' = 'operator'): Promise<Made> {
  const { status, body } = await admin.post<Made>('/users', { username, displayName: '陈静', role })
  expect(status).toBe(201)
  return body
}

const signIn = (username: string, password: string) => apiClient(base, '').post('/session', { username, password })

async function clientOf(username: string, password: string): Promise<ApiClient> {
  const { status, headers } = await signIn(username, password)
  expect(status).toBe(200)
  return apiClient(base, headers.get('set-cookie')?.split(';')[0] ?? '')
}

const users = async () => (await admin.get<{ items: UserView[] }>('/users?limit=500')).body.items
const userId = async (username: string) => (await users()).find((user) => user.username === username)?.userId ?? ''

/** What was noted about an account, oldest first. */
const audited = (subject: string) =>
  app.database.store.db
    .selectFrom('audit')
    .select(['user_id', 'action', 'detail'])
    .where('subject', '=', subject)
    .where('action', 'like', 'user.%')
    .orderBy('audit_id')
    .execute()

describe('an account', () => {
  test('is made, works, is disabled at once with its desk, and works again when enabled', async () => {
    const made = await make('chenjing')
    expect(made.password).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/)
    const operator = await clientOf('chenjing', made.password)
    expect((await operator.get('/session')).body).toMatchObject({ username: 'chenjing', role: 'operator' })
    const desk = await operator.desk()
    const others = await admin.desk()

    const disabled = await admin.post<UserView>(`/users/${made.userId}/disable`, {})
    expect(disabled).toMatchObject({ status: 200, body: { username: 'chenjing', enabled: false } })
    expect(await operator.get('/session')).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
    await app.tick()
    await expect.poll(() => desk.connected).toBe(false)
    expect(others.connected).toBe(true)
    expect(await signIn('chenjing', made.password)).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })

    expect(await admin.post(`/users/${made.userId}/enable`, {})).toMatchObject({ body: { enabled: true } })
    expect((await operator.get('/session')).status).toBe(401)
    expect((await signIn('chenjing', made.password)).status).toBe(200)

    const notes = await audited(made.userId)
    expect(notes.map((note) => note.action)).toEqual(['user.create', 'user.disable', 'user.enable'])
    const adminId = await userId('admin')
    expect(notes.every((note) => note.user_id === adminId)).toBe(true)
    expect(JSON.stringify(notes)).not.toMatch(/chenjing|陈静/)
  })

  test('its password is kept as argon2id alone, and never listed', async () => {
    const made = await make('hash-only')
    const row = await app.database.store.db
      .selectFrom('app_user')
      .selectAll()
      .where('user_id', '=', made.userId)
      .executeTakeFirstOrThrow()
    expect(row.password_hash).toMatch(/^\$argon2id\$/)
    expect(JSON.stringify(row)).not.toContain(made.password)
    const listed = (await users()).find((user) => user.userId === made.userId)
    expect(listed).toEqual({
      userId: made.userId,
      username: 'hash-only',
      displayName: '陈静',
      role: 'operator',
      enabled: true,
      createdAt: new Date(app.clock.now()).toISOString(),
    })
  })

  test('a reset password ends the sessions and replaces the old one', async () => {
    const made = await make('liuyang')
    const operator = await clientOf('liuyang', made.password)
    const reset = await admin.post<{ password: string }>(`/users/${made.userId}/password`, {})
    expect(reset.status).toBe(200)
    expect(reset.body.password).not.toBe(made.password)
    expect((await operator.get('/session')).status).toBe(401)
    expect((await signIn('liuyang', made.password)).status).toBe(401)
    expect((await signIn('liuyang', reset.body.password)).status).toBe(200)
    expect((await audited(made.userId)).at(-1)?.action).toBe('user.reset_password')
  })

  test('a name is taken once; pages follow on from each other', async () => {
    const again = await admin.post('/users', { username: 'limin', displayName: '李敏', role: 'operator' })
    expect(again).toMatchObject({ status: 409, body: { code: 'already_exists', errors: [{ field: 'username' }] } })
    const all = (await users()).map((user) => user.username)
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await admin.get<{ items: UserView[]; nextCursor: string | null }>(`/users?limit=2${cursor}`)
      seen.push(...body.items.map((user) => user.username))
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')
    expect(seen).toEqual(all)
    expect(seen).toEqual(expect.arrayContaining(['admin', 'limin', 'wangfang']))
  })

  test.each([
    [{ username: 'Chen', displayName: 'C', role: 'operator' }, 'username'],
    [{ username: 'c', displayName: 'C', role: 'operator' }, 'username'],
    [{ username: `c${'h'.repeat(32)}`, displayName: 'C', role: 'operator' }, 'username'],
    [{ username: '9lives', displayName: 'C', role: 'operator' }, 'username'],
    [{ username: 'chen', displayName: '  ', role: 'operator' }, 'displayName'],
    [{ username: 'chen', role: 'operator' }, 'displayName'],
    [{ username: 'chen', displayName: 'C', role: 'root' }, 'role'],
  ])('a wrong field is named: %o', async (body, field) => {
    const answer = await admin.post<{ errors: { field: string }[] }>('/users', body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((error) => error.field)).toContain(field)
  })

  test.each(['password', 'disable', 'enable'])('one that is not there is not found: %s', async (command) => {
    const nobody = await admin.post(`/users/01980000-0000-7000-8000-000000000000/${command}`, {})
    expect(nobody).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await admin.post(`/users/limin/${command}`, {})).status).toBe(400)
  })
})

describe('who may', () => {
  test('operators manage no accounts, nobody without a session does anything', async () => {
    const limin = await app.signIn('limin')
    const target = await userId('wangfang')
    const before = await users()
    for (const [caller, status, code] of [
      [limin, 403, 'forbidden'],
      [apiClient(base, ''), 401, 'not_signed_in'],
    ] as const) {
      const answers = [
        await caller.get('/users'),
        await caller.post('/users', { username: 'sneaked', displayName: 'S', role: 'admin' }),
        await caller.post(`/users/${target}/password`, {}),
        await caller.post(`/users/${target}/disable`, {}),
        await caller.post(`/users/${target}/enable`, {}),
      ]
      for (const answer of answers) expect(answer).toMatchObject({ status, body: { code } })
    }
    const change = await apiClient(base, '').post('/session/password', {
      current: PASSWORD,
      password: 'a-new-password',
    })
    expect(change.status).toBe(401)
    expect(await users()).toEqual(before)
  })

  test('the last administrator stays, nobody disables himself, and two do not disable each other', async () => {
    const self = await userId('admin')
    expect(await admin.post(`/users/${self}/disable`, {})).toMatchObject({ status: 409, body: { code: 'last_admin' } })
    const made = await make('second', 'admin')
    const second = await clientOf('second', made.password)
    expect(await admin.post(`/users/${self}/disable`, {})).toMatchObject({ status: 409, body: { code: 'own_account' } })
    expect((await admin.get('/session')).status).toBe(200)

    const answers = await Promise.all([
      admin.post(`/users/${made.userId}/disable`, {}),
      second.post(`/users/${self}/disable`, {}),
    ])
    const statuses = answers.map((answer) => answer.status).toSorted()
    expect(statuses[0]).toBe(200)
    // The slower one met the lock, or has no session any more.
    expect([401, 409]).toContain(statuses[1])
    const enabled = await app.database.store.db
      .selectFrom('app_user')
      .select('username')
      .where('role', '=', 'admin')
      .where('enabled', '=', true)
      .execute()
    expect(enabled).toHaveLength(1)
    // Whoever won, `admin` is needed below.
    if (enabled[0]?.username === 'second') await second.post(`/users/${self}/enable`, {})
    admin = await app.signIn('admin')
  })
})

describe('the own password', () => {
  test('is changed with the current one; this session stays, the others and their desks end', async () => {
    const made = await make('zhaolei')
    const here = await clientOf('zhaolei', made.password)
    const there = await clientOf('zhaolei', made.password)
    const deskHere = await here.desk()
    const deskThere = await there.desk()
    const change = await here.post('/session/password', { current: made.password, password: '新密码 long enough' })
    expect(change).toMatchObject({ status: 204, body: {} })
    expect((await here.get('/session')).status).toBe(200)
    expect((await there.get('/session')).status).toBe(401)
    await app.tick()
    await expect.poll(() => deskThere.connected).toBe(false)
    expect(deskHere.connected).toBe(true)
    expect((await signIn('zhaolei', made.password)).status).toBe(401)
    expect((await signIn('zhaolei', '新密码 long enough')).status).toBe(200)
    expect((await audited(made.userId)).at(-1)).toMatchObject({ user_id: made.userId, action: 'user.change_password' })
    expect((await app.signIn('limin')).cookie).not.toBe('')
  })

  test('a wrong current or a short new one is named and changes nothing; guessing is slowed down', async () => {
    const wangfang = await app.signIn('wangfang')
    expect(await wangfang.post('/session/password', { current: PASSWORD, password: 'too-short' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field: 'password' }] },
    })
    const guess = () => wangfang.post('/session/password', { current: 'a-guess', password: 'a-new-password' })
    expect(await guess()).toMatchObject({
      status: 401,
      body: { code: 'wrong_credentials', errors: [{ field: 'current' }] },
    })
    expect((await wangfang.get('/session')).status).toBe(200)
    expect((await signIn('wangfang', PASSWORD)).status).toBe(200)
    const statuses: number[] = []
    for (let n = 0; n < 10; n++) statuses.push((await guess()).status)
    expect(statuses.at(-1)).toBe(429)
    expect((await wangfang.get('/session')).status).toBe(200)
  })
})
