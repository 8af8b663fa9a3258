import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TcpFrame } from '../../gateway/protocols/protocol.ts'
import { watchProtocol } from '../../gateway/protocols/watch.ts'
import { COMMAND_TYPES, type CommandArguments, type CommandType } from '../../server/contract/command.ts'

const frameFrom = (text: string) => watchProtocol.decode(Buffer.from(text), 0)
const LAST = frameFrom('[3G*8800000015*0002*LK]')
const encode = (type: CommandType, args: CommandArguments = {}, last: TcpFrame = LAST) =>
  watchProtocol.encode({ commandId: 'c', type, args }, last)?.toString('latin1') ?? null
const shown = (text: string) => {
  const hex = Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()
  return `[3G*8800000015*${(hex.length + 8).toString(16).padStart(4, '0')}*MESSAGE,${hex}]`
}

describe('commands', () => {
  it.each<[CommandType, CommandArguments, string | null]>([
    ['locate', {}, '[3G*8800000015*0002*CR]'],
    ['sound', { seconds: 5 }, '[3G*8800000015*0004*FIND]'],
    ['message', { text: '好123' }, '[3G*8800000015*0018*MESSAGE,597D003100320033]'],
    ['message', {}, null],
    ['config', { intervalSeconds: 600 }, '[3G*8800000015*000a*UPLOAD,600]'],
    ['config', { intervalSeconds: 10 }, '[3G*8800000015*0009*UPLOAD,60]'],
    ['config', { intervalSeconds: 86_400 }, '[3G*8800000015*000c*UPLOAD,65535]'],
    ['config', { fallDetection: true }, '[3G*8800000015*000c*FALLDOWN,1,1]'],
    ['config', { fallDetection: false }, '[3G*8800000015*000c*FALLDOWN,0,0]'],
    ['config', { fallSensitivity: 8 }, '[3G*8800000015*0009*LSSET,1+8]'],
    ['config', { fallSensitivity: 4 }, '[3G*8800000015*0009*LSSET,5+8]'],
    ['config', { fallSensitivity: 1 }, '[3G*8800000015*0009*LSSET,8+8]'],
    ['config', { removalAlarm: true }, '[3G*8800000015*0008*REMOVE,1]'],
    ['config', { removalAlarm: false }, '[3G*8800000015*0008*REMOVE,0]'],
    ['config', {}, null],
    ['config', { sosNumbers: ['12'] }, null],
    ['config', { sosNumbers: ['110', '119', '120', '122'] }, null],
    ['config', { fence: { name: '家', lat: 28, lon: 117, radius: 200 }, removalAlarm: true }, null],
  ])('%s %j', (type, args, expected) => {
    expect(encode(type, args)).toBe(expected)
  })

  it('tells the resident how far help has come', () => {
    expect(encode('received')).toBe(shown('已收到您的求救'))
    expect(encode('answered')).toBe(shown('值班人员正在处理'))
    expect(encode('dispatched')).toBe(shown('已派人前往您处'))
    expect(encode('arrived')).toBe(shown('救援人员已到达'))
    expect(encode('closed')).toBe(shown('本次求助已处理完毕'))
  })

  it('several settings are several frames, which the same cutter takes apart', () => {
    const joined = encode('config', {
      intervalSeconds: 300,
      sosNumbers: ['+8613800138000', '07938201234', '120'],
      fallDetection: true,
      fallSensitivity: 5,
      removalAlarm: true,
    })
    const { frames, rest, skipped } = watchProtocol.cut(Buffer.from(joined!))
    expect({ rest: rest.length, skipped }).toEqual({ rest: 0, skipped: 0 })
    expect(frames.map((frame) => frame.toString())).toEqual([
      '[3G*8800000015*000a*UPLOAD,300]',
      '[3G*8800000015*0013*SOS1,+8613800138000]',
      '[3G*8800000015*0010*SOS2,07938201234]',
      '[3G*8800000015*0008*SOS3,120]',
      '[3G*8800000015*000c*FALLDOWN,1,1]',
      '[3G*8800000015*0009*LSSET,4+8]',
      '[3G*8800000015*0008*REMOVE,1]',
    ])
  })

  it('make, id and running number are those of the newest frame', () => {
    const args = { sosNumbers: ['123456789'] }
    // As Traccar sends it.
    expect(encode('config', args, frameFrom('[CS*123456789012345*0002*LK]'))).toBe(
      '[CS*123456789012345*000e*SOS1,123456789]',
    )
    expect(encode('locate', {}, frameFrom('[ZJ*014111001350304*0034*0009*LK,0,0,19]'))).toBe(
      '[ZJ*014111001350304*0034*0002*CR]',
    )
  })

  it.each(['', '[3G]', '[3G*MONITOR*0002*LK]', '[MONITOR*8800000015*0002*LK]'])(
    'nothing can be sent after %j',
    (text) => {
      for (const type of COMMAND_TYPES)
        expect(encode(type, { text: 'x', removalAlarm: true }, frameFrom(text))).toBeNull()
    },
  )
})

describe('what can be sent', () => {
  const FRAME =
    /^\[(?:3G|ZJ)\*\d+\*(?:[0-9A-Fa-f]+\*)?[0-9a-f]{4}\*(?:CR|FIND|MESSAGE|UPLOAD|SOS[123]|FALLDOWN|LSSET|REMOVE)(?:,[0-9A-F+]+)*\]$/
  const TRICKS = [
    'MONITOR',
    ']',
    '[',
    'MONITOR,13100010002',
    '][3G*8800000015*0013*MONITOR,13100010002',
    'ACALL',
    '*',
    ',',
  ]
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(...TRICKS),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  )
  /** Also what the schema would have refused. */
  const args = fc.record(
    {
      text: fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom(...TRICKS)),
      seconds: anything,
      intervalSeconds: anything,
      sosNumbers: fc.array(fc.oneof(fc.string(), fc.constantFrom(...TRICKS), fc.constant('+8613800138000')), {
        maxLength: 4,
      }),
      fallDetection: anything,
      fallSensitivity: anything,
      removalAlarm: anything,
    },
    { requiredKeys: [] },
  )

  it('is one of ten words with digits, whatever is asked for: never a way to listen in', () => {
    const lasts = [LAST, frameFrom('[ZJ*8800000015*00AF*0002*LK]'), frameFrom('[3G*MONITOR*0002*LK]')]
    fc.assert(
      fc.property(fc.constantFrom(...COMMAND_TYPES), args, fc.constantFrom(...lasts), (type, given, last) => {
        const sent = encode(type, given as CommandArguments, last)
        if (sent === null) return
        expect(sent).not.toMatch(/MONITOR|CALL/i)
        const { frames, rest, skipped } = watchProtocol.cut(Buffer.from(sent, 'latin1'))
        expect(rest.length + skipped).toBe(0)
        for (const frame of frames) expect(frame.toString('latin1')).toMatch(FRAME)
      }),
      { numRuns: 2000 },
    )
  })
})
