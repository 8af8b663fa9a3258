import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { alarmStatistics } from '../../server/cases/statistics.ts'
import type { CaseSearch } from '../../server/contract/case-search.ts'
import { xlsxOf } from '../../server/http/xlsx-stream.ts'
import { serviceLevels } from '../../server/quality/levels.ts'
import { operatorLoad } from '../../server/quality/load.ts'
import { exportCases } from '../../server/reports/export/export.ts'
import { monthlyReport } from '../../server/reports/monthly/report.ts'
import { searchCases } from '../../server/reports/search/search.ts'
import { openStore, type Store } from '../../server/store/db.ts'
import { startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { migrate } from '../../server/store/migrate.ts'
import { query } from '../support/sql.ts'
import { percentile, round } from './figures.ts'
import { CASES, fill, INSERT, NOW, operator, RESIDENTS, TOWNS } from './search-data.ts'

const ROUNDS = 15
const EXPORTED = 100_000
const DAY_MS = 86_400_000

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
        quality: await quality(store),
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

/** Figures over long times: service levels, operators' load, alarms by device model. */
async function quality({ db }: Store): Promise<object> {
  const of = async (days: number) => {
    const asked = { from: NOW - days * DAY_MS, to: NOW }
    const median = async (work: () => Promise<unknown>) => {
      const times: number[] = []
      for (let n = 0; n < 5; n++) times.push(await timed(work))
      return round(percentile(times, 0.5))
    }
    return {
      levels_by_operator_ms: await median(() =>
        serviceLevels(db, { ...asked, category: 'calls', by: 'operator' }, NOW),
      ),
      load_ms: await median(() => operatorLoad(db, asked, NOW)),
      alarms_by_model_ms: await median(() => alarmStatistics(db, { ...asked, kind: undefined }, NOW)),
    }
  }
  return { day: await of(1), '28_days': await of(28), '90_days': await of(90), year: await of(365), all: await of(730) }
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
