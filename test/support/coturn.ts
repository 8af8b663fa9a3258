import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from './ports.ts'

/** A real TURN server of this machine (Debian package `coturn`), on loopback, that takes logins made from a shared secret. */
export interface Coturn {
  readonly url: string
  readonly secret: string
  /** What it has written so far. */
  log(): string
  stop(): Promise<void>
}

export async function startCoturn(): Promise<Coturn> {
  const directory = await mkdtemp(join(tmpdir(), 'anhu-coturn-'))
  const [port = 0] = await freePorts(1)
  const secret = 'shared with the platform'
  const child: ChildProcess = spawn(
    'turnserver',
    [
      ...['-n', '--no-tls', '--no-dtls', '--no-cli', '--allow-loopback-peers', '--verbose', '--log-file=stdout'],
      ...['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`],
      ...['--realm=anhu.test', '--use-auth-secret', `--static-auth-secret=${secret}`],
      ...[`--userdb=${join(directory, 'turndb')}`, `--pidfile=${join(directory, 'pid')}`],
    ],
    { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let written = ''
  const write = (chunk: Buffer) => {
    written += chunk.toString()
  }
  child.stdout?.on('data', write)
  child.stderr?.on('data', write)
  for (let attempt = 0; !written.includes('listener opened on'); attempt++) {
    if (attempt === 200 || child.exitCode !== null)
      throw new Error(`turnserver did not start: ${written.slice(-2_000)}`)
    await sleep(50)
  }
  return {
    url: `turn:127.0.0.1:${port}`,
    secret,
    log: () => written,
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}
