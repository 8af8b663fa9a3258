import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { TelemetryStore } from './telemetry.ts'

export type RowResult = 'stored' | 'spooled' | 'dropped' | 'refused'

/** The writer's metrics, registered with the process's registry. */
export class TelemetryMetrics {
  readonly #rows: Counter<'engine' | 'result'>
  readonly #seconds: Histogram<'engine'>
  readonly #engine: () => TelemetryStore['engine']

  constructor(registry: Registry, engine: () => TelemetryStore['engine'], spoolBytes: () => number) {
    this.#engine = engine
    this.#rows = new Counter({
      name: 'anhu_telemetry_rows_total',
      help: 'Telemetry rows by what became of them; a spooled row is stored (or dropped, or refused) later',
      labelNames: ['engine', 'result'],
      registers: [registry],
    })
    this.#seconds = new Histogram({
      name: 'anhu_telemetry_write_seconds',
      help: 'Duration of one write of a batch to the telemetry engine, failed ones included',
      labelNames: ['engine'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers: [registry],
    })
    new Gauge({
      name: 'anhu_telemetry_spool_bytes',
      help: 'Bytes of telemetry spooled on disk',
      registers: [registry],
      collect() {
        this.set(spoolBytes())
      },
    })
  }

  count(result: RowResult, rows: number): void {
    if (rows > 0) this.#rows.inc({ engine: this.#engine(), result }, rows)
  }

  /** @param ms how long the write took */
  written(ms: number): void {
    this.#seconds.observe({ engine: this.#engine() }, ms / 1000)
  }
}
