import { setTimeout as sleep } from 'node:timers/promises'
import { startInfluxd } from '../support/influxd.ts'
import {
  makeDataDir,
  registerDevices,
  removeDataDir,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts'
import { round } from './figures.ts'
import { RawDevice } from './raw-device.ts'

const CONNECTIONS = 500
const IN_FLIGHT = 10
const WARM_UP_MS = 4_000
const MEASURE_MS = 15_000

/** Acknowledged telemetry messages per second, for PostgreSQL and for InfluxDB 1.x; each is then looked up in the store. */
export async function ingest(): Promise<object> {
  const postgres = await measure({})
  const influxd = await startInfluxd()
  try {
    const influx = await measure({ INFLUX_URL: influxd.url })
    return { postgres, influx, connections: CONNECTIONS, in_flight: IN_FLIGHT }
  } finally {
    await influxd.stop()
  }
}

async function measure(env: Record<string, string>): Promise<object> {
  const dataDir = await makeDataDir()
  const server = await startServer({ dataDir, env })
  const devices: RawDevice[] = []
  try {
    const admin = await server.admin()
    const registered = await registerDevices(admin, CONNECTIONS, 'ingest')
    for (let n = 0; n < registered.length; n += 20) {
      const group = registered.slice(n, n + 20)
      devices.push(
        ...(await Promise.all(group.map((one) => RawDevice.open(server.mqttPort, one.deviceId, one.secret)))),
      )
    }
    const load = startLoad(devices, registered)
    await sleep(WARM_UP_MS)
    const [before, begun] = [load.acknowledged(), performance.now()]
    await sleep(MEASURE_MS)
    const rate = ((load.acknowledged() - before) / (performance.now() - begun)) * 1000
    const rss = await server.rssMb()
    load.stop()
    await sleep(1_500)
    const stored = await countStored(server, admin, registered)
    if (stored !== load.acknowledged())
      throw new Error(`${load.acknowledged()} were acknowledged, ${stored} are stored`)
    return { msgs_per_s: Math.round(rate), stored, rss_mb: round(rss) }
  } finally {
    for (const device of devices) device.close()
    await server.kill('SIGTERM')
    await removeDataDir(dataDir)
  }
}

/** Each device keeps a number of messages in flight: the next one leaves when one is acknowledged. */
function startLoad(devices: readonly RawDevice[], registered: readonly { deviceId: string }[]) {
  let acknowledged = 0
  let running = true
  const start = Date.now()
  for (const [n, device] of devices.entries()) {
    const topic = `care/v1/${registered[n]?.deviceId}/telemetry`
    let serial = 0
    const next = () => {
      // A time of its own for each message, so that all of them are rows.
      const body = `{"ts":${start + serial++},"battery":86,"rssi":-${60 + (serial % 30)},"hr":${60 + (serial % 40)}}`
      device.send(RawDevice.prepare(topic, body), () => {
        acknowledged++
        if (running) next()
      })
    }
    for (let k = 0; k < IN_FLIGHT; k++) next()
  }
  return {
    acknowledged: () => acknowledged,
    stop: () => {
      running = false
    },
  }
}

async function countStored(
  server: ServerProcess,
  admin: Awaited<ReturnType<ServerProcess['admin']>>,
  registered: readonly { deviceId: string }[],
): Promise<number> {
  let stored = 0
  const from = new Date(Date.now() - 3_600_000).toISOString()
  const to = new Date(Date.now() + 3_600_000).toISOString()
  for (const { deviceId } of registered) {
    const { status, body } = await admin.get<{ items: { count: number }[] }>(
      `/devices/${deviceId}/telemetry?field=hr&from=${from}&to=${to}&every=1h`,
    )
    if (status !== 200) throw new Error(`telemetry of ${deviceId} on port ${server.httpPort} answered ${status}`)
    stored += body.items.reduce((sum, item) => sum + item.count, 0)
  }
  return stored
}
