import { describe, expect, test } from 'vitest'
import { FLEETS } from '../../simulator/library/supervision.ts'
import type { FleetRun } from '../support/detection/fleet-run.ts'
import { expectLabelled, playedFleet } from '../support/detection/played-fleet.ts'

/** Seed 3 has two nodes; `npm run bench -- detection` plays more. */
const SEEDS = [1, 3]

describe('every scenario of many devices is judged as it is labelled', () => {
  test.each(FLEETS)('$name: $title', { timeout: 120_000 }, async (fleet) => {
    for (const seed of SEEDS) await expectLabelled(fleet, seed)
  })
})

test.each(['silent-mains', 'storm-and-sos'])(
  'the clock that leaps hides nothing: %s ticks every five seconds, and is the same',
  { timeout: 120_000 },
  async (name) => {
    const fleet = FLEETS.find((one) => one.name === name)!
    const times = ({ raised }: FleetRun) => raised.map(({ kind, deviceId, at }) => ({ kind, deviceId, at }))
    const leapt = await playedFleet(fleet, 2)
    const ticked = await playedFleet(fleet, 2, { everyTick: true })
    expect(times(ticked)).toEqual(times(leapt))
    expect(ticked.sweeps).toBeGreaterThan(leapt.sweeps)
  },
)
