import type { DeviceCommand } from '../../../../server/contract/command.ts'
import {
  type Codec,
  event,
  type Fields,
  type Frame,
  flagLevel,
  position,
  type Reading,
  telemetry,
  unreadable,
} from '../reading.ts'
import { decodeAt3, encodeAt3 } from './abeeway-at3.ts'

/**
 * Abeeway's trackers (Micro and Compact Tracker, Smart Badge, …). Firmware of the second generation speaks on port 18, of
 * the third on port 19 (abeeway-at3.ts); big-endian. Sources: the "Abeeway trackers reference guide" 2.4 at
 * docs.thingpark.com (header, events, downlinks), asset-tracker-2-codec.yaml and .js of TheThingsNetwork/lorawan-devices.
 */

const AT3_PORT = 19

/** Message types. */
const TYPE = {
  framePending: 0,
  position: 3,
  heartbeat: 5,
  shutdown: 9,
  event: 10,
  sms: 13,
  extendedPosition: 14,
} as const
/** Type, status, battery, temperature, acknowledgement and option. */
const HEADER_BYTES = 5
/** Of the status. */
const [SOS_BIT, MOVING_BIT] = [0x10, 0x04]
const EVENT = { motionStart: 1, motionEnd: 2, sosStart: 7, sosEnd: 8 } as const
const SHUTDOWN_LOW_BATTERY = 1

/** A number that was squeezed into a byte: lo + raw × (hi − lo) / (255 − reserved), half of the reserved ones below. */
const condensed = (raw: number, lo: number, hi: number, reserved: number): number =>
  ((raw - reserved / 2) * (hi - lo)) / (255 - reserved) + lo
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

function decode(fPort: number, bytes: Buffer, time: number): Reading[] {
  return fPort === AT3_PORT ? decodeAt3(bytes, time) : decodeAt2(bytes, time)
}

function decodeAt2(bytes: Buffer, time: number): Reading[] {
  const type = bytes[0]
  // Two bytes that only fetch downlinks, and messages in another header.
  if (type === TYPE.framePending || type === TYPE.sms) return []
  if (bytes.length < HEADER_BYTES) {
    // The status comes early enough to tell an SOS in a frame that is cut off.
    const isSos = ((bytes[1] ?? 0) & SOS_BIT) !== 0
    return [...(isSos ? [event('sos')] : []), unreadable(`Too short: ${bytes.length} bytes`, !isSos)]
  }
  const status = bytes.readUInt8(1)
  const value = bytes[HEADER_BYTES]
  const isEvent = type === TYPE.event
  const readings: Reading[] = []
  if (isEvent && value === EVENT.sosEnd) readings.push(event('sos_cancel', { by: 'device' }))
  else if ((status & SOS_BIT) !== 0 || (isEvent && value === EVENT.sosStart)) readings.push(event('sos'))
  if (isEvent && (value === EVENT.motionStart || value === EVENT.motionEnd)) {
    readings.push(flagLevel('moving', value === EVENT.motionStart))
  }
  if (type === TYPE.shutdown) readings.push(...shutdown(value))
  if (type === TYPE.heartbeat && bytes.length >= 9) {
    readings.push({ kind: 'facts', facts: { firmware: [...bytes.subarray(6, 9)].join('.') } })
  }
  readings.push(telemetry(headerFields(bytes, status)))
  if (type === TYPE.position) readings.push(...readPosition(bytes, time))
  if (type === TYPE.extendedPosition) readings.push(...readExtendedPosition(bytes, time))
  return readings
}

/** A battery above 100 is of older firmware, which sends the voltage: 2.8 to 4.2 V. 0 charges, 255 is unknown. */
function headerFields(bytes: Buffer, status: number): Fields {
  const battery = bytes.readUInt8(2)
  const fields: Fields = {
    temperature: rounded(condensed(bytes.readUInt8(3), -44, 85, 0), 1),
    moving: (status & MOVING_BIT) === 0 ? 0 : 1,
  }
  if (battery >= 1 && battery <= 100) fields.battery = battery
  else if (battery > 100 && battery < 255) fields.voltage = rounded(condensed(battery, 2.8, 4.2, 2), 2)
  fields.charging = battery === 0 ? 1 : 0
  return fields
}

