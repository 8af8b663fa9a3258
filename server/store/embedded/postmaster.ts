import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Layout } from './cluster.ts'
import { EmbeddedPostgresError, errorCode } from './errors.ts'
import { type Binaries, commandOf, type Launcher, programEnvironment } from './launcher.ts'
import { logSize, readLogFrom } from './log-file.ts'
import { alive, isServerOf } from './processes.ts'

/** Modest for a small machine that runs the whole platform; nothing here trades durability for speed. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // Some systems limit a socket's path to 104 bytes, and a data folder may lie deep: TCP only.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  huge_pages: 'off',
  io_method: 'sync',
  max_logical_replication_workers: '0',
  jit: 'off',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_compression: 'on',
  min_wal_size: '80MB',
  max_wal_size: '1GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
  // Details and statements quote values, and values may be personal data.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  cluster_name: 'anhu',
} as const

/** A running server, as its postmaster.pid tells. */
export interface Postmaster {
  pid: number
  port: number
  status: string
}

/** Reads the text of postmaster.pid (PostgreSQL's pidfile.h: pid, folder, start, port, …, status on line 8). */
export function parsePostmaster(text: string): Postmaster | null {
  const lines = text.split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  return pid > 0 && port > 0 ? { pid, port, status: (lines[7] ?? '').trim() } : null
}

export async function readPostmaster(data: string): Promise<Postmaster | null> {
  try {
    return parsePostmaster(await readFile(join(data, 'postmaster.pid'), 'utf8'))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

/**
 * The server that runs on this data folder, whoever started it. A file left by a dead server whose process id another
 * program has meanwhile is removed, since PostgreSQL would refuse to start beside it; shared memory still protects a
 * folder in use.
 */
export async function findServer(data: string): Promise<Postmaster | null> {
  const found = await readPostmaster(data)
  if (!found) return null
  if (isServerOf(found.pid, data)) return found
  if (alive(found.pid)) await rm(join(data, 'postmaster.pid'), { force: true })
  return null
}

export interface Start {
  pid: number
  /** Ends with true when it accepts connections, false when the process ended, `timeoutMs` passed or `signal` came. */
  ready(timeoutMs: number, signal: AbortSignal): Promise<boolean>
  /** What it has written to the log since its start. */
  output(): Promise<string>
}

/** Starts a server on the cluster; its log goes to `layout.log`. */
export async function launch(layout: Layout, binaries: Binaries, launcher: Launcher, port: number): Promise<Start> {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = commandOf(launcher, binaries.postgres, ['-D', layout.data, '-p', String(port), ...settings])
  const logBefore = await logSize(layout.log)
  // A file and no pipe: a server whose parent was killed goes on writing.
  const log = openSync(layout.log, 'a', 0o600)
  // Its own process group: Ctrl-C in a terminal must end our server first, and our server then ends PostgreSQL.
  const options = { cwd: '/', env: programEnvironment(), detached: true, stdio: ['ignore', log, log] } as const
  const child = spawn(command.file, command.args, { ...options, stdio: [...options.stdio], ...command.identity })
  closeSync(log)
  let ended = false
  let problem = ''
  child.on('error', (error) => {
    ended = true
    problem = `error: ${error.message}`
  })
  child.on('exit', () => {
    ended = true
  })
  return {
    pid: child.pid ?? 0,
    async ready(timeoutMs, signal) {
      const until = performance.now() + timeoutMs
      while (!ended && !signal.aborted && performance.now() < until) {
        const found = await readPostmaster(layout.data)
        if (found && found.pid === child.pid && found.status === 'ready') return true
        await sleep(4)
      }
      return false
    },
    output: async () => (await readLogFrom(layout.log, logBefore)) + problem,
  }
}

/** Each signal and how long it may take: fast stop, immediate stop, and the last resort. */
const STOP_STEPS = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const

/** Ends the server on `data` and waits until it is gone. @throws EmbeddedPostgresError when nothing helps */
export async function stopServer(pid: number, data: string, log: Logger): Promise<void> {
  for (const [signal, patience] of STOP_STEPS) {
    if (!isServerOf(pid, data)) return
    send(pid, signal)
    // A suspended process takes its signals only when continued.
    send(pid, 'SIGCONT')
    const until = performance.now() + patience
    while (performance.now() < until) {
      if (!isServerOf(pid, data)) return
      await sleep(5)
    }
    log.warn({ postgresPid: pid, signal }, 'postgres did not stop in time')
  }
  throw new EmbeddedPostgresError(
    'start_failed',
    `The PostgreSQL process ${pid} on ${data} can't be ended: end it by hand`,
  )
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

/** Whether `port` can be listened on at 127.0.0.1; with 0 the answer is a free one. Null when taken. */
export function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', (error) => {
      if (['EADDRINUSE', 'EACCES'].includes(errorCode(error))) resolve(null)
      else reject(error)
    })
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const found = typeof address === 'object' && address ? address.port : null
      server.close(() => resolve(found))
    })
  })
}
