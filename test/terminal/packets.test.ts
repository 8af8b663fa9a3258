import fc from 'fast-check'
import { generate, type Packet, parser } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import {
  connect,
  PacketReader,
  pingreq,
  puback,
  publish,
  type ServerPacket,
  subscribe,
} from '../../dashboard/terminal/mqtt/packets.ts'

/** What another implementation reads in our bytes. */
function readBy(bytes: Uint8Array): Packet {
  const packets: Packet[] = []
  const other = parser({ protocolVersion: 4 })
  other.on('packet', (packet: Packet) => packets.push(packet))
  other.on('error', (error: Error) => {
    throw error
  })
  expect(other.parse(Buffer.from(bytes))).toBe(0)
  expect(packets).toHaveLength(1)
  return packets[0]!
}

const text = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((value) => value.isWellFormed())
const packetId = fc.integer({ min: 1, max: 65_535 })

describe('what we say is understood by mqtt-packet', () => {
  it('CONNECT with will, user name and password', () => {
    fc.assert(
      fc.property(text, text, text, (clientId, username, password) => {
        const will = { topic: 'care/v1/t/status', payload: '{"state":"offline"}' }
        const packet = readBy(connect({ clientId: `c${clientId}`, username, password, keepAlive: 30, will }))
        expect(packet).toMatchObject({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          keepalive: 30,
          clientId: `c${clientId}`,
          username,
          will: { qos: 1, retain: true, topic: will.topic, payload: Buffer.from(will.payload) },
        })
        expect(packet).toHaveProperty('password', Buffer.from(password))
      }),
    )
  })

  it('PUBLISH of any length', () => {
    const payload = fc.oneof(
      text,
      fc.integer({ min: 0, max: 70_000 }).map((length) => 'x'.repeat(length)),
    )
    fc.assert(
      fc.property(payload, packetId, fc.boolean(), fc.boolean(), (body, id, retain, dup) => {
        const packet = readBy(publish({ topic: 'care/v1/t-1/event', payload: body, retain, packetId: id, dup }))
        expect(packet).toMatchObject({ cmd: 'publish', qos: 1, messageId: id, retain, dup, topic: 'care/v1/t-1/event' })
        expect(packet).toHaveProperty('payload', Buffer.from(body))
      }),
      { numRuns: 50 },
    )
  })

  it('SUBSCRIBE, PUBACK, PINGREQ', () => {
    expect(readBy(subscribe(7, 'care/v1/t-1/command'))).toMatchObject({
      cmd: 'subscribe',
      messageId: 7,
      subscriptions: [{ topic: 'care/v1/t-1/command', qos: 1 }],
    })
    expect(readBy(puback(65_535))).toMatchObject({ cmd: 'puback', messageId: 65_535 })
    expect(readBy(pingreq())).toMatchObject({ cmd: 'pingreq' })
  })
})

describe('what mqtt-packet says is understood by us', () => {
  /** What is sent, and what is to be read. */
  const pair = (packet: Packet, read: ServerPacket) => ({ packet, read })
  const server = fc.oneof(
    fc
      .integer({ min: 0, max: 5 })
      .map((returnCode) =>
        pair({ cmd: 'connack', returnCode, sessionPresent: false }, { type: 'connack', returnCode }),
      ),
    packetId.map((messageId) => pair({ cmd: 'puback', messageId }, { type: 'puback', packetId: messageId })),
    packetId.map((messageId) => pair({ cmd: 'suback', messageId, granted: [1] }, { type: 'suback', granted: true })),
    packetId.map((messageId) => pair({ cmd: 'suback', messageId, granted: [128] }, { type: 'suback', granted: false })),
    fc.constant(pair({ cmd: 'pingresp' }, { type: 'pingresp' })),
    fc.tuple(text, packetId, fc.constantFrom(0 as const, 1 as const)).map(([payload, messageId, qos]) => {
      const topic = 'care/v1/t-1/command'
      return pair(
        { cmd: 'publish', topic, payload, messageId, qos, dup: false, retain: false },
        { type: 'publish', topic, payload, packetId: qos === 0 ? null : messageId },
      )
    }),
  )

  it('in whatever pieces it arrives', () => {
    fc.assert(
      fc.property(fc.array(server, { maxLength: 12 }), fc.integer({ min: 1, max: 50 }), (packets, size) => {
        const bytes = Buffer.concat(packets.map(({ packet }) => generate(packet)))
        const reader = new PacketReader()
        const read = []
        for (let at = 0; at < bytes.length; at += size) read.push(...(reader.push(bytes.subarray(at, at + size)) ?? []))
        expect(read).toEqual(packets.map(({ read: expected }) => expected))
      }),
    )
  })

  it('and nonsense ends the connection instead of the page', () => {
    expect(new PacketReader().push(Buffer.from([0x20, 0xff, 0xff, 0xff, 0xff]))).toBeNull()
    expect(new PacketReader().push(Buffer.from('HTTP/1.1 400 Bad Request'.padEnd(200)))).toBeNull()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const read = new PacketReader().push(Uint8Array.from(bytes))
        expect(read === null || Array.isArray(read)).toBe(true)
      }),
    )
  })
})
