import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import type { CaseSearch } from '../../server/contract/case-search.ts'
import { xlsxOf } from '../../server/http/xlsx-stream.ts'
import { DIVISIONS, seedDivisions } from '../../server/org/divisions.ts'
import { exportCases } from '../../server/reports/export/export.ts'
import { monthlyReport } from '../../server/reports/monthly/report.ts'
import { searchCases } from '../../server/reports/search/search.ts'
import { openStore, type Store } from '../../server/store/db.ts'
import { startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { migrate } from '../../server/store/migrate.ts'
import { query } from '../support/sql.ts'
import { percentile, round } from './figures.ts'

/** `BENCH_DATA` names a folder in which the filled database is kept for the next time. */
const CASES = Number(process.env.BENCH_CASES ?? 1_000_000)
const RESIDENTS = 100_000
const ROUNDS = 15
const EXPORTED = 100_000
const NOW = Date.parse('2026-11-15T00:00:00Z')
/** The oldest case; the others follow to the day of `NOW`. */
const SPAN_MINUTES = 1_051_200
const OPERATORS = 20

const TOWNS = DIVISIONS.filter(({ level }) => level === 'town').map(({ code }) => code)
const operator = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** Typical searches and the worst: found by few, by none, by most, and far down. */
const SEARCHES: Record<string, CaseSearch> = {
  newest: {},
  a_month: { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z', categories: ['emergency'] },
  operator_and_outcome: { ownerId: operator(3), outcomes: ['hospital'] },
  rare_outcome: { outcomes: ['deceased'] },
  rare_kind: { kinds: ['co'] },
  kind_that_none_has: { kinds: ['route_deviation'] },
  waiting: { states: ['new'] },
  number: { number: 'abc123' },
  device: { deviceId: 'd4711' },
  resident_name: { resident: '王秀英' },
  common_name: { resident: '秀英' },
  phone: { resident: '00004711' },
  nobody: { resident: '不存在' },
  town: { area: TOWNS[7] ?? '' },
  county: { area: '361125' },
  county_and_rare: { area: '361125', outcomes: ['deceased'], severe: true },
  late_answers: { slowerThan: 180 },
  slowest: { sort: 'slowest' },
  severe_and_high: { severe: true, risks: ['high'] },
  common_and_no_match: { categories: ['emergency'], kinds: ['sos'], outcomes: ['fault_reported'], priorities: [2] },
  closed_by: { closedBy: operator(5) },
  common_words: { words: '联系' },
  rare_words: { words: '青霉素' },
  words_that_none_has: { words: '火星' },
  common_words_and_month: { words: '联系', from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' },
}

/** Searches over a million cases, the month's report, and 100,000 rows of them as a spreadsheet. */
export async function search(): Promise<object> {
  const kept = process.env.BENCH_DATA
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), 'anhu-search-')))
  await mkdir(dataDir, { recursive: true })
  const server = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })
  const onError = (error: Error): void => {
    process.stderr.write(`${error.message}\n`)
  }
  try {
    await migrate(server.url, onError)
    const store = openStore({ url: server.url, as: 'app', onError })
    try {
      const began = performance.now()
      const [held] = await query(server.url, 'select count(*)::int as cases from alarm_case')
      if (Number(held?.cases) < CASES) await fill(server.url, store)
      const filled_s = round((performance.now() - began) / 1000)
      const searches: Record<string, object> = {}
      for (const [name, asked] of Object.entries(SEARCHES)) searches[name] = await timesOf(store, asked)
      return {
        cases: CASES,
        residents: RESIDENTS,
        filled_s,
        searches,
        deep_page: await deepPage(store),
        report: await reports(store),
        export: await exported(store),
        insert_case: await insertCost(server.url),
      }
    } finally {
      await store.close()
    }
  } finally {
    await server.stop()
    if (kept === undefined) await rm(dataDir, { recursive: true, force: true })
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function timesOf({ db }: Store, asked: CaseSearch) {
  const { items, total } = await searchCases(db, asked, NOW)
  const times: number[] = []
  for (let n = 0; n < ROUNDS; n++) times.push(await timed(() => searchCases(db, asked, NOW)))
  const count = total?.more === true ? `>${total.count}` : (total?.count ?? items.length)
  return { p50_ms: round(percentile(times, 0.5)), p95_ms: round(percentile(times, 0.95)), found: count }
}

/** The 200th page, as somebody who goes on and on would come to it. */
async function deepPage({ db }: Store) {
  let cursor: string | null = null
  const times: number[] = []
  for (let n = 0; n < 200; n++) {
    const asked: CaseSearch = { categories: ['help'], limit: 100, ...(cursor === null ? {} : { cursor }) }
    times.push(
      await timed(async () => {
        cursor = (await searchCases(db, asked, NOW)).nextCursor
      }),
    )
  }
  const last = times.slice(-20)
  return { p50_ms: round(percentile(last, 0.5)), p95_ms: round(percentile(last, 0.95)) }
}

async function reports({ db }: Store): Promise<object> {
  const of = async (area: string) => {
    const times: number[] = []
    for (let n = 0; n < 5; n++) {
      times.push(await timed(() => monthlyReport(db, { month: '2026-10', area }, 'bench', NOW)))
    }
    return { p50_ms: round(percentile(times, 0.5)), max_ms: round(Math.max(...times)) }
  }
  return { city: await of('3611'), county: await of('361125'), town: await of(TOWNS[7] ?? '') }
}

async function exported({ db }: Store): Promise<object> {
  const asked = { format: 'xlsx', language: 'zh-CN', from: '2026-08-01T00:00:00Z' } as const
  const table = await exportCases(db, asked, true, NOW)
  let rss = 0
  let bytes = 0
  const before = process.memoryUsage().rss
  const began = performance.now()
  async function* pages() {
    let left = EXPORTED
    for await (const rows of table.pages()) {
      yield rows.slice(0, left)
      left -= rows.length
      if (left <= 0) return
    }
  }
  for await (const piece of xlsxOf({ ...table, name: table.sheet, pages })) {
    bytes += piece.length
    rss = Math.max(rss, process.memoryUsage().rss)
  }
  const seconds = (performance.now() - began) / 1000
  return {
    rows: Math.min(EXPORTED, table.rows),
    seconds: round(seconds),
    rows_per_s: Math.round(Math.min(EXPORTED, table.rows) / seconds),
    file_mb: round(bytes / 1e6),
    rss_grown_mb: round((rss - before) / 2 ** 20),
  }
}

/** What the indexes for searching cost an alarm: 2,000 cases in one statement each time, with them and without. */
async function insertCost(url: string): Promise<object> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const measure = async (from: number) => {
    const times: number[] = []
    for (let n = 0; n < 7; n++) times.push(await timed(() => client.query(INSERT, [from + n])))
    return round((percentile(times, 0.5) / 2_000) * 1_000)
  }
  try {
    // Rolled back, as the data may be kept.
    await client.query('begin')
    const with_us = await measure(0)
    await client.query('drop index alarm_case_kind, alarm_case_number, alert_device')
    const without_us = await measure(7)
    return { with_us, without_us }
  } finally {
    await client.end()
  }
}

