import type { DeviceCommand } from '../../../../server/contract/command.ts'
import { event, type Fields, type Frame, flagLevel, position, type Reading, telemetry, unreadable } from '../reading.ts'

/**
 * Abeeway's third generation (port 19). Sources: "Application uplinks" of AT3 at docs.thingpark.com (header),
 * asset-tracker-3-codec.yaml and .js of TheThingsNetwork/lorawan-devices (notifications, positions, downlinks).
 */

/** Of byte 0: more frames, SOS; bits 5 to 3 are the type. */
const [MULTI_BIT, SOS_BIT] = [0x80, 0x40]
const TYPE = { notification: 1, position: 2 } as const
/** Of byte 1: stored before it was sent; then the time has four bytes instead of two. The rest is the battery. */
const STORED_BIT = 0x80
const CHARGING = 0
const BATTERY_UNKNOWN = 0x7f

/** Class in the high nibble, type in the low one. */
const NOTIFICATION = { lowBattery: 0x01, sosOn: 0x10, sosOff: 0x11, motionStart: 0x30, motionEnd: 0x31 } as const
const GNSS = 10
/** Latitude, longitude, altitude, course, speed, accuracy, quality. */
const FIX_BYTES = 16

/** @param time of the uplink, ms since the epoch */
export function decodeAt3(bytes: Buffer, time: number): Reading[] {
  const first = bytes[0] ?? 0
  const isSos = (first & SOS_BIT) !== 0
  const start = 4 + ((first & MULTI_BIT) === 0 ? 0 : 1) + (((bytes[1] ?? 0) & STORED_BIT) === 0 ? 0 : 2)
  if (bytes.length < start) {
    return [...(isSos ? [event('sos')] : []), unreadable(`Too short: ${bytes.length} bytes`, !isSos)]
  }
  const type = (first >> 3) & 0x07
  const at = storedAt(bytes, time)
  const notification = type === TYPE.notification ? bytes[start] : undefined
  const readings: Reading[] = []
  if (notification === NOTIFICATION.sosOff) readings.push(event('sos_cancel', { by: 'device' }, at))
  else if (isSos || notification === NOTIFICATION.sosOn) readings.push(event('sos', {}, at))
  if (notification === NOTIFICATION.lowBattery) readings.push(event('battery_low', {}, at))
  if (notification === NOTIFICATION.motionStart || notification === NOTIFICATION.motionEnd) {
    readings.push(flagLevel('moving', notification === NOTIFICATION.motionStart))
  }
  const battery = bytes.readUInt8(1) & 0x7f
  const fields: Fields = { charging: battery === CHARGING ? 1 : 0 }
  if (battery !== CHARGING && battery !== BATTERY_UNKNOWN) fields.battery = Math.min(battery, 100)
  if (type === TYPE.position) Object.assign(fields, readPosition(bytes, start))
  readings.push(telemetry(fields, at))
  return readings
}

/** When a stored frame was made; null when it was sent at once or its clock is off by more than 30 days. */
function storedAt(bytes: Buffer, time: number): number | null {
  if ((bytes.readUInt8(1) & STORED_BIT) === 0) return null
  const at = bytes.readUInt32BE(2) * 1000
  return at <= time && time - at <= 30 * 86_400_000 ? at : null
}

/** Status (bits 6 and 5, 0 success) and type, triggers (from firmware 1.1 on a counter before), then the fix. */
function readPosition(bytes: Buffer, start: number): Fields {
  const head = bytes[start] ?? 0xff
  const at = bytes.length - FIX_BYTES
  if ((head & 0x60) !== 0 || (head & 0x0f) !== GNSS || (at !== start + 3 && at !== start + 4)) return {}
  const place = position(bytes.readInt32BE(at) / 1e7, bytes.readInt32BE(at + 4) / 1e7)
  if (place.lat === undefined) return {}
  const fields: Fields = {
    ...place,
    alt: bytes.readInt16BE(at + 8),
    course: bytes.readUInt16BE(at + 10) / 100,
    // cm/s
    speed: Math.round(bytes.readUInt16BE(at + 12) * 0.36) / 10,
  }
  const acc = bytes.readUInt8(at + 14)
  if (acc <= 250) fields.acc = acc
  return fields
}

const DOWNLINK_PORT = 3
const COMMAND_TYPE = 1 << 3
const POSITION_ON_DEMAND = 0x05

/** @param token 0 to 15; its lowest three bits are used */
export function encodeAt3({ type }: DeviceCommand, token: number): Frame[] {
  if (type !== 'locate') return []
  return [{ fPort: DOWNLINK_PORT, bytes: Buffer.from([COMMAND_TYPE | (token & 0x07), POSITION_ON_DEMAND]) }]
}
