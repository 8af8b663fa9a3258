import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeWatch, watchProtocol } from '../../gateway/protocols/watch.ts'

const { cut, maxFrameBytes } = watchProtocol
const SAMPLES: { raw: string; raw_hex?: string; direction?: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/watch.json', import.meta.url), 'utf8'),
)
/** Real frames with a header, each by itself. */
const FRAMES = SAMPLES.map(({ raw, raw_hex }) => (raw_hex ? Buffer.from(raw_hex, 'hex') : Buffer.from(raw, 'utf8')))
  .flatMap((bytes) => cut(bytes).frames)
  .filter((frame) => /^\[..\*\d+\*/.test(frame.toString('latin1')))
const STREAM = Buffer.concat(FRAMES)

const text = (frames: readonly Buffer[]) => frames.map((frame) => frame.toString('latin1'))
const cutText = (stream: string) => {
  const { frames, rest, skipped } = cut(Buffer.from(stream, 'latin1'))
  return { frames: text(frames), rest: rest.toString('latin1'), skipped }
}

/** Feeds the pieces one after the other, as TCP does. */
function feed(pieces: readonly Buffer[]): { frames: Buffer[]; rest: Buffer; skipped: number } {
  let rest: Buffer = Buffer.alloc(0)
  let skipped = 0
  const frames: Buffer[] = []
  for (const piece of pieces) {
    const result = cut(Buffer.concat([rest, piece]))
    frames.push(...result.frames.map((frame) => Buffer.from(frame)))
    rest = result.rest
    skipped += result.skipped
  }
  return { frames, rest, skipped }
}

const LK = '[3G*8800000015*0002*LK]'
/** An SOS whose Wi-Fi name is given; `off` makes the declared length wrong. */
function sos(ssid: string, off = 0, id = '8800000015'): string {
  const content = `AL,010126,000000,V,0,N,0,E,0,0,0,0,100,64,0,0,00010000,0,1,${ssid},30:45:96:10:14:5d,-79,12.5`
  return `[3G*${id}*${(content.length + off).toString(16).padStart(4, '0')}*${content}]`
}
const isSos = (frame: string) =>
  decodeWatch(Buffer.from(frame, 'latin1'), Date.UTC(2026, 0, 1)).items.some(
    (item) => item.kind === 'event' && item.event.type === 'sos',
  )

describe('whole frames', () => {
  it('there are enough of them', () => expect(FRAMES.length).toBeGreaterThan(55))

  it('are cut apart when joined', () => {
    expect(text(cut(STREAM).frames)).toEqual(text(FRAMES))
  })

  it('come out the same however the stream is split in two', () => {
    for (let at = 0; at <= STREAM.length; at++) {
      const { frames, rest, skipped } = feed([STREAM.subarray(0, at), STREAM.subarray(at)])
      if (!Buffer.concat(frames).equals(STREAM) || frames.length !== FRAMES.length) expect.fail(`split at ${at}`)
      expect(rest.length + skipped).toBe(0)
    }
  })

  it('come out byte by byte', () => {
    const { frames } = feed(Array.from({ length: 3000 }, (_, at) => STREAM.subarray(at, at + 1)))
    expect(text(frames)).toEqual(text(cut(STREAM.subarray(0, 3000)).frames))
  })

  it('the beginning of the next one is the rest', () => {
    for (const beginning of ['[', '[3', '[3G*88000', '[3G*8800000015*00CD*UD,180916,']) {
      expect(cutText(LK + beginning)).toEqual({ frames: [LK], rest: beginning, skipped: 0 })
    }
  })

  it('what lies between is skipped and counted', () => {
    const stream = `\r\n${LK}\r\n\0\xff]${LK}tail`
    expect(cutText(stream)).toEqual({ frames: [LK, LK], rest: '', skipped: 11 })
  })

  it('brackets in Wi-Fi names do not matter while they are balanced, nor does the length', () => {
    for (const ssid of ['[LG_Wall-Mount A/C]e725', 'a[b[c]]', '[]']) {
      for (const off of [0, 7, -7, 5000]) {
        expect(cutText(sos(ssid, off) + LK)).toEqual({ frames: [sos(ssid, off), LK], rest: '', skipped: 0 })
        expect(cutText(sos(ssid, off))).toEqual({ frames: [sos(ssid, off)], rest: '', skipped: 0 })
      }
    }
  })

  it('escaped binary content does not confuse it', () => {
    const voice = Buffer.concat([
      Buffer.from('[CS*1234567890*0203*TK,#!AMR', 'latin1'),
      Buffer.from(Array.from({ length: 512 }, (_, byte) => byte & 0xff).flatMap(escaped)),
      Buffer.from(']'),
    ])
    expect(cut(Buffer.concat([voice, Buffer.from(LK), voice])).frames).toEqual([voice, Buffer.from(LK), voice])
    const frame = decodeWatch(voice, 0)
    expect(frame.reply?.toString()).toBe('[CS*1234567890*0004*TK,1]')
    expect(frame.items).toEqual([])
  })

  const ESCAPED = [0x7d, 0x5b, 0x5d, 0x2c, 0x2a]
  const escaped = (byte: number) => (ESCAPED.includes(byte) ? [0x7d, ESCAPED.indexOf(byte) + 1] : [byte])

  it('a voice message of 15 s fits in', () => {
    // AMR at 12.2 kbit/s has 32 bytes per 20 ms; a few bytes in a hundred are escaped.
    expect(15 * 50 * 32 * 1.05).toBeLessThan(maxFrameBytes)
    expect(maxFrameBytes).toBeGreaterThan(0xffff)
  })
})

describe('unbalanced brackets in Wi-Fi names', () => {
  it.each(['[', 'x[', '[[', 'a]b[c[', '\xce\x5b', ']', 'x]y', ']]', ':]', '\xe5\x5d'])(
    '%j with the right length',
    (ssid) => {
      const frame = sos(ssid)
      expect(cutText(frame + LK)).toEqual({ frames: [frame, LK], rest: '', skipped: 0 })
      expect(cutText(LK + frame)).toEqual({ frames: [LK, frame], rest: '', skipped: 0 })
      expect(cutText(frame + frame + LK)).toEqual({ frames: [frame, frame, LK], rest: '', skipped: 0 })
    },
  )

  it.each(['[', 'x[', '[['])('%j with a length that is too short: not waited for', (ssid) => {
    const frame = sos(ssid, -9)
    expect(cutText(frame)).toEqual({ frames: [frame], rest: '', skipped: 0 })
    expect(cutText(frame + LK)).toEqual({ frames: [frame, LK], rest: '', skipped: 0 })
  })

  it.each(['[', 'x[', '[['])('%j with a length that is too long: waits for the next frame', (ssid) => {
    const frame = sos(ssid, 40)
    expect(cutText(frame)).toEqual({ frames: [], rest: frame, skipped: 0 })
    expect(cutText(frame + LK)).toEqual({ frames: [frame, LK], rest: '', skipped: 0 })
    // The watch repeats an alarm that isn't answered.
    expect(cutText(frame + frame)).toMatchObject({ frames: [frame], rest: frame })
  })

  it.each([']', 'x]y', ']]'])('%j with a wrong length: the alarm comes out, cut short', (ssid) => {
    for (const off of [-9, 9, 3000]) {
      const { frames } = cutText(sos(ssid, off) + LK)
      expect(isSos(frames[0]!)).toBe(true)
      expect(frames.at(-1)).toBe(LK)
    }
  })

  it('a Wi-Fi name made to look like a frame does not hide the alarm', () => {
    const { frames } = cutText(sos(`a][3G*1234567890*0002*LK`) + LK)
    expect(isSos(frames[0]!)).toBe(true)
    expect(frames.at(-1)).toBe(LK)
  })
})

describe('broken frames', () => {
  it.each([
    '[3G*8800000015*00CD*UD,180916,025723,A,22.570733',
    '[3G*8800000015*00CD*',
    '[3G*8800000015*00CD*UD,180916,[[[[',
    '[3G*8800000015*00CD*UD,180916,[a],[b',
    '[3G*88000',
    '[',
    '[[[[',
    ']]][',
    '[3G*8800000015*FFFF*TK,#!AMR\x00\x01\x02',
    '[CS*1*0060*',
  ])('%j before an SOS swallows nothing of it', (broken) => {
    for (const off of [0, 5, -5]) {
      for (const behind of ['', LK, '[3G']) {
        const { frames } = cutText(broken + sos('home', off) + behind)
        expect(frames).toContain(sos('home', off))
      }
    }
  })

  it('come out as far as they go, for they may be alarms', () => {
    const broken = '[3G*8800000015*00CD*AL,180916,064153,A,22.5'
    const { frames, skipped } = cutText(broken + LK)
    expect({ frames, skipped }).toEqual({ frames: [broken, LK], skipped: 0 })
    const { items, reply } = decodeWatch(Buffer.from(broken), 0)
    expect(items).toMatchObject([{ kind: 'unreadable', alarm: true }])
    expect(reply?.toString()).toBe('[3G*8800000015*0002*AL]')
  })

  it('without a header are skipped when a frame follows, and kept when they are closed', () => {
    expect(cutText(`[what?${LK}`)).toEqual({ frames: [LK], rest: '', skipped: 6 })
    expect(cutText(`[what?]${LK}`)).toEqual({ frames: ['[what?]', LK], rest: '', skipped: 0 })
  })

  it('a frame without an end stays the rest, so that the connection can be ended', () => {
    const endless = Buffer.concat([Buffer.from('[3G*8800000015*FFFF*TK,'), Buffer.alloc(maxFrameBytes, 0x61)])
    expect(cut(endless).rest.length).toBeGreaterThan(maxFrameBytes)
  })
})

describe('for every input', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes)),
    fc
      .array(fc.constantFrom('[', ']', '*', '3G*', '12', 'AL,', '[3G*1*', '00ff*', '}', ','), { maxLength: 30 })
      .map((parts) => Buffer.from(parts.join(''))),
    fc.tuple(fc.constantFrom(...FRAMES), fc.nat({ max: 300 })).map(([frame, end]) => frame.subarray(0, end)),
  )
  const intact = fc.constantFrom(...FRAMES, Buffer.from(sos('[home]')), Buffer.from(sos('home', 3)))

  it('an intact frame comes out whole, whatever came before it and however it was split', () => {
    fc.assert(
      fc.property(
        fc.array(junk, { maxLength: 4 }),
        intact,
        fc.array(fc.nat(), { maxLength: 4 }),
        (before, frame, splits) => {
          const stream = Buffer.concat([...before, frame])
          const cuts = splits.map((split) => split % (stream.length + 1)).sort((a, b) => a - b)
          const pieces = [0, ...cuts].map((from, index) => stream.subarray(from, cuts[index] ?? stream.length))
          const { frames } = feed(pieces)
          expect(frames.at(-1)?.equals(frame)).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('nothing is lost or made up: frames, what is skipped and the rest are the input', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(junk, intact), { maxLength: 6 }), (parts) => {
        const stream = Buffer.concat(parts)
        const { frames, rest, skipped } = cut(stream)
        expect(frames.reduce((sum, frame) => sum + frame.length, skipped + rest.length)).toBe(stream.length)
        if (rest.length > 0) expect(stream.subarray(stream.length - rest.length).equals(rest)).toBe(true)
        // What is left over doesn't become a frame by being looked at again.
        expect(cut(rest).frames).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('an SOS among broken frames is always found', () => {
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 3 }), fc.array(junk, { maxLength: 3 }), (before, after) => {
        const alarm = Buffer.from(sos('home'))
        const { frames } = cut(Buffer.concat([...before, alarm, ...after]))
        expect(frames.some((frame) => frame.toString('latin1').startsWith(sos('home')))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
