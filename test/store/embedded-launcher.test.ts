import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCluster, layoutOf, prepareRoot, readCluster } from '../../server/store/embedded/cluster.ts'
import { explainFileError, explainOutput } from '../../server/store/embedded/errors.ts'
import { chooseUser, findBinaries, launcherFor, mayPass, pickUser } from '../../server/store/embedded/launcher.ts'
import { boundLog, readLogFrom } from '../../server/store/embedded/log-file.ts'
import { parsePostmaster } from '../../server/store/embedded/postmaster.ts'

let folder = ''
beforeAll(async () => {
  // mkdtemp makes it 0700: a folder that no other user can enter.
  folder = await mkdtemp(join(tmpdir(), 'anhu-launcher-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('programs that were installed in a closed folder under a strict umask still run', {
  timeout: 30_000,
}, async () => {
  const original = await findBinaries()
  const native = join(folder, 'native')
  await cp(dirname(dirname(original.postgres)), native, { recursive: true, verbatimSymlinks: true })
  for (const part of ['', 'bin', 'bin/initdb', 'bin/postgres', 'lib', 'share']) await chmod(join(native, part), 0o700)
  const binaries = { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') }

  const layout = layoutOf(join(folder, 'data'))
  await prepareRoot(layout)
  const launcher = launcherFor(chooseUser(null, layout.cluster), binaries, layout.root)
  await createCluster(layout, binaries, launcher)
  expect(await readCluster(layout)).toMatchObject({ user: 'anhu', database: 'anhu', port: 0 })
  expect(await readdir(layout.root)).toEqual(['cluster'])
  const { uid, mode } = await stat(layout.data)
  expect([uid === 0, mode & 0o777]).toEqual([false, 0o700])
})

test('a platform without programs is told so', async () => {
  await expect(findBinaries('win32', 'x64')).rejects.toMatchObject({
    code: 'unsupported_platform',
    message: expect.stringContaining('DATABASE_URL'),
  })
  await expect(findBinaries('linux', 'mips')).rejects.toMatchObject({
    code: 'unsupported_platform',
    message: expect.stringContaining('npm install'),
  })
})

test('the user for PostgreSQL is the first candidate that /etc/passwd has', () => {
  const root = 'root:x:0:0:root:/root:/bin/bash'
  const nobody = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin'
  const postgres = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash'
  const anhu = 'anhu:x:999:998::/:/bin/false'
  expect(pickUser([root, nobody].join('\n'))).toEqual({ name: 'nobody', uid: 65_534, gid: 65_533 })
  expect(pickUser([root, nobody, postgres].join('\n'))?.name).toBe('postgres')
  expect(pickUser([nobody, postgres, anhu].join('\n'))?.name).toBe('anhu')
  expect(pickUser([root, 'anhu:x:0:0::/:/bin/false'].join('\n'))).toBeNull()
})

test('the cluster keeps its owner, and a stranger is told whose it is', () => {
  expect(chooseUser({ uid: 4711, gid: 4712 }, '/x', 0)).toMatchObject({ uid: 4711, gid: 4712 })
  expect(chooseUser({ uid: 4711, gid: 4712 }, '/x', 4711)).toBeNull()
  expect(() => chooseUser({ uid: 4711, gid: 4712 }, '/x', 1000)).toThrow(/\/x belongs to user id 4711/)
})

test('passing a folder goes by the first class that matches', () => {
  const user = { name: 'anhu', uid: 5, gid: 6 }
  expect(mayPass({ uid: 0, gid: 0, mode: 0o711 }, user)).toBe(true)
  expect(mayPass({ uid: 0, gid: 0, mode: 0o770 }, user)).toBe(false)
  expect(mayPass({ uid: 0, gid: 6, mode: 0o710 }, user)).toBe(true)
  expect(mayPass({ uid: 0, gid: 6, mode: 0o701 }, user)).toBe(false)
  expect(mayPass({ uid: 5, gid: 6, mode: 0o077 }, user)).toBe(false)
})

test('postmaster.pid is read, and an unfinished one is not', () => {
  const text = '4711\n/x/data\n1700000000\n54321\n\n127.0.0.1\n  52342 3\nready   \n'
  expect(parsePostmaster(text)).toEqual({ pid: 4711, port: 54_321, status: 'ready' })
  expect(parsePostmaster('4711\n/x/data\n1700000000\n54321\n')).toEqual({ pid: 4711, port: 54_321, status: '' })
  expect(parsePostmaster('4711\n')).toBeNull()
  expect(parsePostmaster('')).toBeNull()
})

test('what PostgreSQL says when it ends becomes one clear line', () => {
  const explain = (line: string) => explainOutput(`2026-01-01 UTC [7] LOG:  starting\n${line}\n`, '/x/data', 5432)
  const cases: [string, string, RegExp][] = [
    [
      '[7] PANIC:  could not write to file "pg_wal/xlogtemp.7": No space left on device',
      'disk_full',
      /\/x\/data is full/,
    ],
    ['initdb: error: could not write file "/x/data/a": No space left on device', 'disk_full', /free some space/],
    ['[7] FATAL:  could not resize shared memory segment: No space left on device', 'start_failed', /\/dev\/shm/],
    [
      '[7] LOG:  could not bind IPv4 address "127.0.0.1": Address already in use',
      'port_in_use',
      /Port 5432 on 127\.0\.0\.1/,
    ],
    ['[7] FATAL:  database files are incompatible with server', 'other_version', /another PostgreSQL version/],
    ['[7] FATAL:  could not open directory "/x/data": Permission denied', 'not_writable', /owner or mode/],
    ['[7] PANIC:  could not locate a valid checkpoint record at 0/1', 'damaged', /restore a backup/],
    ['[7] FATAL:  something new', 'start_failed', /did not start in \/x\/data: something new$/],
  ]
  for (const [line, code, message] of cases) {
    const error = explain(line)
    expect([line, error.code]).toEqual([line, code])
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
  }
  const full = explainFileError(Object.assign(new Error('write'), { code: 'ENOSPC' }), '/x')
  expect(full).toMatchObject({ code: 'disk_full', message: expect.stringContaining('/x') })
})

test('the log is cut when it is full, and an open writer goes on', async () => {
  const path = join(folder, 'postgres.log')
  await writeFile(path, 'a'.repeat(900))
  await boundLog(path, 1_000)
  expect((await stat(path)).size).toBe(900)
  await writeFile(path, 'b'.repeat(200), { flag: 'a' })
  await boundLog(path, 1_000)
  expect((await stat(path)).size).toBe(0)
  expect((await readFile(`${path}.1`, 'utf8')).length).toBe(1_100)
  await writeFile(path, 'new', { flag: 'a' })
  expect(await readLogFrom(path, 0)).toBe('new')
  expect(await readLogFrom(path, 900)).toBe('')
})
