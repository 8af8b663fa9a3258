import { sql } from 'kysely'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { AlertKind } from '../../../server/contract/case.ts'
import { openStore, type Store } from '../../../server/store/db.ts'
import { createWatch } from '../../../server/watch/watch.ts'
import type { FleetScenario, Happening } from '../../../simulator/library/fleet.ts'
import { createRandom } from '../../../simulator/random.ts'
import { happen, installFleet } from './fleet-install.ts'

const SWEEP = 5_000
const MINUTE = 60_000
/** With nothing to do the clock leaps so far at the most, ms. */
const LEAP = 6 * 3_600_000

/** An alert that was raised, or raised anew after it had been taken back. */
export interface FleetRaised {
  kind: AlertKind
  deviceId: string
  /** Of an area's. */
  incidentId: string | null
  /** Ms after the scenario's begin. */
  at: number
  /** At the end. */
  restored: boolean
  /** Devices on the list of the incident that it is about. */
  members: number
}

export interface FleetRun {
  raised: readonly FleetRaised[]
  sweeps: number
}

export interface FleetOptions {
  /** Ticks every 5 s from begin to end, as a real node: without it the clock leaps to where something is due. */
  everyTick?: boolean
}

/**
 * Plays a scenario against the jobs of `createWatch` on a real database. The seed says where in its five seconds the sweep
 * lies, whether a second node works at the same time, and when a node is killed and started anew (for less than the half
 * minute that counts as an outage).
 * @param url of a migrated, empty database; the owner's
 */
export async function playFleet(
  url: string,
  fleet: FleetScenario,
  seed: number,
  { everyTick = false }: FleetOptions = {},
): Promise<FleetRun> {
  const store = openStore({ url, as: 'app', onError: () => undefined })
  try {
    const run = new Run(store, fleet, seed)
    await installFleet(store.db, fleet)
    await run.play(everyTick)
    return { raised: await run.raised(), sweeps: run.sweeps }
  } finally {
    await store.close()
  }
}

interface Job {
  everyMs: number
  run: () => Promise<unknown>
  /** Which tick of its own grid was the last. */
  done: number
}

interface Known {
  alertId: string
  isActive: boolean
  raised: FleetRaised
}

class Run {
  sweeps = 0
  #now: number
  #isNews = false
  /** Just started: what was not written meanwhile is not to be written now. */
  #isAway = false
  /** When to look without anything being due: after something has happened. */
  #wakes: number[] = []
  #nodes: Job[][]
  readonly #known: Known[] = []
  readonly #happenings: readonly Happening[]
  readonly #store: Store
  readonly #fleet: FleetScenario
  readonly #begin: number
  readonly #names: readonly string[]

  constructor(store: Store, fleet: FleetScenario, seed: number) {
    const random = createRandom(`${fleet.name} ${seed} fleet`)
    this.#store = store
    this.#fleet = fleet
    this.#begin = fleet.from + Math.round(random.between(0, SWEEP))
    this.#names = seed % 3 === 0 ? ['n1', 'n2'] : ['n1']
    const kills = Array.from({ length: 3 }, (): Happening => {
      const [after, ms] = [random.between(MINUTE, fleet.lasts), random.between(1_000, 15_000)]
      return { what: 'outage', after: Math.round(after), ms: Math.round(ms) }
    })
    // An outage that is told stays as long as it is labelled.
    const told = fleet.happenings.flatMap((one) => (one.what === 'outage' ? [one] : []))
    const apart = kills.filter(({ after }) =>
      told.every((one) => after < one.after - MINUTE || after > one.after + one.ms + MINUTE),
    )
    this.#happenings = [...fleet.happenings, ...apart].sort((a, b) => a.after - b.after)
    this.#now = fleet.from
    this.#nodes = this.#start()
  }

