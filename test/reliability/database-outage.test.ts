import { realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Firmware } from '../support/firmware.ts'
import { acknowledgedBetween, allAnswered, report, SEED, startFleet, until } from '../support/fleet.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { postmasterOf, processesOf, signalAll, waitForNone } from '../support/processes.ts'
import { auditPresses, embeddedUrl } from '../support/record-audit.ts'
import {
  makeDataDir,
  registerDevices,
  removeDataDir,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts'

const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 5) * 1_000
const DEVICES = 20
/** Shorter than in production (30 s), so that a short outage is longer than it. */
const QUERY_TIMEOUT_MS = 1_200
/** A PUBACK whose commit was just before the outage may still be on its way. */
const ON_ITS_WAY_MS = 200

describe('an external database', () => {
  let postgres: PostgresServer
  let pressing: Pressing

  beforeAll(async () => {
    postgres = await startPostgresServer()
    pressing = await startPressing({ DATABASE_URL: `${postgres.url}?query_timeout=${QUERY_TIMEOUT_MS}` })
  })
  afterAll(async () => {
    await pressing?.end()
    await postgres?.remove()
  })

  const outages = {
    stopped: [() => postgres.stop(), () => postgres.start()],
    killed: [() => postgres.kill(), () => postgres.start()],
    frozen: [() => postgres.freeze(), () => postgres.thaw()],
  } as const
  for (const [name, [down, up]] of Object.entries(outages)) {
    test(`${name} for ${OUTAGE_MS / 1_000} s: no PUBACK, no connection lost, and every press is there afterwards`, {
      timeout: 60_000 + 2 * OUTAGE_MS,
    }, async () => {
      const { server, fleet } = pressing
      for (const device of fleet) device.send()
      await allAnswered(fleet, performance.now() + 300, 10_000)
      await down()
      const from = performance.now() + ON_ITS_WAY_MS
      const pongs = fleet.map((device) => device.pongs)
      const health = await watch(server.httpPort, OUTAGE_MS)
      const to = performance.now()
      await up()
      const answered = await allAnswered(fleet, performance.now(), 30_000)
      await until('/readyz is 200', 10_000, async () => (await ask(server.httpPort, 'readyz')).status === 200)
      await Promise.all(fleet.map((device) => device.rest()))

      const stored = await auditPresses(postgres.url, fleet, true)
      report(`database ${name}`, { outage_ms: OUTAGE_MS, presses: stored, all_devices_answered_ms: answered })
      expect(acknowledgedBetween(fleet, from, to)).toBe(0)
      // Each device had a press waiting all the time.
      expect(fleet.filter(({ messages }) => messages.some((one) => waitedOver(one, from, to)))).toHaveLength(DEVICES)
      expect(fleet.map((device) => device.losses)).toEqual(fleet.map(() => 0))
      expect(fleet.filter((device, n) => device.pongs - (pongs[n] ?? 0) < 2)).toEqual([])
      expect(health.alive.length).toBeGreaterThan(2)
      expect(health.alive).toEqual(health.alive.map(() => 200))
      expect(health.ready).toMatchObject({ status: 503, body: { ok: false, checks: { database: { ok: false } } } })
      // The intake speaks up once the database has refused it for more than 5 s; a frozen one has refused nothing yet.
      if (OUTAGE_MS >= 15_000 && name !== 'frozen') {
        expect(health.ready).toMatchObject({ body: { checks: { intake: { ok: false } } } })
      }
    })
  }

  /**
   * The answer to a query comes after the server has stopped waiting for it. Locks do that at a chosen place within the
   * alarm's transaction: after its signals were written, and after its case was changed but has no event yet.
   */
  for (const table of ['alarm_case', 'case_log']) {
    test(`${table} does not answer in time: the transaction is given up whole and done again`, {
      timeout: 60_000,
    }, async () => {
      const { fleet } = pressing
      for (const device of fleet) device.send()
      await allAnswered(fleet, performance.now() + 300, 10_000)
      const release = await lock(postgres.url, table)
      // The query's time-out, the rollback's, and a retry.
      await sleep(2.5 * QUERY_TIMEOUT_MS)
      await release()
      await allAnswered(fleet, performance.now(), 30_000)
      await Promise.all(fleet.map((device) => device.rest()))
      await auditPresses(postgres.url, fleet, true)
    })
  }
})

test('the embedded PostgreSQL killed: it is back by itself, and no press is lost', { timeout: 60_000 }, async () => {
  const { server, fleet, dataDir, end } = await startPressing({})
  try {
    for (const device of fleet) device.send()
    const answered: number[] = []
    for (let time = 0; time < 3; time++) {
      await sleep(300)
      const postmaster = await postmasterOf(dataDir)
      const killedAt = performance.now()
      signalAll([postmaster], 'SIGKILL')
      // Its children may go on for a moment before they notice.
      await until('another server', 15_000, async () => ![0, postmaster].includes(await postmasterOf(dataDir)))
      await allAnswered(fleet, performance.now(), 15_000)
      answered.push(Math.round(performance.now() - killedAt))
    }
    await until('/readyz is 200', 10_000, async () => (await ask(server.httpPort, 'readyz')).status === 200)
    await Promise.all(fleet.map((device) => device.rest()))
    const stored = await auditPresses(await embeddedUrl(dataDir), fleet, true)
    report('embedded postgres killed', { presses: stored, all_devices_answered_ms: answered })
    expect(fleet.map((device) => device.losses)).toEqual(fleet.map(() => 0))
  } finally {
    await end()
  }
})

/** Keeps everybody else off a table until released. */
async function lock(url: string, table: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query(`lock table ${table} in access exclusive mode`)
  return () => client.end()
}

interface Pressing {
  server: ServerProcess
  fleet: Firmware[]
  dataDir: string
  end(): Promise<void>
}

async function startPressing(env: Record<string, string>): Promise<Pressing> {
  const dataDir = await realpath(await makeDataDir())
  const server = await startServer({ dataDir, env })
  const devices = await registerDevices(await server.admin(), DEVICES, 'outage')
  // A keep-alive far shorter than the outage: connections that are not served would be closed, by either side.
  const fleet = await startFleet(devices, { port: server.mqttPort, gapMs: [20, 60], keepAliveS: 2, seed: SEED })
  const end = async () => {
    for (const device of fleet) device.close()
    await server.kill('SIGKILL')
    signalAll(await processesOf(dataDir), 'SIGKILL')
    await waitForNone(dataDir, 5_000)
    await removeDataDir(dataDir)
  }
  return { server, fleet, dataDir, end }
}

function waitedOver({ firstSentAt, acknowledgedAt }: Firmware['messages'][number], from: number, to: number): boolean {
  return firstSentAt <= from && acknowledgedAt !== null && acknowledgedAt >= to
}

async function ask(port: number, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`http://127.0.0.1:${port}/${path}`, { signal: AbortSignal.timeout(5_000) })
  return { status: response.status, body: await response.json() }
}

/** Asks for health all the time, and for readiness at the end. */
async function watch(port: number, ms: number) {
  const alive: number[] = []
  const until = performance.now() + ms
  // The check of a silent database takes 2 s.
  while (performance.now() < until - 2_500) {
    alive.push((await ask(port, 'healthz')).status)
    await sleep(250)
  }
  const ready = await ask(port, 'readyz')
  await sleep(Math.max(0, until - performance.now()))
  return { alive, ready }
}
