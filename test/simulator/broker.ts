import { createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'

export interface Received {
  clientId: string
  topic: string
  /** As JSON where it is JSON, else the text. */
  payload: unknown
  text: string
  qos: number
  retain: boolean
}

/** A plain real broker that knows a list of secrets and notes what it was sent. */
export class TestBroker {
  readonly received: Received[] = []
  /** Asked before a publish is acknowledged; false destroys the connection instead. */
  acknowledges: (message: Received) => boolean = () => true
  maySubscribe = true
  readonly secrets: Map<string, string>
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #broker: Aedes | null = null
  port = 0

  constructor(secrets: Map<string, string>) {
    this.secrets = secrets
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker({
      authenticate: (_client, username, password, done) =>
        done(null, username !== undefined && this.secrets.get(username) === password?.toString()),
      authorizeSubscribe: (_client, subscription, done) => done(null, this.maySubscribe ? subscription : null),
      authorizePublish: (client, packet, done) => {
        const text = packet.payload.toString()
        const message = {
          clientId: client?.id ?? '',
          topic: packet.topic,
          payload: parsed(text),
          text,
          qos: packet.qos,
          retain: packet.retain,
        }
        this.received.push(message)
        done(this.acknowledges(message) ? null : new Error('not stored'))
      },
    })
    const server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      broker.handle(socket)
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    const address = server.address()
    this.port = typeof address === 'object' && address !== null ? address.port : 0
    this.#server = server
    this.#broker = broker
  }

  /** As a crash would: connections break, the port is closed. A later `start` listens on the same port. */
  async crash(): Promise<void> {
    const server = this.#server
    this.#server = null
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
    const broker = this.#broker
    this.#broker = null
    await new Promise<void>((resolve) => (broker ? broker.close(() => resolve()) : resolve()))
  }

  /** Says something to whoever has subscribed. */
  send(topic: string, payload: object | string): void {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    const packet = { cmd: 'publish', topic, payload: Buffer.from(text), qos: 1, retain: false, dup: false } as const
    this.#broker?.publish(packet, () => undefined)
  }

  /** Messages on a topic, in order of arrival. */
  on(topic: string): Received[] {
    return this.received.filter((message) => message.topic === topic)
  }

  /** Payloads of a device on one of its topics, in order of arrival. */
  of(deviceId: string, channel: 'event' | 'telemetry' | 'status'): Record<string, unknown>[] {
    return this.received
      .filter(({ topic }) => topic === `care/v1/${deviceId}/${channel}`)
      .flatMap(({ payload }) => payload as Record<string, unknown>[])
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return text
  }
}

/** Polls until it holds, for at most five seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 5_000
  while (!holds()) {
    if (performance.now() > end) throw new Error(`did not come about: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
