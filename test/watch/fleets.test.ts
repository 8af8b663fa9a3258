import { describe, expect, test } from 'vitest'
import type { FleetScenario } from '../../simulator/library/fleet.ts'
import { FLEETS } from '../../simulator/library/supervision.ts'
import { createTestDatabase } from '../support/database.ts'
import { judgeFleet } from '../support/detection/fleet-outcome.ts'
import { type FleetOptions, type FleetRun, playFleet } from '../support/detection/fleet-run.ts'

/** Seed 3 has two nodes; `npm run bench -- detection` plays more. */
const SEEDS = [1, 3]

async function played(fleet: FleetScenario, seed: number, options: FleetOptions = {}): Promise<FleetRun> {
  const database = await createTestDatabase()
  try {
    return await playFleet(database.url, fleet, seed, options)
  } finally {
    await database.drop()
  }
}

describe('every scenario of many devices is judged as it is labelled', () => {
  test.each(FLEETS)('$name: $title', { timeout: 120_000 }, async (fleet) => {
    for (const seed of SEEDS) {
      const { raised } = await played(fleet, seed)
      const { problems } = judgeFleet(fleet, raised)
      expect(
        problems.map(({ what, text }) => `${what}: ${text}`),
        `seed ${seed}`,
      ).toEqual([])
    }
  })
})

test.each(['silent-mains', 'storm-and-sos'])(
  'the clock that leaps hides nothing: %s ticks every five seconds, and is the same',
  { timeout: 120_000 },
  async (name) => {
    const fleet = FLEETS.find((one) => one.name === name)!
    const times = ({ raised }: FleetRun) => raised.map(({ kind, deviceId, at }) => ({ kind, deviceId, at }))
    const leapt = await played(fleet, 2)
    const ticked = await played(fleet, 2, { everyTick: true })
    expect(times(ticked)).toEqual(times(leapt))
    expect(ticked.sweeps).toBeGreaterThan(leapt.sweeps)
  },
)
