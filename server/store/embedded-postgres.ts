import { realpath } from 'node:fs/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import {
  clusterExists,
  clusterOwner,
  createCluster,
  giveTo,
  type Layout,
  type Login,
  layoutOf,
  prepareRoot,
  readCluster,
  urlOf,
  writeLogin,
} from './embedded/cluster.ts'
import {
  EmbeddedPostgresError,
  errorCode,
  explainFileError,
  explainOutput,
  isPassing,
  portInUse,
} from './embedded/errors.ts'
import { type Binaries, chooseUser, findBinaries, type Launcher, launcherFor } from './embedded/launcher.ts'
import { boundLog } from './embedded/log-file.ts'
import { ownershipClient, pause, takeOwnership } from './embedded/ownership.ts'
import { findServer, launch, type Postmaster, readPostmaster, stopServer, tryPort } from './embedded/postmaster.ts'
import { isServerOf } from './embedded/processes.ts'

export { EmbeddedPostgresError } from './embedded/errors.ts'

export interface EmbeddedPostgres {
  /** Login of the owner of database `anhu`: no superuser, but may create roles and databases. Holds a password. */
  readonly url: string
  /** Ends the server (fast stop, at most 20 s) and frees the folder. May be called more than once. */
  stop(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** Folder for the cluster, its login and its log; created when missing. */
  dataDir: string
  /** A fixed port on 127.0.0.1; without it (or 0) the last one used, else a free one. */
  port?: number
  log: Logger
}

/** Crash recovery may take its time after a power cut; nothing else lasts that long. */
const RECOVERY_MS = 120_000
/** A found server that says it is ready must answer within this time, or it is replaced. */
const ANSWER_MS = 3_000
const CHECK_MS = 1_000
const RESTART_FIRST_MS = 100
const RESTART_MOST_MS = 5_000
/**
 * Starts PostgreSQL as a child process on a cluster in `dataDir`, creating it at first, and keeps it running until
 * `stop()`. A server left by a killed process is taken over.
 * @throws EmbeddedPostgresError with one line that names what is wrong and what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries()
  const draft = layoutOf(options.dataDir)
  await prepareRoot(draft)
  // One spelling of the path, since running servers are recognised by it.
  const layout = layoutOf(await realpath(options.dataDir))
  const owner = await clusterOwner(layout)
  const user = chooseUser(owner, layout.cluster)
  const exists = await clusterExists(layout)
  const launcher = launcherFor(user, binaries, exists ? layout.cluster : layout.root)
  if (!exists) {
    const began = performance.now()
    await createCluster(layout, binaries, launcher)
    options.log.info({ ms: Math.round(performance.now() - began) }, 'postgres cluster created')
  }
  const login = await readCluster(layout)
  if (user && owner && owner.uid !== user.uid) await giveTo(layout.data, user)
  const server = new EmbeddedServer({
    layout,
    binaries,
    launcher,
    login,
    log: options.log,
    fixedPort: options.port ?? 0,
  })
  await server.start()
  return server
}

interface Setup {
  layout: Layout
  binaries: Binaries
  launcher: Launcher
  login: Login
  log: Logger
  /** 0: any. */
  fixedPort: number
}

class EmbeddedServer implements EmbeddedPostgres {
  readonly #setup: Setup
  readonly #stopping = new AbortController()
  #port: number
  #pid = 0
  #ownership: pg.Client | null = null
  #recovery: Promise<void> = Promise.resolve()
  #checks: NodeJS.Timeout | undefined
  #stopped: Promise<void> | null = null

  constructor(setup: Setup) {
    this.#setup = setup
    this.#port = setup.fixedPort
  }

