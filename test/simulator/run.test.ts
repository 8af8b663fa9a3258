import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seedDivisions } from '../../server/org/divisions.ts'
import { run } from '../../simulator/run.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let folder: string
let stateFile: string

beforeAll(async () => {
  app = await startTestApp()
  await seedDivisions(app.database.store.db)
  folder = await mkdtemp(join(tmpdir(), 'anhu-simulator-'))
  stateFile = join(folder, 'state', 'simulator.json')
})
afterAll(async () => {
  await app.destroy()
  await rm(folder, { recursive: true, force: true })
})

async function simulate(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = []
  const places = [`--url=http://127.0.0.1:${app.httpPort}`, `--mqtt=mqtt://127.0.0.1:${app.mqttPort}`]
  const code = await run({
    args: [...places, `--state=${stateFile}`, '--minutes=0.02', ...args],
    env: { ADMIN_PASSWORD: 'correct-horse-battery' },
    signal: new AbortController().signal,
    write: (line) => lines.push(line),
  })
  return { code, lines }
}
const count = async (table: 'resident' | 'device' | 'signal') => {
  const row = await app.database.store.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}
const homesKept = async (): Promise<unknown[]> => JSON.parse(await readFile(stateFile, 'utf8')).homes

describe('npm run simulate', () => {
  it('creates homes on the platform, runs them, and reports all acknowledged', async () => {
    const { code, lines } = await simulate('--homes=3', '--telemetry-seconds=0.2', '--presses-per-hour=36000')
    expect(lines.at(-1)).toContain('All was acknowledged.')
    expect(code).toBe(0)
    expect(await count('resident')).toBe(3)
    expect(await count('device')).toBeGreaterThanOrEqual(6)
    const total = /^total\s+(\d+)\s+(\d+)$/m.exec(lines.at(-1) ?? '')
    const telemetry = /^telemetry\s+(\d+)\s+(\d+)$/m.exec(lines.at(-1) ?? '')
    expect(Number(telemetry?.[2])).toBeGreaterThan(5)
    // Every acknowledged event is a signal in the database, once.
    expect(await count('signal')).toBe(Number(total?.[2]) - Number(telemetry?.[2]))
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600)
  })

  it('takes the same homes again, and creates only what is missing', async () => {
    const before = await homesKept()
    const { code } = await simulate('--homes=4', '--presses-per-hour=0')
    expect(code).toBe(0)
    expect(await count('resident')).toBe(4)
    expect((await homesKept()).slice(0, 3)).toEqual(before)
  })

  it('notices that the platform does not know its homes any more', async () => {
    const text = await readFile(stateFile, 'utf8')
    await writeFile(stateFile, text.replaceAll('"deviceId":"', '"deviceId":"gone-'))
    expect((await simulate('--homes=1', '--presses-per-hour=0')).code).toBe(0)
    expect(await count('resident')).toBe(5)
    expect(await homesKept()).toHaveLength(1)
  })

  it.each([
    ['wrong password', ['--password=wrong-password'], /^Wrong user name or password/],
    ['no administrator', ['--username=limin', '--homes=9'], /^This account may not create/],
    [
      'no server',
      ['--url=http://127.0.0.1:1', '--state=/tmp/anhu-none.json'],
      /^No answer from http:\/\/127.0.0.1:1 \(/,
    ],
    ['another platform', ['--url=http://127.0.0.2:1'], /belongs to http:\/\/127\.0\.0\.1/],
    ['wrong option', ['--homes=none'], /^--homes must be/],
  ])('says in one line what is wrong: %s', async (_name, args, message) => {
    const { code, lines } = await simulate(...args)
    expect(code).toBe(2)
    expect(lines[0]).toMatch(message)
    expect(lines[0]).not.toContain('\n')
  })

  it('refuses a file that is not its own', async () => {
    const other = join(folder, 'other.json')
    await writeFile(other, '{"homes":[{"homeId":1}]}')
    const { code, lines } = await simulate(`--state=${other}`)
    expect([code, lines[0]]).toEqual([2, `--state ${other} is not a simulator's state: name another file`])
  })

  it('asks for a password, and prints help', async () => {
    const lines: string[] = []
    const context = { env: {}, signal: new AbortController().signal, write: (line: string) => lines.push(line) }
    expect(await run({ ...context, args: [] })).toBe(2)
    expect(lines[0]).toContain('--password')
    expect(await run({ ...context, args: ['--help'] })).toBe(0)
    expect(lines.at(-1)).toContain('--telemetry-seconds')
  })
})
