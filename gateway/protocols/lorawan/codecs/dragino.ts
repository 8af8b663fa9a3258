import type { DeviceCommand } from '../../../../server/contract/command.ts'
import {
  type Codec,
  event,
  type Fields,
  type Frame,
  position,
  type Reading,
  telemetry,
  unreadable,
} from '../reading.ts'

/**
 * Dragino's trackers and buttons; big-endian. Sources: dragino/dragino-end-node-decoder (TrackerD 1.4.0 to 1.5.4, PB01,
 * PB05-L), lgt92.js of TheThingsNetwork/lorawan-devices, the LGT-92 manual (downlinks), "End Device AT Commands and
 * Downlink Command" of the vendor's wiki.
 */

const DEGREE = 1e6
const ALARM_BIT = 0x40

/** Where a battery word lies (bit 14 alarm, 13 to 0 mV) and whether a position comes before it. */
interface Layout {
  battery: number
  hasPosition: boolean
}

/** A TrackerD's frame by its port and length; null: one without a battery word. */
function trackerLayout(fPort: number, length: number): Layout | null {
  switch (fPort) {
    case 2:
    case 3:
      // From firmware 1.5.4 on speed and course come between position and battery.
      return { battery: length >= 19 ? 16 : 8, hasPosition: true }
    case 6:
      return { battery: 24, hasPosition: false }
    case 7:
    case 9:
      return { battery: 0, hasPosition: false }
    case 8:
      return { battery: 7, hasPosition: false }
    case 10:
      return { battery: length >= 38 ? 35 : 21, hasPosition: false }
    default:
      return null
  }
}

function decodeTrackerD(fPort: number, bytes: Buffer): Reading[] {
  if (fPort === 5) return decodeStatus(bytes)
  if (fPort === 4) return decodeStored(bytes)
  const layout = trackerLayout(fPort, bytes.length)
  if (layout === null) return [unreadable(`No such port: ${fPort}`, false)]
  if (bytes.length < layout.battery + 2) return [tooShort(bytes)]
  const fields: Fields = { voltage: volts(bytes, layout.battery) }
  if (layout.hasPosition) Object.assign(fields, degrees(bytes))
  if (layout.battery === 16) Object.assign(fields, newMeasurements(bytes))
  // The length of 18 has the time of a stored position where others have humidity and temperature.
  const isStored = layout.battery === 8 && bytes.length >= 18
  if (layout.battery === 8 && bytes.length === 15) Object.assign(fields, oldMeasurements(bytes))
  const at = isStored ? dateAt(bytes, 11) : null
  return withAlarm((bytes.readUInt8(layout.battery) & ALARM_BIT) !== 0, fields, at)
}

/** An alarm is the SOS key. It stays set until it is ended, so each uplink tells it again. */
function withAlarm(isSet: boolean, fields: Fields, at: number | null): Reading[] {
  const readings: Reading[] = [telemetry(fields, at)]
  if (isSet) readings.unshift(event('sos', {}, at))
  return readings
}

const tooShort = (bytes: Buffer): Reading => unreadable(`Too short: ${bytes.length} bytes`, true)

/** 14 bits of mV. */
const volts = (bytes: Buffer, at: number): number => (bytes.readUInt16BE(at) & 0x3fff) / 1000

const degrees = (bytes: Buffer): Fields => position(bytes.readInt32BE(0) / DEGREE, bytes.readInt32BE(4) / DEGREE)

/**
 * Humidity, temperature. Firmware before 1.5 sends tenths of a degree and later ones hundredths, under the same length: a
 * number that would be a room's temperature in tenths is left out.
 */
function oldMeasurements(bytes: Buffer): Fields {
  const raw = bytes.readInt16BE(13)
  const fields: Fields = { humidity: bytes.readUInt16BE(11) / 10 }
  if (raw > 600) fields.temperature = raw / 100
  return fields
}

