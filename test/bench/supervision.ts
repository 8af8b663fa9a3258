import { pino } from 'pino'
import { Registry } from 'prom-client'
import { openStore } from '../../server/store/db.ts'
import { startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { migrate } from '../../server/store/migrate.ts'
import { createWatch } from '../../server/watch/watch.ts'
import { makeDataDir, removeDataDir } from '../support/server-process.ts'
import { query } from '../support/sql.ts'
import { latency, round } from './figures.ts'

const RESIDENTS = 100_000
const DEVICES_EACH = 4
const DUE = 10_000
const ROUNDS = 12
const START = Date.parse('2026-03-02T02:00:00Z')

/** One city: a sweep with nothing due, with 10,000 due, with 10,000 lost, and the list after an outage. */
export async function supervision(): Promise<object> {
  const dataDir = await makeDataDir()
  const log = pino({ level: 'silent' })
  const server = await startEmbeddedPostgres({ dataDir, log })
  const store = openStore({ url: server.url, as: 'app', onError: () => undefined })
  try {
    await migrate(server.url, fail)
    let now = START
    const registry = new Registry()
    const watch = createWatch({
      db: store.db,
      clock: { now: () => now },
      log,
      committed: () => undefined,
      node: 'n',
      registry,
    })
    const run = async (name: string) => {
      const begun = performance.now()
      await watch.jobs.find((job) => job.name === name)?.run()
      return performance.now() - begun
    }
    const sweeps = async (rounds: number, prepare: () => Promise<unknown> = async () => undefined) => {
      const took: number[] = []
      for (let n = 0; n < rounds; n++) {
        await prepare()
        now += 5_000
        took.push(await run('supervision'))
      }
      return latency(took)
    }
    await fill(server.url)
    await run('beat')
    let enrolled = 0
    for (let n = 0; n < 4; n++) enrolled += await run('enrolment')
    const enrolledEmpty = await run('enrolment')
    const first = { passes: 0, ms: 0 }
    while ((await dueNow(server.url, now)) > 0) {
      now += 5_000
      first.ms += await run('supervision')
      first.passes++
    }
    await query(server.url, 'analyze')
    const nothing = await sweeps(ROUNDS)
    const due = await sweeps(ROUNDS, () => makeDue(server.url, now))
    const lost = await losing(server.url, now, sweeps)
    const protection = []
    for (let n = 0; n < ROUNDS; n++) protection.push(await run('protection'))
    const battery = await run('batteries')
    now += 120_000
    await run('beat')
    const list = await run('outage lists')
    const [listed] = await query(server.url, 'select count(*)::int as n from outage_check')
    return {
      devices: RESIDENTS * DEVICES_EACH,
      enrolment: { all_ms: round(enrolled), nothing_ms: round(enrolledEmpty) },
      first_looks: { sweeps: first.passes, ms: round(first.ms) },
      nothing_due: nothing,
      due_10000: due,
      lost_10000: lost,
      protection: latency(protection),
      batteries_ms: round(battery),
      outage_list: { residents: listed?.n, ms: round(list) },
    }
  } finally {
    await store.close()
    await server.stop()
    await removeDataDir(dataDir)
  }
}

function fail(error: Error): never {
  throw error
}

const FILL = [
  `insert into division values ('3611', '上饶市', 'city', null), ('361125', '横峰县', 'county', '3611')`,
  `insert into division select '361125' || lpad(n::text, 3, '0'), 't' || n, 'town', '361125' from generate_series(1, 229) n`,
  `insert into home select 'r' || n, '361125' || lpad((n % 229 + 1)::text, 3, '0'), '' from generate_series(1, ${RESIDENTS}) n`,
  `insert into resident (resident_id, home_id, name, gender, lives_alone, created_at)
    select 'r' || n, 'r' || n, 'x', 'female', n % 3 = 0, now() from generate_series(1, ${RESIDENTS}) n`,
  `insert into device (device_id, kind, protocol, resident_id, created_at)
    select 'd' || n, (array['terminal', 'sos_button', 'door_sensor', 'smoke_sensor'])[n % 4 + 1], 'native',
      'r' || (n / 4 + 1), now() from generate_series(0, ${RESIDENTS * DEVICES_EACH - 1}) n`,
  `insert into device_state (device_id, online, node, last_seen_at, battery)
    select device_id, false, 'n', $1::timestamptz, 50 from device`,
  'analyze',
]

async function fill(url: string): Promise<void> {
  for (const text of FILL) await query(url, text, text.includes('$1') ? [new Date(START)] : [])
}

async function dueNow(url: string, now: number): Promise<number> {
  const [row] = await query(url, 'select count(*)::int as n from device_supervision where due_at <= $1', [
    new Date(now),
  ])
  return Number(row?.n)
}

/** Devices whose time is over, and that were heard of meanwhile. */
async function makeDue(url: string, now: number): Promise<void> {
  const at = new Date(now)
  await query(
    url,
    `with picked as (select device_id from device_supervision where state = 'ok' order by random() limit ${DUE}),
       heard as (update device_state set last_seen_at = $1 where device_id in (select device_id from picked))
     update device_supervision set due_at = $1 where device_id in (select device_id from picked)`,
    [at],
  )
}

/** 10,000 devices all over the city that are never heard of again: so many cases, as the limit of storms is put higher. */
async function losing(url: string, now: number, sweeps: (rounds: number) => Promise<object>): Promise<object> {
  await query(
    url,
    `insert into detect_setting (scope, scope_id, settings, at) values ('city', '', '{"storms":{"devices":10001}}', now())`,
  )
  await query(
    url,
    `with picked as (select device_id from device_supervision join device using (device_id)
       where state = 'ok' and kind = 'terminal' order by device_id limit ${DUE}),
       silent as (update device_state set last_seen_at = $1::timestamptz - interval '1 hour'
         where device_id in (select device_id from picked))
     update device_supervision set due_at = $1 where device_id in (select device_id from picked)`,
    [new Date(now)],
  )
  const figures = await sweeps(8)
  const [row] = await query(url, `select count(*)::int as n from alert where kind = 'offline'`)
  return { alerts: row?.n, ...figures }
}