  get url(): string {
    return urlOf(this.#setup.login, this.#port)
  }

  async start(): Promise<void> {
    const { layout, login, log } = this.#setup
    try {
      await boundLog(layout.log)
      await this.#acquire()
      if (login.port !== this.#port) await writeLogin(layout, { ...login, port: this.#port })
    } catch (error) {
      throw explainFileError(error, layout.root)
    }
    const check = () =>
      this.#check().catch((error: unknown) => log.warn({ err: error }, 'postgres could not be looked after'))
    this.#checks = setInterval(() => void check(), CHECK_MS)
    this.#checks.unref()
  }

  /** What the server does not do by itself. */
  async #check(): Promise<void> {
    const { layout, log } = this.#setup
    await boundLog(layout.log)
    const now = await readPostmaster(layout.data)
    if (now?.pid !== this.#pid || now.status !== 'stopping' || this.#stopping.signal.aborted) return
    // A plain `kill` makes it refuse newcomers and wait for all of us to leave, which we never would.
    log.warn({ postgresPid: now.pid }, 'postgres was told to stop')
    await stopServer(now.pid, layout.data, log)
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#stopping.abort()
    clearInterval(this.#checks)
    await this.#recovery
    if (this.#pid) await stopServer(this.#pid, this.#setup.layout.data, this.#setup.log)
    await this.#ownership?.end()
  }

  /** Ends with a running server that is ours: the one found, or a new one. */
  async #acquire(): Promise<void> {
    const { layout, log } = this.#setup
    const attempts = 20
    for (let attempt = 1; ; attempt++) {
      try {
        const found = await findServer(layout.data)
        if (found && (await this.#adopt(found))) return
        await this.#launch()
        return
      } catch (error) {
        if (attempt === attempts || !isPassing(error) || this.#stopping.signal.aborted) throw error
        log.info({ attempt, err: error }, 'postgres not started yet')
        await pause(100, this.#stopping.signal)
      }
    }
  }

  /** Takes a running server over. False when it had to be ended (no answer, or not on the wanted port). */
  async #adopt(found: Postmaster): Promise<boolean> {
    const { layout, log } = this.#setup
    const client = await this.#answer(found)
    if (client) {
      await takeOwnership(client, layout.root, found.pid)
      if (this.#port === 0 || this.#port === found.port) {
        this.#watch(client, found)
        log.info({ postgresPid: found.pid, port: found.port }, 'running postgres taken over')
        return true
      }
      await client.end()
    }
    log.warn({ postgresPid: found.pid, port: found.port, answered: client !== null }, 'running postgres replaced')
    await stopServer(found.pid, layout.data, log)
    return false
  }

  async #launch(): Promise<void> {
    const { layout, binaries, launcher, log } = this.#setup
    const port = await this.#choosePort()
    const began = performance.now()
    const start = await launch(layout, binaries, launcher, port)
    try {
      if (!(await start.ready(RECOVERY_MS, this.#stopping.signal))) {
        throw explainOutput(await start.output(), layout.data, port)
      }
      await this.#take({ pid: start.pid, port, status: 'ready' })
      log.info({ postgresPid: start.pid, port, ms: Math.round(performance.now() - began) }, 'postgres started')
    } catch (error) {
      // In use: another process took the fresh server over; it is that one's then, and goes on running.
      const taken = error instanceof EmbeddedPostgresError && error.code === 'in_use'
      if (!taken && start.pid) await stopServer(start.pid, layout.data, log)
      throw error
    }
  }

  async #take(server: Postmaster): Promise<void> {
    const { layout } = this.#setup
    const client = await this.#answer(server)
    if (!client) {
      throw new EmbeddedPostgresError('start_failed', `PostgreSQL on ${layout.data} started but gives no answer`)
    }
    await takeOwnership(client, layout.root, server.pid)
    this.#watch(client, server)
  }

  async #choosePort(): Promise<number> {
    // Once connections were made to a port, a restart has to come back to it.
    if (this.#port !== 0) {
      if ((await tryPort(this.#port)) === null) throw portInUse(this.#port)
      return this.#port
    }
    const last = this.#setup.login.port
    const port = (last && (await tryPort(last))) || (await tryPort(0))
    if (!port) throw portInUse(last)
    return port
  }

  /** A connection to the server, or null when it is gone, stops, or gives no answer in time. */
  async #answer(server: Postmaster): Promise<pg.Client | null> {
    const { layout, login } = this.#setup
    const recoveryEnd = performance.now() + RECOVERY_MS
    let until = performance.now() + ANSWER_MS
    while (performance.now() < until && !this.#stopping.signal.aborted) {
      const client = ownershipClient(urlOf(login, server.port), (error) => this.#lost(error))
      try {
        await client.connect()
        return client
      } catch (error) {
        const code = errorCode(error)
        if (code === '28P01' || code === '28000' || code === '3D000') throw this.#wrongPassword(error)
        const now = await findServer(layout.data)
        if (!now || now.pid !== server.pid || now.status === 'stopping') return null
        if (now.status === 'starting') until = Math.min(performance.now() + ANSWER_MS, recoveryEnd)
        await pause(10, this.#stopping.signal)
      }
    }
    return null
  }

  /** The connection's `end` is what counts; this says why. */
  #lost(error: Error): void {
    if (this.#stopping.signal.aborted) return
    this.#setup.log.warn({ code: errorCode(error), reason: error.message }, 'postgres ownership connection failed')
  }

  #wrongPassword(cause: unknown): EmbeddedPostgresError {
    const { login } = this.#setup.layout
    return new EmbeddedPostgresError(
      'wrong_password',
      `PostgreSQL refuses the login in ${login}: put back the file that belongs to this database`,
      { cause },
    )
  }

  /** From here on the lock's connection tells when the server is lost, whether it is our child or was taken over. */
  #watch(client: pg.Client, server: Postmaster): void {
    this.#ownership = client
    this.#pid = server.pid
    this.#port = server.port
    client.once('end', () => {
      if (this.#stopping.signal.aborted) return
      this.#ownership = null
      this.#recovery = this.#recover()
    })
  }

  /** Brings the server back, however long it takes: until then the platform acknowledges nothing. */
  async #recover(): Promise<void> {
    const { layout, log } = this.#setup
    const signal = this.#stopping.signal
    log.error({ postgresPid: this.#pid, running: isServerOf(this.#pid, layout.data) }, 'postgres connection lost')
    for (let wait = RESTART_FIRST_MS; !signal.aborted; wait = Math.min(wait * 2, RESTART_MOST_MS)) {
      try {
        await this.#acquire()
        return
      } catch (error) {
        log.error({ err: error, retryInMs: wait }, 'postgres not restarted')
        await pause(wait, signal)
      }
    }
  }
}
