import type { Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Aedes, Client } from 'aedes'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Clock } from '../server/contract/clock.ts'
import type {
  DeviceDirectoryPort,
  DeviceLinkPort,
  IntakePort,
  PresencePort,
  VoicePort,
} from '../server/contract/ports.ts'
import { Bridges } from './bridges.ts'
import { createBroker, PROTOCOL_NAMES } from './broker.ts'
import { dropCommands } from './commands.ts'
import { type Connection, Connections, newConnection } from './connections.ts'
import { Flow } from './flow.ts'
import { guardFrames } from './frame-guard.ts'
import { Inbound } from './inbound.ts'
import { DEFAULT_LIMITS, type GatewayLimits, monotonicClock } from './limits.ts'
import { createLinks } from './links.ts'
import { type Listener, listen, type TlsFiles, webSocketListener } from './listeners.ts'
import { Login } from './login.ts'
import { createMetrics } from './metrics.ts'
import { minifinder2Protocol } from './protocols/minifinder2.ts'
import { watchProtocol } from './protocols/watch.ts'
import { Reception } from './reception.ts'
import { Roster } from './roster.ts'
import { Sources, sourceKey } from './sources.ts'
import { createTcpServer } from './tcp/server.ts'

export interface GatewayOptions {
  host: string
  /** 0 picks a free port. */
  mqttPort: number
  mqttsPort: number
  watchPort: number
  pendantPort: number
  /** Null: no TLS listener. */
  tls: TlsFiles | null
  intake: IntakePort
  devices: DeviceDirectoryPort
  presence: PresencePort
  voice: VoicePort
  log: Logger
  registry: Registry
  clock: Clock
  limits?: Partial<GatewayLimits>
}

export interface GatewayPorts {
  mqttPort: number
  mqttsPort: number | null
  watchPort: number
  pendantPort: number
}

export interface Gateway {
  /** Rejects when a port can't be had; then nothing listens. */
  start(): Promise<GatewayPorts>
  /** Ends all connections. What is not acknowledged by then never is. */
  stop(): Promise<void>
  /** Serves MQTT over WebSocket at /mqtt on an HTTP server; other paths are left alone. */
  handleWebSocket(server: HttpServer): void
  /** Devices and hubs that are logged in over MQTT, and those connected over TCP. */
  connections(): { mqtt: number; tcp: number }
  /** The way to devices. Nothing is queued here: repeating what was not delivered is the caller's task. */
  links: DeviceLinkPort
}

export const WEBSOCKET_PATH = '/mqtt'
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
  const tcpConnections = () => [...tcpServers.values()].reduce((sum, server) => sum + server.connections(), 0)
  const metrics = createMetrics(options.registry, {
    connections: () => connections.authenticated,
    tcpConnections,
    unanswered: () => flow.waiting + bridges.waiting,
  })
  let phase: 'new' | 'open' | 'stopping' = 'new'
  let broker: Aedes | null = null
  let sweep: NodeJS.Timeout | null = null
  const listeners: Listener[] = []
  const isStopping = () => phase === 'stopping'
  const { intake, devices, presence } = options
  const roster = new Roster({ devices, clock, log, isStopping })
  const reception = new Reception({ intake, devices, roster, log })
  const inbound = new Inbound({ reception, voice: options.voice, flow, metrics, clock, log, isStopping })
  const bridges = new Bridges({ devices, presence, reception, metrics, limits, clock, log })
  const shared = { intake, devices, presence, roster, sources, limits, metrics, clock, log, isStopping }
  const watches = createTcpServer({ ...shared, protocol: watchProtocol })
  const pendants = createTcpServer({ ...shared, protocol: minifinder2Protocol })
  const tcpServers = new Map([
    [watchProtocol.name, watches],
    [minifinder2Protocol.name, pendants],
  ])

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
    await Promise.all([watches.stop(), pendants.stop(), bridges.stop()])
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
        login: new Login(devices, sources, limits),
        connections,
        inbound,
        metrics,
        log,
        connectionOf: (client) => connectionsByClient.get(client) ?? null,
        reachable: (deviceId) => presence.reachable(deviceId),
      })
      phase = 'open'
      try {
        const plain = await listen(listenerOptions, options.host, options.mqttPort, null)
        listeners.push(plain)
        const secure = options.tls ? await listen(listenerOptions, options.host, options.mqttsPort, options.tls) : null
        if (secure) listeners.push(secure)
        const ports = {
          mqttPort: plain.port,
          mqttsPort: secure?.port ?? null,
          watchPort: await watches.start(options.host, options.watchPort),
          pendantPort: await pendants.start(options.host, options.pendantPort),
        }
        sweep = setInterval(() => sources.sweep(), SWEEP_MS)
        bridges.start()
        log.info({ ...ports, protocols: PROTOCOL_NAMES }, 'gateway: listening')
        return ports
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
    handleWebSocket: (server) => webSockets.attach(server),
    connections: () => ({ mqtt: connections.authenticated, tcp: tcpConnections() }),
    links: createLinks({ connections, bridges, tcpServers, roster, commandMs: limits.commandMs }),
  }
}
