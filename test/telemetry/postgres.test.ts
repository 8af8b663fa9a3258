import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../server/contract/clock.ts'
import { APP_ROLE, openStore, type Store } from '../../server/store/db.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { telemetryMigration } from '../../server/store/migrations/0002-telemetry.ts'
import { PostgresTelemetry } from '../../server/store/telemetry/postgres.ts'
import { RefusedRowsError } from '../../server/store/telemetry/telemetry.ts'
import { writeRows } from '../../server/store/telemetry/write-rows.ts'
import { DAY, query, raw, silent, storeContract } from './contract.ts'

let directory: string
let postgres: EmbeddedPostgres
let database: Store
let store: PostgresTelemetry

const telemetry = () =>
  new PostgresTelemetry({ pool: database.pool, retentionDays: 400, clock: systemClock, log: silent })

async function partitions(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select relname as name from pg_inherits join pg_class on oid = inhrelid
     where inhparent = 'telemetry.sample'::regclass order by relname`,
  )
  return rows.map(({ name }) => name)
}

const partition = (ts: number) => `sample_${new Date(ts).toISOString().slice(0, 10).replaceAll('-', '')}`

/** The role as migration 0001 makes it, then ours alone. */
async function prepare(url: string, onError: (error: Error) => void): Promise<void> {
  const owner = openStore({ url, as: 'owner', max: 1, onError })
  try {
    await sql.raw(`create role ${APP_ROLE} nologin; grant ${APP_ROLE} to current_user`).execute(owner.db)
    await telemetryMigration.up(owner.db)
  } finally {
    await owner.close()
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anhu-telemetry-'))
  const onError = (error: Error) => silent.error(error)
  postgres = await startEmbeddedPostgres({ dataDir: directory, log: silent })
  await prepare(postgres.url, onError)
  database = openStore({ url: postgres.url, as: 'app', onError })
  store = telemetry()
  await store.start()
}, 60_000)

afterAll(async () => {
  await store?.stop()
  await database?.close()
  await postgres?.stop()
  await rm(directory, { recursive: true, force: true })
})

storeContract('PostgreSQL', () => store)

describe('PostgreSQL partitions', () => {
  test('today and tomorrow are made ahead, other UTC days when a row needs them', async () => {
    const now = Date.now()
    expect(await partitions()).toEqual(expect.arrayContaining([partition(now), partition(now + 86_400_000)]))
    const day = DAY - 100 * 86_400_000
    await store.write([
      { deviceId: 'edge', ts: day, fields: { hr: 1 } },
      { deviceId: 'edge', ts: day + 86_399_999, fields: { hr: 2 } },
    ])
    const { rows } = await database.pool.query<{ n: number }>(`select count(*) as n from telemetry.${partition(day)}`)
    expect(rows[0]?.n).toBe(2)
  })

  test('many nodes that need the same new days at once all succeed', async () => {
    const days = [200, 201, 202].map((ago) => DAY - ago * 86_400_000)
    const write = (node: number) =>
      telemetry().write(days.map((ts) => ({ deviceId: `node-${node}`, ts, fields: { hr: node } })))
    await Promise.all([1, 2, 3, 4, 5, 6].map(write))
    expect(await partitions()).toEqual(expect.arrayContaining(days.map(partition)))
    expect(await store.query(query('node-6', 'hr', { from: 0 }))).toHaveLength(3)
  })

  test('the retention drops whole days, and a partition dropped behind its back is made again', async () => {
    const old = DAY - 300 * 86_400_000
    await store.write([{ deviceId: 'old', ts: old, fields: { hr: 1 } }])
    const short = new PostgresTelemetry({
      pool: database.pool,
      retentionDays: 250,
      clock: systemClock,
      log: silent,
    })
    await Promise.all([short.maintain(Date.now()), short.maintain(Date.now())])
    expect(await partitions()).not.toContain(partition(old))
    expect(await partitions()).toContain(partition(DAY - 202 * 86_400_000))
    await store.write([{ deviceId: 'old', ts: old, fields: { hr: 2 } }])
    expect(await store.query(query('old', 'hr', { from: 0 }))).toEqual([raw(old, 2)])
  })

  test('two nodes that write the same rows in opposite order do not fail', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => ({ deviceId: `both-${i}`, ts: DAY, fields: { hr: i } }))
    const again = rows.map((row) => ({ ...row, fields: { steps: 1 } })).reverse()
    for (let i = 0; i < 3; i++) await Promise.all([store.write(rows), telemetry().write(again)])
    const { rows: merged } = await database.pool.query<{ fields: unknown }>(
      `select fields from telemetry.sample where device_id = 'both-7'`,
    )
    expect(merged).toEqual([{ fields: { hr: 7, steps: 1 } }])
  })

  test('data that only PostgreSQL refuses is a refusal without a row, and is found by halving', async () => {
    // Half of a surrogate pair: valid in a JavaScript string, not in UTF-8.
    const bad = { deviceId: 'half-\ud800', ts: DAY, fields: { hr: 1 } }
    const error: unknown = await store.write([bad]).catch((refusal: unknown) => refusal)
    expect(error).toBeInstanceOf(RefusedRowsError)
    expect((error as RefusedRowsError).message).toMatch(/22P0[25]/)
    const rows = Array.from({ length: 20 }, (_, i) => ({ deviceId: 'halves', ts: DAY + i, fields: { hr: i } }))
    const refused: unknown[] = []
    const outcome = await writeRows(
      rows.toSpliced(13, 0, bad),
      (part) => store.write(part),
      (out) => refused.push(...out),
    )
    expect(outcome).toEqual({ stored: 20, left: [] })
    expect(refused).toEqual([bad])
    expect(await store.query(query('halves', 'hr'))).toHaveLength(20)
  })
})
