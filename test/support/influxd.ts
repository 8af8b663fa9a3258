import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from './ports.ts'

/** A real InfluxDB 1.x of this machine (Debian package `influxdb`), on loopback, with its data in a temporary folder. */
export interface Influxd {
  readonly url: string
  /** Ends the process at once, as a crash would (SIGKILL). The data and the ports stay. */
  kill(): Promise<void>
  /** Starts it again after `kill`. */
  restart(): Promise<void>
  /** Stops it answering while its connections stay open (SIGSTOP). */
  freeze(): void
  thaw(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** @param options.started false leaves it to `restart()` */
export async function startInfluxd({ started = true } = {}): Promise<Influxd> {
  const directory = await mkdtemp(join(tmpdir(), 'anhu-influxd-'))
  const [http = 0, rpc = 0] = await freePorts(2)
  const config = join(directory, 'influxd.conf')
  await writeFile(config, configuration(directory, http, rpc))
  const url = `http://127.0.0.1:${http}`
  let child: ChildProcess | undefined

  const restart = async () => {
    child = await launch(config, url)
  }
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }
  if (started) await restart()
  return {
    url,
    kill,
    restart,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    stop: async () => {
      await kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function launch(config: string, url: string): Promise<ChildProcess> {
  // Debian puts its own configuration in /etc; `-config` alone decides. The server is in sbin on some systems.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` }
  const child = spawn('influxd', ['-config', config], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000)
  })
  const failed = once(child, 'error').then(([error]) => {
    throw error
  })
  // Only the race below reads it; a later error of the process must not count as unhandled.
  failed.catch(() => undefined)
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`influxd ended at start: ${errors}`)
    if (await Promise.race([answers(url), failed])) return child
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error(`influxd did not answer within 5 s: ${errors}`)
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/ping`)).status === 204
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Keys of InfluxDB 1.6. `bind-address` at the top is its RPC (backup) port. */
function configuration(directory: string, http: number, rpc: number): string {
  return `
reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
dir = "${directory}/meta"
logging-enabled = false
[data]
dir = "${directory}/data"
wal-dir = "${directory}/wal"
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:${http}"
log-enabled = false
[continuous_queries]
enabled = false
`
}
