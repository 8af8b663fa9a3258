import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CaseFilter, CaseHits, CaseSearch } from '../../server/contract/case-search.ts'
import type { Problem } from '../../server/contract/errors.ts'
import { takeOverWords } from '../../server/reports/search/words.ts'
import { type ApiClient, apiClient, startTestApp, type TestApp } from '../support/app.ts'
import { insertCases } from '../support/many-cases.ts'
import { query } from '../support/sql.ts'
import { idOf, makeCases, makeCity } from './city.ts'

let app: TestApp
let limin: ApiClient
let users: Record<string, string>

beforeAll(async () => {
  app = await startTestApp()
  limin = await app.signIn('limin')
  users = await makeCity(app)
  const { limin: li, wangfang: wang } = users
  await makeCases(app, [
    {
      caseId: idOf(1),
      resident: '0192aaaa-0001',
      openedAt: '2026-10-01T00:00:00Z',
      owner: li ?? null,
      closedBy: wang ?? '',
      answered: 12,
      severe: true,
      risk: 'high',
      notes: ['老人说高血压药吃完了'],
    },
    {
      caseId: idOf(2),
      resident: '0192aaaa-0001',
      device: 'fall-1',
      kind: 'fall',
      openedAt: '2026-10-02T00:00:00Z',
      owner: wang ?? null,
      closedBy: wang ?? '',
      outcome: 'hospital',
      answered: 75,
      risk: 'normal',
      notes: ['血氧低，送人民医院', 'Neighbour Mrs Xu has the key'],
    },
    {
      caseId: idOf(3),
      resident: '0192aaaa-0002',
      device: 'sos-2',
      category: 'help',
      kind: 'help',
      priority: 3,
      openedAt: '2026-10-03T00:00:00Z',
      owner: li ?? null,
      state: 'resolved',
      outcome: 'advised',
      answered: 240,
    },
    { caseId: idOf(4), resident: '0192aaaa-0003', device: 'sos-3', openedAt: '2026-10-04T00:00:00Z', state: 'new' },
    {
      caseId: idOf(5),
      device: 'sos-2',
      category: 'fault',
      kind: 'battery_low',
      priority: 5,
      openedAt: '2026-10-05T00:00:00Z',
      owner: li ?? null,
      outcome: 'fault_reported',
    },
    {
      caseId: idOf(6),
      resident: '0192aaaa-0001',
      openedAt: '2026-10-06T00:00:00Z',
      owner: li ?? null,
      purpose: 'self_test',
    },
  ])
  const drill = '00000000-0000-4000-8000-00000000000d'
  await sql`
    insert into drill (drill_id, title, author_id, from_at, until_at)
    values (${drill}, '十月演练', ${li}::uuid, '2026-10-07', '2026-10-07T02:00Z')`.execute(app.database.store.db)
  await makeCases(app, [
    { caseId: idOf(7), resident: '0192aaaa-0002', openedAt: '2026-10-07T00:00:00Z', owner: li ?? null },
  ])
  await query(
    app.database.url,
    `update alarm_case set purpose = 'drill', drill_id = '${drill}' where case_id = '${idOf(7)}'`,
    [],
  )
})
afterAll(() => app.destroy())

async function found(asked: CaseSearch): Promise<number[]> {
  const { status, body } = await limin.post<CaseHits>('/cases/search', asked)
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body.total).toEqual({ count: body.items.length, more: false })
  return body.items.map(({ caseId }) => Number(caseId.slice(-4)))
}

