import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import writeXlsxFile from 'write-excel-file/node'
import type { ImportAnswer } from '../../server/contract/device.ts'
import { type ApiClient, startTestApp, type TestApp } from '../support/app.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
let app: TestApp
let admin: ApiClient

beforeAll(async () => {
  app = await startTestApp()
  admin = await app.signIn('admin')
})
afterAll(() => app.destroy())

const list = (...rows: string[]) => ['deviceId,kind,protocol,hubId,address', ...rows].join('\r\n')
const send = (body: string | Buffer, query = '', type = 'text/csv') =>
  admin.send<ImportAnswer>(`/devices/import${query}`, body, type)
const count = async () =>
  (
    await app.database.store.db
      .selectFrom('device')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
  ).n

describe('a list', () => {
  test('is checked, then written, then known; the secrets work', async () => {
    const csv = list('home-1,hub,zigbee2mqtt,,', 'home-1-sos,SOS按钮,,home-1,卫生间')
    const before = await count()
    expect(await send(csv, '?dryRun=true')).toMatchObject({
      status: 200,
      body: { dryRun: true, rows: 2, created: [], problems: [] },
    })
    expect(await count()).toBe(before)
    const { status, body } = await send(csv)
    expect(status).toBe(201)
    expect(body).toEqual({
      dryRun: false,
      rows: 2,
      created: [
        { deviceId: 'home-1', secret: expect.stringMatching(/^[\w-]{32}$/) },
        { deviceId: 'home-1-sos', secret: null },
      ],
      problems: [],
    })
    expect(await count()).toBe(before + 2)
    const audit = await app.database.store.db
      .selectFrom('audit')
      .select(['user_id', 'detail'])
      .where('action', '=', 'device.import')
      .execute()
    expect(audit).toEqual([{ user_id: expect.any(String), detail: { devices: 2 } }])
  })

  test('with one wrong row is not written at all', async () => {
    const before = await count()
    const answer = await send(list('good-1,sos_button,native,,', 'bad,sos_button,native,,', 'bad,sos_button,native,,'))
    expect(answer).toMatchObject({
      status: 200,
      body: { created: [], rows: 3, problems: [{ row: 4, column: 'deviceId', message: 'is in row 3 as well' }] },
    })
    expect(await count()).toBe(before)
  })

  test('may be XLSX, whatever its type is called', async () => {
    const rows = [['设备编号', '类型', '协议'], ...[1, 2].map((n) => [`xlsx-${n}`, '手表', 'watch'])]
    const file = await writeXlsxFile(rows.map((row) => row.map((value) => ({ value })))).toBuffer()
    for (const type of [XLSX, 'application/octet-stream']) {
      expect(await send(file, '?dryRun=true', type)).toMatchObject({ status: 200, body: { rows: 2, problems: [] } })
    }
    expect((await send(file, '', XLSX)).body.created).toEqual(
      [1, 2].map((n) => ({ deviceId: `xlsx-${n}`, secret: null })),
    )
  })
})

describe('what is no list', () => {
  test.each([
    ['', 'text/csv', 400, 'invalid_request'],
    ['PK\x03\x04 damaged', XLSX, 400, 'invalid_request'],
    ['{}', 'application/json', 400, 'invalid_request'],
    ['a,b', 'text/plain', 415, 'unsupported_media_type'],
    ['x'.repeat(5 * 1024 * 1024 + 1), 'text/csv', 413, 'payload_too_large'],
  ])('%.20s as %s is refused: %i', async (body, type, status, code) => {
    expect(await send(body, '', type)).toMatchObject({ status, body: { code } })
  })

  test('other addresses still take JSON alone', async () => {
    const answer = await admin.send('/devices', 'deviceId', 'text/csv')
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
  })

  test('more than 10,000 rows', async () => {
    const long = list(...Array.from({ length: 10_001 }, (_, n) => `d-${n},sos_button,native,,`))
    expect(await send(long)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })
})

test('one import at a time', async () => {
  const answers = await Promise.all(
    ['one', 'two'].map((name) =>
      send(list(...Array.from({ length: 50 }, (_, n) => `${name}-${n},sos_button,native,,`))),
    ),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 429])
  expect((await send(list('afterwards,sos_button,native,,'))).status).toBe(201)
})

test('the template is a file that the import takes', async () => {
  const response = await fetch(`http://127.0.0.1:${app.httpPort}/api/v1/devices/import-template`, {
    headers: { cookie: admin.cookie },
  })
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+\.csv"$/)
  const bytes = Buffer.from(await response.arrayBuffer())
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  expect(await send(bytes, '?dryRun=true')).toMatchObject({ status: 200, body: { rows: 2, problems: [] } })
})
