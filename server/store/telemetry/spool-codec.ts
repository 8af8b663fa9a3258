import { crc32 } from 'node:zlib'
import type { TelemetryRow } from './telemetry.ts'

/**
 * A spool record: one batch as one line, `CRC COUNT JSON\n`. The CRC (32 bit, 8 hex digits) covers count and JSON; JSON
 * never holds a raw line break, so a damaged record ends at the next one.
 */

const NEWLINE = 0x0a
const CRC_LENGTH = 8

export interface SpoolRecord {
  rows: TelemetryRow[]
}

export function encodeRecord(rows: readonly TelemetryRow[]): Buffer {
  const body = `${rows.length} ${JSON.stringify(rows)}`
  return Buffer.from(`${hex(crc32(body))} ${body}\n`)
}

/** The rows of one line (without its line break), or null when it is damaged. */
export function decodeRecord(line: Uint8Array): SpoolRecord | null {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
  const body = text.subarray(CRC_LENGTH + 1)
  if (text.toString('latin1', 0, CRC_LENGTH + 1) !== `${hex(crc32(body))} `) return null
  const space = body.indexOf(0x20)
  return parseRows(body.toString('utf8', space + 1))
}

function parseRows(json: string): SpoolRecord | null {
  try {
    const rows: unknown = JSON.parse(json)
    return Array.isArray(rows) ? { rows } : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

export interface Scan {
  /** Rows of whole, undamaged records, in order. */
  rows: TelemetryRow[]
  /** Bytes of the whole records read, damaged ones included; what follows is the beginning of another. */
  consumed: number
  /** Damaged records stepped over. */
  damaged: number
}

/** Reads whole records from the start of `bytes` until `maxRows` rows are together (at least one record). */
export function scanRecords(bytes: Uint8Array, maxRows: number): Scan {
  const scan: Scan = { rows: [], consumed: 0, damaged: 0 }
  while (scan.rows.length < maxRows) {
    const end = bytes.indexOf(NEWLINE, scan.consumed)
    if (end === -1) break
    const record = decodeRecord(bytes.subarray(scan.consumed, end))
    if (record) for (const row of record.rows) scan.rows.push(row)
    else scan.damaged += 1
    scan.consumed = end + 1
  }
  return scan
}

/** Length of `bytes` up to and with the last line break: what a crash in mid-write leaves whole. */
export function wholeLength(bytes: Uint8Array): number {
  return bytes.lastIndexOf(NEWLINE) + 1
}

/** Rows in whole records, by their counts alone (for what is dropped unread). */
export function countRows(bytes: Uint8Array): number {
  let rows = 0
  let start = 0
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, 32)).toString('latin1')
    const count = Number(/^[0-9a-f]{8} ([0-9]{1,7}) /.exec(head)?.[1] ?? 0)
    rows += count
    start = end + 1
  }
  return rows
}

function hex(crc: number): string {
  return crc.toString(16).padStart(CRC_LENGTH, '0')
}
