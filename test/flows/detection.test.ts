import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LIBRARY } from '../../simulator/library/index.ts'
import type { Scenario } from '../../simulator/library/scenario.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { playOnDatabase, type RecordedAlert } from '../support/detection/on-database.ts'
import { type Outcome, problemsOf, runThrough } from '../support/detection/outcome.ts'
import { stage } from '../support/detection/stage.ts'

/** Scenarios of the library through the real commit path: PostgreSQL, stored states, the sweep of deadlines, restarts. */
const PLAYED = [
  'sos-stuck-key',
  'sos-delivered-often',
  'sos-ids-anew',
  'fall-restart',
  'fall-two-tell',
  'not-fall-late-batch',
  'not-fall-walks-on',
  'wander-restart',
  'wander-and-home',
  'stay-late-batch',
  'night-exit',
  'door-left-open',
  'vital-tachycardia',
] as const

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

function named(name: string): Scenario {
  const found = LIBRARY.find((scenario) => scenario.name === name)
  if (!found) throw new Error(`${name} is not in the library`)
  return found
}

/** What the same scenario comes to without a database. */
const inMemory = ({ alerts }: Outcome): RecordedAlert[] =>
  alerts.map(({ kind, deviceId, deviceState, certainty, severe, signalCount, reason }) => {
    return { kind, deviceId, deviceState, certainty, severe, signalCount, rule: reason?.rule ?? null }
  })

describe('a scenario comes to the same in the database as in the library', () => {
  test('most of them are told of, and three are restarted', () => {
    expect(PLAYED.filter((name) => named(name).expected.length > 0).length).toBeGreaterThan(6)
    expect(PLAYED.filter((name) => (named(name).restarts ?? []).length > 0).length).toBeGreaterThanOrEqual(3)
  })

  test.each(PLAYED)('%s', async (name) => {
    const scenario = named(name)
    const staged = stage(scenario, 1)
    const outcome = runThrough(staged)
    expect(problemsOf(scenario, staged, outcome)).toEqual([])
    expect(await playOnDatabase(database.url, scenario, 1)).toEqual(inMemory(outcome))
  })
})
