import { mkdir, open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { countRows, encodeRecord, scanRecords, wholeLength } from './spool-codec.ts'
import { type Segment, SpoolTail } from './spool-tail.ts'
import type { TelemetryRow } from './telemetry.ts'

export interface SpoolOptions {
  directory: string
  /** Bytes on disk at most; beyond, the oldest segments go. 2 GiB unless told. */
  maxBytes?: number
  /** Bytes after which a new segment begins. 8 MiB unless told. */
  segmentBytes?: number
  log: Logger
  /** Rows lost at the bound. */
  onDropped: (rows: number) => void
}

/** The oldest rows; `commit` once they are stored. */
export interface SpoolHead {
  rows: readonly TelemetryRow[]
  commit(): Promise<void>
}

interface Waiting {
  record: Buffer
  resolve: () => void
  reject: (error: unknown) => void
}

const SEGMENT = /^([0-9]{12})\.spool$/
const READ_BYTES = 1_048_576

/**
 * A first-in, first-out queue of telemetry on disk, for one process. Append-only segment files; a record counts once it
 * is fsynced; a segment goes when all of it was committed. A crash at any point leaves at worst a torn last record, which
 * is cut, and records that are delivered once more, which is harmless (writes merge).
 */
export class Spool {
  readonly #options: Required<SpoolOptions>
  readonly #tail: SpoolTail
  /** Oldest first; the last may be the one being written. */
  readonly #segments: Segment[] = []
  /** Bytes of the oldest segment that were committed. */
  #offset = 0
  #bytes = 0
  #waiting: Waiting[] = []
  #flushing: Promise<void> | undefined

  constructor(options: SpoolOptions) {
    this.#options = { maxBytes: 2 ** 31, segmentBytes: 8 * 2 ** 20, ...options }
    this.#tail = new SpoolTail(options.directory)
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#bytes
  }

  /** Nothing stored, and nothing being stored. */
  get empty(): boolean {
    return this.#segments.length === 0 && this.#waiting.length === 0 && this.#flushing === undefined
  }

  /** Finds what an earlier run left, and cuts torn records. Rejects when the directory can't be used. */
  async start(): Promise<void> {
    const { directory, log } = this.#options
    await mkdir(directory, { recursive: true, mode: 0o700 })
    for (const name of (await readdir(directory)).filter((file) => SEGMENT.test(file)).sort()) {
      const path = join(directory, name)
      const whole = await cutTornRecord(path, log)
      if (whole > 0) this.#segments.push({ path, size: whole })
      else await rm(path)
      this.#bytes += whole
      this.#tail.nextId = Number(SEGMENT.exec(name)?.[1]) + 1
    }
  }

  /** Waits for what is being written. Everything stays on disk. */
  async stop(): Promise<void> {
    await this.#flushing
    await this.#tail.close()
  }

  /** Resolves when the rows are on disk (fsynced). Rejects when they can't be: then they are not in the spool. */
  append(rows: readonly TelemetryRow[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record: encodeRecord(rows), resolve, reject })
      this.#flushing ??= this.#flush()
    })
  }

  /** One write and one fsync for all that are waiting; never rejects. */
  async #flush(): Promise<void> {
    // Callers of this turn of the event loop share the fsync, and see `empty` become true before they go on.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#write(Buffer.concat(group.map(({ record }) => record)))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    // Here and not in a `finally` outside, which runs later: an append in between would not be seen by anyone.
    this.#flushing = undefined
  }

  async #write(bytes: Buffer): Promise<void> {
    const { maxBytes, segmentBytes } = this.#options
    while (this.#segments.length > 0 && this.#bytes + bytes.length > maxBytes) await this.#dropOldest()
    const current = this.#tail.segment
    if (current && current.size + bytes.length > segmentBytes) await this.#tail.close()
    const segment = await this.#tail.append(bytes)
    if (this.#segments.at(-1) !== segment) this.#segments.push(segment)
    this.#bytes += bytes.length
  }

  async #dropOldest(): Promise<void> {
    const oldest = this.#segments.shift()
    if (!oldest) return
    const committed = this.#offset
    this.#offset = 0
    this.#bytes -= oldest.size
    if (oldest === this.#tail.segment) await this.#tail.close()
    const rows = countRows((await readFile(oldest.path)).subarray(committed, oldest.size))
    this.#options.onDropped(rows)
    this.#options.log.error({ rows, bytes: oldest.size }, 'telemetry spool is full, oldest rows dropped')
    await rm(oldest.path)
  }

  /** The oldest rows, about `maxRows` of them, or null when there are none on disk. One caller at a time. */
  async peek(maxRows: number): Promise<SpoolHead | null> {
    for (;;) {
      const segment = this.#segments[0]
      if (!segment) return null
      const start = this.#offset
      if (start >= segment.size) {
        if (this.#flushing && segment === this.#tail.segment) return null
        await this.#remove(segment)
        continue
      }
      const scan = scanRecords(await readWhole(segment, start), maxRows)
      if (this.#segments[0] !== segment) continue
      const lost = scan.damaged > 0 || scan.consumed === 0
      if (lost) this.#options.log.error({ damaged: scan.damaged, offset: start }, 'damaged telemetry spool records')
      const end = scan.consumed === 0 ? segment.size : start + scan.consumed
      if (scan.rows.length > 0) return { rows: scan.rows, commit: () => this.#commit(segment, end) }
      this.#offset = end
    }
  }

  async #commit(segment: Segment, end: number): Promise<void> {
    // It may have been dropped at the bound while its rows were being stored.
    if (this.#segments[0] !== segment) return
    this.#offset = end
    if (end >= segment.size && !(this.#flushing && segment === this.#tail.segment)) await this.#remove(segment)
  }

  async #remove(segment: Segment): Promise<void> {
    this.#segments.shift()
    this.#offset = 0
    this.#bytes -= segment.size
    if (segment === this.#tail.segment) await this.#tail.close()
    await rm(segment.path, { force: true })
  }
}

/** Up to about 1 MiB from `offset`, more if the record there is longer. */
async function readWhole({ path, size }: Segment, offset: number): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    for (let length = READ_BYTES; ; length *= 4) {
      const buffer = Buffer.alloc(Math.min(length, size - offset))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
      const bytes = buffer.subarray(0, bytesRead)
      if (wholeLength(bytes) > 0 || length >= size - offset) return bytes
    }
  } finally {
    await file.close()
  }
}

/** Cuts what follows the last whole record; returns the file's length then. */
async function cutTornRecord(path: string, log: Logger): Promise<number> {
  const { size } = await stat(path)
  if (size === 0 || (await endsWhole(path, size))) return size
  const whole = wholeLength(await readFile(path))
  log.warn({ bytes: size - whole }, 'torn telemetry spool record cut')
  await truncate(path, whole)
  return whole
}

/** Looks at the last byte alone: a full spool must not delay the start. */
async function endsWhole(path: string, size: number): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
    return wholeLength(buffer) === 1
  } finally {
    await file.close()
  }
}
