import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { Gauge, Histogram, type Registry } from 'prom-client'
import type { Clock } from '../contract/clock.ts'
import type { CaseEvent } from '../contract/push.ts'
import { SUPERVISION_STATES } from '../contract/watch.ts'
import type { Database } from '../store/schema.ts'
import { batteryRound, testRound } from './checks.ts'
import type { WatchDeps } from './deps.ts'
import { enrol, followSettings } from './enrol.ts'
import { incidentRound } from './incident-round.ts'
import { judgeLate } from './judge-late.ts'
import { lookRound } from './look-round.ts'
import { beat, listResidents } from './outages.ts'
import { protectionRound } from './protection.ts'
import { createLayers } from './settings.ts'
import { suppressionRound } from './suppressions.ts'

export interface WatchOptions {
  db: Kysely<Database>
  clock: Clock
  log: Logger
  /** Called after each commit with the events that it appended to the outbox. */
  committed: (events: readonly CaseEvent[]) => void
  /** Names this node. */
  node: string
  registry: Registry
}

/** Work that is due again and again. */
export interface WatchJob {
  name: string
  everyMs: number
  run: () => Promise<unknown>
}

/**
 * The sweeps that look for what does not come: devices that fall silent, tests that are not made, suppressions that end.
 * All times are columns; any node may do any of it, and a restart loses nothing.
 */
export function createWatch({ db, clock, log, committed, node, registry }: WatchOptions): { jobs: WatchJob[] } {
  const deps: WatchDeps = { db, layers: createLayers(), committed }
  const devices = new Gauge({
    name: 'anhu_supervised_devices',
    help: 'Supervised devices by state',
    labelNames: ['state'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'anhu_sweep_seconds',
    help: 'Duration of a sweep over the supervised devices',
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30],
    registers: [registry],
  })

  async function sweep(): Promise<void> {
    const end = seconds.startTimer()
    // First of all, or after an outage the first sweep would blame the devices for it.
    await beat(db, node, clock.now())
    const looked = await lookRound(deps, clock.now())
    await judgeLate(deps, clock.now())
    await incidentRound(deps, clock.now())
    log.debug({ looked, seconds: end() }, 'supervision swept')
  }

  async function count(): Promise<void> {
    const rows = await db
      .selectFrom('device_supervision')
      .select((eb) => ['state', eb.fn.countAll<number>().as('n')])
      .groupBy('state')
      .execute()
    for (const state of SUPERVISION_STATES) {
      devices.set({ state }, rows.find((row) => row.state === state)?.n ?? 0)
    }
  }

  return {
    jobs: [
      { name: 'beat', everyMs: 5_000, run: () => beat(db, node, clock.now()) },
      { name: 'enrolment', everyMs: 60_000, run: () => enrol(db, clock.now()) },
      { name: 'supervision settings', everyMs: 5_000, run: () => followSettings(db, clock.now()) },
      { name: 'supervision', everyMs: 5_000, run: sweep },
      { name: 'protection', everyMs: 5_000, run: () => protectionRound(db, clock.now()) },
      { name: 'batteries', everyMs: 60_000, run: () => batteryRound(deps, clock.now()) },
      { name: 'tests', everyMs: 60_000, run: () => testRound(deps, clock.now()) },
      { name: 'suppressions', everyMs: 1_000, run: () => suppressionRound(deps, clock.now()) },
      { name: 'outage lists', everyMs: 10_000, run: () => listResidents(db, clock.now()) },
      { name: 'supervision figures', everyMs: 60_000, run: count },
    ],
  }
}