const INSERT = `
  with made as (
    insert into alarm_case (case_id, device_id, kind, category, priority, state, version, opened_at, last_signal_at,
      signal_count, cancelled, owner_id, outcome)
    select gen_random_uuid(), 'd' || (1 + $1::int * 2000 % ${RESIDENTS} + n), 'sos', 'emergency', 1, 'new', 1, now(), now(), 1, false,
      null, null
    from generate_series(0, 1999) n returning case_id, device_id
  ) insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count)
  select gen_random_uuid(), case_id, device_id, 'sos', 'active', now(), now(), 1 from made`

/** A million cases by hand, keys and indexes of the large tables made at the end: row by row it takes twenty minutes. */
async function fill(url: string, { db }: Store): Promise<void> {
  await seedDivisions(db)
  for (const statement of CITY) await query(url, statement)
  const later = (await query(url, LATER)) as { off: string; on: string }[]
  for (const { off } of later) await query(url, off)
  // In portions, two at a time, as one would wait for a single one without a sign of life.
  const step = Math.min(CASES, 100_000)
  const starts = Array.from({ length: Math.ceil(CASES / step) }, (_, n) => n * step)
  const worker = async () => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      await query(url, portionOf(from, Math.min(from + step, CASES) - 1))
      process.stderr.write(`${from + step} cases filled in\n`)
    }
  }
  await Promise.all([worker(), worker()])
  await query(url, 'select take_over_words(0, max(log_id)) from case_log')
  await query(url, 'update case_words_mark set log_id = to_log_id')
  for (const { on } of later) await query(url, `set maintenance_work_mem = '512MB'; ${on}`)
  await query(url, 'vacuum analyze')
}

/** Indexes, references and the trigger for words of the tables that grow with the cases: how to leave them out and have them back. */
const LATER = `
  with large as (
    select oid from pg_class where oid = any('{alarm_case,alert,case_answer,case_protocol,case_log,case_words}'::regclass[])
  )
  select format('drop index %s', indexrelid::regclass) as off, pg_get_indexdef(indexrelid) as on from pg_index i
  where indrelid in (select oid from large) and not exists (select from pg_constraint where conindid = indexrelid)
  union all
  select format('alter table %s drop constraint %I', conrelid::regclass, conname),
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
  where contype = 'f' and conrelid in (select oid from large)
  union all
  select 'alter table case_log disable trigger keep_words', 'alter table case_log enable trigger keep_words'`

