import { readFileSync } from 'node:fs'
import { frameOf } from '../../gateway/protocols/minifinder2/frames.ts'
import { decodeMinifinder2 } from '../../gateway/protocols/minifinder2.ts'
import type { DecodedItem } from '../../server/contract/ports.ts'
import type { EventSignal, TelemetrySample } from '../../server/contract/signal.ts'

/** What the tests of the MiniFinder2 protocol have in common. */

export interface Sample {
  raw_hex: string
  expected: { derived: Derived }
}
export interface Derived {
  flags: number
  bodyLength: number
  crc: string
  index: number
  type: string
  crcOk: boolean
  ackRequested: boolean
  serverReply_hex?: string
  alarms?: string[]
  records: Record<string, unknown>[]
}

export const SAMPLES: Sample[] = JSON.parse(
  readFileSync(new URL('../fixtures/minifinder2.json', import.meta.url), 'utf8'),
)
export const NOW = Date.UTC(2026, 0, 1, 8)
export const decode = (hex: string, at = NOW) => decodeMinifinder2(Buffer.from(hex, 'hex'), at)
export const eventsOf = (items: DecodedItem[]): EventSignal[] =>
  items.flatMap((item) => (item.kind === 'event' ? [item.event] : []))
export const samplesOf = (items: DecodedItem[]): TelemetrySample[] =>
  items.flatMap((item) => (item.kind === 'telemetry' ? [item.sample] : []))

export const ID = '1001383632333131303637383637313137'
/** A data message of records, given as hex. */
export const data = (...records: string[]) =>
  frameOf(7, Buffer.from(`01${ID}${records.join('')}`, 'hex'), true).toString('hex')
export const record = (key: string, value: string) =>
  `${(value.length / 2 + 1).toString(16).padStart(2, '0')}${key}${value}`
export const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes.toString('hex')
}
export const SECONDS = NOW / 1000
/** 0x24: not charging, moving, signal 31, battery 64 %. */
export const GENERAL = record('24', u32(SECONDS) + u32((64 << 24) | (31 << 19) | (1 << 9)))
export const GPS = record('20', `${u32(227_611_620)}${u32(1_143_601_920)}0500${'7800'}2f00${'0c00'}${u32(100)}0e`)
