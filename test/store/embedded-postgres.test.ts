import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isServerOf } from '../../server/store/embedded/processes.ts'
import {
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../server/store/embedded-postgres.ts'

const log = pino({ level: 'silent' })
const asRoot = process.getuid?.() === 0
const owner = join(import.meta.dirname, 'embedded-owner.ts')
/** A user id without any rights; the number is the kernel's overflow uid. */
const NOBODY = 65_534

let folder = ''
const running: EmbeddedPostgres[] = []
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anhu-pg-'))
  // mkdtemp makes it 0700, which the user of PostgreSQL couldn't enter; one test below has such a folder of its own.
  await chmod(folder, 0o755)
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of running.splice(0)) await server.stop()
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function start(dataDir: string, more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log, ...more })
  running.push(server)
  return server
}

async function refusal(dataDir: string, more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgresError> {
  const outcome = await start(dataDir, more).catch((error: unknown) => error)
  if (outcome instanceof EmbeddedPostgresError) return outcome
  throw new Error('started, though it should have been refused', { cause: outcome })
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

const dataOf = (dataDir: string) => join(dataDir, 'cluster/data')
const pidOf = async (dataDir: string) =>
  Number((await readFile(join(dataOf(dataDir), 'postmaster.pid'), 'utf8')).split('\n')[0])
const processStatus = async (pid: number, field: string) =>
  new RegExp(`^${field}:\\s*(\\S+)`, 'm').exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]

/** Starts the owner process and waits for its one line. */
async function spawnOwner(dataDir: string, before: string[] = []): Promise<{ child: ChildProcess; said: string }> {
  const [file = '', ...args] = [...before, process.execPath, '--import', 'tsx', owner, dataDir]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    if (said.includes('\n')) break
  }
  return { child, said }
}

async function orphan(dataDir: string): Promise<number> {
  const { child, said } = await spawnOwner(dataDir)
  expect(JSON.parse(said)).toHaveProperty('url')
  const gone = new Promise((resolve) => child.on('exit', resolve))
  child.kill('SIGKILL')
  await gone
  return pidOf(dataDir)
}

