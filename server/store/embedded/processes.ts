import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { errorCode } from './errors.ts'

/** Whether there is such a process, its zombie included. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** Whether process `pid` is a PostgreSQL server that we (or one before us) started on folder `data`; not its zombie. */
export function isServerOf(pid: number, data: string): boolean {
  if (!alive(pid)) return false
  const command = commandLine(pid)
  if (!command.includes('/postgres -D ')) return false
  return command.includes(`/postgres -D ${data} `) || workingFolder(pid) === realpathSync(data)
}

function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' })
  } catch (error) {
    // Gone since the look before (ps then ends with status 1).
    if (['ENOENT', 'ESRCH'].includes(errorCode(error)) || (error instanceof Error && 'status' in error)) return ''
    throw error
  }
}

/** PostgreSQL works in its data folder, which tells it even after a move; '' when that can't be seen. */
function workingFolder(pid: number): string {
  if (process.platform !== 'linux') return ''
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error))) return ''
    throw error
  }
}
