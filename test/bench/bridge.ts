import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Aedes, type PublishPacket } from 'aedes'
import type { ApiClient } from '../support/app.ts'
import { makeDataDir, removeDataDir, startServer } from '../support/server-process.ts'
import { round } from './figures.ts'

const SENSORS = 50
const MESSAGES = 40_000
const WARM_UP = 5_000
/** Messages on their way to the bridge: a network server's broker holds back more than that. */
const ON_THE_WAY = 5_000
const BRIDGE = 'bench-bridge'

/**
 * Readings per second that come over a bridge from an outside broker (Aedes, in this process) and are stored in
 * PostgreSQL; each is looked up there. At QoS 1 each was acknowledged as well.
 */
export async function bridge(): Promise<object> {
  const dataDir = await makeDataDir()
  const server = await startServer({ dataDir })
  const outside = await startOutside()
  try {
    const admin = await server.admin()
    await register(admin, outside.port)
    await connected(admin)
    const load = newLoad(outside, admin)
    await load.run(1, WARM_UP)
    const qos0 = await load.run(0, MESSAGES)
    const qos1 = await load.run(1, MESSAGES)
    return { bridge: { qos0, qos1, rss_mb: round(await server.rssMb()) } }
  } finally {
    await server.kill('SIGTERM')
    await outside.stop()
    await removeDataDir(dataDir)
  }
}

interface Outside {
  port: number
  acknowledged(): number
  publish(topic: string, payload: string, qos: 0 | 1): Promise<void>
  stop(): Promise<void>
}

async function startOutside(): Promise<Outside> {
  const broker = await Aedes.createBroker()
  let acknowledged = 0
  broker.on('ack', () => acknowledged++)
  const server = createServer(broker.handle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    acknowledged: () => acknowledged,
    publish: (topic, payload, qos) =>
      new Promise((resolve, reject) => {
        const packet = { cmd: 'publish', topic, payload, qos, retain: false, dup: false } as PublishPacket
        broker.publish(packet, (error) => (error ? reject(error) : resolve()))
      }),
    async stop() {
      await new Promise<void>((resolve) => broker.close(resolve))
      server.close()
    },
  }
}

async function register(admin: ApiClient, port: number): Promise<void> {
  await must(admin.post('/devices', { deviceId: BRIDGE, kind: 'bridge', protocol: 'zigbee2mqtt' }), 201)
  for (let n = 0; n < SENSORS; n++) {
    const device = { deviceId: sensor(n), kind: 'other', protocol: 'zigbee2mqtt', hubId: BRIDGE, address: sensor(n) }
    await must(admin.post('/devices', device), 201)
  }
  const bridge = { url: `mqtt://127.0.0.1:${port}` }
  await must(admin.send(`/devices/${BRIDGE}/settings`, { bridge }, 'application/json', 'PUT'), 200)
}

async function must(answer: Promise<{ status: number; body: unknown }>, status: number): Promise<void> {
  const { status: is, body } = await answer
  if (is !== status) throw new Error(`answered ${is}: ${JSON.stringify(body).slice(0, 300)}`)
}

async function connected(admin: ApiClient): Promise<void> {
  for (;;) {
    const { body } = await admin.get<{ items: { state: string }[] }>('/bridges')
    if (body.items[0]?.state === 'connected') return
    await sleep(50)
  }
}

const sensor = (n: number) => `bench-sensor-${n}`

function newLoad(outside: Outside, admin: ApiClient) {
  const begun = Date.now()
  let sent = 0
  let atQos1 = 0

  async function publishAll(qos: 0 | 1, count: number): Promise<void> {
    const firstAcknowledged = outside.acknowledged()
    for (let n = 0; n < count; n++) {
      // A time of its own for each message of a sensor, so that all of them are rows.
      const last_seen = new Date(begun - 3_600_000 + Math.floor(sent / SENSORS)).toISOString()
      const payload = JSON.stringify({ temperature: 20 + (sent % 10), humidity: 50, linkquality: 100, last_seen })
      await outside.publish(`zigbee2mqtt/${sensor(sent % SENSORS)}`, payload, qos)
      sent++
      while (qos === 1 && n - (outside.acknowledged() - firstAcknowledged) > ON_THE_WAY) await sleep(1)
    }
    if (qos === 1) atQos1 += count
  }

  return {
    async run(qos: 0 | 1, count: number): Promise<{ msgs_per_s: number }> {
      const began = performance.now()
      await publishAll(qos, count)
      while ((await countStored(admin, begun)) < sent) await sleep(20)
      const seconds = (performance.now() - began) / 1000
      if (outside.acknowledged() !== atQos1) throw new Error(`${outside.acknowledged()} of ${atQos1} acknowledged`)
      return { msgs_per_s: Math.round(count / seconds) }
    },
  }
}

/** Asks for each sensor's rows once the first has all that it is waiting for: asking costs the server time, too. */
async function countStored(admin: ApiClient, around: number): Promise<number> {
  const from = new Date(around - 7_200_000).toISOString()
  const to = new Date(around + 3_600_000).toISOString()
  let stored = 0
  for (let n = 0; n < SENSORS; n++) {
    const path = `/devices/${sensor(n)}/telemetry?field=temperature&from=${from}&to=${to}&every=1h`
    const { status, body } = await admin.get<{ items: { count: number }[] }>(path)
    if (status !== 200) throw new Error(`telemetry answered ${status}`)
    stored += body.items.reduce((sum, item) => sum + item.count, 0)
  }
  return stored
}
