import { describe, expect, test } from 'vitest'
import { LIBRARY } from '../../simulator/library/index.ts'
import type { Message } from '../../simulator/library/message.ts'
import { GROUPS, perform, type Scenario } from '../../simulator/library/scenario.ts'
import { FLEETS } from '../../simulator/library/supervision.ts'
import { createRandom } from '../../simulator/random.ts'
import { type Outcome, problemsOf, runThrough } from '../support/detection/outcome.ts'
import { stage } from '../support/detection/stage.ts'

/** Some seeds of each; `npm run bench -- detection` plays more. */
const SEEDS = [1, 2, 3]
const SECOND = 1_000
const named = LIBRARY.map((scenario) => ({ name: `${scenario.name}: ${scenario.title}`, scenario }))

/** Who was told of what, in order. */
const told = ({ raised }: Outcome) => raised.map(({ kind, deviceId }) => `${kind} of ${deviceId}`)

describe('the library', () => {
  test('has at least sixty scenarios of every group, with names of their own', () => {
    expect(LIBRARY.length).toBeGreaterThanOrEqual(60)
    const names = [...LIBRARY, ...FLEETS].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const least = { sos: 8, fall: 14, wandering: 20, routine: 6, danger: 7, vital: 6 }
    for (const group of GROUPS) {
      expect(LIBRARY.filter((one) => one.group === group).length, group).toBeGreaterThanOrEqual(least[group])
    }
  })

  test('has scenarios in which something is to be raised and in which nothing is', () => {
    const quiet = LIBRARY.filter(({ expected }) => expected.length === 0)
    expect(quiet.length).toBeGreaterThan(20)
    expect(LIBRARY.length - quiet.length).toBeGreaterThan(40)
  })

  test.each(named)('$name is the same for the same seed, and ends after what arrives', ({ scenario }) => {
    const once = perform(scenario, 5)
    expect(perform(scenario, 5)).toEqual(once)
    const last = once.messages.at(-1)?.receivedAt ?? 0
    expect(last).toBeLessThanOrEqual(once.endsAt)
  })
})

describe('scenarios of many devices', () => {
  test.each(FLEETS)('$name names only devices that it has, and ends after what happens', (fleet) => {
    const { devices, happenings, expected, blameless = [], lasts } = fleet
    const known = devices.map(({ deviceId }) => deviceId)
    const named = [
      ...happenings.flatMap((one) => ('deviceIds' in one ? one.deviceIds : 'deviceId' in one ? [one.deviceId] : [])),
      ...devices.flatMap(({ hubId }) => hubId ?? []),
      ...expected.flatMap(({ deviceId }) => deviceId ?? []),
      ...blameless,
    ]
    expect(named.filter((deviceId) => !known.includes(deviceId))).toEqual([])
    expect(Math.max(0, ...happenings.map(({ after }) => after))).toBeLessThanOrEqual(lasts)
    for (const { within } of expected) expect(within[1]).toBeLessThanOrEqual(lasts)
  })
})

describe('every scenario is judged as it is labelled', () => {
  test.each(named)('$name', ({ scenario }) => {
    for (const seed of SEEDS) {
      const staged = stage(scenario, seed)
      const problems = problemsOf(scenario, staged, runThrough(staged)).map(({ what, text }) => `${what}: ${text}`)
      expect(problems, `seed ${seed}`).toEqual([])
    }
  })
})

describe('a restart at any point changes nothing', () => {
  test.each(named)('$name', ({ scenario }) => {
    const staged = stage(scenario, 1)
    const without = runThrough({ ...staged, restarts: [] })
    const restarted = runThrough(staged, { restarts: 'every observation' })
    expect(restarted.findings).toEqual(without.findings)
    expect(restarted.stateBytes).toBeLessThanOrEqual(2_048)
  })
})

/** Every message comes once more within half a minute. */
function twice(messages: readonly Message[]): readonly Message[] {
  const random = createRandom('twice')
  const again = messages.map((message) => ({
    ...message,
    receivedAt: message.receivedAt + Math.round(random.between(0, 30) * SECOND),
  }))
  return [...messages, ...again].sort((a, b) => a.receivedAt - b.receivedAt)
}

describe('delivered twice, nothing is raised twice', () => {
  test.each(named)('$name', ({ scenario }) => {
    expect(told(runThrough(stage(scenario, 1, twice)))).toEqual(told(runThrough(stage(scenario, 1))))
  })
})

/** What arrives at the same moment comes in another order. */
function shuffled(seed: number): (messages: readonly Message[]) => readonly Message[] {
  return (messages) => {
    const random = createRandom(`shuffled ${seed}`)
    return messages
      .map((message) => ({ message, order: random.next() }))
      .sort((a, b) => a.message.receivedAt - b.message.receivedAt || a.order - b.order)
      .map(({ message }) => message)
  }
}

const comesInBatches = (scenario: Scenario) => {
  const { messages } = perform(scenario, 1)
  return new Set(messages.map(({ receivedAt }) => receivedAt)).size < messages.length - 1
}

describe('the order within a late batch does not matter', () => {
  test.each(named.filter(({ scenario }) => comesInBatches(scenario)))('$name', ({ scenario }) => {
    for (const order of [1, 2, 3, 4, 5]) {
      const staged = stage(scenario, 1, shuffled(order))
      expect(problemsOf(scenario, staged, runThrough(staged)), `order ${order}`).toEqual([])
    }
  })
})
