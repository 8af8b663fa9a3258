import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc16 } from '../../gateway/protocols/minifinder2/frames.ts'
import { minifinder2Protocol } from '../../gateway/protocols/minifinder2.ts'
import { EVENT_TYPES, TELEMETRY_FIELD } from '../../server/contract/signal.ts'

const { cut, decode, channels, maxFrameBytes } = minifinder2Protocol
const SAMPLES: { raw_hex: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/minifinder2.json', import.meta.url), 'utf8'),
)
const FRAMES = SAMPLES.map(({ raw_hex }) => Buffer.from(raw_hex, 'hex'))
const INTACT = FRAMES.filter((frame) => crc16(frame.subarray(8)) === frame.readUInt16LE(4))
const SOS = FRAMES[1]!
const STREAM = Buffer.concat(FRAMES)

function feed(pieces: readonly Buffer[]): { frames: Buffer[]; rest: Buffer; skipped: number } {
  let rest: Buffer = Buffer.alloc(0)
  let skipped = 0
  const frames: Buffer[] = []
  for (const piece of pieces) {
    const result = cut(Buffer.concat([rest, piece]))
    frames.push(...result.frames)
    rest = result.rest
    skipped += result.skipped
  }
  return { frames, rest, skipped }
}

describe('whole frames', () => {
  it('are cut apart when joined', () => {
    expect(INTACT).toHaveLength(15)
    expect(cut(STREAM)).toEqual({ frames: FRAMES, rest: Buffer.alloc(0), skipped: 0 })
  })

  it('come out the same however the stream is split in two', () => {
    for (let at = 0; at <= STREAM.length; at++) {
      const { frames, rest, skipped } = feed([STREAM.subarray(0, at), STREAM.subarray(at)])
      if (!Buffer.concat(frames).equals(STREAM) || frames.length !== FRAMES.length) expect.fail(`split at ${at}`)
      expect(rest.length + skipped).toBe(0)
    }
  })

  it('come out byte by byte', () => {
    const short = Buffer.concat(FRAMES.filter((frame) => frame.length < 200))
    const { frames } = feed(Array.from(short, (byte) => Buffer.from([byte])))
    expect(frames).toEqual(FRAMES.filter((frame) => frame.length < 200))
  })
})

describe('broken streams', () => {
  it.each([
    ['text', 'GET / HTTP/1.1\r\n\r\n'],
    ['a false start', '\xab'],
    ['a false start with a length', '\xab\x10\x00\x02'],
    ['a length that can not be', '\xab\x10\xff\xff\x00\x00\x00\x00\x01'],
    ['a length of none', '\xab\x10\x00\x00\x00\x00\x00\x00\x01'],
    ['a frame cut off', SOS.subarray(0, 40).toString('latin1')],
    ['a frame of an unknown type', '\xab\x10\x02\x00\x00\x00\x00\x00\x55\x00'],
    ['false starts', '\xab\xab\xab\xab\xab\xab\xab\xab\xab\xab\xab'],
  ])('%s before an SOS swallows nothing of it', (_, garbage) => {
    const stream = Buffer.concat([Buffer.from(garbage, 'latin1'), SOS, Buffer.from([0, 1, 2]), SOS])
    const { frames } = cut(stream)
    expect(frames.filter((frame) => frame.equals(SOS))).toHaveLength(2)
  })

  it('counts what is skipped', () => {
    const { skipped, frames } = cut(Buffer.concat([Buffer.from('hello'), SOS, Buffer.from('bye')]))
    expect({ skipped, frames: frames.length }).toEqual({ skipped: 8, frames: 1 })
  })

  it('a cut off frame comes out, an unreadable alarm, when the next one has come', () => {
    const broken = SOS.subarray(0, 44)
    expect(cut(broken)).toMatchObject({ frames: [], skipped: 0 })
    const { frames } = cut(Buffer.concat([broken, SOS]))
    expect(frames).toEqual([broken, SOS])
    expect(decode(broken, 0).items).toContainEqual(expect.objectContaining({ kind: 'unreadable', alarm: true }))
  })

  it('a frame whose length is wrong is not lost', () => {
    for (const length of [20, 70, 80, 300]) {
      const wrong = Buffer.from(SOS)
      wrong.writeUInt16LE(length, 2)
      const { frames } = cut(Buffer.concat([wrong, FRAMES[2]!]))
      expect(frames.at(-1)).toEqual(FRAMES[2])
      const items = frames.flatMap((frame) => decode(frame, 0).items)
      expect(
        items.some(
          (item) => (item.kind === 'event' && item.event.type === 'sos') || (item.kind === 'unreadable' && item.alarm),
        ),
      ).toBe(true)
    }
  })

  it('what waits never grows beyond the longest frame', () => {
    const start = Buffer.from([0xab, 0x10, 0xf0, 0x3f, 0, 0, 0, 0, 1])
    expect(cut(Buffer.concat([start, Buffer.alloc(maxFrameBytes)])).rest.length).toBeLessThanOrEqual(maxFrameBytes)
  })
})