  #start(): Job[][] {
    return this.#names.map((node) =>
      createWatch({
        db: this.#store.db,
        clock: { now: () => this.#now },
        log: pino({ level: 'silent' }),
        committed: (events) => {
          if (events.length > 0) this.#isNews = true
        },
        node,
        registry: new Registry(),
      }).jobs.map(({ everyMs, run }) => ({ everyMs, run, done: -1 })),
    )
  }

  async play(everyTick: boolean): Promise<void> {
    const { from, lasts } = this.#fleet
    const end = from + lasts
    let next = 0
    await this.#tick(this.#begin)
    while (this.#now < end) {
      const happening = this.#happenings[next]
      const at = everyTick ? this.#onGrid(this.#now, SWEEP) : await this.#nextTick()
      if (happening === undefined || at <= from + happening.after) await this.#tick(at)
      else {
        await this.#happen(happening)
        next++
      }
    }
  }

  /** The first tick of a grid that is later than now, and not before `at`. */
  #onGrid(at: number, everyMs: number): number {
    const first = Math.max(at, this.#now + 1)
    return this.#begin + Math.ceil((first - this.#begin) / everyMs) * everyMs
  }

  async #nextTick(): Promise<number> {
    const { rows } = await sql<{ due: Date | null; test: Date | null; waiting: boolean | null }>`
      select min(due_at) filter (where state in ('ok', 'quiet', 'behind')) as due, min(test_due_at) as test,
        bool_or(state = 'late') as waiting
      from device_supervision`.execute(this.#store.db)
    const [row] = rows
    const times = [this.#onGrid(this.#now + LEAP, SWEEP), ...this.#wakes]
    if (row?.waiting === true) times.push(this.#onGrid(this.#now, SWEEP))
    if (row?.due) times.push(this.#onGrid(row.due.getTime(), SWEEP))
    if (row?.test) times.push(this.#onGrid(row.test.getTime(), MINUTE))
    return Math.min(...times.filter((at) => at > this.#now))
  }

  async #happen(happening: Happening): Promise<void> {
    const { from } = this.#fleet
    const at = from + happening.after
    if (at < this.#now) throw new Error(`${happening.what} at ${happening.after} ms lies in an outage`)
    await this.#lived(at)
    this.#now = at
    if (happening.what === 'outage') {
      this.#now += happening.ms
      this.#isAway = true
      this.#nodes = this.#start()
    } else {
      await happen(this.#store.db, happening, at, from)
      this.#isNews = true
      await this.#note()
    }
    this.#wakes = [
      ...this.#wakes.filter((wake) => wake > this.#now),
      this.#onGrid(this.#now, SWEEP),
      this.#onGrid(this.#now, MINUTE),
    ]
  }

  async #tick(at: number): Promise<void> {
    await this.#lived(at)
    this.#now = at
    this.#isAway = false
    this.sweeps++
    await Promise.all(
      this.#nodes.map(async (jobs) => {
        for (const job of jobs) {
          const tick = Math.floor((at - this.#begin) / job.everyMs)
          if (tick > job.done) await job.run()
          job.done = tick
        }
      }),
    )
    await this.#note()
  }

  /** Over time that was leapt over the nodes have lived and written so, as every 5 s. */
  async #lived(until: number): Promise<void> {
    if (this.#isAway || until - this.#now <= SWEEP) return
    const at = new Date(until - SWEEP)
    const { db } = this.#store
    await sql`update beat_head set beat_at = greatest(beat_at, ${at})`.execute(db)
    await sql`update node_beat set beat_at = greatest(beat_at, ${at})`.execute(db)
  }

  /** Notes what was raised and taken back since it looked last. */
  async #note(): Promise<void> {
    if (!this.#isNews) return
    this.#isNews = false
    const rows = await this.#store.db
      .selectFrom('alert')
      .innerJoin('alarm_case as c', 'c.case_id', 'alert.case_id')
      .select(['alert_id', 'alert.device_id', 'alert.kind', 'device_state', 'c.resident_id', 'c.incident_id'])
      .orderBy('alert_id')
      .execute()
    for (const row of rows) {
      const isActive = row.device_state === 'active'
      const known = this.#known.findLast(({ alertId }) => alertId === row.alert_id)
      if (known?.isActive === isActive) continue
      if (known !== undefined) {
        known.isActive = isActive
        known.raised.restored = !isActive
      }
      if (known === undefined || isActive)
        this.#known.push({ alertId: row.alert_id, isActive, raised: this.#raise(row) })
    }
  }

  #raise(row: { kind: AlertKind; device_id: string; device_state: string; incident_id: string | null }): FleetRaised {
    const { kind, device_id: deviceId, device_state, incident_id: incidentId } = row
    const at = this.#now - this.#fleet.from
    return { kind, deviceId, incidentId, at, restored: device_state !== 'active', members: 0 }
  }

  async raised(): Promise<FleetRaised[]> {
    const rows = await this.#store.db
      .selectFrom('incident_member')
      .select((eb) => ['incident_id', eb.fn.countAll<number>().as('n')])
      .groupBy('incident_id')
      .execute()
    const members = new Map(rows.map((row) => [row.incident_id, row.n]))
    return this.#known.map(({ raised }) => ({ ...raised, members: members.get(raised.incidentId ?? '') ?? 0 }))
  }
}
