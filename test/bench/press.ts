import { setTimeout as sleep } from 'node:timers/promises'
import type { CaseEvent } from '../../server/contract/push.ts'
import { makeDataDir, registerDevices, removeDataDir, startServer } from '../support/server-process.ts'
import { latency, round } from './figures.ts'
import { RawDevice } from './raw-device.ts'

const CONNECTIONS = 1_000
const BACKGROUND_PER_SECOND = 500
const PRESSES = 600
const PRESS_EVERY_MS = 50
const DESKS = 3

/**
 * Publish → PUBACK and publish → operator's socket, of presses that each open a case, with 1,000 devices connected and
 * telemetry in the background. Server and generator share the machine.
 */
export async function press(): Promise<object> {
  const dataDir = await makeDataDir()
  const server = await startServer({ dataDir })
  const devices: RawDevice[] = []
  try {
    const admin = await server.admin()
    const registered = await registerDevices(admin, CONNECTIONS, 'press')
    for (let n = 0; n < registered.length; n += 20) {
      const group = registered.slice(n, n + 20)
      devices.push(
        ...(await Promise.all(group.map((one) => RawDevice.open(server.mqttPort, one.deviceId, one.secret)))),
      )
    }
    const arrivals = new Map<string, number>()
    const desks = await Promise.all(Array.from({ length: DESKS }, () => admin.desk()))
    for (const [n, desk] of desks.entries()) {
      desk.on('case', (event: CaseEvent, acknowledge) => {
        if (n === 0 && event.residentId !== null && event.version === 1)
          arrivals.set(event.residentId, performance.now())
        acknowledge()
      })
    }
    const background = startBackground(devices, registered)
    await sleep(3_000)
    const begun = performance.now()
    const before = background.sent()
    const pressed = new Map<string, { at: number; puback: number | null }>()
    for (let n = 0; n < PRESSES; n++) {
      const device = devices[n]
      const { deviceId, residentId } = registered[n] ?? {}
      if (!device || !deviceId || !residentId) throw new Error('too few devices')
      const packet = RawDevice.prepare(
        `care/v1/${deviceId}/event`,
        JSON.stringify({ id: `p-${n}`, type: 'sos', ts: Date.now() }),
      )
      const entry: { at: number; puback: number | null } = { at: performance.now(), puback: null }
      pressed.set(residentId, entry)
      device.send(packet, (at) => {
        entry.puback = at
      })
      await sleep(begun + (n + 1) * PRESS_EVERY_MS - performance.now())
    }
    await sleep(1_000)
    const rate = ((background.sent() - before) / (performance.now() - begun)) * 1000
    background.stop()
    const rss = await server.rssMb()
    for (const desk of desks) desk.disconnect()
    const pubacks = [...pressed.values()].flatMap(({ at, puback }) => (puback === null ? [] : [puback - at]))
    const sockets = [...pressed].flatMap(([residentId, { at }]) => {
      const arrived = arrivals.get(residentId)
      return arrived === undefined ? [] : [arrived - at]
    })
    if (pubacks.length !== PRESSES || sockets.length !== PRESSES) {
      throw new Error(
        `of ${PRESSES} presses ${pubacks.length} were acknowledged and ${sockets.length} reached the desk`,
      )
    }
    return {
      puback: latency(pubacks),
      socket: latency(sockets),
      presses: PRESSES,
      connections: CONNECTIONS,
      desks: DESKS,
      background_msgs_per_s: Math.round(rate),
      rss_mb: round(rss),
    }
  } finally {
    for (const device of devices) device.close()
    await server.kill('SIGTERM')
    await removeDataDir(dataDir)
  }
}

/** Telemetry of all devices in turn, spread evenly. */
function startBackground(devices: readonly RawDevice[], registered: readonly { deviceId: string }[]) {
  let sent = 0
  let due = performance.now()
  const timer = setInterval(() => {
    for (; due <= performance.now(); due += 1000 / BACKGROUND_PER_SECOND) {
      const n = sent++ % devices.length
      const body = { ts: Date.now(), battery: 86, rssi: -70 - (n % 20), hr: 60 + (n % 30) }
      devices[n]?.send(
        RawDevice.prepare(`care/v1/${registered[n]?.deviceId}/telemetry`, JSON.stringify(body)),
        () => undefined,
      )
    }
  }, 5)
  return { sent: () => sent, stop: () => clearInterval(timer) }
}
