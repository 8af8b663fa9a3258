import type { Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Aedes, Client } from 'aedes'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Clock } from '../server/contract/clock.ts'
import type { DeviceDirectoryPort, IntakePort, PresencePort } from '../server/contract/ports.ts'
import { createBroker, PROTOCOL_NAMES } from './broker.ts'
import { dropCommands, sendCommand } from './commands.ts'
import { type Connection, Connections, newConnection } from './connections.ts'
import { Flow } from './flow.ts'
import { guardFrames } from './frame-guard.ts'
import { Inbound } from './inbound.ts'
import { DEFAULT_LIMITS, type GatewayLimits, monotonicClock } from './limits.ts'
import { type Listener, listen, type TlsFiles, webSocketListener } from './listeners.ts'
import { Login } from './login.ts'
import { createMetrics } from './metrics.ts'
import { Sources, sourceKey } from './sources.ts'

export interface GatewayOptions {
  host: string
  /** 0 picks a free port. */
  mqttPort: number
  mqttsPort: number
  /** Null: no TLS listener. */
  tls: TlsFiles | null
  intake: IntakePort
  devices: DeviceDirectoryPort
  presence: PresencePort
  log: Logger
  registry: Registry
  clock: Clock
  limits?: Partial<GatewayLimits>
}

export interface Gateway {
  /** Rejects when a port can't be had; then nothing listens. */
  start(): Promise<{ mqttPort: number; mqttsPort: number | null }>
  /** Ends all connections. What is not acknowledged by then never is. */
  stop(): Promise<void>
  /** Serves MQTT over WebSocket at /mqtt on an HTTP server; other paths are left alone. */
  handleWebSocket(server: HttpServer): void
  /** Authenticated connections. */
  connections(): number
  isConnected(deviceId: string): boolean
  /**
   * Sends a command (QoS 1) to a connected device. True when the device has acknowledged it; false when it isn't
   * connected, has no subscription, or hasn't acknowledged in time. Nothing is queued: repeating is the caller's task.
   */
  publishToDevice(deviceId: string, payload: object): Promise<boolean>
}

const WEBSOCKET_PATH = '/mqtt'
const SWEEP_MS = 60_000

/** Puts the gateway together. Nothing happens before `start`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { log, clock } = options
  const limits: GatewayLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const connectionsByClient = new WeakMap<Client, Connection>()
  const connectionsByConn = new WeakMap<Duplex, Connection>()
  const connections = new Connections(options.presence, clock, limits.connectionsPerDevice)
  const sources = new Sources(limits, monotonicClock)
  const flow = new Flow(limits, monotonicClock)
  const metrics = createMetrics(options.registry, {
    connections: () => connections.authenticated,
    unanswered: () => flow.waiting,
  })
  let phase: 'new' | 'open' | 'stopping' = 'new'
  let broker: Aedes | null = null
  let sweep: NodeJS.Timeout | null = null
  const listeners: Listener[] = []
  const inbound = new Inbound({
    intake: options.intake,
    flow,
    metrics,
    clock,
    log,
    isStopping: () => phase === 'stopping',
  })

  const serve = (conn: Duplex, source: string) => {
    if (broker === null || phase !== 'open' || conn.destroyed) {
      conn.destroy()
      return
    }
    // Before Aedes, which reads from the stream as soon as it has it.
    guardFrames(conn, limits, {
      refused(reason, publish) {
        metrics.refused(reason)
        const connection = connectionsByConn.get(conn)
        log.debug({ deviceId: connection?.device?.deviceId, reason }, 'mqtt: packet refused, connection closed')
        if (connection && publish) inbound.tooLarge(connection, publish)
      },
    })
    const client = broker.handle(conn)
    const connection = newConnection(conn, client, source)
    connectionsByClient.set(client, connection)
    connectionsByConn.set(conn, connection)
    connections.all.add(connection)
    conn.once('close', () => {
      connection.closed = true
      connection.answers.drop()
      flow.forget(connection)
      dropCommands(connection)
      connections.remove(connection)
    })
  }

  const accept = (conn: Duplex, address: string) => {
    const source = sourceKey(address)
    const admission = sources.admit(source)
    if (!admission.admitted) {
      metrics.refused(admission.reason)
      conn.on('error', (error) => log.debug({ reason: error.message }, 'mqtt: refused connection ended'))
      conn.destroy()
      return
    }
    conn.once('close', () => sources.left(source))
    if (admission.afterMs === 0) {
      serve(conn, source)
      return
    }
    const ended = (error: Error) => log.debug({ reason: error.message }, 'mqtt: connection ended')
    conn.on('error', ended)
    const timer = setTimeout(() => {
      conn.off('error', ended)
      serve(conn, source)
    }, admission.afterMs)
    conn.once('close', () => clearTimeout(timer))
  }

  const listenerOptions = { limits, metrics, log, accept }
  const webSockets = webSocketListener({
    ...listenerOptions,
    path: WEBSOCKET_PATH,
    isOpen: () => phase === 'open',
    isLoggedIn: (conn) => connectionsByConn.get(conn)?.device != null,
  })

  const stopOnce = async () => {
    phase = 'stopping'
    if (sweep) clearInterval(sweep)
    flow.stop()
    webSockets.stop()
    // Devices first, so that their ends are seen in order; then what has not become a connection yet.
    const ended = [...connections.all].map(
      ({ conn }) => new Promise((resolve) => (conn.closed ? resolve(null) : conn.once('close', resolve))),
    )
    for (const { conn } of connections.all) conn.destroy()
    await Promise.all(ended)
    await Promise.all(listeners.map((listener) => listener.close()))
    const current = broker
    if (current !== null) await new Promise<void>((resolve) => current.close(resolve))
  }
  let stopped: Promise<void> | null = null
  const stop = () => {
    stopped ??= stopOnce()
    return stopped
  }

  return {
    async start() {
      broker = await createBroker({
        limits,
        login: new Login(options.devices, sources, limits),
        connections,
        inbound,
        metrics,
        log,
        connectionOf: (client) => connectionsByClient.get(client) ?? null,
      })
      phase = 'open'
      try {
        const plain = await listen(listenerOptions, options.host, options.mqttPort, null)
        listeners.push(plain)
        const secure = options.tls ? await listen(listenerOptions, options.host, options.mqttsPort, options.tls) : null
        if (secure) listeners.push(secure)
        sweep = setInterval(() => sources.sweep(), SWEEP_MS)
        const ports = { mqttPort: plain.port, mqttsPort: secure?.port ?? null }
        log.info({ ...ports, protocols: PROTOCOL_NAMES }, 'mqtt: listening')
        return ports
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
    handleWebSocket: (server) => webSockets.attach(server),
    connections: () => connections.authenticated,
    isConnected: (deviceId) => connections.device(deviceId) !== null,
    async publishToDevice(deviceId, payload) {
      const device = connections.device(deviceId)
      if (device === null || phase !== 'open') return false
      const subscribed = [...device.connections].filter(({ commandQos }) => commandQos !== null)
      const bytes = Buffer.from(JSON.stringify(payload))
      const { command } = device.topics
      const delivered = await Promise.all(subscribed.map((c) => sendCommand(c, command, bytes, limits.commandMs)))
      return delivered.includes(true)
    },
  }
}