const FILTERS: [string, () => CaseFilter, number[]][] = [
  ['nothing: real ones, newest first', () => ({}), [5, 4, 3, 2, 1]],
  ['a time', () => ({ from: '2026-10-02T00:00:00Z', to: '2026-10-04T00:00:00Z' }), [3, 2]],
  ['a state', () => ({ states: ['new'] }), [4]],
  ['resolved ones', () => ({ states: ['resolved'] }), [3]],
  ['states', () => ({ states: ['new', 'resolved'] }), [4, 3]],
  ['a category', () => ({ categories: ['help', 'fault'] }), [5, 3]],
  ['a kind', () => ({ kinds: ['fall'] }), [2]],
  ['an outcome', () => ({ outcomes: ['hospital', 'advised'] }), [3, 2]],
  ['drills', () => ({ purposes: ['drill'] }), [7]],
  ['self-tests and real ones', () => ({ purposes: ['self_test', 'real'] }), [6, 5, 4, 3, 2, 1]],
  ['a priority', () => ({ priorities: [3, 5] }), [5, 3]],
  ['severe', () => ({ severe: true }), [1]],
  ['not severe', () => ({ severe: false }), [5, 4, 3, 2]],
  ['a risk', () => ({ risks: ['high'] }), [1]],
  ['its owner', () => ({ ownerId: users.limin ?? '' }), [5, 3, 1]],
  ['who closed it', () => ({ closedBy: users.wangfang ?? '' }), [2, 1]],
  ['a town', () => ({ area: '361125001' }), [2, 1]],
  ['a county', () => ({ area: '361102' }), [3]],
  ['the city: also what has no place', () => ({ area: '3611' }), [5, 4, 3, 2, 1]],
  ['a device', () => ({ deviceId: 'fall-1' }), [2]],
  ['the number of the desk', () => ({ number: idOf(3).slice(-6) }), [3]],
  ['the number as somebody writes it', () => ({ number: `# ${idOf(3).slice(-6)}` }), [3]],
  ['the whole id', () => ({ number: idOf(4) }), [4]],
  ['a part of a name', () => ({ resident: '桂' }), [3, 2, 1]],
  ["a contact's phone", () => ({ resident: '7652208' }), [2, 1]],
  ["the resident's own phone", () => ({ resident: '8201234' }), [2, 1]],
  ["a resident's id", () => ({ resident: '0192aaaa-0002' }), [3]],
  ['nobody', () => ({ resident: '不存在' }), []],
  ['words of two characters', () => ({ words: '血压' }), [1]],
  ['words, not pairs: both parts stand there, the word does not', () => ({ words: '血压低' }), []],
  ['two words in one entry', () => ({ words: '血氧 医院' }), [2]],
  ['words in small or capital letters', () => ({ words: 'MRS xu' }), [2]],
  ['words of different entries', () => ({ words: '血氧 mrs' }), []],
  ['answered late', () => ({ slowerThan: 60 }), [3, 2]],
  ['several at once', () => ({ area: '361125', outcomes: ['helped', 'hospital'], slowerThan: 60 }), [2]],
]

test.each(FILTERS)('%s', async (_name, filter, expected) => {
  expect(await found(filter())).toEqual(expected)
})

test('the other orders; only answered cases have a slowest one', async () => {
  expect(await found({ sort: 'oldest' })).toEqual([1, 2, 3, 4, 5])
  expect(await found({ sort: 'slowest' })).toEqual([3, 2, 1])
})

test('a row has what the table shows', async () => {
  const { body } = await limin.post<CaseHits>('/cases/search', { number: idOf(2) })
  expect(body.items[0]).toMatchObject({
    kind: 'fall',
    residentName: '周桂兰',
    place: '横峰县 兴安街道',
    owner: { displayName: '王芳' },
    closedBy: { displayName: '王芳' },
    answerSeconds: 75,
    outcome: 'hospital',
    risk: 'normal',
    severe: false,
    purpose: 'real',
  })
})

test.each<[string, object, string]>([
  ['a time the wrong way round', { from: '2026-10-02T00:00:00Z', to: '2026-10-01T00:00:00Z' }, 'from'],
  ['a number that is none', { number: 'xyz' }, 'number'],
  ['a word of one character', { words: '血压 药' }, 'words'],
  ['an area that is none', { area: '999999' }, 'area'],
  ['a state that is none', { states: ['lost'] }, 'states.0'],
  ['an order that is none', { sort: 'best' }, 'sort'],
  ['an operator that is none', { ownerId: 'limin' }, 'ownerId'],
  ['too many at once', { limit: 500 }, 'limit'],
  ['a page mark that is none', { cursor: 'x' }, 'cursor'],
])('%s is refused by name', async (_name, body, field) => {
  const answer = await limin.post<Problem>('/cases/search', body)
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect(answer.body.errors?.map((one) => one.field)).toEqual([field])
})

