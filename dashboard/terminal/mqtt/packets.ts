/**
 * The part of MQTT 3.1.1 that a home terminal needs (OASIS standard, 29 October 2014): CONNECT with a will, PUBLISH at
 * QoS 0 and 1, SUBSCRIBE to one filter, PINGREQ, and what a server answers. Pure. Numbers in brackets are the standard's.
 */

const TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  pingreq: 12,
  pingresp: 13,
} as const

/** What can be given to a WebSocket. */
type Bytes = Uint8Array<ArrayBuffer>

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()

export interface Will {
  topic: string
  payload: string
}

export interface Connect {
  clientId: string
  username: string
  password: string
  /** Seconds. */
  keepAlive: number
  /** Retained, QoS 1. */
  will: Will
}

/** CONNECT with a clean session [3.1]. */
export function connect({ clientId, username, password, keepAlive, will }: Connect): Bytes {
  // User name, password, will retain, will QoS 1, will, clean session.
  const flags = 0b1110_1110
  return packet(TYPE.connect, 0, [
    text('MQTT'),
    [4, flags],
    uint16(keepAlive),
    text(clientId),
    text(will.topic),
    text(will.payload),
    text(username),
    text(password),
  ])
}

export interface Publish {
  topic: string
  payload: string
  retain: boolean
  /** 1 to 65,535: QoS 1. */
  packetId: number
  /** Sent before, on this session or an earlier one [3.3.1.1]. */
  dup: boolean
}

/** PUBLISH at QoS 1 [3.3]. */
export function publish({ topic, payload, retain, packetId, dup }: Publish): Bytes {
  const flags = (dup ? 8 : 0) | 2 | (retain ? 1 : 0)
  return packet(TYPE.publish, flags, [text(topic), uint16(packetId), utf8.encode(payload)])
}

/** PUBACK [3.4]. */
export const puback = (packetId: number): Bytes => packet(TYPE.puback, 0, [uint16(packetId)])

/** SUBSCRIBE to one filter at QoS 1 [3.8]. */
export const subscribe = (packetId: number, filter: string): Bytes =>
  packet(TYPE.subscribe, 2, [uint16(packetId), text(filter), [1]])

/** PINGREQ [3.12]. */
export const pingreq = (): Bytes => packet(TYPE.pingreq, 0, [])

function packet(type: number, flags: number, parts: readonly ArrayLike<number>[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = [(type << 4) | flags, ...remainingLength(length)]
  const bytes = new Uint8Array(head.length + length)
  let at = 0
  for (const part of [head, ...parts]) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Seven bits a byte, the lowest first [2.2.3]. */
function remainingLength(length: number): number[] {
  const digits: number[] = []
  let rest = length
  do {
    const digit = rest % 128
    rest = Math.floor(rest / 128)
    digits.push(rest > 0 ? digit | 128 : digit)
  } while (rest > 0)
  return digits
}

const uint16 = (value: number): number[] => [value >> 8, value & 255]

function text(value: string): Bytes {
  const encoded = utf8.encode(value)
  const bytes = new Uint8Array(2 + encoded.length)
  bytes.set(uint16(encoded.length))
  bytes.set(encoded, 2)
  return bytes
}

/** What a server says. */
export type ServerPacket =
  | { type: 'connack'; returnCode: number }
  | { type: 'publish'; topic: string; payload: string; packetId: number | null }
  | { type: 'puback'; packetId: number }
  | { type: 'suback'; granted: boolean }
  | { type: 'pingresp' }

/** Longer than any command; a server that says more is not ours. */
const MAX_PACKET = 256 * 1024

/** Cuts a server's bytes into packets, however they were split. */
export class PacketReader {
  #rest: Uint8Array = new Uint8Array(0)

  /** The packets that are complete now; null when the bytes are no MQTT, and the connection is of no more use. */
  push(bytes: Uint8Array): ServerPacket[] | null {
    let rest = new Uint8Array(this.#rest.length + bytes.length)
    rest.set(this.#rest)
    rest.set(bytes, this.#rest.length)
    const packets: ServerPacket[] = []
    for (;;) {
      const frame = frameIn(rest)
      if (frame === 'incomplete') break
      const read = frame === 'broken' ? null : readPacket(rest[0] ?? 0, rest.subarray(frame.from, frame.to))
      if (frame === 'broken' || read === null) return null
      packets.push(read)
      rest = rest.subarray(frame.to)
    }
    this.#rest = rest
    return packets
  }
}

function frameIn(bytes: Uint8Array): { from: number; to: number } | 'incomplete' | 'broken' {
  let length = 0
  for (let digit = 0; digit < 4; digit++) {
    const byte = bytes[1 + digit]
    if (byte === undefined) return 'incomplete'
    length += (byte & 127) * 128 ** digit
    if (byte & 128) continue
    if (length > MAX_PACKET) return 'broken'
    const from = 2 + digit
    return bytes.length < from + length ? 'incomplete' : { from, to: from + length }
  }
  return 'broken'
}

function readPacket(head: number, body: Uint8Array): ServerPacket | null {
  switch (head >> 4) {
    case TYPE.connack:
      return body.length === 2 ? { type: 'connack', returnCode: body[1] ?? 0 } : null
    case TYPE.puback:
      return body.length === 2 ? { type: 'puback', packetId: uint16At(body, 0) } : null
    case TYPE.suback:
      return body.length === 3 ? { type: 'suback', granted: body[2] !== 0x80 } : null
    case TYPE.pingresp:
      return { type: 'pingresp' }
    case TYPE.publish:
      return readPublish(head, body)
    default:
      return null
  }
}

function readPublish(head: number, body: Uint8Array): ServerPacket | null {
  const qos = (head >> 1) & 3
  const topicEnd = 2 + uint16At(body, 0)
  const payloadAt = topicEnd + (qos === 0 ? 0 : 2)
  // QoS 2 was not subscribed to.
  if (qos > 1 || body.length < payloadAt) return null
  const topic = fromUtf8.decode(body.subarray(2, topicEnd))
  const payload = fromUtf8.decode(body.subarray(payloadAt))
  return { type: 'publish', topic, payload, packetId: qos === 0 ? null : uint16At(body, topicEnd) }
}

const uint16At = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
