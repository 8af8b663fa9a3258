import {
  flux,
  fluxDateTime,
  fluxDuration,
  fluxInteger,
  HttpError,
  InfluxDB,
  type ParameterizedQuery,
} from '@influxdata/influxdb-client'
import type { Clock } from '../../contract/clock.ts'
import { measurementOf } from '../../contract/signal.ts'
import { checkedQuery, windowStart } from './aggregate.ts'
import { refusalReason, tagValue, toLineProtocol } from './line-protocol.ts'
import { assertStorable, DAY_MS } from './rows.ts'
import {
  RefusedRowsError,
  type TelemetryPoint,
  type TelemetryQuery,
  type TelemetryRow,
  type TelemetryStore,
} from './telemetry.ts'

export interface Influx2Options {
  url: URL
  token: string
  org: string
  bucket: string
  retentionDays: number
  clock: Clock
}

const TIMEOUT_MS = 5_000
const QUERY_TIMEOUT_MS = 30_000

interface FluxRow {
  result: string
  _time: string
  _value: number
}

/** Telemetry in InfluxDB 2.x through its client: the write API without its batches and retries, Flux for reading. */
export class Influx2Telemetry implements TelemetryStore {
  readonly engine = 'influx2'
  readonly #options: Influx2Options
  readonly #client: InfluxDB
  readonly #reader: InfluxDB
  #prepared = false

  constructor(options: Influx2Options) {
    this.#options = options
    const { token } = options
    const url = options.url.href.replace(/\/$/, '')
    this.#client = new InfluxDB({ url, token, timeout: TIMEOUT_MS })
    this.#reader = new InfluxDB({ url, token, timeout: QUERY_TIMEOUT_MS })
  }

  /** Makes the bucket if missing (needs a token that may); an existing bucket keeps its own retention. */
  async start(): Promise<void> {
    const { org, bucket } = this.#options
    const found = await this.#get(`/api/v2/buckets?${new URLSearchParams({ org, name: bucket })}`, 'buckets')
    if (found.length === 0) await this.#createBucket()
    this.#prepared = true
  }

