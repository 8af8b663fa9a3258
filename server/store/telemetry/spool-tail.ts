import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface Segment {
  readonly path: string
  /** Durable bytes. */
  size: number
}

/** The segment being written: opens it when needed, and never leaves half a record in front of a whole one. */
export class SpoolTail {
  nextId = 1
  readonly #directory: string
  #file: FileHandle | undefined
  #segment: Segment | undefined

  constructor(directory: string) {
    this.#directory = directory
  }

  get segment(): Segment | undefined {
    return this.#segment
  }

  /** Writes and fsyncs; the segment's size grows only then. On failure the segment is given up as it was before. */
  async append(bytes: Buffer): Promise<Segment> {
    const { file, segment } = await this.#open()
    try {
      for (let written = 0; written < bytes.length; ) {
        const step = await file.write(bytes, written, bytes.length - written, segment.size + written)
        written += step.bytesWritten
      }
      await file.datasync()
    } catch (error) {
      // After a failed fsync the page cache can't be trusted (fsyncgate): go on in a new file.
      await this.#giveUp(file, segment, error)
    }
    segment.size += bytes.length
    return segment
  }

  async #giveUp(file: FileHandle, { path, size }: Segment, cause: unknown): Promise<never> {
    this.#file = undefined
    this.#segment = undefined
    try {
      if (size === 0) await rm(path)
      else await file.truncate(size)
    } catch (error) {
      throw new AggregateError([cause, error], 'telemetry spool can not be written or cut', { cause })
    } finally {
      await file.close()
    }
    throw cause
  }

  /** The next append begins a new segment. */
  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    this.#segment = undefined
    await file?.close()
  }

  async #open(): Promise<{ file: FileHandle; segment: Segment }> {
    if (this.#file && this.#segment) return { file: this.#file, segment: this.#segment }
    const path = join(this.#directory, `${String(this.nextId).padStart(12, '0')}.spool`)
    this.nextId += 1
    const file = await open(path, 'wx', 0o600)
    const segment: Segment = { path, size: 0 }
    try {
      await syncDirectory(this.#directory)
    } catch (error) {
      await this.#giveUp(file, segment, error)
    }
    this.#file = file
    this.#segment = segment
    return { file, segment }
  }
}

/** Makes the new file's name durable too. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
