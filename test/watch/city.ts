import { pino } from 'pino'
import { Registry } from 'prom-client'
import { v7 as uuidv7 } from 'uuid'
import type { CaseEvent } from '../../server/contract/push.ts'
import type { SignalType } from '../../server/contract/signal.ts'
import { createWatch, type WatchJob } from '../../server/watch/watch.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { commit, event } from '../support/records.ts'
import { query } from '../support/sql.ts'

export const TOWN = '361125001'
export const SECOND = 1_000
export const MINUTE = 60_000

interface NewDevice {
  kind?: string
  hubId?: string
  /** Heard of now; default true. */
  heard?: boolean
  battery?: number
}

/** A city on a database of its own, without a gateway: what devices do is written down as the gateway would. */
export class City {
  readonly clock = new FakeClock()
  readonly events: CaseEvent[] = []
  readonly #database: TestDatabase
  readonly #jobs: readonly WatchJob[]

  private constructor(database: TestDatabase) {
    this.#database = database
    this.#jobs = this.node('n1')
  }

  static async start(): Promise<City> {
    const city = new City(await createTestDatabase())
    await city.db
      .insertInto('division')
      .values([
        { code: '361125', name: '横峰县', level: 'county', parent_code: null },
        { code: TOWN, name: '岑阳镇', level: 'town', parent_code: '361125' },
      ])
      .execute()
    return city
  }

  get db() {
    return this.#database.store.db
  }

  drop(): Promise<void> {
    return this.#database.drop()
  }

  /** As the owner of the database. */
  sql(text: string, values: unknown[] = []) {
    return query(this.#database.url, text, values)
  }

  /** The recurring work of one node. */
  node(name: string): readonly WatchJob[] {
    return createWatch({
      db: this.db,
      clock: this.clock,
      log: pino({ level: 'silent' }),
      committed: (events) => this.events.push(...events),
      node: name,
      registry: new Registry(),
    }).jobs
  }

  /** Does some of the work, now; without names all of it. */
  async run(...names: string[]): Promise<void> {
    for (const job of this.#jobs) if (names.length === 0 || names.includes(job.name)) await job.run()
  }

  /** Time goes by with the node alive; then everything is done once. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 25 * SECOND) {
      this.clock.advance(Math.min(left, 25 * SECOND))
      await this.run('beat')
    }
    await this.run()
  }

  /** The same, with a sweep every 5 s as on a real node. */
  async sweepFor(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5 * SECOND) {
      this.clock.advance(Math.min(left, 5 * SECOND))
      await this.run('supervision')
    }
    await this.run('protection')
  }

  async resident(divisionCode: string | null = TOWN): Promise<string> {
    const residentId = uuidv7()
    const at = new Date(this.clock.now())
    await this.sql('insert into home (home_id, division_code, address) values ($1, $2, $3)', [
      residentId,
      divisionCode,
      '',
    ])
    await this.sql(
      `insert into resident (resident_id, home_id, name, gender, lives_alone, created_at)
       values ($1, $1, '周桂兰', 'female', true, $2)`,
      [residentId, at],
    )
    return residentId
  }

  async device(deviceId: string, residentId: string | null, over: NewDevice = {}): Promise<void> {
    const { kind = 'terminal', hubId = null, heard = true, battery } = over
    await this.sql(
      `insert into device (device_id, kind, protocol, resident_id, hub_id, address, created_at)
       values ($1, $2, 'native', $3, $4, $1, $5)`,
      [deviceId, kind, residentId, hubId, new Date(this.clock.now())],
    )
    if (heard) await this.heard(deviceId, battery)
  }

  /** A message of the device came in. */
  async heard(deviceId: string, battery?: number): Promise<void> {
    await this.sql(
      `insert into device_state as old (device_id, online, node, last_seen_at, battery) values ($1, false, 'n1', $2, $3)
       on conflict (device_id) do update set last_seen_at = $2, battery = coalesce($3, old.battery)`,
      [deviceId, new Date(this.clock.now()), battery ?? null],
    )
  }

  /** The device's connection begins or ends. */
  async connected(deviceId: string, online: boolean): Promise<void> {
    await this.sql(
      `insert into device_state (device_id, online, node, last_seen_at, online_changed_at) values ($1, $2, 'n1', $3, $3)
       on conflict (device_id) do update set online = $2, online_changed_at = $3`,
      [deviceId, online, new Date(this.clock.now())],
    )
  }

  async signal(deviceId: string, type: SignalType): Promise<CaseEvent[]> {
    const now = this.clock.now()
    const events = await commit(this.db, [event(deviceId, type, now)], now)
    this.events.push(...events)
    return events
  }

  /** Alerts as `device kind state`, in the order in which they were raised. */
  async alerts(): Promise<string[]> {
    const rows = await this.db.selectFrom('alert').selectAll().orderBy('alert_id').execute()
    return rows.map((row) => `${row.device_id} ${row.kind} ${row.device_state}`)
  }

  async stateOf(deviceId: string): Promise<string | undefined> {
    const row = await this.db
      .selectFrom('device_supervision')
      .select('state')
      .where('device_id', '=', deviceId)
      .executeTakeFirst()
    return row?.state
  }
}