const CITY = [
  `insert into app_user (user_id, username, display_name, role, password_hash, created_at)
   select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'op' || n, '坐席' || n, 'operator', '-', now()
   from generate_series(0, ${OPERATORS} - 1) n`,
  `insert into home (home_id, division_code, address)
   select 'h' || n, ('{${TOWNS.join(',')}}'::text[])[1 + n % ${TOWNS.length}], '' from generate_series(1, ${RESIDENTS}) n`,
  `insert into resident (resident_id, home_id, name, gender, phone, created_at)
   select 'r' || n, 'h' || n, ('{王,李,张,刘,陈,杨,黄,赵,周,吴}'::text[])[1 + n % 10] || ('{秀英,桂兰,玉珍,建国,德福,美华,淑芬,长根,水生,金莲}'::text[])[1 + n / 10 % 10]
     || case when n % 3 = 0 then '' else ('{甲,乙,丙}'::text[])[1 + n / 100 % 3] end,
     'female', '138' || lpad(n::text, 8, '0'), now() from generate_series(1, ${RESIDENTS}) n`,
  `insert into contact (resident_id, position, name, relation, phone)
   select 'r' || n, 1, '程丽', '女儿', '139' || lpad(n::text, 8, '0') from generate_series(1, ${RESIDENTS}) n`,
  `insert into device (device_id, kind, protocol, resident_id, lifecycle, created_at)
   select 'd' || n, 'sos_button', 'native', 'r' || n, 'in_service', now() from generate_series(1, ${RESIDENTS}) n`,
]

const KINDS = `case when n % 200000 = 7 then 'co' else
  ('{sos,sos,sos,fall,fall,help,help,inactivity,battery_low,offline}'::text[])[1 + n % 10] end`
const CATEGORIES = `case when n % 200000 = 7 then 'emergency' else
  ('{emergency,emergency,emergency,emergency,emergency,help,help,care,fault,fault}'::text[])[1 + n % 10] end`
const OUTCOMES = `case when n % 50000 = 11 then 'deceased' when n % 40 = 3 then 'hospital'
  else ('{helped,false_alarm,no_help_needed,advised}'::text[])[1 + n % 4] end`
const CASE_ID = "md5('c' || n)::uuid"
const OWNER = `('00000000-0000-4000-8000-' || lpad((n * 7 % ${OPERATORS})::text, 12, '0'))::uuid`
const OPENED = `timestamptz '2026-11-15' - (${CASES} - n) * interval '1 min' * ${SPAN_MINUTES / CASES}`
const HOME = `(1 + (n::bigint * 7919) % ${RESIDENTS})`
const NOTE = `case when n % 20000 = 5 then '老人对青霉素过敏，已告知医生' else
  ('{已与女儿联系，老人无碍,邻居上门查看，老人在家,老人说按错了，已核实,送人民医院，家属陪同}'::text[])[1 + n % 4] || n end`

/** Of the cases `first` to `last`: themselves, their alerts, answers, protocols, and what was written. */
const portionOf = (first: number, last: number) => `
  insert into alarm_case (case_id, resident_id, device_id, kind, category, priority, state, version, opened_at, last_signal_at,
    signal_count, cancelled, owner_id, outcome)
  select ${CASE_ID}, 'r' || ${HOME}, 'd' || ${HOME}, ${KINDS}, ${CATEGORIES}, 1 + n % 5,
    'closed', 5, ${OPENED}, ${OPENED}, 1, false, ${OWNER}, ${OUTCOMES} from generate_series(${first}, ${last}) n;
  insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count, severe)
  select md5('a' || n)::uuid, ${CASE_ID}, 'd' || ${HOME}, ${KINDS}, 'active', ${OPENED}, ${OPENED}, 1, n % 500 = 0
  from generate_series(${first}, ${last}) n;
  insert into case_answer (case_id, category, since, answered_at, operator_id, dispatched_at)
  select ${CASE_ID}, ${CATEGORIES}, ${OPENED}, ${OPENED} + (4 + n % 50 + case when n % 300 = 0 then 300 else 0 end) * interval '1 s',
    ${OWNER}, case when n % 5 = 0 then ${OPENED} + interval '400 s' end from generate_series(${first}, ${last}) n;
  insert into case_protocol (case_id, at, kind, risk, reasons)
  select ${CASE_ID}, ${OPENED}, 'sos', ('{low,normal,high}'::text[])[1 + n % 3], '{}' from generate_series(${first}, ${last}) n;
  insert into case_log (case_id, at, action, actor_id, to_state, version, detail)
  select ${CASE_ID}, ${OPENED} + k * interval '1 min', ('{opened,claim,note,arrive,close}'::text[])[k],
    case when k > 1 then ${OWNER} end, 'closed', k, case when k = 3 then jsonb_build_object('text', ${NOTE}) else '{}' end
  from generate_series(${first}, ${last}) n, generate_series(1, 5) k`
