import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../server/contract/clock.ts'
import { Influx1Telemetry } from '../../server/store/telemetry/influx1.ts'
import { RefusedRowsError, type TelemetryRow, type TelemetryStore } from '../../server/store/telemetry/telemetry.ts'
import { TelemetryWriter, type TelemetryWriterOptions } from '../../server/store/telemetry/writer.ts'
import { type Influxd, startInfluxd } from '../support/influxd.ts'
import { DAY, query, silent } from './contract.ts'

let influxd: Influxd
let directory: string
let registry: Registry
let refused: { rows: readonly TelemetryRow[]; reason: string }[]
const writers: TelemetryWriter[] = []
const stores: Influx1Telemetry[] = []

beforeAll(async () => {
  influxd = await startInfluxd()
})
afterAll(async () => {
  await influxd?.stop()
})
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'anhu-writer-')), 'spool')
  registry = new Registry()
  refused = []
})
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.stop()
  for (const store of stores.splice(0)) await store.stop()
  await rm(join(directory, '..'), { recursive: true, force: true })
})

/** Every write that reached the store, and the engine behind it if there is one. */
class Watched implements TelemetryStore {
  readonly engine = 'influx1'
  readonly written: TelemetryRow[][] = []
  inFlight = 0
  most = 0
  readonly #write: (rows: readonly TelemetryRow[]) => Promise<void>
  constructor(write: (rows: readonly TelemetryRow[]) => Promise<void>) {
    this.#write = write
  }
  async write(rows: readonly TelemetryRow[]): Promise<void> {
    this.inFlight += 1
    this.most = Math.max(this.most, this.inFlight)
    try {
      await this.#write(rows)
      this.written.push([...rows])
    } finally {
      this.inFlight -= 1
    }
  }
  start = () => Promise.resolve()
  ping = () => Promise.resolve()
  maintain = () => Promise.resolve()
  query = () => Promise.resolve([])
  stop = () => Promise.resolve()
}

function influx(): Influx1Telemetry {
  const url = new URL(influxd.url)
  const store = new Influx1Telemetry({ url, database: 'writer', retentionDays: 400, clock: systemClock })
  stores.push(store)
  return store
}

async function open(store: TelemetryStore, more: Partial<TelemetryWriterOptions> = {}): Promise<TelemetryWriter> {
  const writer = new TelemetryWriter({
    store,
    spool: { directory, segmentBytes: 4_000 },
    registry,
    log: silent,
    onRefused: (rows, reason) => refused.push({ rows, reason }),
    lingerMs: 5,
    writeTimeoutMs: 300,
    backoffMs: [20, 100],
    ...more,
  })
  await writer.start()
  writers.push(writer)
  return writer
}

const row = (deviceId: string, n: number): TelemetryRow => ({ deviceId, ts: DAY + n, fields: { hr: n } })
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i)
const direct = (writer: TelemetryWriter) =>
  vi.waitFor(() => expect(writer.status()).toMatchObject({ mode: 'direct', spoolBytes: 0 }), 10_000)

async function metric(result: string): Promise<number> {
  const { values } = (await registry.getSingleMetric('anhu_telemetry_rows_total')?.get()) ?? { values: [] }
  return values.find(({ labels }) => labels.result === result)?.value ?? 0
}

/** Appends one row every few ms until told to stop; gives what was acknowledged. */
function flow(writer: TelemetryWriter, deviceId: string) {
  const acknowledged: number[] = []
  let going = true
  const run = async () => {
    const waiting: Promise<void>[] = []
    for (let n = 0; going; n++) {
      waiting.push(writer.append([row(deviceId, n)]).then(() => void acknowledged.push(n)))
      await sleep(3)
    }
    await Promise.all(waiting)
  }
  const running = run()
  return {
    acknowledged,
    async end() {
      going = false
      await running
      return acknowledged
    },
  }
}

