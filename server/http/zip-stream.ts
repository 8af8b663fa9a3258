import { crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib'

/**
 * A ZIP archive written while its files are made, so that a large sheet never stands in memory (PKWARE APPNOTE 6.3: local
 * headers with the sizes behind the data, bit 3; method 8). Compression is done in zlib's threads. No ZIP64: 4 GB at most.
 */
export interface ZipFile {
  name: string
  /** Pieces of text, each some ten KB. */
  text(): AsyncIterable<string> | Iterable<string>
}

const VERSION = 20
const SIZES_BEHIND_AND_UTF8 = 0x0808
const DEFLATED = 8
/** 1 January 1980, the first day that the format knows: the same content is the same file. */
const DAY = 0x0021

interface Written {
  name: Buffer
  crc: number
  packed: number
  unpacked: number
  at: number
}

export async function* zipOf(files: readonly ZipFile[]): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let at = 0
  for (const file of files) {
    const one: Written = { name: Buffer.from(file.name), crc: 0, packed: 0, unpacked: 0, at }
    const head = localHeader(one.name)
    yield head
    for await (const piece of deflated(file, one)) yield piece
    const behind = descriptor(one)
    yield behind
    at += head.length + one.packed + behind.length
    written.push(one)
  }
  const directory = Buffer.concat(written.map(directoryEntry))
  yield directory
  yield endOf(written.length, directory.length, at)
}

async function* deflated(file: ZipFile, one: Written): AsyncGenerator<Buffer> {
  const deflate = createDeflateRaw({ level: 6 })
  async function feed(): Promise<void> {
    try {
      for await (const text of file.text()) {
        const bytes = Buffer.from(text)
        one.crc = crc32(bytes, one.crc)
        one.unpacked += bytes.length
        // Whoever reads slowly must not let it pile up here; whoever has gone wants no more.
        if (deflate.write(bytes)) continue
        if (!deflate.destroyed) await room(deflate)
        if (deflate.destroyed) return
      }
      deflate.end()
    } catch (error) {
      deflate.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }
  const feeding = feed()
  for await (const piece of deflate as AsyncIterable<Buffer>) {
    one.packed += piece.length
    yield piece
  }
  await feeding
}

/** Resolves when it takes more, or has ended. */
function room(deflate: DeflateRaw): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      deflate.off('drain', go).off('close', go)
      resolve()
    }
    deflate.once('drain', go).once('close', go)
  })
}

function localHeader(name: Buffer): Buffer {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  head.writeUInt16LE(VERSION, 4)
  head.writeUInt16LE(SIZES_BEHIND_AND_UTF8, 6)
  head.writeUInt16LE(DEFLATED, 8)
  head.writeUInt16LE(DAY, 12)
  head.writeUInt16LE(name.length, 26)
  return Buffer.concat([head, name])
}

function descriptor({ crc, packed, unpacked }: Written): Buffer {
  const behind = Buffer.alloc(16)
  behind.writeUInt32LE(0x08074b50, 0)
  behind.writeUInt32LE(crc, 4)
  behind.writeUInt32LE(packed, 8)
  behind.writeUInt32LE(unpacked, 12)
  return behind
}

function directoryEntry({ name, crc, packed, unpacked, at }: Written): Buffer {
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(VERSION, 4)
  entry.writeUInt16LE(VERSION, 6)
  entry.writeUInt16LE(SIZES_BEHIND_AND_UTF8, 8)
  entry.writeUInt16LE(DEFLATED, 10)
  entry.writeUInt16LE(DAY, 14)
  entry.writeUInt32LE(crc, 16)
  entry.writeUInt32LE(packed, 20)
  entry.writeUInt32LE(unpacked, 24)
  entry.writeUInt16LE(name.length, 28)
  entry.writeUInt32LE(at, 42)
  return Buffer.concat([entry, name])
}

function endOf(count: number, bytes: number, at: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(bytes, 12)
  end.writeUInt32LE(at, 16)
  return end
}
