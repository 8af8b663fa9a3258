import { InfluxDB, escape as influxEscape } from 'influx'
import type { Clock } from '../../contract/clock.ts'
import { measurementOf } from '../../contract/signal.ts'
import { checkedQuery } from './aggregate.ts'
import { deadline } from './deadline.ts'
import { InfluxHttp } from './influx-http.ts'
import { refusalReason, tagValue, toLineProtocol } from './line-protocol.ts'
import { assertStorable, DAY_MS } from './rows.ts'
import {
  RefusedRowsError,
  type TelemetryPoint,
  type TelemetryQuery,
  type TelemetryRow,
  type TelemetryStore,
} from './telemetry.ts'

export interface Influx1Options {
  url: URL
  database: string
  username?: string
  password?: string
  retentionDays: number
  clock: Clock
}

/** Our own retention policy in the database; named in every statement, so that another default doesn't matter. */
const POLICY = 'anhu'
const TIMEOUT_MS = 5_000
const QUERY_TIMEOUT_MS = 30_000

interface PointRow {
  value: number
  min: number
  max: number
  count: number
}

/** Telemetry in InfluxDB 1.x: statements through `influx`, writes as line protocol (see line-protocol.ts for why). */
export class Influx1Telemetry implements TelemetryStore {
  readonly engine = 'influx1'
  readonly #options: Influx1Options
  readonly #http: InfluxHttp
  readonly #client: InfluxDB
  readonly #writePath: string
  #prepared = false

  constructor(options: Influx1Options) {
    this.#options = options
    const { url, database } = options
    const username = options.username ?? (decodeURIComponent(url.username) || undefined)
    const password = options.password ?? decodeURIComponent(url.password)
    const credentials = username === undefined ? undefined : { username, password }
    this.#http = new InfluxHttp(new URL(url.pathname, url.origin), credentials)
    const secure = url.protocol === 'https:'
    this.#client = new InfluxDB({
      ...credentials,
      database,
      host: url.hostname,
      port: Number(url.port) || (secure ? 443 : 80),
      path: url.pathname.replace(/\/$/, ''),
      protocol: secure ? 'https' : 'http',
      // No retries and no host put aside: whether the engine is up is the writer's to judge.
      pool: { maxRetries: 0, requestTimeout: QUERY_TIMEOUT_MS, backoff: NO_BACKOFF },
    })
    this.#writePath = `/write?${new URLSearchParams({ db: database, rp: POLICY, precision: 'ms' })}`
  }

  /** Makes the database and the retention policy if missing; a user without admin rights finds them made. */
  async start(): Promise<void> {
    await deadline(this.#prepare(), TIMEOUT_MS, 'InfluxDB preparation')
    this.#prepared = true
  }

  async #prepare(): Promise<void> {
    const { database, retentionDays } = this.#options
    if (!(await this.#client.getDatabaseNames()).includes(database)) await this.#client.createDatabase(database)
    const policies = await this.#client.showRetentionPolicies(database)
    const policy = policies.find(({ name }) => name === POLICY)
    const wanted = { database, duration: `${retentionDays}d`, replication: 1, isDefault: true }
    if (!policy) await this.#client.createRetentionPolicy(POLICY, wanted)
    else if (policy.duration !== `${retentionDays * 24}h0m0s`) await this.#client.alterRetentionPolicy(POLICY, wanted)
  }

  async stop(): Promise<void> {
    this.#http.close()
  }

  async ping(): Promise<void> {
    const { status } = await this.#http.send({ method: 'GET', path: '/ping', timeoutMs: TIMEOUT_MS })
    if (status >= 300) throw new Error(`InfluxDB ping answered ${status}`)
  }

  /** Nothing to do: InfluxDB carries out its retention policy itself. */
  async maintain(): Promise<void> {
    return Promise.resolve()
  }

  async write(rows: readonly TelemetryRow[]): Promise<void> {
    assertStorable(rows, this.#options.clock.now() - this.#options.retentionDays * DAY_MS)
    const body = toLineProtocol(rows)
    if (body === '') return
    if (!this.#prepared) await this.start()
    const answer = await this.#http.send({ method: 'POST', path: this.#writePath, body, timeoutMs: TIMEOUT_MS })
    if (answer.status === 204) return
    if (answer.status === 400 || answer.status === 413) {
      throw new RefusedRowsError(refusalReason(answer.status, answer.text))
    }
    // The database was dropped while we ran: make it again with the next attempt.
    if (answer.status === 404) this.#prepared = false
    throw new Error(`InfluxDB write answered ${answer.status}`)
  }

  async query(query: TelemetryQuery): Promise<TelemetryPoint[]> {
    const checked = checkedQuery(query)
    if (!checked) return []
    const { field, from, to, everyMs, limit } = checked
    const column = influxEscape.quoted(field)
    const select =
      everyMs === null
        ? `${column} AS value`
        : `mean(${column}) AS value, min(${column}) AS min, max(${column}) AS max, count(${column}) AS count`
    const group = everyMs === null ? '' : ` GROUP BY time(${everyMs}ms) fill(none)`
    // Bound parameters, not the library's escape.stringLit: that leaves a trailing backslash, which opens the literal.
    const text =
      `SELECT ${select} FROM ${influxEscape.quoted(POLICY)}.${influxEscape.quoted(measurementOf(field))}` +
      ` WHERE "device" = $device AND time >= ${from}ms AND time < ${to}ms${group} ORDER BY time DESC LIMIT ${limit}`
    const result = await deadline(
      this.#client.query<PointRow>(text, {
        precision: 'ms',
        method: 'POST',
        placeholders: { device: tagValue(checked.deviceId) },
      }),
      QUERY_TIMEOUT_MS,
      'InfluxDB query',
    )
    const points = result.map(({ time, value, min, max, count }) =>
      everyMs === null
        ? { ts: time.getTime(), value, min: value, max: value, count: 1 }
        : { ts: time.getTime(), value, min, max, count },
    )
    return points.reverse()
  }
}

const NO_BACKOFF = {
  getDelay: () => 0,
  next: () => NO_BACKOFF,
  reset: () => NO_BACKOFF,
}
