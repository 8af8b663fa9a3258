import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Logger } from 'pino'
import type { Clock } from '../../server/contract/clock.ts'
import type { DeviceDirectoryPort, IntakePort, PresencePort, RegisteredDevice } from '../../server/contract/ports.ts'
import { charge, excessMs, type GatewayLimits, monotonicClock } from '../limits.ts'
import type { Metrics, Refusal } from '../metrics.ts'
import { nameOf } from '../names.ts'
import type { TcpFrame, TcpProtocol } from '../protocols/protocol.ts'
import type { Roster } from '../roster.ts'
import { type Sources, sourceKey } from '../sources.ts'
import { EMPTY, newSession, type TcpSession } from './session.ts'
import { isAllowedFrom } from './source-rules.ts'

export interface TcpServerOptions {
  protocol: TcpProtocol
  intake: IntakePort
  devices: DeviceDirectoryPort
  presence: PresencePort
  roster: Roster
  sources: Sources
  limits: GatewayLimits
  metrics: Metrics
  clock: Clock
  log: Logger
  isStopping: () => boolean
}

export interface TcpServer {
  /** Rejects when the port can't be had. */
  start(host: string, port: number): Promise<number>
  stop(): Promise<void>
  sessionOf(deviceId: string): TcpSession | null
  connections(): number
}

