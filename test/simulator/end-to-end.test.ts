import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seedDivisions } from '../../server/org/divisions.ts'
import { run } from '../../simulator/run.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let folder: string

beforeAll(async () => {
  app = await startTestApp({ realTime: true })
  await seedDivisions(app.database.store.db)
  folder = await mkdtemp(join(tmpdir(), 'anhu-simulator-'))
})
afterAll(async () => {
  await app.destroy()
  await rm(folder, { recursive: true, force: true })
})

async function simulate(...args: string[]): Promise<{ code: number; lines: string[]; text: string }> {
  const lines: string[] = []
  const places = [
    `--url=http://127.0.0.1:${app.httpPort}`,
    `--mqtt=mqtt://127.0.0.1:${app.mqttPort}`,
    `--watch-port=${app.watchPort}`,
    `--pendant-port=${app.pendantPort}`,
    `--state=${join(folder, 'state.json')}`,
  ]
  const code = await run({
    args: [...places, '--settle-seconds=0.5', ...args],
    env: {
      ADMIN_PASSWORD: 'correct-horse-battery',
      ...(process.env.SIM_LOG ? { LOG_LEVEL: process.env.SIM_LOG } : {}),
    },
    signal: new AbortController().signal,
    write: (line) => {
      lines.push(line)
      if (process.env.SIM_LOG) process.stdout.write(`${line}\n`)
    },
  })
  return { code, lines, text: lines.join('\n') }
}

/** What need not be real time runs faster where a whole day is played. */
const SPEEDS: Record<string, number> = { 'ordinary-day': 2_400 }

describe('the scenarios of the folder', () => {
  const all = readdirSync('simulator/scenarios').map((file) => file.replace('.json', ''))
  // Devices take their time: all of them play in `npm run test:scenarios`, two always.
  const names = process.env.SCENARIOS === 'all' ? all : ['night-fall', 'stuck-button']

  it('has a file for each that always plays', () => {
    expect(all).toEqual(expect.arrayContaining(names))
  })

  it.concurrent.each(names)(
    '%s is recorded as it says',
    async (name) => {
      const speed = `--speed=${SPEEDS[name] ?? 1}`
      const { code, text } = await simulate(`--scenario=simulator/scenarios/${name}.json`, speed)
      expect(text).toContain('Nothing lost, nothing invented.')
      expect(text).toContain('Recorded as the scenario says.')
      expect(code).toBe(0)
    },
    150_000,
  )
})

describe('a mixed set of homes', () => {
  const isLong = process.env.SCENARIOS === 'all'

  it('loses nothing and invents nothing, with cuts', async () => {
    const { code, text } = await simulate(
      `--homes=${isLong ? 16 : 8}`,
      '--mix=all',
      '--speed=240',
      '--outages',
      `--minutes=${isLong ? 0.4 : 0.2}`,
      '--telemetry-seconds=1200',
      '--presses-per-hour=150',
    )
    expect(text).toContain('Nothing lost, nothing invented.')
    if (isLong) expect(Number(/^Homes were cut off (\d+) times/m.exec(text)?.[1])).toBeGreaterThan(1)
    expect(code).toBe(0)
  }, 120_000)
})
