import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, apiClient, connectDevice, startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let admin: ApiClient
let base: string

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  base = `http://127.0.0.1:${app.httpPort}`
})
afterAll(() => app.destroy())

describe('sessions', () => {
  test('a wrong password and an unknown name get the same answer', async () => {
    const nobody = apiClient(base, '')
    const wrong = await nobody.post('/session', { username: 'limin', password: 'nope' })
    const unknown = await nobody.post('/session', { username: 'ghost', password: 'nope' })
    expect(wrong).toMatchObject({
      status: 401,
      body: { code: 'wrong_credentials', type: 'urn:anhu:error:wrong_credentials' },
    })
    expect(unknown.body).toEqual(wrong.body)
  })

  test('the cookie is closed to scripts and other sites; the database holds a hash only', async () => {
    const { headers } = await apiClient(base, '').post('/session', {
      username: 'limin',
      password: 'correct-horse-battery',
    })
    const cookie = headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
    const token = /anhu_session=([^;]+)/.exec(cookie)?.[1] ?? ''
    const rows = await app.database.store.db.selectFrom('session').select('token_hash').execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every((row) => !row.token_hash.toString().includes(token))).toBe(true)
  })

  test('signing out ends the session, and time does', async () => {
    const limin = await app.signIn('limin')
    expect((await limin.get('/session')).body).toMatchObject({ username: 'limin', role: 'operator', demo: false })
    const out = await fetch(`${base}/api/v1/session`, { method: 'DELETE', headers: { cookie: limin.cookie } })
    expect(out.status).toBe(204)
    expect((await limin.get('/session')).status).toBe(401)
    const wangfang = await app.signIn('wangfang')
    app.clock.advance(12 * 3_600_000 + 1)
    expect((await wangfang.get('/session')).body).toMatchObject({ code: 'not_signed_in' })
    await app.tick()
    admin = await app.signIn('admin')
  })

  test('guessing is slowed down', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 25; n++)
      statuses.push((await apiClient(base, '').post('/session', { username: 'x', password: 'y' })).status)
    expect(statuses.at(-1)).toBe(429)
  })
})

describe('devices', () => {
  test('a secret is shown once and kept as argon2id; the same id again is refused by name', async () => {
    const made = await admin.post<{ secret: string }>('/devices', {
      deviceId: 'api-1',
      kind: 'sos_button',
      protocol: 'native',
      residentId: null,
    })
    expect(made.status).toBe(201)
    const row = await app.database.store.db
      .selectFrom('device')
      .selectAll()
      .where('device_id', '=', 'api-1')
      .executeTakeFirstOrThrow()
    expect(row.secret_hash).toMatch(/^\$argon2id\$/)
    expect(JSON.stringify(row)).not.toContain(made.body.secret)
    const again = await admin.post('/devices', { deviceId: 'api-1', kind: 'sos_button', protocol: 'native' })
    expect(again).toMatchObject({ status: 409, body: { code: 'already_exists', errors: [{ field: 'deviceId' }] } })
  })

  test.each([
    [{ deviceId: 'a/b', kind: 'k', protocol: 'native' }, 'deviceId'],
    [{ deviceId: 'ok', kind: 'k', protocol: 'smoke signals' }, 'protocol'],
    [{ deviceId: 'ok', protocol: 'native' }, 'kind'],
    [{ deviceId: 'ok', kind: 'k', protocol: 'native', residentId: 'nobody' }, 'residentId'],
  ])('a wrong field is named: %o', async (body, field) => {
    const answer = await admin.post<{ errors: { field: string }[] }>('/devices', body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((error) => error.field)).toContain(field)
  })

  test('pages follow on from each other without gaps or repeats', async () => {
    for (let n = 0; n < 7; n++) await admin.post('/devices', { deviceId: `page-${n}`, kind: 'k', protocol: 'native' })
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await admin.get<{ items: { deviceId: string }[]; nextCursor: string | null }>(
        `/devices?limit=3${cursor}`,
      )
      seen.push(...body.items.map((item) => item.deviceId))
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(Array.from({ length: 7 }, (_, n) => `page-${n}`)))
    expect(await admin.get('/devices?cursor=xyz')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'cursor' }] },
    })
  })
})

