import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { query } from '../support/sql.ts'
import { addTerminal, claimCase, openDesk, startCall, voiceOf } from '../support/voice.ts'

let app: TestApp
let admin: ApiClient
let limin: ApiClient
let supervisor: ApiClient
beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
  limin = await app.signIn('limin')
  supervisor = await app.signIn('huangyan')
})
afterAll(() => app?.destroy())

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
let numbers = 0

/** A call that has been taken. */
async function taken(notice: boolean): Promise<{ call: string; caseId: string; record: boolean }> {
  numbers += 1
  const terminal = await addTerminal(app, admin, `rt-${numbers}`)
  await app.tick()
  await terminal.press()
  const caseId = await claimCase(limin, terminal.residentId)
  const { body } = await startCall(limin, caseId)
  const call = body.call.callId
  const desk = await openDesk(limin)
  await desk.say({ call, type: 'offer', sdp: 'v=0' })
  await terminal.say({ call, type: 'connected', notice })
  await vi.waitFor(async () => expect((await voiceOf(limin, caseId)).calls[0]?.state).toBe('connected'))
  await limin.post(`/calls/${call}/end`, {})
  return { call, caseId, record: body.call.record }
}

const part = (who: ApiClient, call: string, number: number, bytes: Buffer, type = 'audio/webm;codecs=opus') =>
  who.send(`/calls/${call}/recording/${number}`, bytes, type)

test('nothing is recorded unless the city has decided so, and only an administrator decides', async () => {
  const { call, record } = await taken(true)
  expect(record).toBe(false)
  expect((await part(limin, call, 0, Buffer.from('sound'))).body).toMatchObject({ code: 'not_recorded' })
  const settings = { recording: 'with_notice', retentionDays: 90 }
  expect((await supervisor.send('/voice/settings', settings, 'application/json', 'PUT')).status).toBe(403)
  const wrong = await admin.send('/voice/settings', { ...settings, retentionDays: 3 }, 'application/json', 'PUT')
  expect(wrong.body).toMatchObject({ errors: [{ field: 'retentionDays' }] })
  expect((await admin.send('/voice/settings', settings, 'application/json', 'PUT')).body).toEqual(settings)
  expect((await limin.get('/voice/settings')).body).toEqual(settings)
})

test('nothing is kept of a call whose terminal did not give notice', async () => {
  const { call, record } = await taken(false)
  expect(record).toBe(true)
  expect((await part(limin, call, 0, Buffer.from('sound'))).body).toMatchObject({ code: 'not_recorded' })
})

test('parts are kept once, the whole is compared, and a supervisor listens with a reason', async () => {
  const { call, caseId } = await taken(true)
  const sound = [Buffer.alloc(300_000, 1), Buffer.alloc(20_000, 2), Buffer.from('end')]
  for (const [n, bytes] of sound.entries()) {
    expect(await part(limin, call, n, bytes)).toMatchObject({
      status: 201,
      body: { part: n, bytes: bytes.length, sha256: sha(bytes) },
    })
  }
  expect((await part(limin, call, 1, sound[1] ?? Buffer.alloc(0))).status).toBe(201)
  expect((await part(limin, call, 1, Buffer.from('other'))).body).toMatchObject({ code: 'already_exists' })
  expect((await part(supervisor, call, 3, Buffer.from('x'))).body).toMatchObject({ code: 'not_owner' })
  expect((await part(limin, call, 3, Buffer.from('x'), 'application/octet-stream')).status).toBe(415)
  expect((await part(limin, call, 3, Buffer.alloc(0))).status).toBe(400)
  expect((await part(limin, call, 3, Buffer.alloc(1024 * 1024 + 1))).status).toBe(413)
  expect((await part(limin, call, 2_000, Buffer.from('x'))).body).toMatchObject({ errors: [{ field: 'part' }] })
  const whole = Buffer.concat(sound)
  const finish = (parts: number, sha256: string) => limin.post(`/calls/${call}/recording/finish`, { parts, sha256 })
  expect((await finish(2, sha(whole))).body).toMatchObject({ code: 'recording_incomplete' })
  expect((await finish(3, sha(Buffer.from('other')))).body).toMatchObject({ code: 'recording_incomplete' })
  expect((await finish(3, sha(whole))).body).toMatchObject({
    recording: { parts: 3, bytes: whole.length, complete: true, sha256: sha(whole) },
  })
  expect((await finish(3, sha(whole))).status).toBe(200)

  const listen = (who: ApiClient, reason: string) =>
    fetch(`http://127.0.0.1:${app.httpPort}/api/v1/calls/${call}/recording/listen`, {
      method: 'POST',
      headers: { cookie: who.cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ reason }),
    })
  expect((await listen(limin, '想听')).status).toBe(403)
  expect((await listen(supervisor, ' ')).status).toBe(400)
  const heard = await listen(supervisor, '家属投诉')
  expect(heard.headers.get('content-type')).toBe('audio/webm')
  expect(sha(Buffer.from(await heard.arrayBuffer()))).toBe(sha(whole))
  const [line] = await query(app.database.url, "select subject, detail from audit where action = 'recording.listen'")
  expect(line).toEqual({ subject: call, detail: { reason: '家属投诉' } })
  expect((await voiceOf(limin, caseId)).calls[0]?.recording?.complete).toBe(true)
})

test('sound is deleted when its time is over, never earlier, and a mark stays', async () => {
  const { call, caseId } = await taken(true)
  await part(limin, call, 0, Buffer.from('old sound'))
  const attempt = (text: string) => app.store.pool.query(text)
  await expect(attempt('delete from voice_recording_part')).rejects.toMatchObject({ code: '42501' })
  await expect(attempt("update voice_recording_part set body = 'x'")).rejects.toMatchObject({ code: '42501' })
  await expect(attempt('delete from voice_call')).rejects.toMatchObject({ code: '42501' })
  await expect(attempt("select expire_recordings(now() - interval '29 days')")).rejects.toMatchObject({ code: '42501' })
  await query(app.database.url, "update voice_recording set begun_at = now() - interval '91 days' where call_id = $1", [
    call,
  ])
  const { rows } = await app.store.pool.query("select expire_recordings(now() - interval '90 days') as n")
  // By the database's clock, which no test moves, those of the tests before are old as well.
  expect(rows[0]?.n).toBeGreaterThanOrEqual(1)
  expect((await voiceOf(limin, caseId)).calls[0]?.recording).toMatchObject({ parts: 0, expired: true })
  const gone = await supervisor.post(`/calls/${call}/recording/listen`, { reason: '再听' })
  expect(gone.body).toMatchObject({ code: 'not_found' })
})
