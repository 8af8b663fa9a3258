import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Spool, type SpoolOptions } from '../../server/store/telemetry/spool.ts'
import { countRows, encodeRecord, scanRecords, wholeLength } from '../../server/store/telemetry/spool-codec.ts'
import type { TelemetryRow } from '../../server/store/telemetry/telemetry.ts'
import { silent } from './contract.ts'

let directory: string
let dropped: number

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anhu-spool-'))
  dropped = 0
})
afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

const row = (n: number): TelemetryRow => ({ deviceId: `device-${n % 3}`, ts: n, fields: { hr: n } })

async function open(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = new Spool({
    directory,
    segmentBytes: 500,
    log: silent,
    onDropped: (rows) => {
      dropped += rows
    },
    ...options,
  })
  await spool.start()
  return spool
}

async function fill(spool: Spool, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) await spool.append([row(n)])
}

/** Takes everything out, in order. */
async function drain(spool: Spool, maxRows = 4): Promise<number[]> {
  const taken: number[] = []
  for (let head = await spool.peek(maxRows); head; head = await spool.peek(maxRows)) {
    taken.push(...head.rows.map(({ ts }) => ts))
    await head.commit()
  }
  return taken
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
const segments = async () => (await readdir(directory)).sort()

describe('spool', () => {
  test('gives rows back in order over many segments, and removes what was committed', async () => {
    const spool = await open()
    expect(spool.empty).toBe(true)
    await fill(spool, 0, 50)
    expect((await segments()).length).toBeGreaterThan(3)
    const sizes = await Promise.all((await segments()).map(async (name) => (await stat(join(directory, name))).size))
    expect(spool.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0))
    expect(await drain(spool)).toEqual(numbers(0, 50))
    expect(await segments()).toEqual([])
    expect([spool.empty, spool.bytes, dropped]).toEqual([true, 0, 0])
    await fill(spool, 50, 52)
    expect(await drain(spool)).toEqual([50, 51])
    await spool.stop()
  })

  test('what was not committed is given again, also to the next run', async () => {
    const spool = await open()
    await fill(spool, 0, 20)
    const first = await spool.peek(3)
    expect(first?.rows.map(({ ts }) => ts)).toEqual([0, 1, 2])
    expect((await spool.peek(3))?.rows).toEqual(first?.rows)
    await spool.stop()
    const next = await open()
    await fill(next, 20, 25)
    expect(await drain(next)).toEqual(numbers(0, 25))
    await next.stop()
  })

  test('is drained while it is filled, without loss or disorder', async () => {
    const spool = await open()
    const taken: number[] = []
    const filling = Promise.all([fill(spool, 0, 150)])
    while (taken.length < 150) {
      const head = await spool.peek(7)
      if (!head) {
        await new Promise(setImmediate)
        continue
      }
      taken.push(...head.rows.map(({ ts }) => ts))
      await head.commit()
    }
    await filling
    expect(taken).toEqual(numbers(0, 150))
    await spool.stop()
  })

  test('shares one fsync among what comes at once, in order', async () => {
    const spool = await open()
    await Promise.all(numbers(0, 30).map((n) => spool.append([row(n)])))
    expect(await drain(spool)).toEqual(numbers(0, 30))
    await spool.stop()
  })

  test('at the bound drops the oldest segments and counts their rows', async () => {
    const spool = await open({ maxBytes: 3_000 })
    await fill(spool, 0, 200)
    expect(spool.bytes).toBeLessThanOrEqual(3_000)
    expect(spool.bytes).toBeGreaterThan(2_000)
    const taken = await drain(spool)
    expect(taken).toEqual(numbers(200 - taken.length, 200))
    expect(dropped).toBe(200 - taken.length)
    await spool.stop()
  })

  test('a segment dropped while its rows are being stored is not counted twice, nor does it take others along', async () => {
    const spool = await open({ maxBytes: 3_000 })
    await fill(spool, 0, 10)
    const head = await spool.peek(4)
    await fill(spool, 10, 100)
    await head?.commit()
    const taken = await drain(spool)
    expect(taken).toEqual(numbers(100 - taken.length, 100))
    expect(dropped).toBe(100 - taken.length)
    await spool.stop()
  })

  test.each([1, 5, 20, 40])(
    'a record torn %i bytes before its end is cut, what was before it is kept',
    async (bytes) => {
      const spool = await open({ segmentBytes: 10_000 })
      await fill(spool, 0, 10)
      await spool.stop()
      const [name] = await segments()
      const path = join(directory, name ?? '')
      await truncate(path, (await stat(path)).size - bytes)
      const next = await open()
      expect((await readFile(path)).at(-1)).toBe(0x0a)
      await fill(next, 10, 12)
      expect(await drain(next)).toEqual([...numbers(0, 9), 10, 11])
      await next.stop()
    },
  )

  test('zeros and noise at the end of a segment, and a damaged record inside, cost only themselves', async () => {
    const spool = await open({ segmentBytes: 10_000 })
    await fill(spool, 0, 10)
    await spool.stop()
    const path = join(directory, (await segments())[0] ?? '')
    const bytes = await readFile(path)
    bytes[bytes.indexOf('"ts":4')] = 0x58
    await writeFile(path, bytes)
    await appendFile(path, Buffer.alloc(300))
    await writeFile(join(directory, '000000000007.spool'), 'no record at all')
    await writeFile(join(directory, 'notes.txt'), 'not ours')
    const next = await open()
    expect(await drain(next)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9])
    expect(await segments()).toEqual(['notes.txt'])
    await next.stop()
  })

  test('an append that the disk refuses rejects, leaves no trace, and the next one works', async () => {
    const spool = await open()
    await fill(spool, 0, 2)
    await rm(directory, { recursive: true })
    await writeFile(directory, 'in the way')
    // A new segment can't be made; the open one is full.
    await expect(spool.append(numbers(0, 40).map(row))).rejects.toThrow('ENOTDIR')
    await rm(directory)
    const next = await open()
    await fill(next, 0, 3)
    expect(await drain(next)).toEqual([0, 1, 2])
    await next.stop()
  })

  test('kill -9 at any moment loses nothing that was taken', async () => {
    for (const lifetime of [30, 90, 160]) {
      const child = spawn(process.execPath, ['--import', 'tsx', 'test/telemetry/spool-crash.ts', directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let last = -1
      const lines = createInterface({ input: child.stdout })
      lines.on('line', (line) => {
        if (last === -1) setTimeout(() => child.kill('SIGKILL'), lifetime)
        last = Number(line)
      })
      await Promise.all([once(child, 'exit'), once(lines, 'close')])
      expect(child.signalCode).toBe('SIGKILL')
      const spool = await open()
      const found = await drain(spool, 500)
      expect(last).toBeGreaterThan(0)
      expect(found.length).toBeGreaterThan(last)
      expect(found).toEqual(numbers(0, found.length))
      await spool.stop()
    }
  })
})

describe('spool codec', () => {
  const rows = fc.array(
    fc.record({
      deviceId: fc.string({ unit: 'binary' }),
      ts: fc.integer(),
      fields: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.double({ noNaN: true, noDefaultInfinity: true }), {
        noNullPrototype: true,
      }),
    }),
    { maxLength: 8 },
  )
  // JSON has no negative zero.
  const plain = (list: TelemetryRow[]) => JSON.parse(JSON.stringify(list)) as TelemetryRow[]

  test('property: records come back as they were, in order, and are counted', () => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 6 }), (records) => {
        const bytes = Buffer.concat(records.map(encodeRecord))
        const scan = scanRecords(bytes, Number.POSITIVE_INFINITY)
        expect(scan).toEqual({ rows: plain(records.flat()), consumed: bytes.length, damaged: 0 })
        expect(countRows(bytes)).toBe(records.flat().length)
      }),
    )
  })

  test('property: cut anywhere, the whole records before the cut are read and nothing else', () => {
    fc.assert(
      fc.property(rows, rows, fc.nat(), (first, second, at) => {
        const whole = encodeRecord(first)
        const torn = encodeRecord(second)
        const bytes = Buffer.concat([whole, torn.subarray(0, at % torn.length)])
        expect(wholeLength(bytes)).toBe(whole.length)
        expect(scanRecords(bytes, Number.POSITIVE_INFINITY)).toEqual({
          rows: plain(first),
          consumed: whole.length,
          damaged: 0,
        })
      }),
    )
  })

  test('property: a changed byte loses only its own record, never gives a wrong row, never throws', () => {
    fc.assert(
      fc.property(rows, rows, fc.nat(), fc.integer({ min: 1, max: 255 }), (first, second, at, change) => {
        const damaged = encodeRecord(first)
        const index = at % (damaged.length - 1)
        damaged[index] = (damaged[index] ?? 0) ^ change
        const scan = scanRecords(Buffer.concat([damaged, encodeRecord(second)]), Number.POSITIVE_INFINITY)
        expect(scan.rows).toEqual(plain(second))
        expect(scan.damaged).toBeGreaterThan(0)
      }),
    )
  })

  test('property: any bytes are survived', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const scan = scanRecords(bytes, 1_000)
        expect(scan.rows).toEqual([])
        expect(scan.consumed).toBe(wholeLength(bytes))
        expect(countRows(bytes)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
