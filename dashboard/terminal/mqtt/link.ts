import { backOffMs } from './back-off.ts'
import type { LinkState } from './link-view.ts'
import { connect, PacketReader, pingreq, puback, publish, type ServerPacket, subscribe } from './packets.ts'

/** The terminal's login. */
export interface Login {
  deviceId: string
  secret: string
  /** Stays the same for one installation. */
  clientId: string
}

export interface Outgoing {
  /** What is sent under the same key takes its place. */
  key: string
  channel: 'event' | 'telemetry' | 'reply' | 'voice-reply'
  payload: string
}

/** As much of a WebSocket as is needed. */
export type Socket = Pick<WebSocket, 'binaryType' | 'onopen' | 'onmessage' | 'onclose' | 'onerror' | 'send' | 'close'>

export interface LinkOptions {
  /** A WebSocket with subprotocol `mqtt` to the broker. */
  open(): Socket
  /** False when the device itself has no network. */
  hasNetwork(): boolean
  onState(state: LinkState): void
  /** PUBACK: stored at the platform. */
  onAcknowledged(key: string): void
  onCommand(payload: string): void
  /** A word about a call. */
  onVoice(payload: string): void
  /** Monotonic ms. */
  now(): number
  /** 0 up to 1. */
  random(): number
}

/** Keep-alive as told to the server, s; and after how long a silence we ask, ms. */
const KEEP_ALIVE_S = 30
const PING_AFTER_MS = 20_000
/** Without any answer for so long the connection is dead, whatever the socket says. Ms. */
const ANSWER_MS = 8_000
/** The server lives but doesn't acknowledge: begin anew, in case the message was lost there. Ms. */
const ACKNOWLEDGE_MS = 60_000
const CONNECT_MS = 10_000
const CHECK_MS = 1_000

interface Connection {
  socket: Socket
  reader: PacketReader
  isLoggedIn: boolean
  openedAt: number
  receivedAt: number
  sentAt: number
  /** When the oldest question without an answer was asked; null: none. */
  askedAt: number | null
  /** Unacknowledged keys by packet identifier, with when they were sent. */
  sent: Map<number, { key: string; at: number }>
  lastPacketId: number
}

/**
 * The MQTT connection of a terminal: there whenever it can be, and everything that was given to it is sent again on each
 * new connection until it is acknowledged (at least once, in order).
 */
export class Link {
  readonly #options: LinkOptions
  #login: Login | null = null
  #connection: Connection | null = null
  #attempts = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #check: ReturnType<typeof setInterval> | undefined
  readonly #waiting = new Map<string, Outgoing & { wasSent: boolean }>()

  constructor(options: LinkOptions) {
    this.#options = options
  }

  start(login: Login): void {
    this.stop()
    this.#login = login
    this.#check = setInterval(() => this.#checkAlive(), CHECK_MS)
    this.#connect()
  }

