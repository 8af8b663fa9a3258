import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { deadline } from './deadline.ts'
import { TelemetryMetrics } from './metrics.ts'
import { Spool, type SpoolHead } from './spool.ts'
import type { TelemetryRow, TelemetryStore } from './telemetry.ts'
import { type OnRefused, writeRows } from './write-rows.ts'

export interface TelemetryWriterOptions {
  store: TelemetryStore
  spool: { directory: string; maxBytes?: number; segmentBytes?: number }
  registry: Registry
  log: Logger
  /** Rows that the engine can never take; they count as done. */
  onRefused: OnRefused
  /** Rows after which a batch is written without waiting. 1,000 unless told. */
  batchRows?: number
  /** Rows worth a write of their own: a batch of so many goes as soon as no other write is under way. 128 unless told. */
  eagerRows?: number
  /**
   * Ms that a batch's first row waits for more; 50 unless told, at most 100. Few large writes leave the disk to the alarms,
   * whose commits would wait for them.
   */
  lingerMs?: number
  /** Ms after which a write counts as failed. 2,000 unless told. */
  writeTimeoutMs?: number
  /** Ms between attempts at an engine that is down: first and longest. 200 and 5,000 unless told. */
  backoffMs?: readonly [number, number]
}

export interface TelemetryWriterStatus {
  engine: TelemetryStore['engine']
  mode: 'direct' | 'spooling'
  spoolBytes: number
}

interface Batch {
  rows: TelemetryRow[]
  done: Promise<void>
  resolve: () => void
  reject: (error: Error) => void
}

const DRAIN_ROWS = 2_000
const SPOOL_RETRY_MS = 500
const STOP_TIMEOUT_MS = 5_000

/**
 * Batches telemetry and stores it, in order. One write at a time: a second in flight brought nothing at our rates, and
 * would let a late batch overtake. When a write fails or is too slow, batches go to the disk spool from then on, while
 * one drainer tries the engine and empties the spool; then writing is direct again. If the spool fails as well, rows wait
 * and are not acknowledged.
 */
export class TelemetryWriter {
  readonly #options: Required<Omit<TelemetryWriterOptions, 'spool' | 'registry'>>
  readonly #spool: Spool
  readonly #metrics: TelemetryMetrics
  readonly #stopping = new AbortController()
  readonly #onRefused: OnRefused
  #mode: 'direct' | 'spooling' = 'direct'
  #accepting = false
  #open: Batch | undefined
  /** The open batch has waited long enough. */
  #due = false
  #timer: NodeJS.Timeout | undefined
  #queue: Batch[] = []
  #pumping: Promise<void> | undefined
  #draining: Promise<void> | undefined
  /** Calls to the engine that have not ended: after a time-out one may still be going on, and no other is begun then. */
  #calls = 0
  /** Rows the drainer took from the spool and has not stored yet. */
  #head: SpoolHead | null = null

