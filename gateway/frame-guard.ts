import type { Duplex } from 'node:stream'

/**
 * Follows the MQTT fixed headers (MQTT 3.1.1, 2.2) in what the broker reads from a connection and ends the connection as
 * soon as a header announces more than is allowed, before those bytes are gathered. Aedes' parser has no limit of its own.
 */
export interface GuardLimits {
  /** For the first packet, which must be a CONNECT. Bytes after the fixed header. */
  connectBytes: number
  /** For every later packet. */
  packetBytes: number
}

/** The beginning of a PUBLISH that was too large. */
export interface TooLarge {
  topic: string
  announcedBytes: number
  /** The first bytes of the payload, at most CAPTURED_BYTES. */
  payload: Buffer
}

export type GuardRefusal = 'packet_too_large' | 'malformed_packet' | 'not_a_connect'

export interface GuardEvents {
  /** The connection is about to be destroyed. `publish` when the packet was a PUBLISH whose topic could be read. */
  refused(reason: GuardRefusal, publish: TooLarge | null): void
}

const CONNECT = 1
const PUBLISH = 3
export const CAPTURED_BYTES = 4096
/** How long to wait for the rest of a too large packet's beginning. */
const CAPTURE_MS = 1_000

/** Puts the guard in front of `conn.read`, which is the only way the broker takes bytes. */
export function guardFrames(conn: Duplex, limits: GuardLimits, events: GuardEvents): void {
  const read = conn.read.bind(conn)
  let limit = limits.connectBytes
  /** Bytes of the current packet's body that are still to come. */
  let body = 0
  /** Within a fixed header: its first byte, or -1 between packets. */
  let first = -1
  let length = 0
  let shift = 0
  let started = false
  let closed = false

  const refuse = (reason: GuardRefusal, publish: TooLarge | null) => {
    if (closed) return
    closed = true
    events.refused(reason, publish)
    conn.destroy(new Error(reason))
  }

  const tooLarge = (chunk: Buffer, at: number) => {
    if (first >> 4 !== PUBLISH || !started) {
      refuse('packet_too_large', null)
      return
    }
    const capture = captureBeginning(conn, read, first, length, (publish) => refuse('packet_too_large', publish))
    conn.read = capture
    capture.add(chunk.subarray(at))
  }

  /** How many bytes of the chunk may pass; fewer than all when the connection ends here. */
  const follow = (chunk: Buffer): number => {
    let at = 0
    let packetAt = 0
    while (at < chunk.length) {
      if (body > 0) {
        const step = Math.min(body, chunk.length - at)
        body -= step
        at += step
        continue
      }
      const byte = chunk[at++] ?? 0
      if (first === -1) {
        packetAt = at - 1
        if (!started && byte >> 4 !== CONNECT) {
          refuse('not_a_connect', null)
          return packetAt
        }
        first = byte
        length = 0
        shift = 0
        continue
      }
      length += (byte & 0x7f) * 2 ** shift
      shift += 7
      if (length > limit) {
        // A length may still grow; what is certain already is that it is too much.
        if (byte & 0x80) {
          if (shift >= 28) refuse('malformed_packet', null)
          else continue
        } else tooLarge(chunk, at)
        return packetAt
      }
      if (byte & 0x80) {
        if (shift < 28) continue
        refuse('malformed_packet', null)
        return packetAt
      }
      body = length
      first = -1
      started = true
      limit = limits.packetBytes
    }
    return chunk.length
  }

  conn.read = (size?: number) => {
    if (closed) return null
    const chunk: unknown = read(size)
    if (!Buffer.isBuffer(chunk)) return chunk
    const passed = follow(chunk)
    if (passed === chunk.length) return chunk
    return passed > 0 ? chunk.subarray(0, passed) : null
  }
}

/** Gathers topic and first payload bytes of a PUBLISH, hides them from the broker, and then reports once. */
function captureBeginning(
  conn: Duplex,
  read: (size?: number) => unknown,
  firstByte: number,
  announcedBytes: number,
  report: (publish: TooLarge | null) => void,
) {
  let gathered = Buffer.alloc(0)
  let done = false
  const finish = () => {
    if (done) return
    done = true
    clearTimeout(timer)
    conn.off('readable', pull)
    report(beginningOf(gathered, firstByte, announcedBytes))
  }
  const timer = setTimeout(finish, CAPTURE_MS)
  const add = (bytes: Buffer) => {
    gathered = Buffer.concat([gathered, bytes])
    const topicBytes = gathered.length >= 2 ? gathered.readUInt16BE(0) : 0
    if (gathered.length >= Math.min(announcedBytes, 4 + topicBytes + CAPTURED_BYTES)) finish()
  }
  const pull = () => {
    const chunk = done ? null : read()
    if (Buffer.isBuffer(chunk)) add(chunk)
  }
  conn.on('readable', pull)
  conn.once('end', finish)
  conn.once('close', finish)
  return Object.assign(
    (): null => {
      pull()
      return null
    },
    { add },
  )
}

function beginningOf(body: Buffer, firstByte: number, announcedBytes: number): TooLarge | null {
  if (body.length < 2) return null
  const end = 2 + body.readUInt16BE(0)
  if (body.length < end) return null
  // With QoS 1 or 2 a packet identifier stands between topic and payload.
  const payloadAt = end + ((firstByte >> 1) & 3 ? 2 : 0)
  return {
    topic: body.toString('utf8', 2, end),
    announcedBytes,
    payload: body.subarray(payloadAt, payloadAt + CAPTURED_BYTES),
  }
}