  /** Ends the connection as a power cut would: the server tells the will. */
  stop(): void {
    this.#login = null
    clearInterval(this.#check)
    clearTimeout(this.#retry)
    this.#end()
  }

  /** Sends, now or as soon as there is a connection. */
  send(message: Outgoing): void {
    this.#waiting.delete(message.key)
    const entry = { ...message, wasSent: false }
    this.#waiting.set(message.key, entry)
    if (this.#connection?.isLoggedIn) this.#publish(this.#connection, entry)
  }

  /** Forgets what is no event: it was said in the name of another login. */
  dropVolatile(): void {
    for (const { key, channel } of [...this.#waiting.values()]) if (channel !== 'event') this.#waiting.delete(key)
  }

  /** Somebody pressed, or the network is back: connects at once, and finds out whether a connection still lives. */
  kick(): void {
    if (this.#login === null) return
    const connection = this.#connection
    if (connection === null) this.#connect()
    else if (connection.isLoggedIn) this.#ping(connection)
    // An attempt from before the network came back may hang for long.
    else if (this.#options.now() - connection.openedAt > 2_000) this.#lost(connection, 0)
  }

  /** The device says that its network is gone: no need to wait until the silence shows it. */
  networkLost(): void {
    if (this.#login === null || this.#options.hasNetwork()) return
    if (this.#connection === null) this.#options.onState('no_network')
    else this.#lost(this.#connection)
  }

  #connect(): void {
    clearTimeout(this.#retry)
    const login = this.#login
    if (login === null) return
    let socket: Socket
    try {
      socket = this.#options.open()
    } catch {
      // An address that can't be a WebSocket's; there is nothing to wait for but a change.
      this.#failed(this.#state())
      return
    }
    const now = this.#options.now()
    const connection: Connection = {
      socket,
      reader: new PacketReader(),
      isLoggedIn: false,
      openedAt: now,
      receivedAt: now,
      sentAt: now,
      askedAt: null,
      sent: new Map(),
      lastPacketId: 0,
    }
    this.#connection = connection
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => this.#send(connection, connect(connectOf(login)))
    socket.onmessage = ({ data }) => this.#received(connection, data)
    socket.onclose = () => this.#lost(connection)
    // A close follows.
    socket.onerror = () => undefined
  }

  #received(connection: Connection, data: unknown): void {
    if (connection !== this.#connection) return
    connection.receivedAt = this.#options.now()
    connection.askedAt = null
    const packets = data instanceof ArrayBuffer ? connection.reader.push(new Uint8Array(data)) : null
    if (packets === null) this.#lost(connection)
    else for (const packet of packets) this.#handle(connection, packet)
  }

  #handle(connection: Connection, packet: ServerPacket): void {
    switch (packet.type) {
      case 'connack':
        if (packet.returnCode === 0) this.#loggedIn(connection)
        // 4 and 5: user name, password, rights; 3 and the rest: not now. MQTT 3.1.1, table 3.1.
        else this.#lost(connection, undefined, packet.returnCode >= 4 ? 'refused' : 'unreachable')
        return
      case 'puback': {
        const sent = connection.sent.get(packet.packetId)
        connection.sent.delete(packet.packetId)
        if (sent === undefined) return
        // What was put in its place since is on its way under a number of its own.
        const isNewest = ![...connection.sent.values()].some(({ key }) => key === sent.key)
        if (isNewest && this.#waiting.delete(sent.key)) this.#options.onAcknowledged(sent.key)
        return
      }
      case 'publish':
        if (/\/voice$/.test(packet.topic)) this.#options.onVoice(packet.payload)
        else this.#options.onCommand(packet.payload)
        if (packet.packetId !== null) this.#send(connection, puback(packet.packetId))
        return
      case 'suback':
      case 'pingresp':
        return
    }
  }

  #loggedIn(connection: Connection): void {
    const deviceId = this.#login?.deviceId ?? ''
    this.#attempts = 0
    connection.isLoggedIn = true
    for (const name of ['command', 'voice']) {
      this.#send(connection, subscribe(this.#packetId(connection), `care/v1/${deviceId}/${name}`))
    }
    const online = publish({ ...statusOf(deviceId, 'online'), packetId: this.#packetId(connection), dup: false })
    this.#send(connection, online)
    for (const entry of this.#waiting.values()) this.#publish(connection, entry)
    this.#options.onState('online')
  }

  #publish(connection: Connection, entry: Outgoing & { wasSent: boolean }): void {
    const { key, channel, payload, wasSent } = entry
    const packetId = this.#packetId(connection)
    const at = this.#options.now()
    connection.sent.set(packetId, { key, at })
    connection.askedAt ??= at
    entry.wasSent = true
    const topic = `care/v1/${this.#login?.deviceId ?? ''}/${channel}`
    this.#send(connection, publish({ topic, payload, packetId, retain: false, dup: wasSent }))
  }

  #ping(connection: Connection): void {
    connection.askedAt ??= this.#options.now()
    this.#send(connection, pingreq())
  }

  #send(connection: Connection, bytes: Uint8Array<ArrayBuffer>): void {
    if (connection !== this.#connection) return
    connection.sentAt = this.#options.now()
    try {
      connection.socket.send(bytes)
    } catch {
      this.#lost(connection)
    }
  }

  #checkAlive(): void {
    const connection = this.#connection
    if (connection === null) return
    const now = this.#options.now()
    if (!connection.isLoggedIn) {
      if (now - connection.openedAt > CONNECT_MS) this.#lost(connection)
      return
    }
    const isSilent = connection.askedAt !== null && now - connection.askedAt > ANSWER_MS
    const isUnstored = [...connection.sent.values()].some(({ at }) => now - at > ACKNOWLEDGE_MS)
    if (isSilent || isUnstored) this.#lost(connection)
    else if (now - Math.max(connection.sentAt, connection.receivedAt) > PING_AFTER_MS) this.#ping(connection)
  }

  /** `delayMs`: when to try again; otherwise the back-off says. */
  #lost(connection: Connection, delayMs?: number, state: LinkState = this.#state()): void {
    if (connection !== this.#connection) return
    this.#end()
    this.#failed(state, delayMs)
  }

  #failed(state: LinkState, delayMs = backOffMs(this.#attempts, this.#options.random())): void {
    this.#attempts += 1
    this.#options.onState(state)
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#connect(), delayMs)
  }

  #end(): void {
    const connection = this.#connection
    this.#connection = null
    if (connection === null) return
    const { socket } = connection
    socket.onopen = null
    socket.onmessage = null
    socket.onclose = null
    socket.close()
  }

  #state(): LinkState {
    return this.#options.hasNetwork() ? 'unreachable' : 'no_network'
  }

  /** 1 to 65,535, and not in use [2.3.1]. */
  #packetId(connection: Connection): number {
    do {
      connection.lastPacketId = (connection.lastPacketId % 65_535) + 1
    } while (connection.sent.has(connection.lastPacketId))
    return connection.lastPacketId
  }
}

function connectOf({ deviceId, secret, clientId }: Login) {
  const { topic, payload } = statusOf(deviceId, 'offline')
  return { clientId, username: deviceId, password: secret, keepAlive: KEEP_ALIVE_S, will: { topic, payload } }
}

const statusOf = (deviceId: string, state: 'online' | 'offline') => ({
  topic: `care/v1/${deviceId}/status`,
  payload: JSON.stringify({ state }),
  retain: true,
})
