import { expect, test } from 'vitest'
import { FLEETS } from '../../simulator/library/supervision.ts'
import { expectLabelled } from '../support/detection/played-fleet.ts'

/** One of each sort; fleets.long.test.ts plays all of them. Seed 3 has two nodes. */
const SHORT = [
  ['silent-mains', 1],
  ['silent-hub', 3],
  ['own-outage-and-dead', 1],
  ['node-restarts', 3],
  ['storm-and-sos', 1],
] as const

test.each(SHORT)('%s is judged as it is labelled', { timeout: 60_000 }, async (name, seed) => {
  const fleet = FLEETS.find((one) => one.name === name)
  expect(fleet).toBeDefined()
  if (fleet) await expectLabelled(fleet, seed)
})
