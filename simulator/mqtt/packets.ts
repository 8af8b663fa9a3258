/**
 * What a device is sent over MQTT 3.1.1, read by hand: a virtual city holds ten thousand connections in one process, and
 * each one's reader should cost no more than the bytes that have not come completely yet.
 */
export type Inbound =
  | { kind: 'connack'; code: number }
  | { kind: 'puback'; id: number }
  | { kind: 'suback'; id: number; granted: number[] }
  | { kind: 'publish'; topic: string; payload: Buffer; qos: 0 | 1; id: number; retain: boolean }
  | { kind: 'pingresp' }

/** What no broker may send to such a client; the connection is to be ended [MQTT-4.8.0-1]. */
export class ProtocolViolation extends Error {}

/** Types of section 2.2.1. */
const CONNACK = 2
const PUBLISH = 3
const PUBACK = 4
const SUBACK = 9
const UNSUBACK = 11
const PINGRESP = 13

/**
 * Cuts whole packets off the front.
 * @throws ProtocolViolation
 */
export function cutPackets(buffer: Buffer): { packets: Inbound[]; rest: Buffer } {
  const packets: Inbound[] = []
  let at = 0
  for (;;) {
    const head = readHead(buffer, at)
    if (head === null || head.end > buffer.length) return { packets, rest: buffer.subarray(at) }
    const packet = readPacket(buffer.readUInt8(at), buffer.subarray(head.body, head.end))
    if (packet !== null) packets.push(packet)
    at = head.end
  }
}

/** Remaining Length, section 2.2.3: seven bits a byte, four bytes at most. Null: not all of it has come. */
function readHead(buffer: Buffer, at: number): { body: number; end: number } | null {
  let length = 0
  for (let digit = 0; digit < 4; digit++) {
    const byte = buffer[at + 1 + digit]
    if (byte === undefined) return null
    length += (byte & 0x7f) * 128 ** digit
    if ((byte & 0x80) === 0) return { body: at + 2 + digit, end: at + 2 + digit + length }
  }
  throw new ProtocolViolation('a length of more than four bytes')
}

function readPacket(first: number, body: Buffer): Inbound | null {
  const type = first >> 4
  switch (type) {
    case CONNACK:
      return { kind: 'connack', code: byteAt(body, 1) }
    case PUBACK:
      return { kind: 'puback', id: wordAt(body, 0) }
    case SUBACK:
      return { kind: 'suback', id: wordAt(body, 0), granted: [...body.subarray(2)] }
    case PUBLISH:
      return readPublish(first, body)
    case PINGRESP:
      return { kind: 'pingresp' }
    case UNSUBACK:
      return null
    default:
      throw new ProtocolViolation(`packet type ${type}`)
  }
}

function readPublish(first: number, body: Buffer): Inbound {
  const qos = (first >> 1) & 3
  if (qos > 1) throw new ProtocolViolation(`QoS ${qos}, which nobody asked for`)
  const end = 2 + wordAt(body, 0)
  if (end > body.length) throw new ProtocolViolation('a topic longer than its packet')
  const start = qos === 0 ? end : end + 2
  return {
    kind: 'publish',
    topic: body.toString('utf8', 2, end),
    // A copy: the rest of what came with it would stay in memory as long as somebody keeps the payload.
    payload: Buffer.from(body.subarray(start)),
    qos: qos === 0 ? 0 : 1,
    id: qos === 0 ? 0 : wordAt(body, end),
    retain: (first & 1) === 1,
  }
}

function byteAt(body: Buffer, at: number): number {
  const byte = body[at]
  if (byte === undefined) throw new ProtocolViolation('a packet that is too short')
  return byte
}

const wordAt = (body: Buffer, at: number): number => byteAt(body, at) * 256 + byteAt(body, at + 1)
