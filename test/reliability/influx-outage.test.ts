import { realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from '../support/app.ts'
import { acknowledgementTimes, type Firmware, type FirmwareOptions } from '../support/firmware.ts'
import { allAnswered, report, SEED, startFleet, until } from '../support/fleet.ts'
import { type Influxd, startInfluxd } from '../support/influxd.ts'
import { processesOf, signalAll, waitForNone } from '../support/processes.ts'
import { auditPresses, embeddedUrl } from '../support/record-audit.ts'
import {
  makeDataDir,
  registerDevices,
  removeDataDir,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts'

const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 5) * 1_000
const SENSORS = 50
const BUTTONS = 10

let influx: Influxd
let dataDir = ''
let server: ServerProcess
let admin: ApiClient
let sensors: Firmware[] = []
let buttons: Firmware[] = []
let began = 0

/** Samples of one sensor: `steps` counts them, and no two have the same time. */
function samples(deviceId: string): FirmwareOptions['make'] {
  let last = 0
  return (n) => {
    last = Math.max(last + 1, Date.now())
    return {
      id: String(n),
      topic: `care/v1/${deviceId}/telemetry`,
      payload: JSON.stringify({ ts: last, steps: n, hr: 60 + (n % 40), battery: 80 }),
    }
  }
}

beforeAll(async () => {
  influx = await startInfluxd()
  dataDir = await realpath(await makeDataDir())
  server = await startServer({ dataDir, env: { INFLUX_URL: influx.url } })
  admin = await server.admin()
  const registered = await registerDevices(admin, SENSORS + BUTTONS, 'influx')
  const { mqttPort: port } = server
  began = Date.now()
  // One message in flight and a batch every 20 ms: about 500 messages/s of all.
  sensors = await startFleet(registered.slice(0, SENSORS), { port, gapMs: [60, 80], seed: SEED, make: samples })
  buttons = await startFleet(registered.slice(SENSORS), { port, gapMs: [80, 160], seed: SEED })
})

afterAll(async () => {
  for (const device of [...sensors, ...buttons]) device.close()
  await server?.kill('SIGKILL')
  signalAll(await processesOf(dataDir), 'SIGKILL')
  await waitForNone(dataDir, 5_000)
  await removeDataDir(dataDir)
  await influx?.stop()
})

test(`InfluxDB killed for ${OUTAGE_MS / 1_000} s: presses are unaffected, no acknowledged telemetry is lost`, {
  timeout: 60_000 + 2 * OUTAGE_MS,
}, async () => {
  for (const device of [...sensors, ...buttons]) device.send()
  const start = performance.now()
  await sleep(2_000)
  const down = performance.now()
  await influx.kill()
  await sleep(OUTAGE_MS)
  expect((await readiness()).telemetry).toMatchObject({ mode: 'spooling' })
  const up = performance.now()
  await influx.restart()
  await allAnswered(sensors, performance.now(), 10_000)
  await settle()
  const drained = performance.now()

  const figures = await checkAll()
  const seconds = (up - down) / 1_000
  const during = acknowledgementTimes(buttons, down, up)
  const telemetry = acknowledgementTimes(sensors, down, up)
  report('influx killed', {
    outage_ms: Math.round(up - down),
    drained_ms: Math.round(drained - up),
    ...figures,
    telemetry_msgs_per_s: Math.round(telemetry.messages / seconds),
    puback_before: acknowledgementTimes(buttons, start, down),
    puback_during: during,
    telemetry_puback_during: telemetry,
  })
  // All went on: a press never waits for telemetry's 2 s of patience with its engine.
  expect(during.max_ms).toBeLessThan(1_000)
  expect(telemetry.messages / seconds).toBeGreaterThan(200)
})

test('and the server killed -9 in the middle of the outage: the spool survives', {
  timeout: 60_000 + 2 * OUTAGE_MS,
}, async () => {
  for (const device of [...sensors, ...buttons]) device.send()
  await allAnswered(sensors, performance.now(), 10_000)
  await influx.kill()
  await sleep(Math.max(2_500, OUTAGE_MS / 2))
  const spooled = (await readiness()).telemetry
  expect(spooled).toMatchObject({ mode: 'spooling' })
  expect(Number(spooled?.spoolBytes)).toBeGreaterThan(0)
  await server.kill('SIGKILL')
  const killedAt = performance.now()
  server = await startServer({ dataDir, env: { INFLUX_URL: influx.url, MQTT_PORT: String(server.mqttPort) } })
  admin = await server.admin()
  const answered = await allAnswered([...sensors, ...buttons], killedAt, 15_000)
  await sleep(OUTAGE_MS / 2)
  expect((await readiness()).telemetry).toMatchObject({ mode: 'spooling' })
  await influx.restart()
  await settle()
  report('influx and server killed', {
    ready_ms: Math.round(server.readyMs),
    answered_ms: answered,
    ...(await checkAll()),
  })
})

/** Everything sent is acknowledged, and the spool is empty. */
async function settle(): Promise<void> {
  await Promise.all([...sensors, ...buttons].map((device) => device.rest()))
  await until('the spool is drained', 30_000, async () => (await readiness()).telemetry?.mode === 'direct')
}

/** Every message of every device is where it belongs, once. */
async function checkAll(): Promise<{ presses: number; samples: number }> {
  const presses = await auditPresses(await embeddedUrl(dataDir), buttons, true)
  let found = 0
  for (const sensor of sensors) {
    const steps = await storedSteps(sensor.deviceId)
    expect(steps, sensor.deviceId).toEqual(sensor.messages.map(({ id }) => Number(id)))
    found += steps.length
  }
  return { presses, samples: found }
}

async function storedSteps(deviceId: string): Promise<number[]> {
  const query = new URLSearchParams({
    field: 'steps',
    from: new Date(began).toISOString(),
    to: new Date(Date.now() + 60_000).toISOString(),
  })
  const { status, body } = await admin.get<{ items: { value: number }[] }>(`/devices/${deviceId}/telemetry?${query}`)
  if (status !== 200) throw new Error(`telemetry of ${deviceId} answered ${status}`)
  return body.items.map(({ value }) => value)
}

async function readiness(): Promise<Record<string, Record<string, unknown> | undefined>> {
  const response = await fetch(`http://127.0.0.1:${server.httpPort}/readyz`)
  const { checks } = (await response.json()) as { checks: Record<string, Record<string, unknown>> }
  return checks
}