test('a page mark with a key that the database cannot read is refused too', async () => {
  const cursor = Buffer.from(JSON.stringify(['few', 'some day', idOf(1)])).toString('base64url')
  expect(await limin.post('/cases/search', { cursor })).toMatchObject({
    status: 400,
    body: { code: 'invalid_request' },
  })
})

test('nobody without a session; what was looked for is noted, not whom', async () => {
  const base = `http://127.0.0.1:${app.httpPort}`
  expect((await apiClient(base, '').post('/cases/search', {})).status).toBe(401)
  await found({ resident: '周桂兰' })
  const rows = await query(
    app.database.url,
    "select detail from audit where action = 'cases.search' order by audit_id desc limit 1",
    [],
  )
  expect(rows).toEqual([{ detail: { results: 2 } }])
  const all = await query(app.database.url, 'select detail::text from audit', [])
  expect(JSON.stringify(all)).not.toContain('周桂兰')
})

test('whom and which areas one can search by', async () => {
  const { body } = await limin.get<{ people: { displayName: string }[]; areas: object[] }>('/cases/search/options')
  expect(body.people.map((one) => one.displayName)).toEqual(expect.arrayContaining(['李敏', '王芳', '黄燕']))
  expect(body.areas).toContainEqual({ code: '361125', name: '横峰县', level: 'county', parentCode: '3611' })
})

test('what was written before words were kept is taken over; whispers are not', async () => {
  await query(app.database.url, 'alter table case_words disable trigger user; delete from case_words')
  await query(app.database.url, 'alter table case_words enable trigger user')
  await query(
    app.database.url,
    'update case_words_mark set log_id = 0, to_log_id = (select max(log_id) from case_log)',
    [],
  )
  await query(
    app.database.url,
    `insert into case_log (case_id, at, action, to_state, version, detail)
     values ('${idOf(1)}', now(), 'whisper', 'closed', 1, '{"text": "别忘了问血糖"}')`,
    [],
  )
  expect(await found({ words: '血压' })).toEqual([])
  await takeOverWords(app.database.store.db)
  expect(await found({ words: '血压' })).toEqual([1])
  expect(await found({ words: '血糖' })).toEqual([])
})

describe('many', () => {
  beforeAll(async () => {
    await insertCases(app, {
      ...{ prefix: 'm', deviceKind: 'sos_button', model: null, kind: 'smoke', category: 'emergency' },
      ...{ count: 12_000, openedAt: '2020-01-01T00:00:00Z', devices: 200, outcome: 'helped' },
    })
  }, 60_000)

  async function walk(asked: CaseSearch, pages: number): Promise<CaseHits['items']> {
    const items: CaseHits['items'] = []
    let cursor: string | null = null
    for (let n = 0; n < pages; n++) {
      const { body }: { body: CaseHits } = await limin.post<CaseHits>('/cases/search', {
        ...asked,
        limit: 100,
        ...(cursor === null ? {} : { cursor }),
      })
      expect(body.total).toEqual(
        n > 0 ? null : asked.to === undefined ? { count: 10_000, more: true } : { count: 500, more: false },
      )
      items.push(...body.items)
      cursor = body.nextCursor
      if (cursor === null) break
    }
    return items
  }

  test('more than are counted: pages go on in order, none twice', async () => {
    const items = await walk({ kinds: ['smoke'] }, 7)
    expect(new Set(items.map(({ caseId }) => caseId)).size).toBe(700)
    const times = items.map(({ openedAt }) => openedAt)
    expect(times).toEqual([...times].sort().reverse())
  })

  test('few: the same to the last page', async () => {
    const items = await walk({ kinds: ['smoke'], to: '2020-01-01T08:20:00Z', sort: 'oldest' }, 20)
    expect(items).toHaveLength(500)
    const times = items.map(({ openedAt }) => openedAt)
    expect(times).toEqual([...times].sort())
  })
})