  constructor({ spool, registry, ...options }: TelemetryWriterOptions) {
    this.#options = {
      batchRows: 1_000,
      eagerRows: 128,
      lingerMs: 50,
      writeTimeoutMs: 2_000,
      backoffMs: [200, 5_000],
      ...options,
    }
    if (this.#options.lingerMs > 100) throw new RangeError('lingerMs must be 100 at most')
    this.#spool = new Spool({ ...spool, log: options.log, onDropped: (rows) => this.#metrics.count('dropped', rows) })
    this.#metrics = new TelemetryMetrics(
      registry,
      () => options.store.engine,
      () => this.#spool.bytes,
    )
    this.#onRefused = (rows, reason) => {
      this.#metrics.count('refused', rows.length)
      options.log.warn({ engine: options.store.engine, rows: rows.length, reason }, 'telemetry rows refused')
      try {
        options.onRefused(rows, reason)
      } catch (error) {
        // The receiver's failure must not stop the writing of all other rows.
        options.log.error({ rows: rows.length, reason: reasonOf(error) }, 'telemetry refusal could not be handed over')
      }
    }
  }

  /** Opens the spool; what an earlier run left there is drained first. Rejects when the spool's directory can't be used. */
  async start(): Promise<void> {
    await this.#spool.start()
    this.#accepting = true
    if (!this.#spool.empty) this.#spoolFromNow()
  }

  status(): TelemetryWriterStatus {
    return { engine: this.#options.store.engine, mode: this.#mode, spoolBytes: this.#spool.bytes }
  }

  /**
   * Resolves when the rows are stored or spooled (or refused for good). While neither is possible it waits. Rejects only
   * when stopped. The rows must not be changed afterwards.
   */
  append(rows: readonly TelemetryRow[]): Promise<void> {
    if (!this.#accepting) return Promise.reject(new Error('the telemetry writer is stopped'))
    if (rows.length === 0) return Promise.resolve()
    const { batchRows, eagerRows } = this.#options
    if (rows.length > batchRows) return this.#appendMany(rows)
    const batch = this.#open ?? this.#begin()
    for (const row of rows) batch.rows.push(row)
    if (batch.rows.length >= batchRows) {
      this.#queue.push(this.#close(batch))
      this.#pumping ??= this.#pump()
    } else if (batch.rows.length >= eagerRows) this.expedite()
    return batch.done
  }

  async #appendMany(rows: readonly TelemetryRow[]): Promise<void> {
    const { batchRows } = this.#options
    const parts: Promise<void>[] = []
    for (let i = 0; i < rows.length; i += batchRows) parts.push(this.append(rows.slice(i, i + batchRows)))
    await Promise.all(parts)
  }

  /** Writes what has come so far without waiting for more. While a write is going on, the batch stays open for it. */
  expedite(): void {
    clearTimeout(this.#timer)
    if (!this.#open) return
    this.#due = true
    this.#pumping ??= this.#pump()
  }

  /** Stores or spools what was appended, and ends. What neither worked for within 5 s is rejected. The store stays open. */
  async stop(): Promise<void> {
    this.#accepting = false
    this.expedite()
    const timer = setTimeout(() => this.#stopping.abort(), STOP_TIMEOUT_MS)
    await this.#pumping
    clearTimeout(timer)
    this.#stopping.abort()
    await this.#draining
    await this.#spool.stop()
  }

  #begin(): Batch {
    const { promise, resolve, reject } = withResolvers()
    this.#open = { rows: [], done: promise, resolve, reject }
    this.#timer = setTimeout(() => this.expedite(), this.#options.lingerMs)
    return this.#open
  }

  /** Takes the batches in order; never rejects. Begun only when there is one: it must not end before it is remembered. */
  async #pump(): Promise<void> {
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) await this.#settle(batch)
    this.#pumping = undefined
  }

  #next(): Batch | undefined {
    return this.#queue.shift() ?? (this.#open && this.#due ? this.#close(this.#open) : undefined)
  }

  #close(batch: Batch): Batch {
    clearTimeout(this.#timer)
    this.#open = undefined
    this.#due = false
    return batch
  }

  async #settle(batch: Batch): Promise<void> {
    const { signal } = this.#stopping
    let rows: readonly TelemetryRow[] = batch.rows
    for (;;) {
      if (this.#mode === 'direct') {
        const { left, error } = await this.#write(rows)
        if (left.length === 0) return batch.resolve()
        rows = left
        this.#spoolFromNow(error)
      }
      try {
        await this.#spool.append(rows)
        this.#metrics.count('spooled', rows.length)
        return batch.resolve()
      } catch (error) {
        this.#options.log.error({ reason: reasonOf(error) }, 'telemetry spool failed; rows wait')
        if (signal.aborted) return batch.reject(new Error('stopped before telemetry could be stored', { cause: error }))
        await pause(SPOOL_RETRY_MS, signal)
      }
    }
  }

  async #write(rows: readonly TelemetryRow[]): ReturnType<typeof writeRows> {
    const outcome = await writeRows(rows, (part) => this.#writeOnce(part), this.#onRefused)
    this.#metrics.count('stored', outcome.stored)
    return outcome
  }

  async #writeOnce(rows: readonly TelemetryRow[]): Promise<void> {
    const started = performance.now()
    try {
      await this.#calling(this.#options.store.write(rows))
    } finally {
      this.#metrics.written(performance.now() - started)
    }
  }

  /** Waits for a call to the engine, `writeTimeoutMs` at most, and keeps count of those that go on longer. */
  #calling(work: Promise<void>): Promise<void> {
    this.#calls += 1
    // The outcome is what this method returns; here only the end counts.
    const ended = () => {
      this.#calls -= 1
    }
    work.then(ended, ended)
    return deadline(work, this.#options.writeTimeoutMs, 'telemetry engine')
  }

  #spoolFromNow(cause?: unknown): void {
    if (this.#mode === 'spooling') return
    this.#mode = 'spooling'
    const { log, store } = this.#options
    const reason = cause === undefined ? 'rows left from an earlier run' : reasonOf(cause)
    log.warn({ engine: store.engine, reason }, 'telemetry is spooled to disk')
    this.#draining = this.#drain()
  }

  /** Until the engine has taken all that is spooled. Never rejects. */
  async #drain(): Promise<void> {
    const { log, store, backoffMs } = this.#options
    const { signal } = this.#stopping
    const [shortest, longest] = backoffMs
    let delay = shortest
    while (!signal.aborted) {
      await pause(delay, signal)
      if (signal.aborted) return
      if (this.#calls > 0) {
        delay = shortest
        continue
      }
      try {
        if (await this.#drainStep()) {
          this.#mode = 'direct'
          log.info({ engine: store.engine }, 'telemetry spool drained')
          return
        }
        delay = 0
      } catch (error) {
        delay = Math.min(Math.max(delay * 2, shortest), longest)
        log.debug({ engine: store.engine, reason: reasonOf(error) }, 'telemetry engine not back yet')
      }
    }
  }

  /** Stores the oldest spooled rows. True when the engine answers and nothing is left. */
  async #drainStep(): Promise<boolean> {
    this.#head ??= await this.#spool.peek(DRAIN_ROWS)
    if (this.#head) {
      const { left, error } = await this.#write(this.#head.rows)
      if (left.length > 0) {
        // Kept only if some of it is done; else it is read again, as the bound may drop (and count) it meanwhile.
        if (left.length < this.#head.rows.length) this.#head.rows = left
        else this.#head = null
        throw error
      }
      await this.#head.commit()
      this.#head = null
    } else {
      await this.#calling(this.#options.store.ping())
    }
    return this.#spool.empty
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve: () => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** Sleeps; ends early, without an error, when stopped. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
