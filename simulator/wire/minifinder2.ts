/**
 * Frames of EView pendants (EV-07B, MiniFinder): `ab`, flags, length, CRC, running number (16 bit each, little endian),
 * then the body of type and records (length, key, value). Sources: EView's protocol documents, captured frames.
 */
const START = 0xab
const HEAD_BYTES = 8
const ACK_WANTED = 0x10

export const TYPE = { data: 0x01, config: 0x02, service: 0x03, response: 0x7f } as const
const KEY = { imei: 0x01, alarm: 0x02, battery: 0x14, gps: 0x20, general: 0x24, heartRate: 0x40 } as const

/** Bits of the alarm word. */
export const ALARM = {
  lowBattery: 1 << 0,
  fall: 1 << 2,
  tilt: 1 << 3,
  fence: 1 << 4,
  noMotion: 1 << 11,
  sos: 1 << 12,
} as const

/** CRC-16/XMODEM: polynomial 1021, start 0, most significant bit first. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff
  }
  return crc
}

/** @param body type and records */
export function pendantFrame(index: number, body: Buffer, wantsAck: boolean): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head[0] = START
  head[1] = wantsAck ? ACK_WANTED : 0
  head.writeUInt16LE(body.length, 2)
  head.writeUInt16LE(crc16(body), 4)
  head.writeUInt16LE(index & 0xffff, 6)
  return Buffer.concat([head, body])
}

function record(key: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([value.length + 1, key]), value])
}

export interface PendantReport {
  imei: string
  /** Ms since the epoch; whole seconds are sent. */
  ts: number
  battery: number
  isMoving: boolean
  /** Sent later, from a time without a connection. */
  isStored: boolean
  /** Of 31. */
  signal: number
  /** Null: no fix. WGS-84 degrees, km/h, degrees, m. */
  gps: { lat: number; lon: number; speed: number; course: number; alt: number; hdop: number; sats: number } | null
  hr: number | null
  /** Null: a report without an alarm. */
  alarm: number | null
}

/** The body of a data message. */
export function reportBody({ imei, ts, battery, isMoving, isStored, signal, gps, hr, alarm }: PendantReport): Buffer {
  const records = [record(KEY.imei, Buffer.from(imei, 'latin1'))]
  const general = Buffer.alloc(8)
  general.writeUInt32LE(Math.floor(ts / 1000), 0)
  const status = (Math.round(battery) << 24) | (signal << 19) | (isMoving ? 1 << 9 : 0) | (isStored ? 1 << 7 : 0)
  general.writeUInt32LE(status >>> 0, 4)
  records.push(record(KEY.general, general))
  if (alarm !== null) {
    const value = Buffer.alloc(8)
    value.writeUInt32LE(alarm >>> 0, 0)
    value.writeUInt32LE(Math.floor(ts / 1000), 4)
    records.push(record(KEY.alarm, value))
  }
  if (gps !== null) records.push(record(KEY.gps, gpsValue(gps)))
  if (hr !== null) {
    const value = Buffer.alloc(5)
    value.writeUInt32LE(Math.floor(ts / 1000), 0)
    value[4] = Math.round(hr)
    records.push(record(KEY.heartRate, value))
  }
  return Buffer.concat([Buffer.from([TYPE.data]), ...records])
}

/** Degrees in ten millionths, km/h, degrees, m, HDOP in tenths, mileage in m, satellites. */
function gpsValue({ lat, lon, speed, course, alt, hdop, sats }: NonNullable<PendantReport['gps']>): Buffer {
  const value = Buffer.alloc(21)
  value.writeInt32LE(Math.round(lat * 1e7), 0)
  value.writeInt32LE(Math.round(lon * 1e7), 4)
  value.writeUInt16LE(Math.round(speed), 8)
  value.writeUInt16LE(Math.round(course) % 360, 10)
  value.writeInt16LE(Math.round(alt), 12)
  value.writeUInt16LE(Math.max(1, Math.round(hdop * 10)), 14)
  value[20] = sats
  return value
}

export interface PendantFrame {
  frame: Buffer
  wantsAck: boolean
  index: number
  type: number
  records: Buffer
  /** The checksum holds. */
  isSound: boolean
}

/** Cuts whole frames off what the platform has sent; bytes that begin none are counted. */
export function cutPendantFrames(buffer: Buffer): { frames: PendantFrame[]; rest: Buffer; skipped: number } {
  const frames: PendantFrame[] = []
  let at = 0
  let skipped = 0
  while (at < buffer.length) {
    if (buffer[at] !== START) {
      skipped++
      at++
      continue
    }
    const end = at + HEAD_BYTES + (buffer.length >= at + 4 ? buffer.readUInt16LE(at + 2) : Number.POSITIVE_INFINITY)
    if (end > buffer.length) break
    const body = buffer.subarray(at + HEAD_BYTES, end)
    frames.push({
      frame: buffer.subarray(at, end),
      wantsAck: ((buffer[at + 1] ?? 0) & ACK_WANTED) !== 0,
      index: buffer.readUInt16LE(at + 6),
      type: body[0] ?? 0,
      records: body.subarray(1),
      isSound: crc16(body) === buffer.readUInt16LE(at + 4),
    })
    at = end
  }
  return { frames, rest: buffer.subarray(at), skipped }
}

/** The answer to a message that wants one: its running number, response, success. */
export function acknowledgement(index: number): Buffer {
  return pendantFrame(index, Buffer.from([TYPE.response, 0x01, 0x00]), false)
}
