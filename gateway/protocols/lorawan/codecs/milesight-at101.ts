import type { CommandArguments } from '../../../../server/contract/command.ts'
import { flagLevel, position, type Reading } from '../reading.ts'
import { type Channels, channel, channels, flag, number, numbers, skip } from './milesight-tlv.ts'

/**
 * Milesight AT101, a tracker with satellite and Wi-Fi positions and a fence of its own. Source: README, at101-decoder.js
 * and at101-encoder.js of Milesight-IoT/SensorDecoders.
 */

/** Degrees × 1,000,000. */
const DEGREE = 1e6

/** High nibble: fence, 0 inside, 1 outside, 2 none is set, 3 unknown. Low: 1 starts, 2 moves, 3 stopped, 4 upright, 5 tilted. */
function readStatus(status: number, fields: Record<string, number>): Reading[] {
  const fence = status >> 4
  const motion = status & 0x0f
  const readings: Reading[] = []
  if (fence === 0 || fence === 1) readings.push(flagLevel('geofence', fence === 1))
  if (motion >= 1 && motion <= 3) readings.push(flagLevel('moving', motion !== 3))
  if (motion === 4 || motion === 5) fields.tilted = motion - 4
  return readings
}

/** Latitude, longitude and status; degrees of ffffffff mean that there was no fix. */
const POSITION = channel(
  9,
  (bytes, at, { fields, readings }) => {
    const [lat, lon] = [bytes.readInt32LE(at), bytes.readInt32LE(at + 4)]
    if (lat !== -1 && lon !== -1) Object.assign(fields, position(lat / DEGREE, lon / DEGREE))
    readings.push(...readStatus(bytes.readUInt8(at + 8), fields))
  },
  true,
)

/** An access point that was heard; one of ff:ff:ff:ff:ff:ff says that the scan ran out of time. */
const ACCESS_POINT = channel(9, (bytes, at, { fields, readings }) => {
  const heard = bytes.readUIntBE(at + 1, 6) !== 0xffffffffffff
  fields.wifi_count = (fields.wifi_count ?? 0) + (heard ? 1 : 0)
  for (const reading of readStatus(bytes.readUInt8(at + 8), fields)) {
    // A scan has no position, so its fence says nothing.
    const isNew = reading.kind === 'level' && reading.level === 'moving' && !readings.some((r) => r.kind === 'level')
    if (isNew) readings.push(reading)
  }
})

export const AT101_CHANNELS: Channels = channels({
  '0175': number('battery', 'u8'),
  '0367': number('temperature', 'i16', 10),
  '8367': channel(3, (bytes, at, { fields }) => {
    fields.temperature = bytes.readInt16LE(at) / 10
    fields.temperature_alarm = bytes.readUInt8(at + 2)
  }),
  '0488': POSITION,
  '8488': POSITION,
  '0500': number('tilted', 'u8'),
  '06d9': ACCESS_POINT,
  '0700': flag('tamper', { alarm: true }),
  '089b': numbers(['initial_angle_x', 'initial_angle_y', 'initial_angle_z', 'angle_x', 'angle_y', 'angle_z'], 'i8'),
  // Stored positions have the longitude first.
  '20ce': channel(18, (bytes, at, { readings }) => {
    const [lon, lat] = [bytes.readInt32LE(at + 4), bytes.readInt32LE(at + 8)]
    const fields = lat === -1 || lon === -1 ? {} : position(lat / DEGREE, lon / DEGREE)
    if (fields.lat !== undefined) readings.push({ kind: 'telemetry', fields, at: bytes.readUInt32LE(at) * 1000 })
  }),
  ff7e: skip(4),
  fe7e: skip(4),
})

/** The setting of the fence that the tracker watches by itself: centre, then radius in m. */
export function at101Fence({ lat, lon, radius }: NonNullable<CommandArguments['fence']>): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt16BE(0xff88, 0)
  bytes.writeInt32LE(Math.round(lat * DEGREE), 2)
  bytes.writeInt32LE(Math.round(lon * DEGREE), 6)
  bytes.writeUInt16BE(0xff89, 10)
  bytes.writeUInt32LE(Math.round(radius), 12)
  return bytes
}
