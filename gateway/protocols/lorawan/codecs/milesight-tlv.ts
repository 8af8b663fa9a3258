import type { DeviceFacts } from '../../../../server/contract/ports.ts'
import { type Fields, flagLevel, hasAny, type LevelName, type Reading, telemetry, unreadable } from '../reading.ts'

/**
 * Milesight's frame: channel id, type, data whose length the two decide (little-endian), and the next one. What is not
 * known ends the reading, as its length isn't known either. Source: README files of Milesight-IoT/SensorDecoders.
 */

interface TlvOutput {
  fields: Fields
  readings: Reading[]
  facts: DeviceFacts
}

export interface Channel {
  /** Bytes of data; of the ones that say it themselves, from the data's place. */
  length: number | ((bytes: Buffer, at: number) => number)
  /** Null: there is nothing in it for us. */
  read: ((bytes: Buffer, at: number, out: TlvOutput) => void) | null
  /** It may carry an alarm: if it can't be read, one is raised. */
  alarm: boolean
}
export type Channels = ReadonlyMap<number, Channel>

/** Channels by id and type in hexadecimal, as the vendor writes them. */
export const channels = (...tables: Record<string, Channel>[]): Channels =>
  new Map(tables.flatMap((table) => Object.entries(table).map(([key, channel]) => [Number.parseInt(key, 16), channel])))

export const channel = (length: Channel['length'], read: Channel['read'], alarm = false): Channel => ({
  length,
  read,
  alarm,
})
export const skip = (length: number): Channel => channel(length, null)

type NumberType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32'
const NUMBERS: Record<NumberType, { length: number; read: (bytes: Buffer, at: number) => number }> = {
  u8: { length: 1, read: (bytes, at) => bytes.readUInt8(at) },
  i8: { length: 1, read: (bytes, at) => bytes.readInt8(at) },
  u16: { length: 2, read: (bytes, at) => bytes.readUInt16LE(at) },
  i16: { length: 2, read: (bytes, at) => bytes.readInt16LE(at) },
  u32: { length: 4, read: (bytes, at) => bytes.readUInt32LE(at) },
  i32: { length: 4, read: (bytes, at) => bytes.readInt32LE(at) },
}

/** A reading of one number, divided by `divisor`; `unknown` are raw values that mean "not measured". */
export function number(field: string, type: NumberType, divisor = 1, unknown: readonly number[] = []): Channel {
  const { length, read } = NUMBERS[type]
  return channel(length, (bytes, at, { fields }) => {
    const raw = read(bytes, at)
    if (!unknown.includes(raw)) fields[field] = raw / divisor
  })
}

/** Several numbers in a row; a null name is skipped. */
export function numbers(names: readonly (string | null)[], type: NumberType, divisor = 1): Channel {
  const { length, read } = NUMBERS[type]
  return channel(length * names.length, (bytes, at, { fields }) => {
    names.forEach((name, index) => {
      if (name !== null) fields[name] = read(bytes, at + index * length) / divisor
    })
  })
}

/** A byte of 0 or more for a level of two values; `field`: the same as telemetry. */
export function flag(name: LevelName, { alarm = false, field = '', as = name as string } = {}): Channel {
  return channel(
    1,
    (bytes, at, { readings, fields }) => {
      const isSet = bytes.readUInt8(at) !== 0
      readings.push(flagLevel(name, isSet, as))
      if (field !== '') fields[field] = isSet ? 1 : 0
    },
    alarm,
  )
}

/** A stored sample: epoch seconds, then the numbers that `read` finds after them. */
export function history(length: Channel['length'], read: (bytes: Buffer, at: number) => Fields): Channel {
  return channel(length, (bytes, at, { readings }) => {
    readings.push(telemetry(read(bytes, at + 4), bytes.readUInt32LE(at) * 1000))
  })
}

const hex = (bytes: Buffer, at: number): string => bytes.readUInt8(at).toString(16)

const HARDWARE = channel(2, (bytes, at, { facts }) => {
  facts.hardware = `${hex(bytes, at)}.${bytes.readUInt8(at + 1) >> 4}`
})
const FIRMWARE = channel(2, (bytes, at, { facts }) => {
  facts.firmware = `${hex(bytes, at)}.${hex(bytes, at + 1)}`
})

/** Types of the channels ff and fe (what a device says of itself, and echoes of settings) by their bytes of data. */
const SETTINGS: readonly [number, string][] = [
  [1, '01 04 0b 0f 10 27 28 2f 3b 3c 3d 3e 40 42 4a 64 66 68 69 71 74 7f 84 87 8f fe'],
  [2, '02 03 09 0a 12 17 25 61 80 81 95 bd ff'],
  [3, '13 2d 6a 83 8a 8e'],
  [4, '11 58 89'],
  [6, '08'],
  [8, '16 35 88 96'],
  [9, '06'],
]
const SETTING_CHANNELS: Channels = new Map([
  ...SETTINGS.flatMap(([length, types]) =>
    types.split(' ').flatMap((type): [number, Channel][] => [
      [Number.parseInt(`ff${type}`, 16), skip(length)],
      [Number.parseInt(`fe${type}`, 16), skip(length)],
    ]),
  ),
  [0xff09, HARDWARE],
  [0xff0a, FIRMWARE],
])

/** Reads a frame. Never throws: a channel is read only when all its bytes are there. */
export function decodeTlv(table: Channels, bytes: Buffer): Reading[] {
  const out: TlvOutput = { fields: {}, readings: [], facts: {} }
  let at = 0
  while (at + 2 <= bytes.length) {
    const key = bytes.readUInt16BE(at)
    const known = table.get(key) ?? SETTING_CHANNELS.get(key)
    if (known === undefined) break
    const end = at + 2 + lengthOf(known, bytes, at + 2)
    if (end > bytes.length) break
    known.read?.(bytes, at + 2, out)
    at = end
  }
  const { readings } = out
  if (at < bytes.length) readings.push(rest(table, bytes.subarray(at)))
  if (hasAny(out.fields)) readings.push(telemetry(out.fields))
  if (hasAny(out.facts)) readings.push({ kind: 'facts', facts: out.facts })
  return readings
}

function lengthOf({ length }: Channel, bytes: Buffer, at: number): number {
  return typeof length === 'number' ? length : length(bytes, at)
}

/** What stayed unread. An alarm may hide in it when a channel that carries alarms seems to begin in it. */
function rest(table: Channels, bytes: Buffer): Reading {
  let alarm = false
  for (let at = 0; at + 2 <= bytes.length && !alarm; at++) {
    const key = bytes.readUInt16BE(at)
    // A type of 00 is too common in numbers to be looked for among them.
    if (at === 0 || (key & 0xff) !== 0) alarm = table.get(key)?.alarm === true
  }
  const shown = bytes.subarray(0, 24).toString('hex')
  return unreadable(`Not read from here: ${shown} (${bytes.length} bytes)`, alarm)
}
