import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from '../support/app.ts'
import { makeDataDir, removeDataDir, type ServerProcess, startServer } from '../support/server-process.ts'
import { latency, round } from './figures.ts'
import { RawDevice } from './raw-device.ts'

const MQTT_DEVICES = 10_000
const WATCHES = 5_000
const AT_ONCE = 100
/** Until garbage is collected and buffers are given back. */
const SETTLE_MS = 8_000

/**
 * Ten thousand MQTT devices and five thousand watches connected at once: what a connection costs in the server's memory,
 * and whether all are served, each with a message that is acknowledged when it is stored.
 */
export async function connections(): Promise<object> {
  const dataDir = await makeDataDir()
  const server = await startServer({ dataDir })
  const devices: Device[] = []
  const watches: Watch[] = []
  try {
    const admin = await server.admin()
    const mqtt = await register(admin, 'native', 'c', MQTT_DEVICES)
    const tcp = await register(admin, 'watch', '9', WATCHES)
    await warmUp(server, mqtt.slice(0, 200))
    const before = await settled(server)

    const mqttBegan = performance.now()
    await inGroups(mqtt, async (one) => {
      devices.push(await logIn(server, one))
    })
    const mqttMs = performance.now() - mqttBegan
    const withMqtt = await settled(server)

    const tcpBegan = performance.now()
    await inGroups(tcp, async ({ deviceId }) => {
      watches.push(await Watch.open(server.watchPort, deviceId))
    })
    const tcpMs = performance.now() - tcpBegan
    const withTcp = await settled(server)

    const pubacks = await Promise.all(devices.map(report))
    const replies = await Promise.all(watches.map((watch) => watch.keepAlive()))
    return {
      mqtt: {
        connections: devices.length,
        kb_each: round(((withMqtt - before) * 1024) / devices.length),
        connect_per_s: Math.round((devices.length / mqttMs) * 1000),
        puback: latency(pubacks),
      },
      watch: {
        connections: watches.length,
        kb_each: round(((withTcp - withMqtt) * 1024) / watches.length),
        connect_per_s: Math.round((watches.length / tcpMs) * 1000),
        reply: latency(replies),
      },
      rss_mb: round(await server.rssMb()),
      idle_rss_mb: round(before),
    }
  } finally {
    for (const { link } of devices) link.close()
    for (const watch of watches) watch.close()
    await server.kill('SIGTERM')
    await removeDataDir(dataDir)
  }
}

interface Registered {
  deviceId: string
  secret: string | null
}

/** As an installer brings a city's devices in: as a list. */
async function register(admin: ApiClient, protocol: string, prefix: string, count: number): Promise<Registered[]> {
  const digits = 10 - prefix.length
  const ids = Array.from({ length: count }, (_, n) => prefix + String(n).padStart(digits, '0'))
  const kind = protocol === 'watch' ? 'watch' : 'sos_button'
  const rows = ids.map((deviceId) => `${deviceId},${kind},${protocol}`)
  const answer = await admin.send('/devices/import', ['deviceId,kind,protocol', ...rows].join('\n'), 'text/csv')
  const { created } = answer.body as { created: Registered[] }
  if (created?.length !== count)
    throw new Error(`import: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`)
  return created
}

/** Code that has run once, and tables that have grown, are no cost of a connection. */
async function warmUp(server: ServerProcess, some: readonly Registered[]): Promise<void> {
  const open: Device[] = []
  await inGroups(some, async (one) => {
    open.push(await logIn(server, one))
  })
  await Promise.all(open.map(report))
  for (const { link } of open) link.close()
}

interface Device {
  deviceId: string
  link: RawDevice
}

async function logIn({ mqttPort }: ServerProcess, { deviceId, secret }: Registered): Promise<Device> {
  return { deviceId, link: await RawDevice.open(mqttPort, deviceId, secret ?? '') }
}

async function settled(server: ServerProcess): Promise<number> {
  await sleep(SETTLE_MS)
  return server.rssMb()
}

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let n = 0; n < items.length; n += AT_ONCE) await Promise.all(items.slice(n, n + AT_ONCE).map(work))
}

/** Telemetry, acknowledged when it is stored; ms until then. */
function report({ deviceId, link }: Device, n: number): Promise<number> {
  const body = JSON.stringify({ ts: Date.now(), battery: 50 + (n % 50) })
  const began = performance.now()
  return new Promise((resolve) => {
    link.send(RawDevice.prepare(`care/v1/${deviceId}/telemetry`, body), (at) => resolve(at - began))
  })
}

/** A GPS watch as far as its keep-alive. */
class Watch {
  readonly #socket: Socket
  readonly #deviceId: string
  #answered: (() => void) | null = null

  private constructor(socket: Socket, deviceId: string) {
    this.#socket = socket
    this.#deviceId = deviceId
  }

  static async open(port: number, deviceId: string): Promise<Watch> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const watch = new Watch(socket, deviceId)
    socket.on('data', () => watch.#answered?.())
    socket.on('error', () => socket.destroy())
    await watch.keepAlive()
    return watch
  }

  /** Resolves with the ms until the reply. */
  keepAlive(): Promise<number> {
    const began = performance.now()
    return new Promise((resolve) => {
      this.#answered = () => {
        this.#answered = null
        resolve(performance.now() - began)
      }
      this.#socket.write(`[3G*${this.#deviceId}*000B*LK,10,0,100]`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}
