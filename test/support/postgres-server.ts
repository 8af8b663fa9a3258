import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { clusterOwner, layoutOf } from '../../server/store/embedded/cluster.ts'
import { chooseUser, findBinaries, launcherFor } from '../../server/store/embedded/launcher.ts'
import { launch, stopServer } from '../../server/store/embedded/postmaster.ts'
import { startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { processesOf, signalAll, waitForNone } from './processes.ts'

/** A real PostgreSQL on a fixed port that nobody restarts: for DATABASE_URL, and for outages as long as the test likes. */
export interface PostgresServer {
  readonly url: string
  /** Fast stop, as an administrator's: clients are told. */
  stop(): Promise<void>
  /** SIGKILL to every process of it: clients find their connections cut. */
  kill(): Promise<void>
  start(): Promise<void>
  /** SIGSTOP to every process of it: connections stay open, nothing answers. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Ends it and removes its data. */
  remove(): Promise<void>
}

export async function startPostgresServer(): Promise<PostgresServer> {
  const log = pino({ level: 'silent' })
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'anhu-postgres-')))
  const layout = layoutOf(folder)
  const first = await startEmbeddedPostgres({ dataDir: folder, log })
  const { url } = first
  await first.stop()
  const binaries = await findBinaries()
  const launcher = launcherFor(chooseUser(await clusterOwner(layout), layout.cluster), binaries, layout.cluster)
  let pid = 0

  const start = async () => {
    const started = await launch(layout, binaries, launcher, Number(new URL(url).port))
    if (!(await started.ready(60_000, new AbortController().signal))) throw new Error(await started.output())
    pid = started.pid
  }
  const kill = async () => {
    signalAll(await processesOf(layout.data), 'SIGKILL')
    const left = await waitForNone(layout.data, 5_000)
    if (left.length > 0) throw new Error(`processes ${left.join(' ')} of PostgreSQL outlived SIGKILL`)
  }
  await start()
  return {
    url,
    stop: () => stopServer(pid, layout.data, log),
    kill,
    start,
    freeze: async () => {
      // First the one that makes the others, or a new one would escape.
      signalAll([pid], 'SIGSTOP')
      signalAll(await processesOf(layout.data), 'SIGSTOP')
    },
    thaw: async () => signalAll(await processesOf(layout.data), 'SIGCONT'),
    remove: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