/** Devices that speak frames over TCP: a frame is answered when what it says is stored, in the order of the frames. */
export function createTcpServer(options: TcpServerOptions): TcpServer {
  const { protocol, intake, devices, presence, roster, sources, limits, metrics, clock, log } = options
  const sessions = new Set<TcpSession>()
  const byDevice = new Map<string, TcpSession>()
  const server = createServer(accept)
  server.maxConnections = limits.connections
  server.on('drop', () => metrics.refused('too_many_connections'))

  function accept(socket: Socket): void {
    socket.on('error', (error) => log.debug({ protocol: protocol.name, reason: error.message }, 'tcp: ended'))
    const source = sourceKey(socket.remoteAddress ?? '')
    const admission = options.isStopping() ? null : sources.admit(source)
    if (admission === null || !admission.admitted) {
      if (admission) metrics.refused(admission.reason)
      socket.destroy()
      return
    }
    const session = newSession(socket, protocol, source)
    sessions.add(session)
    socket.once('close', () => {
      sources.left(source)
      close(session)
    })
    socket.setNoDelay(true)
    // The first frame must come soon; after that a device may be quiet for as long as its keep-alive is.
    socket.setTimeout(limits.connectMs, () => refuse(session, session.name === null ? 'no_frame' : 'silent'))
    socket.on('data', (chunk) => read(session, chunk))
    if (admission.afterMs > 0) {
      socket.pause()
      setTimeout(() => socket.resume(), admission.afterMs).unref()
    }
  }

  function read(session: TcpSession, chunk: Buffer): void {
    const { frames, rest, skipped } = protocol.cut(
      session.rest.length === 0 ? chunk : Buffer.concat([session.rest, chunk]),
    )
    // A copy: the rest of a chunk would keep the whole of it in memory.
    session.rest = rest.length === 0 ? EMPTY : Buffer.from(rest)
    if (skipped > 0) metrics.skipped(protocol.name, skipped)
    if (session.rest.length > protocol.maxFrameBytes) {
      refuse(session, 'packet_too_large')
      return
    }
    for (const frame of frames) {
      if (session.closed) return
      take(session, frame)
    }
    hold(session)
  }

  /** Reads no further while too much waits, or faster than the device's rate. */
  function hold(session: TcpSession): void {
    const now = monotonicClock.now()
    const excess = excessMs(session.frames, now, limits.messagesPerDevice)
    if (excess > 0 && !session.socket.isPaused()) {
      session.socket.pause()
      setTimeout(() => resume(session), Math.ceil(excess)).unref()
    } else if (session.answers.waiting >= limits.waitingPerConnection) session.socket.pause()
  }

  function resume(session: TcpSession): void {
    if (session.closed || session.answers.waiting * 2 > limits.waitingPerConnection) return
    if (excessMs(session.frames, monotonicClock.now(), limits.messagesPerDevice) === 0) session.socket.resume()
  }

  function take(session: TcpSession, bytes: Buffer): void {
    const receivedAt = clock.now()
    const frame = protocol.decode(bytes, receivedAt)
    metrics.message(`${protocol.name}_${frame.channel}`)
    session.frames = charge(session.frames, monotonicClock.now(), limits.messagesPerDevice)
    const name = frame.address ?? session.name
    if (name === null) {
      refuse(session, 'no_identity')
      return
    }
    if (session.name !== null && name !== session.name) {
      keepDamaged(session, frame, bytes, receivedAt)
      refuse(session, 'other_identity')
      return
    }
    if (session.name === null) named(session, name)
    const { reply } = frame
    const slot = session.answers.open(() => {
      if (reply !== null && !session.closed) session.socket.write(reply)
    }, bytes.length)
    const device = session.looking === null ? roster.remembered(protocol.name, null, name) : undefined
    const work =
      device === undefined
        ? lookUp(session, name, frame, bytes, receivedAt)
        : handle(session, device, frame, bytes, receivedAt)
    work.then(
      () => {
        if (options.isStopping()) return
        session.answers.settle(slot)
        if (session.socket.isPaused()) resume(session)
      },
      (error: unknown) => {
        const level = options.isStopping() ? 'debug' : 'error'
        log[level]({ deviceId: session.deviceId, err: nameOf(error) }, 'tcp: frame not stored and not answered')
        session.socket.destroy()
      },
    )
  }

  /** An alarm with another id may be this device's own, damaged on its way; it is never told of the other one. */
  function keepDamaged({ deviceId }: TcpSession, frame: TcpFrame, payload: Buffer, receivedAt: number): void {
    const alarms = frame.items.some((item) => item.kind === 'event' || (item.kind === 'unreadable' && item.alarm))
    if (deviceId === null || !alarms) return
    const explanation = 'An alarm that names another device than the connection'
    const item = { kind: 'unreadable', reason: 'invalid_field', explanation, alarm: true, deviceId } as const
    intake
      .accept({ deviceId, protocol: protocol.name, topic: frame.channel, payload, receivedAt, items: [item] })
      .catch((error: unknown) => log.error({ deviceId, err: nameOf(error) }, 'tcp: damaged alarm not stored'))
  }

  /** It has shown that it speaks; whether it is served is looked up, which takes long while the store is down. */
  function named(session: TcpSession, name: string): void {
    session.name = name
    session.socket.setTimeout(limits.tcpSilenceMs)
  }

  function lookUp(session: TcpSession, name: string, frame: TcpFrame, bytes: Buffer, at: number): Promise<void> {
    const found = roster.find(protocol.name, null, name)
    const turn = (session.looking ?? Promise.resolve()).then(() => found)
    const done = turn.then((device) => handle(session, device, frame, bytes, at))
    const settled = turn.then(noted, noted)
    session.looking = settled
    void settled.then(() => {
      if (session.looking === settled) session.looking = null
    })
    return done
  }

  async function handle(
    session: TcpSession,
    device: RegisteredDevice | null,
    frame: TcpFrame,
    payload: Buffer,
    receivedAt: number,
  ): Promise<void> {
    const refusal = device === null ? 'not_registered' : admits(device, session.address)
    if (device === null || refusal !== null) {
      if (device === null && session.name !== null) knock(session.name, payload, receivedAt)
      refuse(session, refusal ?? 'not_registered')
      return
    }
    const { deviceId } = device
    // A frame without a readable header teaches nothing about how to write one.
    if (Object.keys(frame.header).length > 0) session.last = frame
    // What has come in is kept also when the connection has ended meanwhile.
    if (!session.closed) attach(session, deviceId)
    const items = frame.items.map((item) => ({ ...item, deviceId }))
    await intake.accept({ deviceId, protocol: protocol.name, topic: frame.channel, payload, receivedAt, items })
  }

  /** The connection is the device's from now on; an older one is given up, as a device has but one. */
  function attach(session: TcpSession, deviceId: string): void {
    if (session.deviceId === deviceId) return
    const older = byDevice.get(deviceId)
    session.deviceId = deviceId
    byDevice.set(deviceId, session)
    if (older === undefined) presence.changed(deviceId, true, clock.now())
    else {
      metrics.refused('taken_over')
      older.socket.destroy()
    }
    presence.reachable(deviceId)
  }

  function knock(address: string, payload: Buffer, at: number): void {
    devices.knocked({ hubId: null, protocol: protocol.name, address, device: null, payload, at, announced: false })
  }

  function refuse(session: TcpSession, reason: Refusal): void {
    if (session.closed) return
    metrics.refused(reason)
    log.debug({ protocol: protocol.name, deviceId: session.deviceId, reason }, 'tcp: connection closed')
    session.closed = true
    session.socket.destroy()
  }

  function close(session: TcpSession): void {
    session.closed = true
    session.answers.drop()
    sessions.delete(session)
    const { deviceId } = session
    if (deviceId === null || byDevice.get(deviceId) !== session) return
    byDevice.delete(deviceId)
    presence.changed(deviceId, false, clock.now())
  }

  return {
    async start(host, port) {
      server.listen(port, host)
      await once(server, 'listening')
      server.on('error', (error) => log.error({ reason: error.message }, 'tcp: listener error'))
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : port
    },
    async stop() {
      if (!server.listening) return
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const ended = [...sessions].map(({ socket }) => once(socket, 'close'))
      for (const { socket } of sessions) socket.destroy()
      await Promise.all(ended)
      await closed
    },
    sessionOf: (deviceId) => byDevice.get(deviceId) ?? null,
    connections: () => byDevice.size,
  }
}

function admits({ sources }: RegisteredDevice, address: string): Refusal | null {
  return isAllowedFrom(sources, address) ? null : 'source_not_allowed'
}

const noted = (): void => undefined
