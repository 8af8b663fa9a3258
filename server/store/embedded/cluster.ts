import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { damaged, EmbeddedPostgresError, errorCode, explainFileError, explainOutput } from './errors.ts'
import { type Binaries, commandOf, type Launcher, programEnvironment } from './launcher.ts'
import { alive } from './processes.ts'

/** Major version of the cluster that the package's programs create and read. */
const MAJOR = '18'
/** The login role that owns the database, and the database. PostgreSQL's superuser has no password and no way in. */
const OWNER = 'anhu'

/** Where things lie below `${DATA_DIR}/postgres`. */
export interface Layout {
  root: string
  /** Holds `data` and `login.json`, so that both appear with one rename. */
  cluster: string
  data: string
  login: string
  log: string
}

export function layoutOf(root: string): Layout {
  const cluster = join(root, 'cluster')
  return {
    root,
    cluster,
    data: join(cluster, 'data'),
    login: join(cluster, 'login.json'),
    log: join(root, 'postgres.log'),
  }
}

/** The owner's login; `port` is the last one used, 0 before the first start. */
export interface Login {
  user: string
  password: string
  database: string
  port: number
}

export function urlOf(login: Login, port: number): string {
  return `postgres://${login.user}:${login.password}@127.0.0.1:${port}/${login.database}`
}

/** Whether there is a cluster, whole or damaged, at its place. */
export async function clusterExists(layout: Layout): Promise<boolean> {
  try {
    return (await readdir(layout.cluster)).length > 0
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw explainFileError(error, layout.cluster)
  }
}

/** Who owns the cluster's files, or null when there are none. */
export async function clusterOwner(layout: Layout): Promise<{ uid: number; gid: number } | null> {
  try {
    const { uid, gid } = await stat(layout.data)
    return { uid, gid }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw explainFileError(error, layout.data)
  }
}

/**
 * Looks the cluster over before PostgreSQL opens it, and reads the login.
 * @throws EmbeddedPostgresError damaged, other_version, not_writable
 */
export async function readCluster(layout: Layout): Promise<Login> {
  const version = (await readOrNull(join(layout.data, 'PG_VERSION')))?.trim()
  if (version === undefined) throw damaged('PG_VERSION is missing', layout.cluster)
  if (version !== MAJOR) {
    throw new EmbeddedPostgresError(
      'other_version',
      `The database in ${layout.cluster} is of PostgreSQL ${version.slice(0, 10)}, this program needs ${MAJOR}: move the folder away, or use DATABASE_URL`,
    )
  }
  if ((await readOrNull(join(layout.data, 'global/pg_control'))) === null) {
    throw damaged('global/pg_control is missing', layout.cluster)
  }
  const text = await readOrNull(layout.login)
  if (text === null) throw damaged('login.json is missing', layout.cluster)
  return parseLogin(text, layout)
}

function parseLogin(text: string, layout: Layout): Login {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw damaged('login.json is unreadable', layout.cluster)
  }
  if (isLogin(value)) return value
  throw damaged('login.json is incomplete', layout.cluster)
}

function isLogin(value: unknown): value is Login {
  if (typeof value !== 'object' || value === null) return false
  const login: Partial<Record<keyof Login, unknown>> = value
  return (
    typeof login.user === 'string' &&
    typeof login.password === 'string' &&
    typeof login.database === 'string' &&
    typeof login.port === 'number'
  )
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw explainFileError(error, path)
  }
}

/** Replaces login.json in one step; only we may read it. */
export async function writeLogin(layout: Layout, login: Login): Promise<void> {
  const next = `${layout.login}.new`
  try {
    await writeFile(next, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600, flush: true })
    await rename(next, layout.login)
  } catch (error) {
    throw explainFileError(error, layout.login)
  }
}