function newMeasurements(bytes: Buffer): Fields {
  const flags = bytes.length > 18 ? bytes.readUInt8(18) : 0
  const fields: Fields = { moving: (flags >> 4) & 1 }
  if (bytes.length >= 23) {
    fields.temperature = bytes.readInt16BE(19) / 10
    fields.humidity = bytes.readUInt16BE(21) / 10
  }
  return fields
}

/** Year (2), month, day, hour, minute, second in UTC, as ms since the epoch; null when it is no date. */
function dateAt(bytes: Buffer, at: number): number | null {
  if (bytes.length < at + 7) return null
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = bytes.subarray(at + 2, at + 7)
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null
  return Date.UTC(bytes.readUInt16BE(at), month - 1, day, hour, minute, second)
}

/** A position that was stored while there was no network. */
function decodeStored(bytes: Buffer): Reading[] {
  const isNew = bytes.length >= 25
  if (bytes.length < 15) return [tooShort(bytes)]
  const at = dateAt(bytes, isNew ? 16 : 8)
  const fields = degrees(bytes)
  if (at === null || fields.lat === undefined) return []
  return [telemetry(fields, at)]
}

/** Port 5 of all of them: model, firmware (2), band, sub-band, battery in mV (2). */
function decodeStatus(bytes: Buffer): Reading[] {
  if (bytes.length < 7) return [unreadable(`Too short: ${bytes.length} bytes`, false)]
  const [, major = 0, minor = 0] = bytes
  const firmware = `${major & 0x0f}.${minor >> 4}.${minor & 0x0f}`
  return [{ kind: 'facts', facts: { firmware } }, telemetry({ voltage: bytes.readUInt16BE(5) / 1000 })]
}

/**
 * Position, then at byte 8 alarm and battery, motion flags, roll, pitch, HDOP, altitude (firmware 1.4 and earlier: degrees
 * of three bytes, the alarm at byte 6). On an SOS the first frame has the position 0,0.
 */
function decodeLgt92(fPort: number, bytes: Buffer): Reading[] {
  if (fPort !== 2) return [unreadable(`No such port: ${fPort}`, false)]
  const isOld = bytes.length === 12
  const battery = isOld ? 6 : 8
  if (bytes.length < battery + 2) return [tooShort(bytes)]
  const fields: Fields = { voltage: volts(bytes, battery) }
  Object.assign(fields, isOld ? position(bytes.readIntBE(0, 3) / 1e4, bytes.readIntBE(3, 3) / 1e4) : degrees(bytes))
  if (bytes.length >= 18 && fields.lat !== undefined) fields.alt = bytes.readInt16BE(16) / 100
  return withAlarm((bytes.readUInt8(battery) & ALARM_BIT) !== 0, fields, null)
}

const PRESSED = 0x01
/** In the flags of a stored record: it was asked for, and it had not been acknowledged before. */
const [POLLED, NOT_ACKNOWLEDGED] = [0x40, 0x80]
const RECORD_LENGTH = 11

/** Battery (2), sounds, alarm, then temperature and humidity (PB01) or the keys (PB05). */
function decodeButton(fPort: number, bytes: Buffer, hasKeys: boolean): Reading[] {
  if (fPort === 5) return decodeStatus(bytes)
  if (fPort === 3) return decodeRecords(bytes, hasKeys)
  if (fPort !== 2) return [unreadable(`No such port: ${fPort}`, false)]
  if (bytes.length < 4) return [tooShort(bytes)]
  const fields: Fields = { voltage: bytes.readUInt16BE(0) / 1000 }
  if (!hasKeys && bytes.length >= 8) {
    fields.temperature = bytes.readInt16BE(4) / 10
    fields.humidity = bytes.readUInt16BE(6) / 10
  }
  const isPressed = (bytes.readUInt8(3) & PRESSED) !== 0
  const presses = isPressed ? pressesOf(hasKeys ? (bytes[4] ?? 0) : 0, null) : []
  return [...presses, telemetry(fields)]
}

