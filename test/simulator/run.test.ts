import { randomUUID } from 'node:crypto'
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
  app = await startTestApp({ realTime: true })
  await seedDivisions(app.database.store.db)
  folder = await mkdtemp(join(tmpdir(), 'anhu-simulator-'))
  stateFile = join(folder, 'state', 'simulator.json')
})
afterAll(async () => {
  await app.destroy()
  await rm(folder, { recursive: true, force: true })
})

type OnLine = (line: string) => void

async function simulate(...given: (string | OnLine)[]): Promise<{ code: number; lines: string[]; text: string }> {
  const lines: string[] = []
  const args = given.filter((one) => typeof one === 'string')
  const [onLine] = given.filter((one) => typeof one === 'function')
  const places = [`--url=http://127.0.0.1:${app.httpPort}`, `--mqtt=mqtt://127.0.0.1:${app.mqttPort}`]
  const code = await run({
    args: [...places, `--state=${stateFile}`, '--minutes=0.02', '--settle-seconds=0.2', ...args],
    env: { ADMIN_PASSWORD: 'correct-horse-battery' },
    signal: new AbortController().signal,
    write: (line) => {
      lines.push(line)
      onLine?.(line)
    },
  })
  return { code, lines, text: lines.join('\n') }
}
const count = async (table: 'resident' | 'device' | 'signal') => {
  const row = await app.database.store.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}
/** Signals but for the answers to the platform's own messages. */
const events = async () => {
  const row = await app.database.store.db
    .selectFrom('signal')
    .where('type', '<>', 'command_reply')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}
const homesKept = async (): Promise<unknown[]> => JSON.parse(await readFile(stateFile, 'utf8')).homes

describe('npm run simulate', () => {
  it('creates homes on the platform, runs them, and finds all of it recorded', async () => {
    const { code, text } = await simulate('--homes=3', '--telemetry-seconds=0.2', '--presses-per-hour=36000')
    expect(text).toContain('Nothing lost, nothing invented.')
    expect(code).toBe(0)
    expect(await count('resident')).toBe(3)
    expect(await count('device')).toBeGreaterThanOrEqual(6)
    const rows = [...text.matchAll(/^native +(\w+) +(\d+) +(\d+) +(\d+) +0 +0 +0$/gm)]
    const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0)
    expect([sum(3), sum(4)]).toEqual([sum(2), sum(2)])
    // Every event is a signal in the database, once.
    expect(await events()).toBe(sum(2))
    const telemetry = /^Telemetry of \d+ devices: (\d+) samples acknowledged, (\d+) stored\.$/m.exec(text)
    expect(Number(telemetry?.[1])).toBeGreaterThan(5)
    expect(telemetry?.[2]).toBe(telemetry?.[1])
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

  it('finds what the platform has lost, and what it has invented', async () => {
    const { db } = app.database.store
    let spoilt: Promise<unknown> | null = null
    // While it waits to compare, the record is spoilt behind its back.
    const spoil = async () => {
      const row = await db
        .selectFrom('signal')
        .selectAll()
        .where('type', '<>', 'command_reply')
        .orderBy('received_at', 'desc')
        .executeTakeFirstOrThrow()
      const detail = JSON.stringify(row.detail) as never
      await db
        .insertInto('signal')
        .values({ ...row, signal_id: randomUUID(), message_id: 'invented', detail })
        .execute()
    }
    const args = ['--homes=2', '--presses-per-hour=36000', '--minutes=0.05', '--settle-seconds=2']
    const { code, text } = await simulate(...args, (line: string) => {
      if (line.startsWith('Ending')) spoilt = spoil()
    })
    await spoilt
    expect(text).toContain('Extra (1):')
    expect(text).toContain('NOT all as it should be.')
    expect(code).toBe(1)
  })

  it('goes over WebSockets as well', async () => {
    const { code, text } = await simulate('--homes=1', `--mqtt=ws://127.0.0.1:${app.httpPort}/mqtt`)
    expect(text).toContain('Nothing lost, nothing invented.')
    expect(code).toBe(0)
  })

  it('refuses a scenario with a mistake, before it creates anything', async () => {
    const file = join(folder, 'scenario.json')
    await writeFile(file, '{"title":"x","homes":[],"timeline":[],"lasts":"1"}')
    const residents = await count('resident')
    const { code, lines } = await simulate(`--scenario=${file}`)
    expect([code, lines[0]?.split('\n')[0]]).toEqual([2, 'homes must be a list that is not empty, not []'])
    expect(await count('resident')).toBe(residents)
    expect((await simulate('--scenario=/nowhere.json')).lines[0]).toContain("--scenario /nowhere.json can't be read")
  })

  it('ends when a device is to tell what it can not, once everybody is there', async () => {
    const file = join(folder, 'impossible.json')
    const step = { at: '00:00:01', do: 'tell', device: 'flat/phone', type: 'smoke' }
    await writeFile(
      file,
      JSON.stringify({
        title: 'x',
        homes: [{ home: 'flat', devices: [{ device: 'phone', protocol: 'owntracks', kind: 'phone' }] }],
        timeline: [step],
        lasts: '00:00:02',
        recorded: [{ device: 'flat/phone', type: 'wander', count: 0 }],
      }),
    )
    const { code, text } = await simulate(`--scenario=${file}`)
    expect(text).toContain('timeline[0].type is nothing that flat/phone can tell; it can wander, wander_end')
    expect(code).toBe(2)
    const online = await app.database.store.db
      .selectFrom('device_state')
      .innerJoin('device', 'device.device_id', 'device_state.device_id')
      .select('device_state.online')
      .where('device.protocol', '=', 'owntracks')
      .executeTakeFirst()
    expect(online?.online ?? false).toBe(false)
  })

  it('signs in again when its session has ended before it compares', async () => {
    let ended: Promise<unknown> | null = null
    const { code, text } = await simulate('--homes=1', '--presses-per-hour=36000', (line) => {
      if (line.startsWith('Ending')) ended = app.database.store.db.deleteFrom('session').execute()
    })
    await ended
    expect(text).toContain('Nothing lost, nothing invented.')
    expect(code).toBe(0)
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