describe('telemetry writer', () => {
  test('batches what comes within the linger, in order, one write at a time', async () => {
    const store = new Watched(() => sleep(10))
    const writer = await open(store, { lingerMs: 30, eagerRows: 1_000 })
    await Promise.all(numbers(100).map((n) => writer.append([row('a', n)])))
    expect(store.written).toHaveLength(1)
    await Promise.all(numbers(3_500).map((n) => writer.append([row('a', n)])))
    await writer.append(numbers(2_500).map((n) => row('b', n)))
    expect(store.written.slice(1).map(({ length }) => length)).toEqual([1_000, 1_000, 1_000, 500, 1_000, 1_000, 500])
    expect(
      store.written
        .slice(1, 5)
        .flat()
        .map(({ ts }) => ts - DAY),
    ).toEqual(numbers(3_500))
    expect(store.most).toBe(1)
    expect(await metric('stored')).toBe(6_100)
  })

  test('rows enough for a write of their own do not wait for more', async () => {
    const writer = await open(new Watched(() => Promise.resolve()), { lingerMs: 100, eagerRows: 20 })
    const started = performance.now()
    await Promise.all(numbers(20).map((n) => writer.append([row('a', n)])))
    expect(performance.now() - started).toBeLessThan(60)
  })

  test('expedite writes at once what is waiting', async () => {
    const writer = await open(new Watched(() => Promise.resolve()), { lingerMs: 100 })
    const started = performance.now()
    const done = writer.append([row('a', 1)])
    writer.expedite()
    await done
    expect(performance.now() - started).toBeLessThan(60)
  })

  test('a linger above 100 ms, and rows after the end, are refused; nothing at all is done at once', async () => {
    await expect(open(new Watched(() => Promise.resolve()), { lingerMs: 101 })).rejects.toThrow(RangeError)
    registry = new Registry()
    const writer = await open(new Watched(() => Promise.resolve()))
    await writer.append([])
    await writer.stop()
    await expect(writer.append([row('a', 1)])).rejects.toThrow('stopped')
  })

  test('a row that the engine refuses is handed over once, the rest is stored, also out of the spool', async () => {
    let down = false
    const store = new Watched(async (rows) => {
      if (down) throw new Error('down')
      if (rows.some(({ ts }) => ts === DAY + 13)) throw new RefusedRowsError('bad luck')
    })
    const writer = await open(store)
    await Promise.all(numbers(40).map((n) => writer.append([row('a', n)])))
    expect(refused).toEqual([{ rows: [row('a', 13)], reason: 'bad luck' }])
    expect(store.written.flat().map(({ ts }) => ts - DAY)).toEqual(numbers(40).filter((n) => n !== 13))
    down = true
    await Promise.all(numbers(40).map((n) => writer.append([row('b', n)])))
    expect(writer.status().mode).toBe('spooling')
    down = false
    await direct(writer)
    expect(refused).toHaveLength(2)
    expect(store.written.flat()).toHaveLength(78)
    expect(await metric('refused')).toBe(2)
    expect(await metric('spooled')).toBe(40)
    expect(await metric('stored')).toBe(78)
  })

  test('a receiver of refusals that fails stops nothing', async () => {
    const store = new Watched(async (rows) => {
      if (rows.some(({ ts }) => ts === DAY)) throw new RefusedRowsError('bad luck')
    })
    const writer = await open(store, {
      onRefused: () => {
        throw new Error('receiver failed')
      },
    })
    await Promise.all([0, 1].map((n) => writer.append([row('a', n)])))
    await writer.append([row('a', 2)])
    expect(store.written.flat().map(({ ts }) => ts - DAY)).toEqual([1, 2])
    expect(await metric('refused')).toBe(1)
  })

  test('a write that is too slow counts as failed, and nothing else is begun before it has ended', async () => {
    let hold: (() => void) | undefined
    const store = new Watched(() => (hold ? Promise.resolve() : new Promise((resolve) => (hold = resolve))))
    const writer = await open(store, { writeTimeoutMs: 100 })
    await writer.append([row('a', 0)])
    expect(writer.status()).toMatchObject({ engine: 'influx1', mode: 'spooling' })
    await Promise.all([1, 2].map((n) => writer.append([row('a', n)])))
    await sleep(100)
    expect(store.inFlight).toBe(1)
    hold?.()
    await direct(writer)
    expect(store.most).toBe(1)
    expect(store.written.flat().map(({ ts }) => ts - DAY)).toEqual([0, 0, 1, 2])
  })

  test('while neither engine nor spool takes rows they wait, unacknowledged, and are not lost', async () => {
    let down = true
    const store = new Watched(() => (down ? Promise.reject(new Error('down')) : Promise.resolve()))
    const writer = await open(store)
    await rename(directory, `${directory}-away`)
    await writeFile(directory, 'no folder')
    let done = false
    const appended = writer.append([row('a', 1)]).then(() => {
      done = true
    })
    await sleep(200)
    expect(done).toBe(false)
    await rm(directory)
    await rename(`${directory}-away`, directory)
    await appended
    expect(writer.status().spoolBytes).toBeGreaterThan(0)
    down = false
    await direct(writer)
    expect(store.written.flat()).toEqual([row('a', 1)])
  })

  test('what is spooled at the end is drained by the next run', async () => {
    const first = await open(new Watched(() => Promise.reject(new Error('down'))))
    await Promise.all(numbers(20).map((n) => first.append([row('a', n)])))
    const unfinished = first.append([row('a', 20)])
    await first.stop()
    await unfinished
    registry = new Registry()
    const store = new Watched(() => Promise.resolve())
    const second = await open(store)
    expect(second.status().mode).toBe('spooling')
    await second.append([row('a', 21)])
    await direct(second)
    expect(store.written.flat().map(({ ts }) => ts - DAY)).toEqual(numbers(22))
  })

  test('the metrics exist by their names', async () => {
    const writer = await open(new Watched(() => Promise.resolve()))
    await writer.append([row('a', 1)])
    const text = await registry.metrics()
    expect(text).toContain('anhu_telemetry_rows_total{engine="influx1",result="stored"} 1')
    expect(text).toContain('anhu_telemetry_spool_bytes 0')
    expect(text).toContain('anhu_telemetry_write_seconds_count{engine="influx1"} 1')
  })
})

