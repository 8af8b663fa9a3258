import { readFileSync } from 'node:fs'
import { decodeWatch } from '../../gateway/protocols/watch.ts'
import type { DecodedItem } from '../../server/contract/ports.ts'
import type { EventSignal } from '../../server/contract/signal.ts'

/** What the tests of the watch protocol have in common. */

export interface Sample {
  source: string
  raw: string
  raw_hex?: string
  direction?: string
  expected: { test?: { frame_hex?: string }; derived?: Derived; meaning?: string }
}
export interface Derived {
  manufacturer: string
  deviceId: string
  index?: string
  command: string
  time?: string
  valid?: boolean
  latitude: number
  longitude: number
  speedKph: number
  course: number
  altitude: number
  satellites: number
  gsmSignal: number
  batteryLevel?: number
  steps?: number
  statusHex?: string
  vendorAlarms?: string[]
  traccarAlarm?: string | null
  cells?: unknown[]
  wifi?: unknown[]
  serverReply?: string
}

export const SAMPLES: Sample[] = JSON.parse(readFileSync(new URL('../fixtures/watch.json', import.meta.url), 'utf8'))
export const NOW = Date.UTC(2026, 0, 1)
export const bytesOf = ({ raw, raw_hex }: Sample) => (raw_hex ? Buffer.from(raw_hex, 'hex') : Buffer.from(raw, 'utf8'))
export const decode = (text: string, at = NOW) => decodeWatch(Buffer.from(text, 'latin1'), at)
export const framed = (content: string) => `[3G*8800000015*${content.length.toString(16).padStart(4, '0')}*${content}]`

export const eventsOf = (items: DecodedItem[]): EventSignal[] =>
  items.flatMap((item) => (item.kind === 'event' ? [item.event] : []))
export const typesOf = (items: DecodedItem[]) => eventsOf(items).map(({ type }) => type)
export const fieldsOf = (items: DecodedItem[]) =>
  items.flatMap((item) => (item.kind === 'telemetry' ? [item.sample.fields] : []))[0] ?? null

export const derived = SAMPLES.flatMap((sample, index) =>
  sample.expected.derived ? [[index, sample.raw, sample.expected.derived, sample] as const] : [],
)
export const positions = derived.filter(([, , { time }]) => time !== undefined)
