import { pino } from 'pino'
import type { AlertKind } from '../../server/contract/case.ts'
import { startEmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { migrate } from '../../server/store/migrate.ts'
import type { FleetScenario } from '../../simulator/library/fleet.ts'
import { FLEETS } from '../../simulator/library/supervision.ts'
import { type FleetProblem, judgeFleet } from '../support/detection/fleet-outcome.ts'
import { playFleet } from '../support/detection/fleet-run.ts'
import { makeDataDir, removeDataDir } from '../support/server-process.ts'
import { query } from '../support/sql.ts'
import { percentile, round } from './figures.ts'

/** Each scenario is played with so many seeds. */
const SEEDS = 5

/** What each figure is about; what is told in the middle of a storm counts to the storm. */
const KINDS = {
  offline: ['offline', 'hub_offline'],
  battery: ['battery_low'],
  test: ['test_overdue'],
  storm: ['area_offline'],
} as const satisfies Record<string, readonly AlertKind[]>
type Topic = keyof typeof KINDS
const TOPICS = Object.keys(KINDS) as Topic[]

interface Figures {
  cases: number
  missed: number
  false: number
  misjudged: number
  /** Ms after the earliest moment at which it may be told: of a silent device the end of period and grace. */
  times: number[]
}

/**
 * The scenarios of many devices, played against the sweeps on a real PostgreSQL: what was told of silent devices, batteries,
 * tests and storms, and how long after it could be told.
 */
export async function fleets(): Promise<{ topics: object; scenarios: number; failing: Record<string, string> }> {
  const figures = new Map(TOPICS.map((topic): [Topic, Figures] => [topic, none()]))
  const failing = new Map<string, number[]>()
  const dataDir = await makeDataDir()
  const server = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })
  try {
    const template = new URL(server.url)
    template.pathname = '/fleets'
    await query(server.url, 'create database fleets')
    await migrate(template.href, (error) => {
      throw error
    })
    for (const fleet of FLEETS) {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const name = `fleet_${fleet.name.replaceAll('-', '_')}_${seed}`
        await query(server.url, `create database ${name} template fleets`)
        const url = new URL(server.url)
        url.pathname = `/${name}`
        if (count(figures, fleet, await judged(url.href, fleet, seed)))
          failing.set(fleet.name, [...(failing.get(fleet.name) ?? []), seed])
        // Without force: its owner may not end an autovacuum that is at work there; PostgreSQL waits for that by itself.
        await query(server.url, `drop database ${name}`)
      }
    }
  } finally {
    await server.stop()
    await removeDataDir(dataDir)
  }
  return {
    topics: Object.fromEntries([...figures].map(([topic, of]) => [topic, shown(of)])),
    scenarios: FLEETS.length,
    failing: Object.fromEntries([...failing].map(([name, seeds]) => [name, `seeds ${seeds.join(', ')}`])),
  }
}

const none = (): Figures => ({ cases: 0, missed: 0, false: 0, misjudged: 0, times: [] })

const judged = async (url: string, fleet: FleetScenario, seed: number) =>
  judgeFleet(fleet, (await playFleet(url, fleet, seed)).raised)

type Judged = ReturnType<typeof judgeFleet>

/** @returns whether something was not as labelled */
function count(figures: Map<Topic, Figures>, fleet: FleetScenario, { met, problems }: Judged): boolean {
  const of = (kind: AlertKind) => figures.get(topicOf(kind, fleet)) ?? none()
  for (const { kind } of fleet.expected) of(kind).cases++
  for (const { expected, raised } of met) of(expected.kind).times.push(raised.at - expected.within[0])
  for (const { kind, what } of problems satisfies readonly FleetProblem[]) of(kind)[what]++
  return problems.length > 0
}

function topicOf(kind: AlertKind, { group }: FleetScenario): Topic {
  const own = TOPICS.find((topic) => (KINDS[topic] as readonly AlertKind[]).includes(kind))
  return own ?? (group === 'storm' ? 'storm' : 'offline')
}

const shown = ({ times, ...of }: Figures) => ({
  ...of,
  alert_p50_ms: round(percentile(times, 0.5)),
  alert_max_ms: round(times.length === 0 ? Number.NaN : Math.max(...times)),
})
