import { expect } from 'vitest'
import type { FleetScenario } from '../../../simulator/library/fleet.ts'
import { createTestDatabase } from '../database.ts'
import { judgeFleet } from './fleet-outcome.ts'
import { type FleetOptions, type FleetRun, playFleet } from './fleet-run.ts'

/** Plays a scenario of many devices on a database of its own. */
export async function playedFleet(fleet: FleetScenario, seed: number, options: FleetOptions = {}): Promise<FleetRun> {
  const database = await createTestDatabase()
  try {
    return await playFleet(database.url, fleet, seed, options)
  } finally {
    await database.drop()
  }
}

/** Plays it, and expects what its label says. */
export async function expectLabelled(fleet: FleetScenario, seed: number): Promise<void> {
  const { raised } = await playedFleet(fleet, seed)
  const { problems } = judgeFleet(fleet, raised)
  expect(
    problems.map(({ what, text }) => `${what}: ${text}`),
    `seed ${seed}`,
  ).toEqual([])
}
