import { type Kysely, sql, type Transaction } from 'kysely'
import type { Logger } from 'pino'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '../contract/clock.ts'
import { SELF_TEST_DEVICE } from '../contract/purpose.ts'
import type { CaseEvent } from '../contract/push.ts'
import type { Database } from '../store/schema.ts'
import { ensureSelfTest, newDeviceSecret, nextWord } from './credentials.ts'
import { rollUp } from './history.ts'
import { INTERVAL_MS, isFailing, RETRY_MS } from './judge.ts'
import { ProbeError, type ProbeTimes, probe } from './probe.ts'

export interface SelfTestDeps {
  db: Kysely<Database>
  clock: Clock
  log: Logger
  registry: Registry
  node: string
  /** Known once they listen. */
  ports: () => { mqtt: number; http: number }
  /** A desk's cookie for the account, and the end of its session. */
  openSession: (userId: string) => Promise<{ cookie: string; close: () => Promise<void> }>
  /** The gateway has to ask anew who the device is. */
  deviceChanged: (deviceId: string) => void
  /** Raises or takes back the fault of the platform, in the transaction. */
  tellFault: (tx: Transaction<Database>, failing: boolean, now: number) => Promise<CaseEvent[]>
  committed: (events: readonly CaseEvent[]) => void
  timeoutMs?: number
}

/**
 * One test alarm a minute, through a device's connection to a desk's socket, by one of the nodes; and on every node a look
 * at whether it still comes. See docs/adr/0028.
 */
export function createSelfTest(deps: SelfTestDeps) {
  const { db, clock, log, node, committed } = deps
  const metrics = createMetrics(deps.registry)
  const since = clock.now()
  let userId: string | null = null
  let secret: string | null = null

  /** The turn, when it is due and nobody else has it. @returns who had the last one */
  async function claim(now: number): Promise<{ last: string | null } | null> {
    const { rows } = await sql<{ last: string | null }>`
      with due as (select node from self_test where due_at <= ${new Date(now)} for update skip locked)
      update self_test set due_at = ${new Date(now + INTERVAL_MS)}, node = ${node} from due
      returning due.node as last`.execute(db)
    return rows[0] ?? null
  }

  async function test(account: string, last: string | null): Promise<ProbeTimes> {
    // Another node has given the device a secret of its own meanwhile.
    if (secret === null || last !== node) {
      secret = await newDeviceSecret(db, clock.now())
      deps.deviceChanged(SELF_TEST_DEVICE)
    }
    const { cookie, close } = await deps.openSession(account)
    try {
      const { mqtt, http } = deps.ports()
      return await probe({
        mqttPort: mqtt,
        httpPort: http,
        deviceId: SELF_TEST_DEVICE,
        secret,
        cookie,
        type: await nextWord(db),
        messageId: uuidv7(),
        now: clock.now(),
        timeoutMs: deps.timeoutMs ?? 10_000,
      })
    } finally {
      await close()
    }
  }

  async function run(): Promise<void> {
    userId ??= await ensureSelfTest(db, clock.now())
    const turn = await claim(clock.now())
    if (turn === null) return
    try {
      const times = await test(userId, turn.last)
      metrics.seconds.observe(times.deskMs / 1000)
      await passed(db, node, times, clock.now())
    } catch (error) {
      secret = null
      const failure = error instanceof ProbeError ? error.step : 'prepare'
      metrics.failures.inc({ step: failure })
      log.error({ err: error, step: failure }, 'self-test failed')
      await failed(db, node, failure, clock.now())
    }
  }

  /** Tells of a self-test that fails or does not come, once, and of its return. Any node does it. */
  async function look(): Promise<void> {
    const now = clock.now()
    const row = await db.selectFrom('self_test').selectAll().executeTakeFirst()
    if (row === undefined) return
    const state = { lastOkAt: row.last_ok_at?.getTime() ?? null, failures: row.failures }
    const failing = isFailing(state, since, now)
    metrics.ok.set(failing ? 0 : 1)
    if (failing === (row.alarmed_at !== null)) return
    const events = await db.transaction().execute(async (tx) => {
      const { rows } = await sql`
        update self_test set alarmed_at = ${failing ? new Date(now) : null}
        where (alarmed_at is null) = ${failing} returning 1`.execute(tx)
      return rows.length === 0 ? [] : deps.tellFault(tx, failing, now)
    })
    if (events.length > 0)
      log.error({ failing }, failing ? 'the self-test fails: told as a fault' : 'the self-test works again')
    committed(events)
  }

  return {
    jobs: [
      { name: 'self-test', everyMs: 1_000, run },
      { name: 'self-test watch', everyMs: 5_000, run: look },
      { name: 'self-test hours', everyMs: 600_000, run: () => rollUp(db, clock.now()) },
    ],
  }
}

async function passed(
  db: Kysely<Database>,
  node: string,
  { pubackMs, deskMs }: ProbeTimes,
  now: number,
): Promise<void> {
  const at = new Date(now)
  await sql`
    with run as (
      insert into self_test_run (at, node, puback_ms, desk_ms) values (${at}, ${node}, ${pubackMs}, ${deskMs})
    )
    update self_test set last_ok_at = ${at}, puback_ms = ${pubackMs}, desk_ms = ${deskMs}, failures = 0, failure = null`.execute(
    db,
  )
}

async function failed(db: Kysely<Database>, node: string, failure: string, now: number): Promise<void> {
  const at = new Date(now)
  await sql`
    with run as (insert into self_test_run (at, node, failure) values (${at}, ${node}, ${failure}))
    update self_test set failures = failures + 1, failed_at = ${at}, failure = ${failure},
      due_at = ${new Date(now + RETRY_MS)}`.execute(db)
}

function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    ok: new Gauge({ name: 'anhu_selftest_ok', help: '1 while the end-to-end self-test passes', registers }),
    failures: new Counter({
      name: 'anhu_selftest_failures_total',
      help: 'Self-tests that failed, by how far they came',
      labelNames: ['step'],
      registers,
    }),
    seconds: new Histogram({
      name: 'anhu_selftest_seconds',
      help: 'From the device’s publish to the desk’s socket',
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
      registers,
    }),
  }
}
