import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { SheetData } from 'read-excel-file/node'
import { unreadable } from './unreadable.ts'

/**
 * Runs in a thread of its own: reading 10,000 rows takes a quarter of a second without a pause, in which no alarm would
 * be served. It is given as text because the server is built into a single file.
 *
 * Excel keeps 15 digits of a number. A longer one was rounded when it was typed in, so it is written with an exponent,
 * which is refused as an id or address. Dates are what Excel makes of a room like 3-1.
 */
const IN_THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const { readSheet } = require(workerData.reader)
const digits = (text) => {
  const value = Number(text)
  if (!Number.isInteger(value)) return text
  return Math.abs(value) < 1e15 ? String(value) : value.toExponential()
}
const asText = (cell) => (cell === null ? '' : cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell))
readSheet(Buffer.from(workerData.file), { parseNumber: digits, trim: false }).then(
  (rows) => parentPort.postMessage(rows.map((row) => row.map(asText))),
  () => parentPort.postMessage(null),
)`

const MAX_MS = 30_000
const MAX_HEAP_MB = 512
/** 5 MB of XLSX are some 40 MB unpacked; a file that unpacks to more is not a list of devices. */
const MAX_UNPACKED_BYTES = 100_000_000

/** The first sheet's cells as text. @throws DomainError invalid_request */
export async function readXlsx(file: Buffer): Promise<string[][]> {
  if (unpackedBytes(file) > MAX_UNPACKED_BYTES) throw unreadable('This file unpacks to more than a list of devices.')
  const rows = await inThread(file)
  if (rows === null) throw unreadable('The file is damaged, or not an XLSX file.')
  return rows
}

async function inThread(file: Buffer): Promise<(SheetData<string> & string[][]) | null> {
  const reader = createRequire(import.meta.url).resolve('read-excel-file/node')
  const worker = new Worker(IN_THREAD, {
    eval: true,
    workerData: { reader, file },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  })
  const timer = setTimeout(() => void worker.terminate(), MAX_MS)
  try {
    return await new Promise((resolve) => {
      worker.once('message', resolve)
      // Out of memory, or out of time.
      worker.once('error', () => resolve(null))
      worker.once('exit', () => resolve(null))
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

/** End of central directory, central directory header: PKWARE APPNOTE 4.3.16, 4.3.12. */
const END = { signature: 0x06054b50, bytes: 22, entries: 10, directoryAt: 16, maxComment: 65_535 }
const ENTRY = { signature: 0x02014b50, bytes: 46, unpacked: 24, name: 28, extra: 30, comment: 32 }

/** What the files of a ZIP archive say they unpack to, bytes; 0 when its directory can't be found. */
export function unpackedBytes(zip: Buffer): number {
  let end = zip.length - END.bytes
  const last = Math.max(0, end - END.maxComment)
  while (end >= last && zip.readUInt32LE(end) !== END.signature) end--
  if (end < last) return 0
  let at = zip.readUInt32LE(end + END.directoryAt)
  let bytes = 0
  for (let left = zip.readUInt16LE(end + END.entries); left > 0; left--) {
    if (at + ENTRY.bytes > zip.length || zip.readUInt32LE(at) !== ENTRY.signature) return bytes
    bytes += zip.readUInt32LE(at + ENTRY.unpacked)
    const lengths = [ENTRY.name, ENTRY.extra, ENTRY.comment].map((field) => zip.readUInt16LE(at + field))
    at += ENTRY.bytes + lengths.reduce((sum, length) => sum + length, 0)
  }
  return bytes
}
