import fc from 'fast-check'
import { generate, type Packet } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { cutPackets, type Inbound, ProtocolViolation } from '../../simulator/mqtt/packets.ts'
import { Queue } from '../../simulator/queue.ts'

const PACKETS: readonly (readonly [Packet, Inbound | null])[] = [
  [
    { cmd: 'connack', returnCode: 5, sessionPresent: false },
    { kind: 'connack', code: 5 },
  ],
  [
    { cmd: 'puback', messageId: 0xabcd },
    { kind: 'puback', id: 0xabcd },
  ],
  [
    { cmd: 'suback', messageId: 7, granted: [1, 128] },
    { kind: 'suback', id: 7, granted: [1, 128] },
  ],
  [{ cmd: 'pingresp' }, { kind: 'pingresp' }],
  [{ cmd: 'unsuback', messageId: 3 } as Packet, null],
  [
    {
      cmd: 'publish',
      topic: 'care/v1/设备/command',
      payload: 'x'.repeat(300),
      qos: 1,
      messageId: 9,
      dup: false,
      retain: true,
    },
    {
      kind: 'publish',
      topic: 'care/v1/设备/command',
      payload: Buffer.from('x'.repeat(300)),
      qos: 1,
      id: 9,
      retain: true,
    },
  ],
  [
    { cmd: 'publish', topic: 't', payload: '', qos: 0, dup: false, retain: false },
    { kind: 'publish', topic: 't', payload: Buffer.alloc(0), qos: 0, id: 0, retain: false },
  ],
]

describe('packets of a broker', () => {
  it('are read as another implementation writes them, however the stream is split', () => {
    const index = fc.array(fc.nat(PACKETS.length - 1), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(index, fc.array(fc.nat(900), { maxLength: 5 }), (chosen, cuts) => {
        const stream = Buffer.concat(chosen.map((at) => generate(PACKETS[at]![0])))
        const edges = [0, ...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length]
        const read: Inbound[] = []
        let rest: Buffer = Buffer.alloc(0)
        for (let at = 1; at < edges.length; at++) {
          const cut = cutPackets(Buffer.concat([rest, stream.subarray(edges[at - 1], edges[at])]))
          read.push(...cut.packets)
          rest = cut.rest
        }
        expect(read).toEqual(chosen.flatMap((at) => PACKETS[at]![1] ?? []))
        expect(rest.length).toBe(0)
      }),
    )
  })

  it('that no broker may send are refused, whatever the bytes', () => {
    expect(() => cutPackets(Buffer.from([0x20, 0xff, 0xff, 0xff, 0xff, 1]))).toThrow(ProtocolViolation)
    expect(() => cutPackets(Buffer.from([0x10, 0]))).toThrow(ProtocolViolation)
    expect(() => cutPackets(Buffer.from([0x34, 5, 0, 1, 97, 0, 1]))).toThrow(ProtocolViolation)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          cutPackets(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolViolation)
        }
      }),
    )
  })
})

describe('a queue', () => {
  it('sends in order within its window, and all again after a loss', () => {
    const queue = new Queue<string>(2)
    for (const item of ['a', 'b', 'c']) queue.add(item)
    expect([queue.next(), queue.next(), queue.next()]).toEqual(['a', 'b', null])
    expect(queue.done('c')).toBe(false)
    expect(queue.done('a')).toBe(true)
    expect([queue.next(), queue.size]).toEqual(['c', 2])
    queue.rewind()
    expect(queue.done('b')).toBe(false)
    expect([queue.next(), queue.next()]).toEqual(['b', 'c'])
  })

  it('drops the oldest that are not under way and may go', () => {
    const queue = new Queue<number>(1)
    for (let n = 0; n < 6; n++) queue.add(n)
    queue.next()
    expect(queue.dropOldest(2, (n) => n % 2 === 1)).toBe(2)
    expect(queue.takeAll()).toEqual([0, 2, 4, 5])
    expect(queue.size).toBe(0)
  })
})
