import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { type Clock, systemClock } from '../../contract/clock.ts'
import { deadline } from './deadline.ts'
import { InfluxHttp } from './influx-http.ts'
import { Influx1Telemetry } from './influx1.ts'
import { Influx2Telemetry } from './influx2.ts'
import { PostgresTelemetry } from './postgres.ts'
import type { TelemetryPoint, TelemetryQuery, TelemetryRow, TelemetryStore } from './telemetry.ts'

export interface TelemetrySettings {
  /** Without it telemetry goes to PostgreSQL. */
  influxUrl?: string | undefined
  /** InfluxDB 2.x */
  influxToken?: string | undefined
  influxOrg?: string | undefined
  influxBucket?: string | undefined
  /** InfluxDB 1.x */
  influxDatabase?: string | undefined
  influxUsername?: string | undefined
  influxPassword?: string | undefined
  /** How long samples are kept; 400 unless told. */
  retentionDays?: number | undefined
}

export const DEFAULT_RETENTION_DAYS = 400
const DEFAULT_NAME = 'anhu'
const PING_TIMEOUT_MS = 5_000
/** What the start waits for; alarms need no InfluxDB. */
const START_TIMEOUT_MS = 1_000

/** InfluxDB answers, but can't be used as it is set; trying again doesn't help. */
export class TelemetrySettingsError extends Error {}

/** The store that the settings name. It connects at `start()`, and does not fail there when InfluxDB is unreachable. */
export function createTelemetryStore(
  settings: TelemetrySettings,
  pool: Pool,
  log: Logger,
  clock: Clock = systemClock,
): TelemetryStore {
  const { influxUrl, retentionDays = DEFAULT_RETENTION_DAYS } = settings
  return influxUrl === undefined
    ? new PostgresTelemetry({ pool, retentionDays, clock, log })
    : new DetectedInflux(new URL(influxUrl), settings, log, clock)
}

/**
 * InfluxDB of a version that is only known once it answers. Until then every operation asks again and rejects, so the
 * writer spools; `engine` is a guess from the settings.
 */
class DetectedInflux implements TelemetryStore {
  readonly #url: URL
  readonly #settings: TelemetrySettings
  readonly #log: Logger
  readonly #clock: Clock
  readonly #http: InfluxHttp
  #store: TelemetryStore | undefined
  #detecting: Promise<TelemetryStore> | undefined

  constructor(url: URL, settings: TelemetrySettings, log: Logger, clock: Clock) {
    this.#url = url
    this.#settings = settings
    this.#log = log
    this.#clock = clock
    this.#http = new InfluxHttp(new URL(url.pathname, url.origin))
  }

  get engine(): TelemetryStore['engine'] {
    return this.#store?.engine ?? this.#guess()
  }

  #guess(): 'influx1' | 'influx2' {
    const { influxToken, influxOrg } = this.#settings
    return influxToken !== undefined && influxOrg !== undefined ? 'influx2' : 'influx1'
  }

  /** @throws TelemetrySettingsError when InfluxDB answers but what its version needs isn't set */
  async start(): Promise<void> {
    try {
      await deadline(this.#detected(), START_TIMEOUT_MS, 'InfluxDB')
    } catch (error) {
      if (error instanceof TelemetrySettingsError) throw error
      this.#log.warn({ engine: this.engine, reason: reasonOf(error) }, 'InfluxDB not ready; telemetry is spooled')
    }
  }

  async stop(): Promise<void> {
    this.#http.close()
    await this.#store?.stop()
  }

  async ping(): Promise<void> {
    await (await this.#detected()).ping()
  }

  async maintain(now: number): Promise<void> {
    await this.#store?.maintain(now)
  }

  async write(rows: readonly TelemetryRow[]): Promise<void> {
    await (this.#store ?? (await this.#detected())).write(rows)
  }

  async query(query: TelemetryQuery): Promise<TelemetryPoint[]> {
    return (await this.#detected()).query(query)
  }

  async #detected(): Promise<TelemetryStore> {
    if (this.#store) return this.#store
    this.#detecting ??= this.#detect().finally(() => {
      this.#detecting = undefined
    })
    return this.#detecting
  }

  async #detect(): Promise<TelemetryStore> {
    const { status, headers } = await this.#http.send({ method: 'GET', path: '/ping', timeoutMs: PING_TIMEOUT_MS })
    if (status >= 300) throw new Error(`InfluxDB ping answered ${status}`)
    const version = headers['x-influxdb-version']
    const engine = engineOfVersion(typeof version === 'string' ? version : undefined, this.#guess())
    const store = engine === 'influx2' ? this.#influx2() : this.#influx1()
    await store.start()
    this.#store = store
    this.#log.info({ engine, version }, 'InfluxDB found')
    return store
  }

  #influx1(): TelemetryStore {
    const { influxDatabase = DEFAULT_NAME, influxUsername, influxPassword, retentionDays } = this.#settings
    return new Influx1Telemetry({
      url: this.#url,
      database: influxDatabase,
      ...(influxUsername === undefined ? {} : { username: influxUsername }),
      ...(influxPassword === undefined ? {} : { password: influxPassword }),
      retentionDays: retentionDays ?? DEFAULT_RETENTION_DAYS,
      clock: this.#clock,
    })
  }

  #influx2(): TelemetryStore {
    const { influxToken, influxOrg, influxBucket = DEFAULT_NAME, retentionDays } = this.#settings
    if (influxToken === undefined || influxOrg === undefined) {
      throw new TelemetrySettingsError('InfluxDB 2.x needs INFLUX_TOKEN and INFLUX_ORG')
    }
    return new Influx2Telemetry({
      url: this.#url,
      token: influxToken,
      org: influxOrg,
      bucket: influxBucket,
      retentionDays: retentionDays ?? DEFAULT_RETENTION_DAYS,
      clock: this.#clock,
    })
  }
}

/**
 * Which client a server's `X-Influxdb-Version` asks for: `1.8.10` or `v2.7.6`. A proxy may have removed it (`guess`).
 * @throws TelemetrySettingsError for a version that has neither API
 */
export function engineOfVersion(version: string | undefined, guess: 'influx1' | 'influx2'): 'influx1' | 'influx2' {
  if (version === undefined) return guess
  const major = /^v?([0-9]+)\./.exec(version)?.[1]
  if (major === '1') return 'influx1'
  if (major === '2') return 'influx2'
  throw new TelemetrySettingsError(`InfluxDB ${version} is not supported, only 1.x and 2.x`)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
