import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Aedes } from 'aedes'
import fastify, { type FastifyInstance } from 'fastify'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { buildTerminal } from '../../dashboard/terminal/build.ts'
import { registerPages } from '../../server/http/pages.ts'

/** A message of a terminal, in the order of arrival. */
export interface Received {
  topic: string
  body: Record<string, unknown>
  retain: boolean
  dup: boolean
}

/**
 * The network's edge for tests of the terminal: a broker that notes, acknowledges when it is told to, and sends whatever
 * commands a test wants; and, with a folder, the built pages from the same port, as the platform has them.
 */
export class EdgeServer {
  readonly secrets: Map<string, string>
  readonly received: Received[] = []
  /** Client ids of all logins so far. */
  readonly logins: string[] = []
  /** False: a message is read and not acknowledged. */
  acknowledges = true
  port = 0
  readonly #pagesDir: string | null
  #http: FastifyInstance | null = null
  #broker: Aedes | null = null

  constructor(secrets: Map<string, string>, pagesDir: string | null = null) {
    this.secrets = secrets
    this.#pagesDir = pagesDir
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker({
      authenticate: (client, username, password, done) => {
        this.logins.push(client.id)
        const isRight = username !== undefined && this.secrets.get(username) === password?.toString()
        if (isRight) return done(null, true)
        // CONNACK 5, as the gateway answers.
        done(Object.assign(new Error('refused'), { returnCode: 5 }), false)
      },
      authorizePublish: (_client, { topic, payload, retain, dup }, done) => {
        this.received.push({ topic, retain, dup, body: JSON.parse(payload.toString()) })
        if (this.acknowledges || !topic.endsWith('/event')) done(null)
      },
    })
    const http = fastify({ forceCloseConnections: true })
    if (this.#pagesDir !== null) await registerPages(http, this.#pagesDir)
    const sockets = new WebSocketServer({ server: http.server, path: '/mqtt', handleProtocols: () => 'mqtt' })
    sockets.on('connection', (socket) => {
      broker.handle(createWebSocketStream(socket))
    })
    await http.listen({ host: '127.0.0.1', port: this.port })
    this.port = (http.server.address() as AddressInfo).port
    this.#http = http
    this.#broker = broker
  }

  /** Goes away as at a power cut; `start` comes back at the same address. */
  async stop(): Promise<void> {
    const [http, broker] = [this.#http, this.#broker]
    this.#http = null
    this.#broker = null
    if (broker) await new Promise<void>((resolve) => broker.close(() => resolve()))
    await http?.close()
  }

  /** Messages of a terminal on one of its topics. */
  of(deviceId: string, channel: 'event' | 'telemetry' | 'status' | 'reply' | 'voice-reply'): Record<string, unknown>[] {
    return this.received.filter(({ topic }) => topic === `care/v1/${deviceId}/${channel}`).map(({ body }) => body)
  }

  command(deviceId: string, command: Record<string, unknown>): Promise<void> {
    return this.send(deviceId, JSON.stringify(command))
  }

  send(deviceId: string, payload: string, channel = 'command'): Promise<void> {
    return new Promise((resolve, reject) => {
      const topic = `care/v1/${deviceId}/${channel}`
      const packet = { cmd: 'publish' as const, topic, payload, qos: 1 as const, retain: false, dup: false }
      if (this.#broker === null) reject(new Error('the server is stopped'))
      else this.#broker.publish(packet, (error) => (error ? reject(error) : resolve()))
    })
  }
}

/** The terminal's pages, built into a folder of their own. */
export async function buildPages(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'anhu-terminal-'))
  for (const { fileName, source } of await buildTerminal()) {
    const path = join(dir, fileName)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, source)
  }
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}
