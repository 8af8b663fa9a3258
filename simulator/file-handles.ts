import { UsageError } from './options.ts'

/** Sockets beside the devices': HTTP, files, the process itself. */
const OTHERS = 100

/** The limit of open files of this process (`ulimit -n`); null where the system has none or doesn't tell. */
export function openFilesLimit(): number | null {
  const report: unknown = process.report?.getReport()
  const limits = typeof report === 'object' && report !== null ? Reflect.get(report, 'userLimits') : undefined
  const files = typeof limits === 'object' && limits !== null ? Reflect.get(limits, 'open_files') : undefined
  const soft: unknown = typeof files === 'object' && files !== null ? Reflect.get(files, 'soft') : undefined
  return typeof soft === 'number' ? soft : null
}

/**
 * Makes sure that so many connections can be opened.
 * @throws UsageError that says what to do
 */
export function requireFileHandles(connections: number, limit = openFilesLimit()): void {
  const needed = connections + OTHERS
  if (limit === null || limit >= needed) return
  throw new UsageError(
    `${connections} connections need ${needed} open files, but this shell allows ${limit}: run "ulimit -n ${needed}" ` +
      'before (as root, or after raising the hard limit in /etc/security/limits.conf), or take fewer --homes',
  )
}