function shutdown(cause: number | undefined): Reading[] {
  const offline: Reading = { kind: 'presence', online: false }
  return cause === SHUTDOWN_LOW_BATTERY ? [event('battery_low', { shutdown: true }), offline] : [offline]
}

/** Option 0, a satellite fix: age (8 s each), latitude and longitude without their lowest byte, accuracy (0 to 1,000 m). */
function readPosition(bytes: Buffer, time: number): Reading[] {
  if ((bytes.readUInt8(4) & 0x0f) !== 0 || bytes.length < 13) return []
  const place = position((bytes.readIntBE(6, 3) * 256) / 1e7, (bytes.readIntBE(9, 3) * 256) / 1e7)
  if (place.lat === undefined) return []
  const acc = rounded(condensed(bytes.readUInt8(12), 0, 1000, 0), 2)
  return [telemetry({ ...place, acc }, time - bytes.readUInt8(5) * 8_000)]
}

/** Age in s (2), fix, latitude and longitude (4 each), altitude, accuracy, course, speed. */
function readExtendedPosition(bytes: Buffer, time: number): Reading[] {
  if ((bytes.readUInt8(4) & 0x0f) !== 0 || bytes.length < 23) return []
  const place = position(bytes.readInt32BE(8) / 1e7, bytes.readInt32BE(12) / 1e7)
  if (place.lat === undefined) return []
  const isInMetres = (bytes.readUInt8(7) & 0x02) !== 0
  const fields: Fields = {
    ...place,
    alt: bytes.readInt16BE(16) / (isInMetres ? 1 : 100),
    course: bytes.readUInt16BE(19) / 100,
    speed: rounded(bytes.readUInt16BE(21) * 0.036, 1),
  }
  const acc = bytes.readUInt8(18)
  // Above 250 it stands for ranges that end beyond use.
  if (!isInMetres) fields.acc = rounded(condensed(acc, 0, 1000, 0), 2)
  else if (acc <= 250) fields.acc = acc
  return [telemetry(fields, time - bytes.readUInt16BE(5) * 1_000)]
}

const DOWNLINK_PORT = 2
const DOWNLINK = { position: 0x01, stopSos: 0x05 } as const

/** Downlinks carry a token of 4 bits that must differ from the one before. */
function tokenOf({ commandId }: DeviceCommand): number {
  let sum = 0
  for (let i = 0; i < commandId.length; i++) sum = (sum * 31 + commandId.charCodeAt(i)) >>> 0
  return sum & 0x0f
}

function encode(command: DeviceCommand, fPort: number | null): Frame[] {
  const token = tokenOf(command)
  if (fPort === AT3_PORT) return encodeAt3(command, token)
  if (command.type === 'locate') return [{ fPort: DOWNLINK_PORT, bytes: Buffer.from([DOWNLINK.position, token]) }]
  if (command.type === 'closed') return [{ fPort: DOWNLINK_PORT, bytes: Buffer.from([DOWNLINK.stopSos, token]) }]
  return []
}

const codec = (model: string | null): Codec => ({
  model,
  vendor: 'Abeeway',
  kind: 'tracker',
  role: null,
  decode,
  encode,
})

/** They differ in their cases and batteries, not in what they send. */
export const ABEEWAY: readonly Codec[] = ['Compact Tracker', 'Industrial Tracker', 'Micro Tracker', 'Smart Badge'].map(
  (name) => codec(`Abeeway ${name}`),
)
export const ABEEWAY_UNKNOWN: Codec = codec(null)

/** The codec of a device that speaks like Abeeway's; null: it doesn't. */
export const abeewayOf = (fPort: number): Codec | null => (fPort === 18 || fPort === AT3_PORT ? ABEEWAY_UNKNOWN : null)