describe('telemetry writer with a real InfluxDB', () => {
  /** All acknowledged rows are there; the spool gave them in the order they came, so no newer value was overwritten. */
  async function everyAcknowledged(deviceId: string, acknowledged: number[]): Promise<void> {
    const points = await influx().query(query(deviceId, 'hr', { limit: 100_000 }))
    const stored = new Set(points.map(({ value }) => value))
    expect(acknowledged.filter((n) => !stored.has(n))).toEqual([])
    expect(acknowledged).toEqual(acknowledged.toSorted((a, b) => a - b))
  }

  test('stopped for a while (SIGSTOP): rows are acknowledged from the spool and all arrive, in order', async () => {
    const inner = influx()
    const store = new Watched((rows) => inner.write(rows))
    const writer = await open(store)
    const rows = flow(writer, 'frozen')
    await sleep(150)
    influxd.freeze()
    await sleep(800)
    expect(writer.status().mode).toBe('spooling')
    const before = rows.acknowledged.length
    await sleep(200)
    expect(rows.acknowledged.length).toBeGreaterThan(before)
    influxd.thaw()
    await direct(writer)
    await sleep(100)
    const acknowledged = await rows.end()
    await everyAcknowledged('frozen', acknowledged)
    const order = store.written.flat().map(({ ts }) => ts)
    // Only what timed out comes twice: leaving repetitions out, the times ascend.
    expect([...new Set(order)]).toEqual([...new Set(order)].sort((a, b) => a - b))
    expect(store.most).toBe(1)
  })

  test('killed (SIGKILL) and started again: nothing that was acknowledged is lost', async () => {
    const writer = await open(influx())
    const rows = flow(writer, 'killed')
    for (let round = 0; round < 2; round++) {
      await sleep(150)
      await influxd.kill()
      await sleep(200)
      expect(writer.status().mode).toBe('spooling')
      await influxd.restart()
      await direct(writer)
    }
    const acknowledged = await rows.end()
    expect(acknowledged.length).toBeGreaterThan(100)
    await everyAcknowledged('killed', acknowledged)
    expect(await metric('dropped')).toBe(0)
  })

  test('down beyond the bound of the spool: the oldest rows go, counted, the newest arrive', async () => {
    await influxd.kill()
    const writer = await open(influx(), { spool: { directory, maxBytes: 8_000, segmentBytes: 2_000 } })
    for (const n of numbers(60)) {
      await writer.append(numbers(10).map((i) => row('bounded', n * 10 + i)))
    }
    expect(writer.status().spoolBytes).toBeLessThanOrEqual(8_000)
    await influxd.restart()
    await direct(writer)
    const points = await influx().query(query('bounded', 'hr'))
    const lost = await metric('dropped')
    expect(lost).toBeGreaterThan(300)
    expect(points.map(({ value }) => value)).toEqual(numbers(600).slice(lost))
  })
})