describe('telemetry and dead letters', () => {
  test('telemetry comes back raw and in windows, presence with it', async () => {
    const device = await connectDevice(app, admin, 'watch-1', null)
    const t0 = Math.floor((app.clock.now() - 3_600_000) / 600_000) * 600_000
    const samples = [70, 74, 90].map((hr, n) => ({ ts: t0 + n * 300_000, hr, battery: 81 }))
    await device.publishAsync('care/v1/watch-1/telemetry', JSON.stringify(samples), { qos: 1 })
    const range = `from=${new Date(t0).toISOString()}&to=${new Date(t0 + 900_000).toISOString()}`
    const raw = await admin.get<{ items: unknown[] }>(`/devices/watch-1/telemetry?field=hr&${range}`)
    expect(raw.body.items).toMatchObject([{ value: 70, count: 1 }, { value: 74 }, { value: 90 }])
    const epoch = await admin.get<{ items: unknown[] }>(
      `/devices/watch-1/telemetry?field=hr&from=${t0}&to=${t0 + 900_000}`,
    )
    expect(epoch.body).toEqual(raw.body)
    const windows = await admin.get<{ items: unknown[] }>(`/devices/watch-1/telemetry?field=hr&every=10m&${range}`)
    expect(windows.body).toMatchObject({
      every: '10m',
      items: [
        { ts: new Date(t0).toISOString(), value: 72, min: 70, max: 74, count: 2 },
        { value: 90, min: 90, max: 90, count: 1 },
      ],
    })
    await app.tick()
    const { body } = await admin.get<{ items: { deviceId: string }[] }>('/devices')
    expect(body.items.find((item) => item.deviceId === 'watch-1')).toMatchObject({
      online: true,
      battery: 81,
      lastSeenAt: new Date(app.clock.now()).toISOString(),
    })
    await device.endAsync()
    await expect
      .poll(async () => {
        await app.tick()
        const { items } = (await admin.get<{ items: { deviceId: string; online: boolean }[] }>('/devices')).body
        return items.find((item) => item.deviceId === 'watch-1')?.online
      })
      .toBe(false)
  })

  test.each([
    ['field=h-r', 'field'],
    ['field=hr&every=7w', 'every'],
    ['field=hr&from=yesterday', 'from'],
    ['field=hr&from=2026-02-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
    ['field=hr&every=1s&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z', 'every'],
  ])('a wrong range is named: %s', async (query, field) => {
    const answer = await admin.get<{ errors: { field: string }[] }>(`/devices/watch-1/telemetry?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0]?.field).toBe(field)
  })

  test('what can not be read is acknowledged, shown to administrators, and an alarm all the same', async () => {
    const device = await connectDevice(app, admin, 'broken-1', null)
    await device.publishAsync('care/v1/broken-1/event', '{"id":"1","type":"so', { qos: 1 })
    await device.endAsync()
    const { body } = await admin.get<{ items: unknown[] }>('/dead-letters')
    expect(body.items[0]).toMatchObject({
      deviceId: 'broken-1',
      reason: 'invalid_json',
      text: '{"id":"1","type":"so',
      bytes: 20,
    })
    const cases = await admin.get<{ items: { deviceId: string }[] }>('/cases?state=open')
    expect(cases.body.items.find((item) => item.deviceId === 'broken-1')).toMatchObject({
      kind: 'unreadable',
      category: 'emergency',
    })
    const metrics = await (await fetch(`${base}/metrics`)).text()
    expect(metrics).toMatch(/anhu_dead_letters_total\{reason="invalid_json"\} 1/)
    expect(metrics).not.toContain('broken-1')
  })
})

describe('around it', () => {
  test('health, readiness by name, metrics and the API document', async () => {
    expect(await (await fetch(`${base}/healthz`)).json()).toEqual({ ok: true })
    const ready = await fetch(`${base}/readyz`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({
      ok: true,
      checks: {
        database: { ok: true },
        intake: { ok: true, waiting: 0 },
        telemetry: { engine: 'postgres', mode: 'direct' },
        gateway: { ok: true },
      },
    })
    const document = (await (await fetch(`${base}/api/docs/json`)).json()) as { paths: Record<string, object> }
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/session',
        '/api/v1/cases/{caseId}/claim',
        '/api/v1/devices/{deviceId}/telemetry',
        '/readyz',
      ]),
    )
    const page = await fetch(`${base}/api/docs`)
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('unknown addresses, broken JSON, wrong types and large bodies are problems with a code', async () => {
    const post = (body: string, type = 'application/json') =>
      fetch(`${base}/api/v1/residents`, {
        method: 'POST',
        headers: { cookie: admin.cookie, 'content-type': type },
        body,
      })
    const codes = []
    for (const response of [
      await fetch(`${base}/api/v1/nothing`),
      await post('{'),
      await post('x', 'text/plain'),
      await post(`{"name":"${'x'.repeat(300_000)}"}`),
    ]) {
      expect(response.headers.get('content-type')).toContain('application/problem+json')
      codes.push(((await response.json()) as { code: string }).code)
    }
    expect(codes).toEqual(['not_found', 'invalid_request', 'unsupported_media_type', 'payload_too_large'])
    expect(await admin.get('/cases/not-a-uuid')).toMatchObject({ status: 400 })
    expect(await admin.get('/cases/01980000-0000-7000-8000-000000000000')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
  })

  test('a desk without a session is not let in; one whose session was ended is cut off', async () => {
    await expect(apiClient(base, 'anhu_session=wrong').desk()).rejects.toThrow('not_signed_in')
    const desk = await admin.desk()
    await app.database.store.db.deleteFrom('session').execute()
    await app.tick()
    await expect.poll(() => desk.connected).toBe(false)
  })
})