describe('for every input', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes)),
    fc
      .array(fc.constantFrom(0xab, 0x10, 0x00, 0x01, 0x02, 0x03, 0x7f, 0x09, 0x24), { maxLength: 60 })
      .map((bytes) => Buffer.from(bytes)),
    fc.tuple(fc.constantFrom(...FRAMES), fc.nat({ max: 200 })).map(([frame, end]) => frame.subarray(0, end)),
  )

  // A false start has a right CRC once in 65,536 times; with junk as short as this it must also fit in. None is known here.
  it('an intact frame comes out whole, whatever came before it and however it was split', () => {
    fc.assert(
      fc.property(
        fc.array(junk, { maxLength: 3 }),
        fc.constantFrom(...INTACT),
        fc.array(fc.nat(), { maxLength: 4 }),
        (before, frame, splits) => {
          const stream = Buffer.concat([...before, frame])
          const cuts = splits.map((split) => split % (stream.length + 1)).sort((a, b) => a - b)
          const pieces = [0, ...cuts].map((from, index) => stream.subarray(from, cuts[index] ?? stream.length))
          expect(feed(pieces).frames.at(-1)?.equals(frame)).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('frames, what is skipped and the rest are the input', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(junk, fc.constantFrom(...FRAMES)), { maxLength: 6 }), (parts) => {
        const stream = Buffer.concat(parts)
        const { frames, rest, skipped } = cut(stream)
        expect(frames.reduce((sum, frame) => sum + frame.length, skipped + rest.length)).toBe(stream.length)
        expect(stream.subarray(stream.length - rest.length).equals(rest)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  const time = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(0, Number.NaN, -1, 1e300))
  const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom('set', 'insert', 'remove', 'end'), fc.nat({ max: 255 })), {
    maxLength: 6,
  })

  function edited(frame: Buffer, list: readonly (readonly [number, string, number])[]): Buffer {
    let bytes = Buffer.from(frame)
    for (const [place, kind, byte] of list) {
      const at = place % Math.max(1, bytes.length)
      if (kind === 'set') bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + 1)])
      else if (kind === 'insert')
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at)])
      else if (kind === 'remove') bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + (byte % 20))])
      else bytes = Buffer.from(bytes.subarray(0, at))
    }
    return bytes
  }

  it('decoding changed frames never throws, and gives what can be stored', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FRAMES), edits, time, (frame, list, at) => {
        const { items, channel } = decode(edited(frame, list), at)
        expect(channels).toContain(channel)
        expect(JSON.parse(JSON.stringify(items))).toEqual(items)
        expect(JSON.stringify(items)).not.toMatch(/\\u0000|\\ud[89a-f]/i)
        for (const item of items) {
          if (item.kind === 'event') expect(EVENT_TYPES).toContain(item.event.type)
          if (item.kind !== 'telemetry') continue
          for (const [name, value] of Object.entries(item.sample.fields)) {
            expect(name).toMatch(TELEMETRY_FIELD)
            expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true)
          }
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('decoding anything never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('', 'ab100a0000000000', 'ab10ff000000000001'),
        time,
        (bytes, head, at) => {
          expect(Array.isArray(decode(Buffer.concat([Buffer.from(head, 'hex'), bytes]), at).items)).toBe(true)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('a data message that can not be followed to its end is always an alarm or holds one', () => {
    fc.assert(
      fc.property(fc.nat({ max: SOS.length - 9 }), (missing) => {
        const { items, reply } = decode(SOS.subarray(0, SOS.length - missing), 0)
        expect(
          items.some(
            (item) =>
              (item.kind === 'event' && item.event.type === 'sos') || (item.kind === 'unreadable' && item.alarm),
          ),
        ).toBe(true)
        expect(reply?.toString('hex')).toBe('ab00030008c708017f0100')
      }),
    )
  })
})
