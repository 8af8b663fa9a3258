import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import { type App, startApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import type { ClientToServerEvents, ServerToClientEvents } from '../../server/contract/push.ts'
import { ensureUser } from '../../server/org/users.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { FakeClock } from './fake-clock.ts'

export const PASSWORD = 'correct-horse-battery'

export interface TestApp extends App {
  clock: FakeClock
  database: TestDatabase
  /** A signed-in caller of the API. */
  signIn(username: string): Promise<ApiClient>
  /** Ends the application and its database. */
  destroy(): Promise<void>
}

export interface Answer<T = Record<string, unknown>> {
  status: number
  body: T
  headers: Headers
}

export interface ApiClient {
  cookie: string
  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>>
  post<T = Record<string, unknown>>(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer<T>>
  /** Any other method or body: a list to import, a change. JSON unless it is a text or bytes. */
  send<T = Record<string, unknown>>(
    path: string,
    body: unknown,
    contentType?: string,
    method?: string,
  ): Promise<Answer<T>>
  /** A desk on the same session; resolves when it is connected. */
  desk(): Promise<Socket<ServerToClientEvents, ClientToServerEvents>>
}

export interface TestAppOptions {
  /** A database that another node of the test works on too; whoever made it drops it. */
  database?: TestDatabase
  env?: Record<string, string>
  /** Runs on this database URL instead of the database's own (a proxy in between, say). */
  databaseUrl?: (url: string) => string
  /** Folder of the built console; without it the API alone. */
  pagesDir?: string
  /** Real time and recurring work, as browsers need it. */
  realTime?: boolean
  /** The node's name; without it this machine's. */
  node?: string
  /** The end-to-end self-test. */
  selfTest?: boolean
  /** For how long the node holds a bridge without renewing. */
  bridgeLeaseMs?: number
}

/** Boots the whole application: real PostgreSQL, real sockets on free ports, a clock that the test moves. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await createTestDatabase())
  const dataDir = await mkdtemp(join(tmpdir(), 'anhu-app-'))
  const clock = new FakeClock(options.realTime === true)
  const config = readConfig({
    HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MQTT_PORT: '0',
    MQTTS_PORT: '0',
    WATCH_PORT: '0',
    PENDANT_PORT: '0',
    DATA_DIR: dataDir,
    ...options.env,
  })
  const app = await startApp({
    config: options.node === undefined ? config : { ...config, node: options.node },
    bridgeLeaseMs: options.bridgeLeaseMs,
    selfTest: options.selfTest,
    databaseUrl: options.databaseUrl?.(database.url) ?? database.url,
    clock,
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    tls: null,
    pagesDir: options.pagesDir ?? null,
    timers: options.realTime === true,
  })
  const { db } = database.store
  await ensureUser(db, { username: 'admin', displayName: '管理员', role: 'admin', password: PASSWORD }, clock.now())
  await ensureUser(
    db,
    { username: 'huangyan', displayName: '黄燕', role: 'supervisor', password: PASSWORD },
    clock.now(),
  )
  await ensureUser(db, { username: 'limin', displayName: '李敏', role: 'operator', password: PASSWORD }, clock.now())
  await ensureUser(db, { username: 'wangfang', displayName: '王芳', role: 'operator', password: PASSWORD }, clock.now())
  const desks: Socket[] = []
  const base = `http://127.0.0.1:${app.httpPort}`
  return {
    ...app,
    clock,
    database,
    signIn: async (username) => {
      const anonymous = apiClient(base, '', desks)
      const { status, headers } = await anonymous.post('/session', { username, password: PASSWORD })
      if (status !== 200) throw new Error(`sign-in of ${username} answered ${status}`)
      return apiClient(base, headers.get('set-cookie')?.split(';')[0] ?? '', desks)
    },
    destroy: async () => {
      for (const desk of desks) desk.disconnect()
      await app.stop()
      if (!options.database) await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A caller with a cookie; an empty one is nobody. */
export function apiClient(base: string, cookie: string, desks: Socket[] = []): ApiClient {
  async function call<T>(path: string, init: RequestInit): Promise<Answer<T>> {
    const response = await fetch(`${base}/api/v1${path}`, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as T }
  }
  return {
    cookie,
    get: (path) => call(path, { headers: { cookie } }),
    post: (path, body, headers = {}) =>
      call(path, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    send: (path, body, contentType = 'application/json', method = 'POST') =>
      call(path, {
        method,
        headers: { cookie, 'content-type': contentType },
        body:
          typeof body === 'string' || body instanceof Uint8Array ? new Blob([body as BlobPart]) : JSON.stringify(body),
      }),
    desk: async () => {
      const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(base, {
        extraHeaders: { cookie },
        transports: ['websocket'],
        reconnection: false,
      })
      desks.push(socket)
      await new Promise<void>((resolve, reject) => {
        socket.once('hello', () => resolve())
        socket.once('connect_error', reject)
      })
      return socket
    },
  }
}

/** Registers a device for a resident and logs it in over MQTT. */
export async function connectDevice(
  app: TestApp,
  admin: ApiClient,
  deviceId: string,
  residentId: string | null,
): Promise<MqttClient> {
  const { status, body } = await admin.post<{ secret: string }>('/devices', {
    deviceId,
    kind: 'sos_button',
    protocol: 'native',
    residentId,
    room: '卫生间',
  })
  if (status !== 201) throw new Error(`device ${deviceId} was not registered: ${status}`)
  return connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`, {
    username: deviceId,
    password: body.secret,
    clientId: deviceId,
    reconnectPeriod: 0,
  })
}