describe('a cluster of its own', { timeout: 20_000 }, () => {
  test('is created, is durable and closed to others, and keeps its data over a restart', async () => {
    const dataDir = join(folder, 'kept')
    const first = await start(dataDir)
    const [facts] = await query(
      first.url,
      `select current_database() as db, rolname, rolsuper, rolcreaterole, rolcreatedb, datlocprovider, pg_get_userbyid(datdba) as owner,
         current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync, current_setting('listen_addresses') as address,
         current_setting('server_encoding') as encoding, 'Ä' ilike 'ä' as folds
       from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
    )
    expect(facts).toEqual({
      db: 'anhu',
      rolname: 'anhu',
      rolsuper: false,
      rolcreaterole: true,
      rolcreatedb: true,
      datlocprovider: 'b',
      owner: 'anhu',
      fsync: 'on',
      sync: 'on',
      address: '127.0.0.1',
      encoding: 'UTF8',
      folds: true,
    })
    await query(first.url, `create table kept as select '安护' as word`)
    expect((await stat(join(dataDir, 'cluster/login.json'))).mode & 0o777).toBe(0o600)
    const [, , , port, socketFolder, address] = (await readFile(join(dataOf(dataDir), 'postmaster.pid'), 'utf8')).split(
      '\n',
    )
    expect([port, socketFolder, address]).toEqual([new URL(first.url).port, '', '127.0.0.1'])

    const wrong = new URL(first.url)
    wrong.password = 'wrong'
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
    wrong.username = 'postgres'
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })

    await first.stop()
    const second = await start(dataDir)
    expect(second.url).toBe(first.url)
    expect(await query(second.url, 'select word from kept')).toEqual([{ word: '安护' }])
  })

  test('leaves no process and no lock file after stop', async () => {
    const dataDir = join(folder, 'kept')
    const server = await start(dataDir)
    const pid = await pidOf(dataDir)
    expect(isServerOf(pid, dataOf(dataDir))).toBe(true)
    await Promise.all([server.stop(), server.stop()])
    expect(isServerOf(pid, dataOf(dataDir))).toBe(false)
    expect(await readdir(dataOf(dataDir))).not.toContain('postmaster.pid')
  })

  test("runs without root's rights", async () => {
    const dataDir = join(folder, 'kept')
    await start(dataDir)
    const pid = await pidOf(dataDir)
    const uid = (await stat(dataOf(dataDir))).uid
    expect(uid === 0).toBe(false)
    expect(await processStatus(pid, 'Uid')).toBe(String(uid))
    // In a checkout that is closed to other users it may read (CAP_DAC_READ_SEARCH, bit 2), nothing else.
    expect([0, 1 << 2]).toContain(Number.parseInt((await processStatus(pid, 'CapEff')) ?? '', 16))
  })

  test('inside a closed folder runs with the right to pass through, and no right to write', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'anhu-pg-closed-'))
    try {
      const dataDir = join(closed, 'deep/postgres')
      const server = await start(dataDir)
      await query(server.url, 'create table written as select generate_series(1, 1000)')
      const DAC_READ_SEARCH = 1 << 2
      const rights = Number.parseInt((await processStatus(await pidOf(dataDir), 'CapEff')) ?? '', 16)
      expect(rights).toBe(asRoot ? DAC_READ_SEARCH : 0)
      await server.stop()
      const again = await start(dataDir)
      expect(await query(again.url, 'select count(*)::int as n from written')).toEqual([{ n: 1000 }])
      await again.stop()
    } finally {
      await rm(closed, { recursive: true, force: true })
    }
  })

  test("keeps values out of PostgreSQL's log", async () => {
    const dataDir = join(folder, 'kept')
    const server = await start(dataDir)
    await expect(query(server.url, `select 'secret-4711'::int`)).rejects.toMatchObject({ code: '22P02' })
    const text = await readFile(join(dataDir, 'postgres.log'), 'utf8')
    expect(text).toContain('ready to accept connections')
    expect(text).not.toContain('secret-4711')
  })
})

describe('after a crash', { timeout: 20_000 }, () => {
  test('a server left behind is taken over, and ended by stop', async () => {
    const dataDir = join(folder, 'kept')
    const pid = await orphan(dataDir)
    const server = await start(dataDir)
    expect(await pidOf(dataDir)).toBe(pid)
    expect(await query(server.url, 'select word from kept')).toEqual([{ word: '安护' }])
    await server.stop()
    expect(isServerOf(pid, dataOf(dataDir))).toBe(false)
  })

  test('a server left behind that gives no answer is replaced', async () => {
    const dataDir = join(folder, 'kept')
    const pid = await orphan(dataDir)
    process.kill(pid, 'SIGSTOP')
    const server = await start(dataDir)
    expect(await pidOf(dataDir)).not.toBe(pid)
    expect(isServerOf(pid, dataOf(dataDir))).toBe(false)
    expect(await query(server.url, 'select word from kept')).toEqual([{ word: '安护' }])
  })

  test("a process id that another program has now doesn't confuse the start", async () => {
    const dataDir = join(folder, 'kept')
    const left = `${process.pid}\n${dataOf(dataDir)}\n1700000000\n5432\n\n127.0.0.1\n\nready   \n`
    await writeFile(join(dataOf(dataDir), 'postmaster.pid'), left)
    const server = await start(dataDir)
    expect(await pidOf(dataDir)).not.toBe(process.pid)
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  // SIGTERM is what a plain `kill` sends: PostgreSQL would wait for its clients, so for us, to leave.
  test.for(['SIGKILL', 'SIGTERM'] as const)('a child ended by %s comes back on the same address', async (signal) => {
    const dataDir = join(folder, 'kept')
    const server = await start(dataDir)
    const pid = await pidOf(dataDir)
    process.kill(pid, signal)
    await expect.poll(() => isServerOf(pid, dataOf(dataDir)), { timeout: 5_000 }).toBe(false)
    const word = () => query(server.url, 'select word from kept').catch(() => null)
    await expect.poll(word, { timeout: 5_000 }).toEqual([{ word: '安护' }])
    const successor = await pidOf(dataDir)
    expect(successor).not.toBe(pid)
    await server.stop()
    expect(isServerOf(successor, dataOf(dataDir))).toBe(false)
  })

  test('what an interrupted creation left is cleared away', async () => {
    const dataDir = join(folder, 'interrupted')
    // No system gives out a process id above 2^22.
    const left = 'cluster.init-99999999-00'
    await mkdir(join(dataDir, left, 'data'), { recursive: true })
    await start(dataDir)
    expect((await readdir(dataDir)).sort()).toEqual(['cluster', 'postgres.log'])
  })
})

describe('is refused with one clear line', { timeout: 20_000 }, () => {
  test('when another server works on the folder, even when both start at the same moment', async () => {
    const dataDir = join(folder, 'kept')
    const race = join(folder, 'race')
    const server = await start(dataDir)
    // Together, because a refusal takes 3 s: so long an owner that was just killed may still seem to be there.
    const [error, outcomes] = await Promise.all([
      refusal(dataDir),
      Promise.allSettled([
        startEmbeddedPostgres({ dataDir: race, log }),
        startEmbeddedPostgres({ dataDir: race, log }),
      ]),
    ])
    const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    running.push(...winners)
    expect([error.code, error.message]).toEqual(['in_use', expect.stringContaining(dataDir)])
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused).toEqual([expect.objectContaining({ code: 'in_use' })])
    expect(await query(winners[0]!.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('on a damaged folder', async () => {
    const dataDir = join(folder, 'damaged')
    await (await start(dataDir)).stop()
    const steps: [string, string][] = [
      ['login.json', 'damaged'],
      ['data/PG_VERSION', 'damaged'],
    ]
    for (const [name, code] of steps) {
      const path = join(dataDir, 'cluster', name)
      const content = await readFile(path)
      await rm(path)
      const error = await refusal(dataDir)
      expect([error.code, error.message]).toEqual([code, expect.stringContaining(name.replace('data/', ''))])
      await writeFile(path, content)
      await chmod(path, 0o644)
    }
    await truncate(join(dataOf(dataDir), 'global/pg_control'), 100)
    expect((await refusal(dataDir)).code).toBe('damaged')
    await writeFile(join(dataOf(dataDir), 'PG_VERSION'), '15\n')
    const other = await refusal(dataDir)
    expect([other.code, other.message]).toEqual(['other_version', expect.stringMatching(/PostgreSQL 15, .* needs 18/)])
  })

  test('when a fixed port is taken, and starts there once it is free', async () => {
    const dataDir = join(folder, 'kept')
    const taken = createServer()
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port))
    })
    const error = await refusal(dataDir, { port })
    expect([error.code, error.message]).toEqual(['port_in_use', expect.stringContaining(`Port ${port}`)])
    await new Promise((resolve) => taken.close(resolve))
    const left = await orphan(dataDir)
    const server = await start(dataDir, { port })
    expect(new URL(server.url).port).toBe(String(port))
    expect(isServerOf(left, dataOf(dataDir))).toBe(false)
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('where it may not write, or a file is in the way', async () => {
    await writeFile(join(folder, 'file'), '')
    expect((await refusal(join(folder, 'file'))).code).toBe('not_writable')
    expect((await refusal(join(folder, 'file/postgres'))).code).toBe('not_writable')

    const shut = join(folder, 'shut')
    await mkdir(shut, { mode: 0o555 })
    // The capability lets the child read this program wherever it lies; it is no right to write.
    const caps = [
      '--inh-caps=+dac_read_search',
      '--ambient-caps=+dac_read_search',
      '--securebits=+no_setuid_fixup',
      '--',
    ]
    const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...caps]
    const { said } = await spawnOwner(join(shut, 'postgres'), asRoot ? asNobody : [])
    expect(JSON.parse(said)).toMatchObject({ code: 'not_writable', message: expect.stringContaining(shut) })
  })
})
