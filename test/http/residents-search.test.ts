import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ResidentView } from '../../server/contract/api.ts'
import { type ApiClient, apiClient, startTestApp, type TestApp } from '../support/app.ts'
import { addResident } from '../support/records.ts'

interface Found {
  items: ResidentView[]
  nextCursor: string | null
}

let app: TestApp
let limin: ApiClient
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await startTestApp()
  limin = await app.signIn('limin')
  const { db } = app.database.store
  ids.gui = await addResident(db, ['sos-0001', 'Watch_1'], '周桂兰')
  ids.chen = await addResident(db, ['sos-0002'], '陈桂英')
  ids.smith = await addResident(db, [], 'Anna Smith')
  ids.odd = await addResident(db, [], '100%_\\')
  const contact = (id: string | undefined, position: number, phone: string) => ({
    resident_id: id ?? '',
    position,
    name: '周敏',
    relation: '女儿',
    phone,
    note: null,
  })
  await db
    .insertInto('contact')
    .values([
      contact(ids.gui, 1, '13987652208'),
      contact(ids.gui, 2, '0793-8201234'),
      contact(ids.chen, 1, '+86 139 1234 2208'),
    ])
    .execute()
})
afterAll(() => app.destroy())

const search = (q: string, more: object = {}) => limin.post<Found>('/residents/search', { q, ...more })
const namesOf = async (q: string) => (await search(q)).body.items.map(({ name }) => name)

describe('residents are found by', () => {
  test.each([
    ['a whole name', '周桂兰', ['周桂兰']],
    ['two characters', '桂兰', ['周桂兰']],
    ['one', '桂', ['周桂兰', '陈桂英']],
    ['a name in any case, with spaces around', ' SMITH ', ['Anna Smith']],
    ['signs that mean something to the database', '%_\\', ['100%_\\']],
    ['a percent sign as itself', '%', ['100%_\\']],
    ['a contact’s number', '13987652208', ['周桂兰']],
    ['its last four digits', '2208', ['周桂兰', '陈桂英']],
    ['a number without its country code', '139 1234 2208', ['陈桂英']],
    ['a number as it is written elsewhere', '(0793) 820-1234', ['周桂兰']],
    ['not by three digits', '208', []],
    ['nor by the first ones', '1398765', []],
    ['a device', 'sos-0002', ['陈桂英']],
    ['the beginning of a device', 'SOS-000', ['周桂兰', '陈桂英']],
    ['a device with a sign that could be any', 'watch_1', ['周桂兰']],
    ['nothing where nobody is', '没有这个人', []],
  ])('%s', async (_, q, names) => {
    expect(await namesOf(q)).toEqual(names)
  })

  test('their id, or the beginning of it', async () => {
    expect(await namesOf(ids.chen ?? '')).toEqual(['陈桂英'])
    expect(await namesOf((ids.chen ?? '').toUpperCase())).toEqual(['陈桂英'])
    expect(await namesOf((ids.chen ?? '').slice(0, 8))).toContain('陈桂英')
  })
})

test('an item tells two people of one name apart', async () => {
  const { body } = await search('周桂兰')
  expect(body.items[0]).toEqual({ residentId: ids.gui, name: '周桂兰', age: 82, place: null, deviceCount: 2 })
})

test('pages go on where the last one ended, each resident once', async () => {
  for (let n = 0; n < 7; n++) await addResident(app.database.store.db, [`page-${n}a`, `page-${n}b`], `页码${n}`)
  for (const q of ['页码', 'page-']) {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const { body }: { body: Found } = await search(q, { limit: 3, ...(cursor && { cursor }) })
      expect(body.items.length).toBeLessThanOrEqual(3)
      seen.push(...body.items.map(({ name }) => name))
      cursor = body.nextCursor
    } while (cursor)
    expect(seen).toEqual(['页码0', '页码1', '页码2', '页码3', '页码4', '页码5', '页码6'])
  }
})

test('what is wrong is named', async () => {
  for (const [body, field] of [
    [{}, 'q'],
    [{ q: '  ' }, 'q'],
    [{ q: 'x'.repeat(61) }, 'q'],
    [{ q: 'x', limit: 101 }, 'limit'],
    [{ q: 'x', cursor: 'nonsense' }, 'cursor'],
  ] as const) {
    expect(await limin.post('/residents/search', body)).toMatchObject({ status: 400, body: { errors: [{ field }] } })
  }
})

test('only whoever is signed in may search', async () => {
  const nobody = apiClient(`http://127.0.0.1:${app.httpPort}`, '')
  expect((await nobody.post('/residents/search', { q: '周' })).status).toBe(401)
})

test('a searched name is in no metric, and its refusal does not repeat it', async () => {
  const { body } = await limin.post('/residents/search', { q: '周桂兰', limit: 0 })
  expect(JSON.stringify(body)).not.toContain('周桂兰')
  const metrics = await (await fetch(`http://127.0.0.1:${app.httpPort}/metrics`)).text()
  expect(metrics).not.toContain('周桂兰')
})
