import { once } from 'node:events'
import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import type { Logger } from 'pino'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { GatewayLimits } from './limits.ts'
import type { Metrics } from './metrics.ts'

/** Where sockets come from: TCP, TLS, WebSocket. Each is handed to `accept` as a byte stream. */
export interface TlsFiles {
  /** PEM. `ca` completes the certificate's chain. */
  cert: string | Buffer
  key: string | Buffer
  ca: string | Buffer | null
}

export interface ListenerOptions {
  limits: GatewayLimits
  metrics: Metrics
  log: Logger
  accept(conn: Duplex, address: string): void
}

/** A socket that has been silent for so long is asked whether it's still there: devices may have no keep-alive. */
const TCP_KEEP_ALIVE_MS = 60_000

export interface Listener {
  port: number
  /** Ends every socket, also those still in a TLS handshake. */
  close(): Promise<void>
}

/** Listens on `port` (0 picks one). Rejects when the port can't be had. */
export async function listen(
  options: ListenerOptions,
  host: string,
  port: number,
  tls: TlsFiles | null,
): Promise<Listener> {
  const { limits, metrics, log } = options
  const serve = (socket: Socket) => {
    socket.setNoDelay(true)
    socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS)
    options.accept(socket, socket.remoteAddress ?? '')
  }
  const server =
    tls === null
      ? createServer(serve)
      : createTlsServer(
          {
            cert: tls.cert,
            key: tls.key,
            ...(tls.ca === null ? {} : { ca: tls.ca }),
            minVersion: 'TLSv1.2',
            handshakeTimeout: limits.connectMs,
          },
          serve,
        )
  // Counts sockets in a TLS handshake as well, which `accept` doesn't see yet.
  server.maxConnections = limits.connections
  server.on('drop', () => metrics.refused('too_many_connections'))
  server.on('tlsClientError', (error: Error) => {
    metrics.refused('tls_handshake')
    log.debug({ reason: error.message }, 'mqtts: handshake failed')
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(port, host)
  await once(server, 'listening')
  server.on('error', (error) => log.error({ reason: error.message }, 'mqtt: listener error'))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      return closed
    },
  }
}

/** MQTT 3.1.1, 6: the subprotocol is `mqtt`; MQTT 3.1 clients said `mqttv3.1`. */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1']
/** Before login, raw bytes a WebSocket may send: a WebSocket frame is gathered before its MQTT header is seen. */
const FRAME_OVERHEAD_BYTES = 4_096

export interface WebSocketListener {
  /** Takes upgrade requests for `path` of the server; others are left to their own handlers. */
  attach(server: HttpServer): void
  stop(): void
}

/** MQTT over WebSocket on an HTTP server that serves other things too. */
export function webSocketListener(
  options: ListenerOptions & { path: string; isOpen(): boolean; isLoggedIn(conn: Duplex): boolean },
): WebSocketListener {
  const { limits, metrics, log, path } = options
  const wss = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: limits.packetBytes + FRAME_OVERHEAD_BYTES,
    handleProtocols: (offered) => SUBPROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  })
  const detach: (() => void)[] = []

  const refuse = (socket: Duplex, status: string) => {
    metrics.refused('websocket_handshake')
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if ((request.url ?? '').split('?')[0] !== path) return
    socket.on('error', (error: Error) => log.debug({ reason: error.message }, 'mqtt: websocket ended'))
    if (!options.isOpen()) return refuse(socket, '503 Service Unavailable')
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
    if (!offered.some((name) => SUBPROTOCOLS.includes(name))) return refuse(socket, '400 Bad Request')
    wss.handleUpgrade(request, socket, head, (ws) => {
      const conn = createWebSocketStream(ws)
      let rawBytes = head.length
      const count = (chunk: Buffer) => {
        if (options.isLoggedIn(conn)) {
          socket.off('data', count)
          return
        }
        rawBytes += chunk.length
        if (rawBytes <= limits.connectBytes + FRAME_OVERHEAD_BYTES) return
        metrics.refused('packet_too_large')
        socket.destroy()
      }
      socket.on('data', count)
      ws.on('message', (_data, isBinary) => {
        // [MQTT-6.0.0-1]
        if (!isBinary) ws.close(1003)
      })
      options.accept(conn, request.socket.remoteAddress ?? '')
    })
  }

  return {
    attach(server) {
      server.on('upgrade', onUpgrade)
      detach.push(() => server.off('upgrade', onUpgrade))
    },
    stop() {
      for (const undo of detach.splice(0)) undo()
      wss.close()
    },
  }
}
