import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GuardRefusal, guardFrames } from '../../gateway/frame-guard.ts'
import { type Bench, publishPacket, rawConnect, rawLogin, startGateway, waitFor } from './harness.ts'

/** A fixed header that announces `length` bytes. */
function header(first: number, length: number): Buffer {
  const bytes = [first]
  let rest = length
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return Buffer.from(bytes)
}

function hugePublish(topic: string, payload: Buffer, announced: number): Buffer {
  const name = Buffer.from(topic)
  const length = Buffer.from([name.length >> 8, name.length & 0xff])
  return Buffer.concat([header(0x32, announced), length, name, Buffer.from([0, 1]), payload])
}

describe('packet sizes', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await startGateway()
  })
  afterEach(() => bench.stop())

  it.each([
    ['a CONNECT of more than 16 KiB', header(0x10, 16 * 1024 + 1), 'packet_too_large'],
    ['a CONNECT of 200 MiB', header(0x10, 200 * 1024 * 1024), 'packet_too_large'],
    ['a length of more than four bytes', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 1]), 'malformed_packet'],
    ['a zero length in five bytes', Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80, 0]), 'malformed_packet'],
    ['something else than CONNECT', header(0x30, 10), 'not_a_connect'],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'not_a_connect'],
  ])('ends the connection on %s', async (_what, bytes, reason) => {
    const client = rawConnect(bench)
    client.send(bytes)
    await client.untilClosed(500)
    expect(await bench.metric('anhu_mqtt_refused_total', { reason })).toBe(1)
  })

  it('takes a message of nearly 2 MiB', async () => {
    const device = await rawLogin(bench, 'dev-1')
    device.send(publishPacket('care/v1/dev-1/telemetry', Buffer.alloc(2 * 1024 * 1024 - 100, 32), 1))
    await device.until('puback')
    expect(bench.messages[0]?.payload.length).toBe(2 * 1024 * 1024 - 100)
    device.end()
  })

  it.each([
    ['event', true],
    ['telemetry', false],
  ])('keeps the beginning of a too large %s', async (channel, alarm) => {
    const device = await rawLogin(bench, 'dev-1')
    const payload = Buffer.alloc(5000, 'x')
    device.send(
      publishPacket('care/v1/dev-1/telemetry', '{"battery":1}', 1),
      hugePublish(`care/v1/dev-1/${channel}`, payload, 3_000_000),
    )
    await device.untilClosed()
    expect(bench.messages).toHaveLength(2)
    const report = bench.messages.find((m) => m.items[0]?.kind === 'unreadable')!
    expect(report.topic).toBe(`care/v1/dev-1/${channel}`)
    expect(report.items).toMatchObject([{ reason: 'too_large', alarm }])
    expect(Buffer.from(report.payload)).toEqual(payload.subarray(0, 4096))
  })

  it('keeps what came of it when the sender stops in the middle, and nothing of a foreign topic', async () => {
    const device = await rawLogin(bench, 'dev-1')
    device.send(hugePublish('care/v1/dev-1/event', Buffer.from('{"id":"a'), 3_000_000))
    await device.untilClosed()
    expect(Buffer.from(bench.messages[0]!.payload).toString()).toBe('{"id":"a')
    const other = await rawLogin(bench, 'dev-1')
    other.send(hugePublish('care/v1/dev-2/event', Buffer.alloc(5000), 3_000_000))
    await other.untilClosed()
    expect(bench.messages).toHaveLength(1)
  })

  it('survives random bytes on many connections', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), async (bytes, loggedIn) => {
        const client = loggedIn ? await rawLogin(bench, 'dev-1') : rawConnect(bench)
        client.send(Buffer.from(bytes))
        client.socket.end()
        await client.untilClosed()
      }),
      { numRuns: 60 },
    )
    const device = await rawLogin(bench, 'dev-2')
    device.send(publishPacket('care/v1/dev-2/event', '{"id":1,"type":"sos"}', 1))
    await device.until('puback')
    device.end()
  })
})

describe('guardFrames', () => {
  function guarded(limits = { connectBytes: 1000, packetBytes: 5000 }) {
    const conn = new PassThrough()
    const refusals: GuardRefusal[] = []
    conn.on('error', () => undefined)
    guardFrames(conn, limits, { refused: (reason) => refusals.push(reason) })
    return { conn, refusals }
  }

  it('passes valid streams unchanged, however they are cut', async () => {
    const stream = Buffer.concat([
      generate({ cmd: 'connect', clientId: 'a', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0 }),
      generate(publishPacket('t', Buffer.alloc(130, 'p'), 1)),
      generate({ cmd: 'pingreq' }),
      generate(publishPacket('t', Buffer.alloc(4000, 'q'), 2)),
      generate({ cmd: 'disconnect' }),
    ])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), async (cuts) => {
        const { conn, refusals } = guarded()
        const out: Buffer[] = []
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = cuts[i % cuts.length]!
          conn.write(stream.subarray(at, at + size))
          at += size
          await Promise.resolve()
          for (let chunk = conn.read(); chunk !== null; chunk = conn.read()) out.push(chunk as Buffer)
        }
        expect(refusals).toEqual([])
        expect(Buffer.concat(out)).toEqual(stream)
      }),
      { numRuns: 50 },
    )
  })

  it('passes what came before the packet that is too large', async () => {
    const { conn, refusals } = guarded()
    const good = generate({
      cmd: 'connect',
      clientId: 'a',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 0,
    })
    conn.write(Buffer.concat([good, header(0x82, 5001), Buffer.alloc(10)]))
    expect(conn.read()).toEqual(good)
    expect(refusals).toEqual(['packet_too_large'])
    await waitFor(() => conn.destroyed, 'the end')
    expect(conn.read()).toBeNull()
  })
})
