import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiClient } from '../support/app.ts'
import { startBrowser } from '../support/browser.ts'
import { embeddedUrl } from '../support/record-audit.ts'
import { makeDataDir, registerDevices, removeDataDir, startServer } from '../support/server-process.ts'
import { query } from '../support/sql.ts'
import { cpuSeconds } from './cpu.ts'
import { openAccounts, openDesk } from './desk-client.ts'
import { type DeskPage, openDeskPage, profiled } from './desk-page.ts'
import { latency, percentile, round } from './figures.ts'
import { RawDevice } from './raw-device.ts'

export interface DeskLoad {
  /** Operators with a connected desk; one of them is Chromium. */
  operators: number
  seconds: number
  /** New cases a second, each a press of another resident's button. */
  rate: number
  /** Cases that are open before. */
  open: number
  /** Operators are on duty: the cases are offered to them. */
  ready: boolean
  /** Measures keys before and after the storm, too. */
  keys: boolean
  /** Where a CPU profile of the page is written. */
  profile?: string | undefined
}

export const DESK_LOAD: DeskLoad = { operators: 50, seconds: 60, rate: 20, open: 0, ready: false, keys: true }

/** A frame that takes longer is a dropped one, ms. */
const FRAME_MS = 200

/**
 * A storm of alarms in front of a full centre: from the alarm's receipt to the row painted in an operator's Chromium, which
 * frames were late, and whether every desk has every case in the end. Devices, server, desks and browser share the machine.
 */
export async function desk(load: DeskLoad = DESK_LOAD): Promise<object> {
  // First: without a browser there is nothing to measure, and a server that was started would stay.
  const browser = await startBrowser()
  const dataDir = await makeDataDir()
  const server = await startServer({ dataDir })
  const devices: RawDevice[] = []
  const desks: Awaited<ReturnType<typeof openDesk>>[] = []
  try {
    const base = `http://127.0.0.1:${server.httpPort}`
    const admin = await server.admin()
    const url = await embeddedUrl(dataDir)
    const presses = load.rate * load.seconds
    const registered = await registerDevices(admin, presses, 'desk')
    await query(url, HOMES)
    for (const statement of openCases(load.open)) await query(url, statement)
    await query(url, 'analyze')
    for (let n = 0; n < registered.length; n += 20) {
      const group = registered.slice(n, n + 20)
      devices.push(
        ...(await Promise.all(group.map((one) => RawDevice.open(server.mqttPort, one.deviceId, one.secret)))),
      )
    }
    const [first, ...others] = await openAccounts(admin, load.operators)
    if (!first) throw new Error('no operators')
    for (const account of others) {
      const { status, headers } = await apiClient(base, '').post('/session', account)
      if (status !== 200) throw new Error(`sign-in of ${account.username}: ${status}`)
      desks.push(await openDesk(apiClient(base, headers.get('set-cookie')?.split(';')[0] ?? ''), load.ready))
    }
    const chromium = await openDeskPage(browser, base, first)
    if (load.ready) await chromium.page.getByTestId('sign-on').click()
    await sleep(3_000)
    const idle = load.keys && load.open > 0 ? await fluency(chromium) : null
    await chromium.watch()

    const before = await processorTimes(server.pid)
    const begun = performance.now()
    const pressed = new Map<string, number>()
    const pubacks: number[] = []
    /** By resident, when the press was acknowledged: its commit was before. */
    const acked = new Map<string, number>()
    const storm = async () => {
      const acknowledged: Promise<void>[] = []
      for (const [n, { deviceId, residentId }] of registered.entries()) {
        const packet = RawDevice.prepare(
          `care/v1/${deviceId}/event`,
          JSON.stringify({ id: `d-${n}`, type: 'sos', ts: Date.now() }),
        )
        pressed.set(residentId, Date.now())
        acknowledged.push(
          new Promise((resolve) => {
            const sentAt = performance.now()
            devices[n]?.send(packet, (at) => {
              pubacks.push(at - sentAt)
              acked.set(residentId, performance.timeOrigin + at)
              resolve()
            })
          }),
        )
        await sleep(begun + ((n + 1) * 1_000) / load.rate - performance.now())
      }
      await Promise.all(acknowledged)
    }
    const profile = load.profile === undefined ? await storm() : await profiled(chromium.page, storm)
    if (load.profile !== undefined) await writeFile(load.profile, JSON.stringify(profile))
    await sleep(2_000)
    const elapsed = (performance.now() - begun) / 1_000
    const after = await processorTimes(server.pid)
    const { rows, gaps, longTasks } = await chromium.paints()
    const full = load.keys ? await fluency(chromium) : null

    const truth = await query(
      url,
      `select case_id::text as id, version, resident_id, (extract(epoch from opened_at) * 1000)::float8 as at
       from alarm_case where state in ('new', 'claimed', 'dispatched', 'on_scene') and purpose <> 'self_test'`,
    )
    const open = new Map(truth.map((row) => [String(row.id), Number(row.version)]))
    const opened = new Map(
      truth.flatMap((row) => (pressed.has(String(row.resident_id)) ? [[String(row.id), Number(row.at)] as const] : [])),
    )
    const page = await chromium.readThrough()
    const missing = desks.map(({ list }) => difference(open, list()))
    const painted = [...opened].flatMap(([id, at]) => (rows.has(id) ? [(rows.get(id) ?? 0) - at] : []))
    const toldAt = desks.map(({ told }) => told())
    /** The earliest sign of a case's commit outside of the server: its acknowledgement, or the event at the quickest desk. */
    const committedAt = new Map(
      truth.flatMap((row) => {
        const signs = [acked.get(String(row.resident_id)), ...toldAt.map((desk) => desk.get(String(row.id)))]
        const known = signs.filter((at) => at !== undefined)
        return known.length === 0 ? [] : [[String(row.id), Math.min(...known)] as const]
      }),
    )
    const sincePainted = [...committedAt].flatMap(([id, at]) => (rows.has(id) ? [(rows.get(id) ?? 0) - at] : []))
    return {
      commit_to_paint: spread(sincePainted),
      receipt_to_paint: spread(painted),
      puback: spread(pubacks),
      event: spread(timesOf(opened, toldAt)),
      list: spread(
        timesOf(
          opened,
          desks.map(({ since }) => since()),
        ),
      ),
      frames: {
        longest_ms: round(Math.max(...gaps)),
        dropped: gaps.filter((ms) => ms > FRAME_MS).length,
        over_50_ms: gaps.filter((ms) => ms > 50).length,
        p99_ms: round(percentile(gaps, 0.99)),
        longest_task_ms: round(Math.max(0, ...longTasks)),
      },
      missing: {
        cases_not_opened: presses - opened.size,
        desks_that_differ: missing.filter((count) => count > 0).length,
        chromium_rows: [...open.keys()].filter((id) => !page.ids.has(id)).length,
        chromium_count: open.size - page.counted,
        not_seen_painted: presses - painted.length,
      },
      ...(idle === null ? {} : { fluent_before: idle }),
      ...(full === null ? {} : { fluent_after: full }),
      cpu_percent: Object.fromEntries(
        Object.entries(after).map(([name, seconds]) => [
          name,
          Math.round(((seconds - (before[name as keyof typeof before] ?? 0)) / elapsed) * 100),
        ]),
      ),
      lists_fetched_per_desk: round(desks.reduce((sum, one) => sum + one.fetches(), 0) / Math.max(1, desks.length)),
      rss_mb: round(await server.rssMb()),
      operators: load.operators,
      presses,
      cases_per_s: load.rate,
      open_cases: open.size,
      on_duty: load.ready,
    }
  } finally {
    for (const one of desks) one.stop()
    for (const device of devices) device.close()
    await browser.close()
    await server.kill('SIGTERM')
    await removeDataDir(dataDir)
  }
}

