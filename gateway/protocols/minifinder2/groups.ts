import { storableText } from '../json.ts'
import { type Entry, timeAt } from './records.ts'

/** What a pendant reports of one moment. */
export interface Group {
  /** Ms since the epoch; null: it names no time. */
  deviceTs: number | null
  /** Field names of the telemetry. Latitude and longitude in WGS-84 degrees. */
  readings: Record<string, number>
  /** Name of the beacon or access point nearby, as it was set up. */
  place: string | null
  cells: number
  wifi: number
  /** Sent later, from a time without network. */
  isStored: boolean
  /** Records 0x02. */
  alarms: Buffer[]
}

/** A reading with a time of its own. */
export interface Sample {
  deviceTs: number | null
  fields: Record<string, number>
}

const KEY = { alarm: 0x02, general: 0x24 } as const
/** A second record of one of these belongs to another moment. */
const ONCE: ReadonlySet<number> = new Set([0x14, 0x20, 0x23, 0x24, 0x26, 0x27, 0x2a])

function emptyGroup(): Group {
  return { deviceTs: null, readings: {}, place: null, cells: 0, wifi: 0, isStored: false, alarms: [] }
}

/** Sorts the records of a data message by moment: one message may hold a day. */
export function groupsOf(records: readonly Entry[]): { groups: Group[]; samples: Sample[] } {
  const samples: Sample[] = []
  let group = emptyGroup()
  const groups = [group]
  const seen = new Set<number>()
  for (const { key, value } of records) {
    if (ONCE.has(key)) {
      if (seen.has(key)) {
        group = emptyGroup()
        groups.push(group)
        seen.clear()
      }
      seen.add(key)
    }
    if (key === KEY.alarm) group.alarms.push(value)
    const own = OWN_TIME.get(key)
    if (own !== undefined) addSample(samples, own, value)
    READERS.get(key)?.(group, value)
  }
  return { groups, samples }
}

type Reader = (group: Group, value: Buffer) => void

/** Keys by EView's protocol documents and Traccar; a key that isn't here is skipped. */
const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [0x14, readBattery],
  [0x19, addNamedAccessPoints],
  [0x20, readGps],
  [0x21, (group, value) => addCells(group, value, 5)],
  [0x22, addAccessPoints],
  [0x23, readBeacon],
  [KEY.general, readGeneral],
  [0x26, readBeacon],
  [0x27, readPlace],
  [0x28, (group, value) => readFlagged(group, value, 9)],
  [0x29, (group, value) => addCells(group, value, 7)],
  [0x2a, (group, value) => readFlagged(group, value, 8)],
  [0x2c, (group, value) => readFlagged(group, value, 10)],
])

/** Records of time and value: [name, bytes of the value, lowest, highest]; 0 and 1 stand for "not measured". */
const OWN_TIME: ReadonlyMap<number, readonly [string, number, number, number]> = new Map([
  [0x30, ['steps', 4, 0, 1e8]],
  [0x40, ['hr', 1, 20, 300]],
  [0x41, ['spo2', 1, 40, 100]],
] as const)

function addSample(
  samples: Sample[],
  [name, bytes, low, high]: readonly [string, number, number, number],
  value: Buffer,
) {
  if (value.length < 4 + bytes) return
  const number = value.readUIntLE(4, bytes)
  if (number >= low && number <= high) samples.push({ deviceTs: timeAt(value, 0), fields: { [name]: number } })
}

/** Time, then 32 bits: 4 charging, 7 stored, 9 moving, 19–23 signal of 31, 24–31 battery %. */
function readGeneral(group: Group, value: Buffer): void {
  group.deviceTs = timeAt(value, 0)
  if (value.length < 8) return
  const status = value.readUInt32LE(4)
  group.isStored = ((status >>> 7) & 1) === 1
  group.readings.charging = (status >>> 4) & 1
  group.readings.moving = (status >>> 9) & 1
  const signal = (status >>> 19) & 0x1f
  if (signal > 0) group.readings.gsm = Math.round((signal / 31) * 100)
  setBattery(group, status >>> 24)
}

/** Level % and mV. */
function readBattery(group: Group, value: Buffer): void {
  if (value.length < 1) return
  setBattery(group, value.readUInt8(0))
  if (value.length >= 3 && value.readUInt16LE(1) > 0) group.readings.voltage = value.readUInt16LE(1) / 1000
}

function setBattery(group: Group, percent: number): void {
  if (percent <= 100) group.readings.battery = percent
}

/** Latitude and longitude in 1e-7 degrees, km/h, degrees, m, HDOP in tenths (0: no fix), mileage, satellites. */
function readGps(group: Group, value: Buffer): void {
  if (value.length < 16 || value.readUInt16LE(14) === 0) return
  if (!setPlace(group, value, 0)) return
  group.readings.speed = value.readUInt16LE(8)
  if (value.readUInt16LE(10) <= 360) group.readings.course = value.readUInt16LE(10)
  group.readings.alt = value.readInt16LE(12)
  group.readings.hdop = value.readUInt16LE(14) / 10
  group.place = null
  if (value.length >= 21) group.readings.sats = value.readUInt8(20)
}

/** A place from the networks around. */
function readPlace(group: Group, value: Buffer): void {
  if (!hasGps(group)) setPlace(group, value, 0)
}

/** Address (6), then where the beacon stands, then its name. */
function readBeacon(group: Group, value: Buffer): void {
  if (hasGps(group) || value.length < 6) return
  if (setPlace(group, value, 6)) group.place = nameIn(value.subarray(14))
}

const HAS_PLACE = 0x80
const HAS_NAME = 0x40

/** Flags, address, signal strengths and the like (`head` bytes in all), where it stands (bit 7), its name (bit 6). */
function readFlagged(group: Group, value: Buffer, head: number): void {
  const flags = value[0]
  if (flags === undefined || hasGps(group)) return
  const hasPlace = (flags & HAS_PLACE) !== 0
  if (hasPlace && !setPlace(group, value, head)) return
  if ((flags & HAS_NAME) === 0) return
  const rest = value.subarray(hasPlace ? head + 8 : head)
  // The longest of the three heads belongs to the record whose name has a length.
  group.place = nameIn(head === 10 ? rest.subarray(1, 1 + (rest[0] ?? 0)) : rest)
}

/** A satellite fix is better than where a beacon was put up. */
function hasGps(group: Group): boolean {
  return group.readings.hdop !== undefined
}

function setPlace(group: Group, value: Buffer, at: number): boolean {
  if (value.length < at + 8) return false
  const lat = value.readInt32LE(at) / 1e7
  const lon = value.readInt32LE(at + 4) / 1e7
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180 || (lat === 0 && lon === 0)) return false
  group.readings.lat = lat
  group.readings.lon = lon
  return true
}

const LONGEST_NAME = 40

function nameIn(bytes: Buffer): string | null {
  const name = storableText(bytes.toString('utf8')).replaceAll('\ufffd', '').trim().slice(0, LONGEST_NAME)
  return name === '' ? null : storableText(name)
}

/** Network (3), then cells of signal, area and number. */
function addCells(group: Group, value: Buffer, bytesEach: number): void {
  group.cells += Math.max(0, Math.floor((value.length - 3) / bytesEach))
}

/** Access points of signal (1) and address (6). */
function addAccessPoints(group: Group, value: Buffer): void {
  group.wifi += Math.floor(value.length / 7)
}

/** Access points of signal (1), address (6), length of the name (1), name. */
function addNamedAccessPoints(group: Group, value: Buffer): void {
  for (let at = 0; at + 8 <= value.length; at += 8 + (value[at + 7] ?? 0)) group.wifi++
}
