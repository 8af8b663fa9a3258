import { realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { acknowledgementTimes, type Firmware } from '../support/firmware.ts'
import { allAnswered, report, SEED, seededRandom, startFleet } from '../support/fleet.ts'
import { postmasterOf, processesOf, signalAll, waitForNone } from '../support/processes.ts'
import { auditPresses, embeddedUrl } from '../support/record-audit.ts'
import {
  makeDataDir,
  registerDevices,
  removeDataDir,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts'
import { query } from '../support/sql.ts'

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 3)
const DEVICES = 50
const random = seededRandom('kill')

/** Commits as slow as on a cheap disk: many kills fall between a commit and its acknowledgement. */
const SLOW_COMMIT = `
  create function slow_commit() returns trigger language plpgsql as $$
  begin
    if current_setting('test.slow', true) is distinct from txid_current()::text then
      perform set_config('test.slow', txid_current()::text, true);
      perform pg_sleep(0.02);
    end if;
    return null;
  end $$;
  create constraint trigger slow_commit after insert on outbox deferrable initially deferred
    for each row execute function slow_commit();
`

let dataDir = ''
let server: ServerProcess
let fleet: Firmware[] = []

beforeAll(async () => {
  dataDir = await realpath(await makeDataDir())
  server = await startServer({ dataDir })
  const devices = await registerDevices(await server.admin(), DEVICES, 'kill')
  await query(await embeddedUrl(dataDir), SLOW_COMMIT)
  fleet = await startFleet(devices, { port: server.mqttPort, gapMs: [5, 30], seed: SEED })
})

afterAll(async () => {
  for (const device of fleet) device.close()
  await server?.kill('SIGKILL')
  signalAll(await processesOf(dataDir), 'SIGKILL')
  await waitForNone(dataDir, 5_000)
  await removeDataDir(dataDir)
})

/** The way a round's crash goes; the first three rounds are one of each. */
const WAYS = ['server', 'server and postgres', 'server, and again while it starts'] as const

test(`kill -9 at ${ROUNDS} random moments: no acknowledged press is lost, none is there twice`, {
  timeout: ROUNDS * 30_000,
}, async () => {
  const restartMs: number[] = []
  const recoveryMs: number[] = []
  let kills = 0
  /** Presses that were stored when the server died, and not acknowledged: their retries must not count again. */
  let committed = 0
  for (const device of fleet) device.send()
  for (let round = 0; round < ROUNDS; round++) {
    const way = WAYS[round % WAYS.length]
    await sleep(random.between(50, 1_500))
    const postmaster = await postmasterOf(dataDir)
    await server.kill('SIGKILL')
    kills++
    if (way === 'server and postgres') signalAll([postmaster], 'SIGKILL')
    // An orphan goes on running and answers: the record must be right even before anybody comes to put it in order.
    else {
      await sleep(60)
      const acknowledged = fleet.flatMap((device) => device.acknowledged).length
      committed += (await auditPresses(await embeddedUrl(dataDir), fleet, false)) - acknowledged
    }
    if (way === 'server, and again while it starts') kills += await killWhileStarting()

    const killedAt = performance.now()
    server = await restart()
    restartMs.push(Math.round(server.readyMs))
    if (way !== 'server and postgres') expect(await postmasterOf(dataDir), 'the orphan is taken over').toBe(postmaster)
    recoveryMs.push(await allAnswered(fleet, killedAt, 15_000))
    await auditPresses(await embeddedUrl(dataDir), fleet, false)
  }
  await Promise.all(fleet.map((device) => device.rest()))
  const stored = await auditPresses(await embeddedUrl(dataDir), fleet, true)

  const messages = fleet.flatMap((device) => device.messages)
  report('kill', {
    rounds: ROUNDS,
    kills,
    devices: DEVICES,
    presses: messages.length,
    acknowledged: messages.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length,
    repeated: messages.filter(({ sendings }) => sendings > 1).length,
    committed_unacknowledged: committed,
    stored,
    restart_ms: restartMs,
    all_devices_answered_ms: recoveryMs,
    puback: acknowledgementTimes(fleet),
  })
  expect(messages.length).toBeGreaterThan(ROUNDS * DEVICES)
  // Without presses that were under way when the process died, nothing was tried.
  expect(messages.filter(({ sendings }) => sendings > 1).length).toBeGreaterThan(0)
  if (ROUNDS >= 10) expect(committed).toBeGreaterThan(0)
})

test('a clean stop leaves no process behind', async () => {
  expect((await processesOf(dataDir)).length).toBeGreaterThan(0)
  await server.kill('SIGTERM')
  expect(await waitForNone(dataDir, 2_000)).toEqual([])
})

/** The same MQTT port over all restarts, since that is where devices come back to. */
const restart = (onSpawn?: (pid: number) => void): Promise<ServerProcess> =>
  startServer({
    dataDir,
    env: { MQTT_PORT: String(server.mqttPort) },
    ...(onSpawn ? { onSpawn } : {}),
  })

/** Starts it and kills it before it is ready. */
async function killWhileStarting(): Promise<number> {
  let pid = 0
  const started = restart((spawned) => {
    pid = spawned
  }).catch((error: unknown) => error)
  await sleep(random.between(20, 500))
  signalAll([pid], 'SIGKILL')
  const outcome = await started
  // It was ready before; then this is one more kill of a running server.
  if (!(outcome instanceof Error)) return 1
  expect(outcome.message).toContain('before it was ready')
  return 1
}
