import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createSealer } from '../../server/org/seal/sealer.ts'
import { verifyChain } from '../../server/org/seal/verify.ts'
import { openStore } from '../../server/store/db.ts'
import { startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { migrate } from '../../server/store/migrate.ts'
import { makeDataDir, removeDataDir } from '../support/server-process.ts'
import { query } from '../support/sql.ts'
import { latency, round } from './figures.ts'

const ENTRIES = 1_000_000
const SECONDS = 20
const SIGNALS = 10_000

/** The chain: a second's 10,000 signals sealed, what a signal pays for it, and a million entries verified. */
export async function audit(): Promise<object> {
  const dataDir = await makeDataDir()
  const log = pino({ level: 'silent' })
  const server = await startEmbeddedPostgres({ dataDir, log })
  const store = openStore({ url: server.url, as: 'app', onError: () => undefined })
  try {
    await migrate(server.url, (error) => {
      throw error
    })
    const sealer = createSealer({
      db: store.db,
      clock: { now: () => Date.now() },
      log,
      registry: new Registry(),
      anchorFile: null,
    })
    await query(
      server.url,
      `insert into device (device_id, kind, protocol, created_at) values ('d', 'sos_button', 'native', now())`,
    )
    const insert: number[] = []
    const seal: number[] = []
    for (let n = 0; n < SECONDS; n++) {
      insert.push(await timed(() => query(server.url, SECOND_OF_SIGNALS, [n])))
      seal.push(await timed(() => sealer.run()))
    }
    const without = await insertWithout(server.url)
    for (let n = 0; n < ENTRIES / 10_000; n++) {
      await query(server.url, ENTRIES_OF_AUDIT, [n])
      await sealer.run()
    }
    const began = performance.now()
    const { ok, rows, seals } = await verifyChain(store.db)
    const seconds = (performance.now() - began) / 1000
    const total = rows.audit + rows.signal
    if (!ok || total < ENTRIES) throw new Error('the chain does not hold')
    return {
      seal_10000_signals: latency(seal),
      insert_10000_signals: latency(insert),
      insert_10000_signals_without_chain: latency(without),
      verify: { rows: total, seals, seconds: round(seconds), rows_per_s: Math.round(total / seconds) },
    }
  } finally {
    await store.close()
    await server.stop()
    await removeDataDir(dataDir)
  }
}

const SECOND_OF_SIGNALS = `
  insert into signal (signal_id, device_id, message_id, type, device_ts, received_at, occurred_at, protocol, detail)
  select gen_random_uuid(), 'd', $1::int || '-' || i, 'sos', now(), now(), now(), 'native',
    '{"battery": 87, "rssi": -71, "room": "bath"}'
  from generate_series(1, ${SIGNALS}) i`

const ENTRIES_OF_AUDIT = `
  insert into audit (at, action, subject, detail)
  select now(), 'case.read', md5(($1::int * 10000 + i)::text), '{"caseId": "0196a1b2-0000-7000-8000-000000000000"}'
  from generate_series(1, 10000) i`

/** The same signals into a table that has neither the column's default nor its index. */
async function insertWithout(url: string): Promise<number[]> {
  await query(url, 'drop index signal_written; alter table signal alter column written_in set default 0')
  const took: number[] = []
  for (let n = 0; n < SECONDS; n++) took.push(await timed(() => query(url, SECOND_OF_SIGNALS, [1_000 + n])))
  await query(
    url,
    'create index signal_written on signal (written_in); alter table signal alter column written_in set default seal_position()',
  )
  // They would lie under the first seal, which is made already.
  await query(
    url,
    `alter table signal disable trigger append_only; delete from signal where written_in = 0;
     alter table signal enable trigger append_only`,
  )
  return took
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