/** A press of each key that is set; of the only one, or one that isn't named, without a number. */
function pressesOf(keys: number, at: number | null): Reading[] {
  const presses: Reading[] = []
  for (let key = 1; key <= 5; key++) {
    if (((keys >> (key - 1)) & 1) === 1) presses.push(event('button', { press: 'single', key: String(key) }, at))
  }
  return presses.length > 0 ? presses : [event('button', { press: 'single' }, at)]
}

/** Stored records; a press among them is told unless it was only asked for again. */
function decodeRecords(bytes: Buffer, hasKeys: boolean): Reading[] {
  const readings: Reading[] = []
  let at = 0
  for (; at + RECORD_LENGTH <= bytes.length; at += RECORD_LENGTH) {
    const flags = bytes.readUInt8(at + 6)
    const isNews = (flags & POLLED) === 0 || (flags & NOT_ACKNOWLEDGED) !== 0
    if ((flags & PRESSED) === 0 || !isNews) continue
    readings.push(...pressesOf(hasKeys ? bytes.readUInt8(at + 4) : 0, bytes.readUInt32BE(at + 7) * 1000))
  }
  if (at < bytes.length) readings.push(tooShort(bytes.subarray(at)))
  return readings
}

/** Any port is taken. */
const DOWNLINK_PORT = 2
const MAX_INTERVAL = 0xffffff

/** `exit`: the command that ends the alarm. */
function encode({ type, args }: DeviceCommand, exit: Buffer | null): Frame[] {
  if (type === 'closed' && exit !== null) return [{ fPort: DOWNLINK_PORT, bytes: exit }]
  if (type !== 'config' || args.intervalSeconds === undefined) return []
  const bytes = Buffer.alloc(4)
  bytes.writeUInt8(0x01, 0)
  bytes.writeUIntBE(Math.min(args.intervalSeconds, MAX_INTERVAL), 1, 3)
  return [{ fPort: DOWNLINK_PORT, bytes }]
}

const codec = (
  model: string,
  kind: Codec['kind'],
  role: Codec['role'],
  decode: Codec['decode'],
  exit: Buffer | null = null,
): Codec => ({ model, vendor: 'Dragino', kind, role, decode, encode: (command) => encode(command, exit) })

const TRACKERD = codec('TrackerD', 'tracker', null, decodeTrackerD)
const LGT92 = codec('LGT-92', 'tracker', null, decodeLgt92, Buffer.from([0x02, 0x01]))
const PB01 = codec('PB01', 'sos_button', 'sos', (fPort, bytes) => decodeButton(fPort, bytes, false))
const PB05 = codec('PB05', 'button', null, (fPort, bytes) => decodeButton(fPort, bytes, true))
export const DRAGINO: readonly Codec[] = [TRACKERD, LGT92, PB01, PB05]

/** Lengths of frames on port 2 by the model that sends them. */
const LENGTHS: readonly { codec: Codec; lengths: readonly number[] }[] = [
  { codec: PB05, lengths: [5] },
  { codec: PB01, lengths: [8] },
  { codec: LGT92, lengths: [12, 16] },
  { codec: TRACKERD, lengths: [15, 18, 23] },
]
const BUTTON_KINDS: ReadonlySet<string> = new Set(['sos_button', 'button'])
const TRACKER_KINDS: ReadonlySet<string> = new Set(['tracker', 'pendant'])

/** The codec of a device that speaks like Dragino's, by port and length; null: none of them does. */
export function draginoOf(fPort: number, length: number, kind: string | null): Codec | null {
  if (fPort === 2) {
    const found = LENGTHS.find(({ lengths }) => lengths.includes(length))?.codec ?? null
    return found !== null && fits(found, kind) ? found : null
  }
  if (kind === null) return null
  if (BUTTON_KINDS.has(kind)) return fPort === 3 || fPort === 5 ? PB01 : null
  return TRACKER_KINDS.has(kind) && fPort >= 3 && fPort <= 10 ? TRACKERD : null
}

function fits({ kind }: Codec, registered: string | null): boolean {
  if (registered === null || registered === 'other') return true
  return kind === 'tracker' ? TRACKER_KINDS.has(registered) : BUTTON_KINDS.has(registered)
}