const spread = (values: readonly number[]) =>
  values.length === 0 ? null : { ...latency(values), p95_ms: round(percentile(values, 0.95)) }

/** From a case's opening until each desk had it, ms. */
const timesOf = (opened: ReadonlyMap<string, number>, desks: readonly ReadonlyMap<string, number>[]) =>
  desks.flatMap((desk) => [...opened].flatMap(([id, at]) => (desk.has(id) ? [(desk.get(id) ?? 0) - at] : [])))

/** Cases that a list lacks, has too many, or has in another version. */
function difference(open: ReadonlyMap<string, number>, list: ReadonlyMap<string, number>): number {
  const lacks = [...open].filter(([id, version]) => list.get(id) !== version).length
  return lacks + [...list.keys()].filter((id) => !open.has(id)).length
}

/** How the page answers keys: walking through the queue, and typing a note on a case that is the operator's own. */
async function fluency(chromium: DeskPage): Promise<object> {
  const walk = spread(await chromium.walk(40))
  await chromium.page.keyboard.press('Space')
  await sleep(1_000)
  return { walk, type: spread(await chromium.type('她在卫生间, I can hear her. Door code is needed.')) }
}

async function processorTimes(serverPid: number) {
  const [server, bench] = [await cpuSeconds(serverPid), await cpuSeconds(process.pid)]
  // The server descends from this process as the browser does.
  return {
    server: server.own,
    postgres: server.below,
    browser: bench.below - server.own - server.below,
    desks_and_devices: bench.own,
  }
}

const HOMES = `
  with made as (
    insert into home (home_id, division_code, address, lat, lon)
    select 'home-' || resident_id, '361125001', '桃源街道状元路', 28.4, 117.4 from resident returning home_id)
  update resident set home_id = 'home-' || resident_id, name = '周桂兰' || right(resident_id, 4), birth_date = '1943-05-06'`

const openCases = (count: number): string[] => [
  `insert into resident (resident_id, name, gender, birth_date, created_at)
   select 'old-' || n, '程水英' || n, 'female', '1941-02-03', now() from generate_series(1, ${count}) n`,
  `insert into device (device_id, kind, protocol, resident_id, room, lifecycle, created_at)
   select 'old-' || n, 'sos_button', 'native', 'old-' || n, '卧室', 'in_service', now() from generate_series(1, ${count}) n`,
  `insert into alarm_case (case_id, resident_id, device_id, kind, category, priority, state, version, opened_at,
     last_signal_at, signal_count, cancelled)
   select md5('old' || n)::uuid, 'old-' || n, 'old-' || n, (array['sos', 'fall'])[1 + n % 2], 'emergency', 1, 'new', 1,
     now() - n * interval '10 s', now() - n * interval '10 s', 1, false from generate_series(1, ${count}) n`,
  `insert into alert (alert_id, case_id, device_id, kind, device_state, first_signal_at, last_signal_at, signal_count)
   select md5('a' || case_id)::uuid, case_id, device_id, kind, 'active', opened_at, opened_at, 1 from alarm_case`,
]
