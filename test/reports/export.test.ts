import { readSheet } from 'read-excel-file/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROWS_HEADER } from '../../server/contract/case-search.ts'
import { exportCases } from '../../server/reports/export/export.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { insertCases } from '../support/many-cases.ts'
import { query } from '../support/sql.ts'
import { idOf, makeCases, makeCity } from './city.ts'

let app: TestApp
const cookies: Record<string, string> = {}

beforeAll(async () => {
  app = await startTestApp()
  app.clock.advance(Date.parse('2026-11-01T00:00:00Z') - app.clock.now())
  for (const name of ['limin', 'huangyan']) cookies[name] = (await app.signIn(name)).cookie
  const users = await makeCity(app)
  await query(
    app.database.url,
    "update resident set name = '=HYPERLINK(\"x\")' where resident_id = '0192aaaa-0002'",
    [],
  )
  await makeCases(app, [
    // 23:30 on the last of September in UTC is October in Shanghai.
    {
      caseId: idOf(1),
      resident: '0192aaaa-0001',
      openedAt: '2026-09-30T23:30:05Z',
      owner: users.limin ?? null,
      closedBy: users.limin ?? '',
      answered: 12,
      dispatched: 52,
      risk: 'high',
    },
    { caseId: idOf(2), resident: '0192aaaa-0002', openedAt: '2026-10-02T00:00:00Z', owner: users.limin ?? null },
  ])
})
afterAll(() => app.destroy())

function ask(username: string, body: object): Promise<Response> {
  return fetch(`http://127.0.0.1:${app.httpPort}/api/v1/cases/export`, {
    method: 'POST',
    headers: { cookie: cookies[username] ?? '', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}
const audits = () =>
  query(app.database.url, "select detail from audit where action = 'cases.export' order by audit_id desc", [])

test('a CSV that Excel opens: mark, heading in the language, Shanghai time, no formulas', async () => {
  const response = await ask('huangyan', { format: 'csv', language: 'zh-CN', sort: 'oldest' })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(response.headers.get('content-disposition')).toContain('cases.csv')
  expect(response.headers.get(ROWS_HEADER)).toBe('2')
  const bytes = Buffer.from(await response.arrayBuffer())
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  const lines = bytes.toString().slice(1).split('\r\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toMatch(/^编号,时间,类别,警情,级别/)
  expect(lines[1]).toBe(
    '000001,2026-10-01 07:30:05,紧急,SOS 求救,1,,高风险,真实,已归档,已帮助,周桂兰,83,0793-8201234,13987652208,横峰县 兴安街道,sos-1,李敏,李敏,12,40,,',
  )
  expect(lines[2]).toContain(`"'=HYPERLINK(""x"")"`)
})

test('phones of an operator’s export are masked, a supervisor’s are whole', async () => {
  const masked = await (await ask('limin', { format: 'csv', language: 'en' })).text()
  expect(masked).toContain('139****2208')
  expect(masked).toContain('079****1234')
  expect(masked).not.toContain('13987652208')
  expect(masked).not.toContain('8201234')
  expect(await (await ask('huangyan', { format: 'csv', language: 'en' })).text()).toContain('13987652208')
})

test('an XLSX that is read back: heading, numbers as numbers, a text that looks like a formula is a text', async () => {
  const response = await ask('huangyan', { format: 'xlsx', language: 'en', sort: 'oldest' })
  expect(response.headers.get('content-type')).toContain('spreadsheetml.sheet')
  const rows = await readSheet(Buffer.from(await response.arrayBuffer()))
  expect(rows[0]?.slice(0, 4)).toEqual(['Number', 'Opened', 'Category', 'Kind'])
  expect(rows[1]?.slice(0, 5)).toEqual(['000001', '2026-10-01 07:30:05', 'Urgent', 'SOS', 1])
  expect(rows[1]?.[18]).toBe(12)
  expect(rows[2]?.[10]).toBe('=HYPERLINK("x")')
  expect(rows).toHaveLength(3)
})

test('nothing found is a file with a heading', async () => {
  for (const filter of [{ resident: '不存在' }, { from: '2099-01-01T00:00:00Z' }]) {
    const response = await ask('limin', { ...filter, format: 'csv', language: 'en' })
    expect(response.headers.get(ROWS_HEADER)).toBe('0')
    expect((await response.text()).split('\r\n')).toHaveLength(2)
  }
})

test('the filter and the number of rows are noted, without whom it was about', async () => {
  await (
    await ask('limin', { resident: '周桂兰', words: '高血压', kinds: ['sos'], format: 'xlsx', language: 'en' })
  ).text()
  const [last] = await audits()
  expect(last?.detail).toEqual({
    rows: 0,
    format: 'xlsx',
    filter: { resident: true, words: true, kinds: ['sos'] },
  })
  expect(JSON.stringify(await audits())).not.toMatch(/周桂兰|高血压/)
})

test('a wrong filter is refused before anything is noted', async () => {
  const before = (await audits()).length
  const response = await ask('limin', { number: 'xyz', format: 'csv', language: 'en' })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'invalid_request', errors: [{ field: 'number' }] })
  expect((await ask('limin', { format: 'pdf', language: 'en' })).status).toBe(400)
  expect(await audits()).toHaveLength(before)
})

test('more than fit are refused, with what to do', async () => {
  const { db } = app.database.store
  const asked = { format: 'csv', language: 'en' } as const
  await expect(exportCases(db, asked, false, app.clock.now(), 1)).rejects.toMatchObject({
    code: 'too_many_rows',
    message: expect.stringMatching(/^More than 1 cases .* Narrow the time/),
  })
  expect((await exportCases(db, asked, false, app.clock.now(), 2)).rows).toBe(2)
})

test('two files at a time, and one that is given up frees its place', async () => {
  await insertCases(app, {
    ...{ prefix: 'm', deviceKind: 'sos_button', model: null, kind: 'smoke', category: 'emergency', outcome: 'helped' },
    ...{ count: 30_000, openedAt: '2020-01-01T00:00:00Z', devices: 500 },
  })
  const large = { format: 'csv', language: 'en', kinds: ['smoke'] }
  const [first, second] = await Promise.all([ask('limin', large), ask('limin', large)])
  expect([first.status, second.status]).toEqual([200, 200])
  expect(first.headers.get(ROWS_HEADER)).toBe('30000')
  expect(await (await ask('limin', large)).json()).toMatchObject({ code: 'too_many_requests' })
  await Promise.all([first.body?.cancel(), second.body?.cancel()])
  await expect
    .poll(
      async () => {
        const again = await ask('limin', { format: 'csv', language: 'en', kinds: ['sos'] })
        await again.arrayBuffer()
        return again.status
      },
      { timeout: 10_000 },
    )
    .toBe(200)
}, 60_000)

test('pages of a long file join without a hole', async () => {
  const response = await ask('limin', {
    ...{ format: 'csv', language: 'en', kinds: ['smoke'], sort: 'oldest' },
    ...{ from: '2020-01-01T00:00:00Z', to: '2020-01-10T00:00:00Z' },
  })
  const lines = (await response.text()).trim().split('\r\n').slice(1)
  expect(lines).toHaveLength(9 * 1440)
  const times = lines.map((line) => line.split(',')[1])
  expect(times).toEqual([...times].sort())
  expect(new Set(times).size).toBe(9 * 1440)
}, 60_000)
