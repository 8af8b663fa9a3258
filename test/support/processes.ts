import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readPostmaster } from '../../server/store/embedded/postmaster.ts'

/** Processes that work in a folder or below, or name it in their command line; by pid. Zombies don't count. */
export async function processesOf(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async (pid) => ({ pid, is: pid !== process.pid && (await isOf(pid, folder)) })),
  )
  return found.filter(({ is }) => is).map(({ pid }) => pid)
}

async function isOf(pid: number, folder: string): Promise<boolean> {
  try {
    const [command, cwd] = await Promise.all([readFile(`/proc/${pid}/cmdline`, 'utf8'), readlink(`/proc/${pid}/cwd`)])
    return command.includes(folder) || cwd === folder || cwd.startsWith(`${folder}/`)
  } catch (error) {
    // Gone meanwhile, a zombie (no working folder), or another user's, which is not ours then.
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH', 'EACCES'].includes(String(error.code)))
      return false
    throw error
  }
}

export async function waitForNone(folder: string, ms: number): Promise<number[]> {
  for (const until = performance.now() + ms; ; await sleep(20)) {
    const left = await processesOf(folder)
    if (left.length === 0 || performance.now() > until) return left
  }
}

/** Sends a signal to each; those that ended meanwhile are left out. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}

/** Pid of the embedded PostgreSQL's first process below a server's DATA_DIR; 0 while there is none. */
export async function postmasterOf(dataDir: string): Promise<number> {
  const found = await readPostmaster(join(dataDir, 'postgres/cluster/data'))
  return found?.pid ?? 0
}
