import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addFile, detailOf, openCase } from '../support/case-file.ts'

let app: TestApp
let limin: ApiClient
let supervisor: ApiClient
/** The smallest PNG that decoders take: one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(60)])

beforeAll(async () => {
  app = await startTestApp()
  limin = await app.signIn('limin')
  supervisor = await app.signIn('huangyan')
})
afterAll(() => app.destroy())

const fetchPhoto = (residentId: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${app.httpPort}/api/v1/residents/${residentId}/photo`, {
    headers: { cookie: limin.cookie, ...headers },
  })

test('a photo is put in, shown, replaced and taken out; the history stays and readings are noted', async () => {
  const residentId = await addFile(app, 'ph1')
  const path = `/residents/${residentId}/photo`
  const caseId = await openCase(app, 'ph1', limin)
  expect((await fetchPhoto(residentId)).status).toBe(404)
  const first = await supervisor.send<{ photoId: string }>(path, PIXEL, 'image/png')
  expect(first.status).toBe(201)
  expect((await detailOf(limin, caseId)).resident?.photo?.photoId).toBe(first.body.photoId)
  const shown = await fetchPhoto(residentId)
  expect(shown.headers.get('content-type')).toBe('image/png')
  expect(shown.headers.get('cache-control')).toBe('private, no-store')
  expect(Buffer.from(await shown.arrayBuffer()).equals(PIXEL)).toBe(true)
  const etag = String(shown.headers.get('etag'))
  expect((await fetchPhoto(residentId, { 'if-none-match': etag })).status).toBe(304)

  app.clock.advance(1000)
  await supervisor.send(path, JPEG, 'image/jpeg')
  expect((await fetchPhoto(residentId, { 'if-none-match': etag })).status).toBe(200)
  app.clock.advance(1000)
  expect((await supervisor.send(path, {}, 'application/json', 'DELETE')).status).toBe(204)
  expect((await detailOf(limin, caseId)).resident?.photo).toBeNull()
  expect((await fetchPhoto(residentId)).status).toBe(404)
  expect((await supervisor.send(path, {}, 'application/json', 'DELETE')).status).toBe(404)

  const { db } = app.database.store
  const kept = await db
    .selectFrom('resident_photo')
    .select('media_type')
    .where('resident_id', '=', residentId)
    .orderBy('added_at')
    .execute()
  expect(kept.map(({ media_type }) => media_type)).toEqual(['image/png', 'image/jpeg', null])
  const audit = await db
    .selectFrom('audit')
    .select('action')
    .where('subject', '=', residentId)
    .where('action', 'like', 'photo.%')
    .orderBy('audit_id')
    .execute()
  expect(audit.map(({ action }) => action)).toEqual([
    'photo.add',
    'photo.read',
    'photo.read',
    'photo.add',
    'photo.read',
    'photo.remove',
  ])
  await expect(app.database.store.pool.query('delete from resident_photo')).rejects.toMatchObject({ code: '42501' })
})

test('what is no photo is refused with the reason, and nothing is kept', async () => {
  const residentId = await addFile(app, 'ph2')
  const path = `/residents/${residentId}/photo`
  const send = (body: Buffer, type: string) => supervisor.send<Record<string, unknown>>(path, body, type)
  expect(await send(Buffer.from('<svg onload="x"/>'), 'image/png')).toMatchObject({
    status: 415,
    body: { code: 'unsupported_media_type', detail: 'This is no JPEG, PNG or WebP picture.' },
  })
  expect(await send(JPEG, 'image/png')).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'content-type', message: 'is image/png, but the picture is image/jpeg' }] },
  })
  expect((await send(Buffer.alloc(0), 'image/png')).status).toBe(400)
  const large = Buffer.concat([JPEG, Buffer.alloc(300 * 1024)])
  expect(await send(large, 'image/jpeg')).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
  expect((await supervisor.post(path, { picture: 'x' })).body).toMatchObject({ errors: [{ field: 'body' }] })
  expect((await limin.send(path, PIXEL, 'image/png')).status).toBe(403)
  expect((await supervisor.send('/residents/nobody/photo', PIXEL, 'image/png')).status).toBe(404)
  const kept = await app.database.store.db
    .selectFrom('resident_photo')
    .select('photo_id')
    .where('resident_id', '=', residentId)
    .execute()
  expect(kept).toEqual([])
})
