export type EmbeddedPostgresErrorCode =
  | 'unsupported_platform'
  | 'no_user'
  | 'closed_folder'
  | 'not_writable'
  | 'disk_full'
  | 'damaged'
  | 'other_version'
  | 'wrong_owner'
  | 'wrong_password'
  | 'port_in_use'
  | 'in_use'
  | 'start_failed'

/** Why the embedded PostgreSQL could not be started. The message names the thing and what to do, in one line. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode
  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedPostgresError'
    this.code = code
  }
}

/** The `code` of a Node system error or of a PostgreSQL error (SQLSTATE), or '' when there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Turns a failed file operation on `path` into a clear error; other errors pass through unchanged. */
export function explainFileError(error: unknown, path: string): unknown {
  const cause = { cause: error }
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EmbeddedPostgresError(
        'not_writable',
        `No permission to read and write ${path}: change its owner or mode, or set DATA_DIR to another folder`,
        cause,
      )
    case 'ENOTDIR':
    case 'EEXIST':
      return new EmbeddedPostgresError(
        'not_writable',
        `${path} can't be a folder because a file is in its place: set DATA_DIR to another folder`,
        cause,
      )
    case 'ENOSPC':
    case 'EDQUOT':
      return new EmbeddedPostgresError(
        'disk_full',
        `The disk that holds ${path} is full: free some space, or set DATA_DIR to another disk`,
        cause,
      )
    default:
      return error
  }
}

/**
 * Turns what `postgres` or `initdb` wrote before it ended into a clear error. `folder` is the data folder, `port` the
 * port it was to listen on.
 */
export function explainOutput(output: string, folder: string, port: number): EmbeddedPostgresError {
  const lines = output.split('\n')
  const worst =
    lines.findLast((line) => /\b(PANIC|FATAL):/.test(line)) ??
    lines.findLast((line) => /\berror:|\bERROR:/.test(line)) ??
    lines.findLast((line) => line.trim() !== '') ??
    'it wrote nothing'
  const said = worst.replace(/^.*?\b(PANIC|FATAL|ERROR|error):\s*/, '').trim()
  // A shared memory limit says "No space left on device" too, but is no matter of the disk.
  if (/shared memory segment/.test(output)) {
    return new EmbeddedPostgresError(
      'start_failed',
      `PostgreSQL got no shared memory (${said}): raise the limit of /dev/shm`,
    )
  }
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    return new EmbeddedPostgresError(
      'disk_full',
      `The disk that holds ${folder} is full (${said}): free some space, or set DATA_DIR to another disk`,
    )
  }
  if (/Address already in use|could not create any TCP\/IP sockets/.test(output)) {
    return portInUse(port)
  }
  if (/database files are incompatible with server/.test(output)) {
    return new EmbeddedPostgresError(
      'other_version',
      `The database in ${folder} is of another PostgreSQL version (${said}): move the folder away, or use DATABASE_URL`,
    )
  }
  if (/Permission denied|Read-only file system/.test(output)) {
    return new EmbeddedPostgresError(
      'not_writable',
      `PostgreSQL has no permission in ${folder} (${said}): change the owner or mode, or set DATA_DIR to another folder`,
    )
  }
  if (/could not locate a valid checkpoint record|invalid data in file|pg_control|could not open file/.test(output)) {
    return new EmbeddedPostgresError(
      'damaged',
      `The database in ${folder} is damaged (${said}): restore a backup, or move the folder away to start with an empty one`,
    )
  }
  return new EmbeddedPostgresError('start_failed', `PostgreSQL did not start in ${folder}: ${said}`)
}

export function portInUse(port: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'port_in_use',
    `Port ${port} on 127.0.0.1 is taken by another program: end that program, or choose another port for PostgreSQL`,
  )
}

export function damaged(what: string, folder: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'damaged',
    `The database folder ${folder} is damaged (${what}): restore a backup, or move the folder away to start with an empty one`,
  )
}

/** SQLSTATE and system codes of a server that is going down or coming up, and of a connection lost with it. */
const PASSING = ['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']

/** Whether a failed start may well succeed in a moment: another server on the folder is ending, or got in first. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (PASSING.includes(errorCode(error)) || error.message.startsWith('Connection terminated')) return true
  return /lock file ".*" already exists|pre-existing shared memory block|still in use/.test(error.message)
}