/** Creates the folder that holds everything, and removes what an interrupted initialisation left. */
export async function prepareRoot(layout: Layout): Promise<void> {
  try {
    await mkdir(layout.root, { recursive: true })
    for (const name of await readdir(layout.root)) {
      const pid = /^cluster\.init-(\d+)-/.exec(name)?.[1]
      if (pid && !alive(Number(pid))) await rm(join(layout.root, name), { recursive: true, force: true })
    }
  } catch (error) {
    throw explainFileError(error, layout.root)
  }
}

/** Gives an existing cluster to the user that PostgreSQL runs as; only needed when root copied it here. */
export async function giveTo(folder: string, user: { uid: number; gid: number }): Promise<void> {
  await chown(folder, user.uid, user.gid)
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), user.uid, user.gid)
}

/**
 * Creates the cluster, the owner's role and the database. All of it happens in a sibling folder that is renamed at the
 * end, so that a cluster is either whole or not there.
 * @throws EmbeddedPostgresError
 */
export async function createCluster(layout: Layout, binaries: Binaries, launcher: Launcher): Promise<void> {
  const draft = {
    ...layoutOf(layout.root),
    cluster: join(layout.root, `cluster.init-${process.pid}-${randomBytes(4).toString('hex')}`),
  }
  draft.data = join(draft.cluster, 'data')
  draft.login = join(draft.cluster, 'login.json')
  const login: Login = { user: OWNER, password: randomBytes(24).toString('hex'), database: OWNER, port: 0 }
  try {
    await mkdir(draft.data, { recursive: true, mode: 0o700 })
    // `data` lies in it and belongs to PostgreSQL's user, which has to pass through.
    await chmod(draft.cluster, 0o711)
    if (launcher.user) await chown(draft.data, launcher.user.uid, launcher.user.gid)
    await run(launcher, binaries.initdb, initdbArguments(draft.data), '', draft.data)
    await run(launcher, binaries.postgres, singleUserArguments(draft.data), setupSql(login), draft.data)
    // Nothing but TCP from this machine with a password; `local` is left out because there is no socket file.
    await writeFile(join(draft.data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n', { flush: true })
    await writeLogin(draft, login)
    await rename(draft.cluster, layout.cluster)
    await syncFolder(layout.root)
  } catch (error) {
    await rm(draft.cluster, { recursive: true, force: true })
    // Another process has finished the same work first: its cluster serves.
    if (errorCode(error) === 'ENOTEMPTY') return
    throw explainFileError(error, layout.root)
  }
}

function initdbArguments(data: string): string[] {
  // C.UTF-8 of PostgreSQL itself: order by code point, the same on every machine, and no system locale is needed.
  const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  return ['-D', data, '--username=postgres', '--auth=reject', '--no-instructions', ...locale]
}

function singleUserArguments(data: string): string[] {
  // exit_on_error: a failed statement must fail the creation; the statement holds a password and must not be logged.
  return ['--single', '-D', data, '-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic', 'postgres']
}

/** One statement a line, as single-user mode reads them. */
function setupSql(login: Login): string {
  return [
    `create role ${login.user} login createrole createdb password '${login.password}'`,
    `create database ${login.database} owner ${login.user}`,
    // An error's message may quote a value (personal data); the client is told it, the log is not.
    `alter role ${login.user} set log_min_messages = 'log'`,
    '',
  ].join('\n')
}

/** Runs a program to its end. @throws EmbeddedPostgresError with what it said when it fails */
async function run(launcher: Launcher, program: string, args: string[], input: string, folder: string): Promise<void> {
  const command = commandOf(launcher, program, args)
  const output = await new Promise<string | null>((resolve, reject) => {
    const child = spawn(command.file, command.args, { ...command.identity, cwd: '/', env: programEnvironment() })
    let text = ''
    const keep = (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    // A program that ends early closes its input; its exit code tells then what happened.
    child.stdin.on('error', keep.bind(null, Buffer.from('input closed\n')))
    child.on('error', reject)
    child.on('close', (code) => resolve(code === 0 ? null : text))
    child.stdin.end(input)
  })
  if (output !== null) throw explainOutput(output, folder, 0)
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
