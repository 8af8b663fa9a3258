/**
 * Frames of the EView protocol (EV-04, EV-07B, MiniFinder Pico and Nano): `ab`, flags (bit 4: an answer is wanted), body
 * length, CRC, running number (each 16 bit, little endian), then the body: its type and records. Sources: EView's protocol
 * documents and server example, Traccar.
 */

const START = 0xab
const HEAD_BYTES = 8
const ACK_WANTED = 0x10

export const TYPE = { data: 0x01, config: 0x02, service: 0x03, control: 0x04, firmware: 0x7e, response: 0x7f } as const
const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(TYPE))

/** Bytes. Pendants bundle up to about 1,400 bytes; a length beyond this is no length. */
export const MAX_FRAME_BYTES = 16 * 1024

export interface Frame {
  wantsAnswer: boolean
  /** The sender's running number; an answer repeats it. */
  index: number
  type: number
  /** What follows the type. */
  records: Buffer
  /** The body is as long as it says. */
  isWhole: boolean
}

/** Null: too short to have a type. The CRC is not looked at, see `cutFrames`. */
export function parseFrame(frame: Buffer): Frame | null {
  const type = frame[HEAD_BYTES]
  if (type === undefined || frame[0] !== START) return null
  return {
    wantsAnswer: ((frame[1] ?? 0) & ACK_WANTED) !== 0,
    index: frame.readUInt16LE(6),
    type,
    records: frame.subarray(HEAD_BYTES + 1),
    isWhole: frame.length === HEAD_BYTES + frame.readUInt16LE(2),
  }
}

/** @param body type and records */
export function frameOf(index: number, body: Buffer, wantsAnswer = false): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + body.length)
  frame[0] = START
  frame[1] = wantsAnswer ? ACK_WANTED : 0
  frame.writeUInt16LE(body.length, 2)
  frame.writeUInt16LE(crc16(body), 4)
  frame.writeUInt16LE(index, 6)
  body.copy(frame, HEAD_BYTES)
  return frame
}

/**
 * Cuts whole frames off the front of a stream. A frame whose CRC is right always comes out byte for byte, whatever came
 * before it and however the stream was split (but for the one in 65,536 false starts whose CRC is right by chance). A
 * frame whose CRC is wrong comes out too if it has a known type: TCP has checked the bytes already, so it is the device
 * that reckons wrongly, and it may be an alarm.
 */
export function cutFrames(buffer: Buffer): { frames: Buffer[]; rest: Buffer; skipped: number } {
  const frames: Buffer[] = []
  let skipped = 0
  let at = 0
  for (;;) {
    const start = buffer.indexOf(START, at)
    if (start < 0) return { frames, rest: buffer.subarray(buffer.length), skipped: skipped + buffer.length - at }
    skipped += start - at
    const end = endOfPiece(buffer, start)
    if (end === null) return { frames, rest: buffer.subarray(start), skipped }
    const isFrame = end - start > HEAD_BYTES && (isKnownType(buffer, start) || isSound(buffer, start))
    if (isFrame) frames.push(buffer.subarray(start, end))
    else skipped += end - start
    at = end
  }
}

/** Where what begins at `start` ends: a frame, the whole part of a broken one, or a byte that only looked like a start. */
function endOfPiece(buffer: Buffer, start: number): number | null {
  const end = declaredEnd(buffer, start)
  if (end === null) return null
  if (end < 0) return start + 1
  if (end > buffer.length) return nextSound(buffer, start + 1, buffer.length)
  if (isSound(buffer, start)) return end
  if (!isKnownType(buffer, start)) return start + 1
  return nextSound(buffer, start + 1, end) ?? nextLikely(buffer, start + 1, end) ?? end
}

/** Null: the length hasn't come yet. -1: it can't be one. */
function declaredEnd(buffer: Buffer, start: number): number | null {
  if (start + 4 > buffer.length) return null
  const length = buffer.readUInt16LE(start + 2)
  return length === 0 || HEAD_BYTES + length > MAX_FRAME_BYTES ? -1 : start + HEAD_BYTES + length
}

/** The first whole frame with a known type and a right CRC that begins within the limits. */
function nextSound(buffer: Buffer, from: number, to: number): number | null {
  for (let at = buffer.indexOf(START, from); at >= 0 && at < to; at = buffer.indexOf(START, at + 1)) {
    if (isKnownType(buffer, at) && isSound(buffer, at)) return at
  }
  return null
}

/** The first place where a frame may begin that hasn't wholly come yet: it may be an intact one. */
function nextLikely(buffer: Buffer, from: number, to: number): number | null {
  for (let at = buffer.indexOf(START, from); at >= 0 && at < to; at = buffer.indexOf(START, at + 1)) {
    const end = declaredEnd(buffer, at)
    if (end === null) return at
    if (end > buffer.length && (at + HEAD_BYTES >= buffer.length || isKnownType(buffer, at))) return at
  }
  return null
}

function isSound(buffer: Buffer, start: number): boolean {
  const end = declaredEnd(buffer, start)
  if (end === null || end < 0 || end > buffer.length) return false
  return crc16(buffer.subarray(start + HEAD_BYTES, end)) === buffer.readUInt16LE(start + 4)
}

function isKnownType(buffer: Buffer, start: number): boolean {
  const type = buffer[start + HEAD_BYTES]
  return type !== undefined && KNOWN_TYPES.has(type)
}

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
  return crc & 0xffff
})

/** CRC-16/XMODEM: polynomial 1021, start 0. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0
  for (let at = 0; at < bytes.length; at++) {
    crc = ((crc << 8) & 0xffff) ^ (CRC_TABLE[(crc >> 8) ^ (bytes[at] ?? 0)] ?? 0)
  }
  return crc
}