  async #createBucket(): Promise<void> {
    const { org, bucket, retentionDays } = this.#options
    const [owner] = await this.#get(`/api/v2/orgs?${new URLSearchParams({ org })}`, 'orgs')
    if (owner === undefined) throw new Error('the InfluxDB organisation does not exist, or the token may not see it')
    const everySeconds = retentionDays * (DAY_MS / 1000)
    const body = { orgID: owner.id, name: bucket, retentionRules: [{ type: 'expire', everySeconds }] }
    await this.#client.transport.request('/api/v2/buckets', body, { method: 'POST', headers: JSON_BODY })
  }

  /** A list of the API; a name that isn't found is 404 in some versions and an empty list in others. */
  async #get(path: string, list: 'buckets' | 'orgs'): Promise<{ id: string }[]> {
    try {
      const answer: Record<string, { id: string }[] | undefined> | undefined = await this.#client.transport.request(
        path,
        '',
        { method: 'GET' },
      )
      return answer?.[list] ?? []
    } catch (error) {
      if (error instanceof HttpError && error.statusCode === 404) return []
      throw error
    }
  }

  async stop(): Promise<void> {
    this.#prepared = false
  }

  async ping(): Promise<void> {
    await this.#client.transport.request('/ping', '', { method: 'GET' })
  }

  /** Nothing to do: InfluxDB carries out the bucket's retention itself. */
  async maintain(): Promise<void> {
    return Promise.resolve()
  }

  async write(rows: readonly TelemetryRow[]): Promise<void> {
    assertStorable(rows, this.#options.clock.now() - this.#options.retentionDays * DAY_MS)
    const lines = toLineProtocol(rows).trimEnd()
    if (lines === '') return
    if (!this.#prepared) await this.start()
    const { org, bucket } = this.#options
    // One record of many lines, sent by the flush; rejecting in writeFailed is how the library's retry is left out.
    const api = this.#client.getWriteApi(org, bucket, 'ms', {
      batchSize: 2,
      flushInterval: 0,
      maxRetries: 0,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      // Level 1 cost this process 5 to 70 % more CPU per row of varied values; the engine stands in the same network.
      gzipThreshold: Number.MAX_SAFE_INTEGER,
      writeFailed: (error) => Promise.reject(error),
    })
    api.writeRecord(lines)
    try {
      await api.flush()
    } catch (error) {
      throw this.#writeError(error)
    } finally {
      api.dispose()
    }
  }

  /** 400 and 422 (InfluxDB API, `POST /api/v2/write`: malformed or rejected points) and 413 are about the data. */
  #writeError(error: unknown): unknown {
    if (!(error instanceof HttpError)) return error
    if (error.statusCode === 404) this.#prepared = false
    return [400, 413, 422].includes(error.statusCode)
      ? new RefusedRowsError(refusalReason(error.statusCode, error.body ?? ''))
      : new Error(`InfluxDB write answered ${error.statusCode}`)
  }

  async query(query: TelemetryQuery): Promise<TelemetryPoint[]> {
    const checked = checkedQuery(query)
    if (!checked) return []
    const { everyMs } = checked
    const rows = await this.#reader
      .getQueryApi(this.#options.org)
      .collectRows<FluxRow>(everyMs === null ? this.#rawFlux(checked) : this.#windowFlux(checked, everyMs))
    if (everyMs === null) {
      return rows
        .map(({ _time, _value: value }) => ({ ts: Date.parse(_time), value, min: value, max: value, count: 1 }))
        .sort((a, b) => a.ts - b.ts)
    }
    return joinWindows(rows, everyMs)
  }

  #rawFlux(query: TelemetryQuery): ParameterizedQuery {
    return flux`${this.#seriesFlux(query)}
  |> keep(columns: ["_time", "_value"])
  |> tail(n: ${fluxInteger(query.limit)})`
  }

  /** Four yields of one series: each aggregate alone is computed inside the storage engine. */
  #windowFlux(query: TelemetryQuery, everyMs: number): ParameterizedQuery {
    const every = fluxDuration(`${everyMs}ms`)
    const limit = fluxInteger(query.limit)
    return flux`series = ${this.#seriesFlux(query)}
series |> aggregateWindow(every: ${every}, fn: mean, createEmpty: false, timeSrc: "_start") |> keep(columns: ["_time", "_value"]) |> tail(n: ${limit}) |> yield(name: "mean")
series |> aggregateWindow(every: ${every}, fn: min, createEmpty: false, timeSrc: "_start") |> keep(columns: ["_time", "_value"]) |> tail(n: ${limit}) |> yield(name: "min")
series |> aggregateWindow(every: ${every}, fn: max, createEmpty: false, timeSrc: "_start") |> keep(columns: ["_time", "_value"]) |> tail(n: ${limit}) |> yield(name: "max")
series |> aggregateWindow(every: ${every}, fn: count, createEmpty: false, timeSrc: "_start") |> keep(columns: ["_time", "_value"]) |> tail(n: ${limit}) |> yield(name: "count")`
  }

  #seriesFlux({ deviceId, field, from, to }: TelemetryQuery): ParameterizedQuery {
    const start = fluxDateTime(new Date(from).toISOString())
    const stop = fluxDateTime(new Date(to).toISOString())
    return flux`from(bucket: ${this.#options.bucket})
  |> range(start: ${start}, stop: ${stop})
  |> filter(fn: (r) => r._measurement == ${measurementOf(field)} and r._field == ${field} and r.device == ${tagValue(deviceId)})`
  }
}

const JSON_BODY = { 'content-type': 'application/json' }

/** The first window of a range starts where the range does (`_start`); ours are aligned to the epoch in any engine. */
function joinWindows(rows: readonly FluxRow[], everyMs: number): TelemetryPoint[] {
  const points = new Map<number, TelemetryPoint>()
  for (const { result, _time, _value } of rows) {
    const ts = windowStart(Date.parse(_time), everyMs)
    const point = points.get(ts) ?? { ts, value: 0, min: 0, max: 0, count: 0 }
    points.set(ts, point)
    if (result === 'mean') point.value = _value
    else if (result === 'min') point.min = _value
    else if (result === 'max') point.max = _value
    else if (result === 'count') point.count = _value
  }
  return [...points.values()].sort((a, b) => a.ts - b.ts)
}
