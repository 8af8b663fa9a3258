import { describe, expect, it } from 'vitest'
import { frameOf } from '../../gateway/protocols/minifinder2/frames.ts'
import { decodeMinifinder2 } from '../../gateway/protocols/minifinder2.ts'
import { data, decode, eventsOf, GENERAL, GPS, ID, NOW, record, SECONDS, u32 } from './minifinder2-harness.ts'

describe('alarms', () => {
  const alarm = (word: number, ...more: string[]) => record('02', u32(word) + more.join(''))
  const typesOf = (word: number) => eventsOf(decode(data(GENERAL, alarm(word))).items).map(({ type }) => type)
  const bits = (...list: number[]) => list.reduce((word, bit) => word | (1 << bit), 0)

  it.each([
    [[12], ['sos']],
    [[2], ['fall']],
    [[3], ['fall_suspected']],
    [[0], ['battery_low']],
    [[4], ['wander']],
    [[7], ['wander']],
    [[4, 26], ['wander_end']],
    [[7, 29], ['wander_end']],
    [
      [4, 5, 27],
      ['wander_end', 'wander'],
    ],
    [[24], ['wander']],
    [[25], ['wander_end']],
    [[8], ['device_fault']],
    [[10], ['motion']],
    [[11], ['inactivity']],
    [
      [13, 14],
      ['button', 'button'],
    ],
    [
      [12, 2, 0],
      ['sos', 'fall', 'battery_low'],
    ],
    [[12, 17], ['sos']],
    [[9], []],
    [[15], []],
    [[17], []],
    [[31], []],
    [[], ['general_alarm']],
    [[23], ['general_alarm']],
    [
      [23, 0],
      ['general_alarm', 'battery_low'],
    ],
    [[23, 12], ['sos']],
  ])('bits %j → %j', (list, types) => expect(typesOf(bits(...list))).toEqual(types))

  it('names the fence and the key', () => {
    const details = eventsOf(decode(data(GENERAL, alarm(bits(6, 13)))).items).map(({ detail }) => detail)
    expect(details).toMatchObject([
      { fence: 'exit', zone: 3, by: 'device', alarm: '00002040' },
      { press: 'single', key: '1' },
    ])
  })

  it('several alarms of a message each have their time and place', () => {
    const { items } = decode(
      data(
        record('24', u32(SECONDS - 60) + u32(64 << 24)),
        alarm(bits(2), u32(SECONDS - 61), '00000000'),
        alarm(bits(12), u32(SECONDS - 59)),
        GENERAL,
        GPS,
        alarm(bits(0)),
      ),
    )
    expect(eventsOf(items)).toMatchObject([
      { type: 'fall', deviceTs: NOW - 61_000 },
      { type: 'sos', deviceTs: NOW - 59_000 },
      { type: 'battery_low', deviceTs: NOW, detail: { lat: 22.761162 } },
    ])
    expect(new Set(eventsOf(items).map(({ messageId }) => messageId)).size).toBe(3)
  })

  it('the same alarm in another message is the same', () => {
    const idsOf = (hex: string, at = NOW) => eventsOf(decode(hex, at).items).map(({ messageId }) => messageId)
    const ids = idsOf(data(GENERAL, alarm(bits(12, 2))))
    expect(new Set(ids).size).toBe(2)
    expect(idsOf(data(record('30', u32(1) + u32(1)), GENERAL, alarm(bits(12, 2)), GPS), NOW + 9000)).toEqual(ids)
    expect(idsOf(data(record('24', u32(SECONDS + 1) + u32(0)), alarm(bits(12, 2))))).not.toEqual(ids)
  })

  it.each([
    ['a record too long', data(GENERAL).concat('09')],
    ['a record without a key', data(GENERAL, '00')],
    ['nothing but the type', frameOf(7, Buffer.from('0105', 'hex'), true).toString('hex')],
    ['an alarm too short', data(GENERAL, record('02', '0010'))],
    ['an end too early', data(GENERAL, alarm(bits(12))).slice(0, -10)],
    ['an end between two records', data(GENERAL, GENERAL).slice(0, -20)],
  ])('%s may hide an alarm: it is one, and answered', (_, hex) => {
    const { items, reply } = decode(hex)
    expect(items).toContainEqual(expect.objectContaining({ kind: 'unreadable', reason: 'invalid_field', alarm: true }))
    expect(reply?.toString('hex')).toBe('ab00030008c707007f0100')
  })

  it('no second alarm where an emergency was read already', () => {
    const { items } = decode(data(GENERAL, alarm(bits(12)), '09'))
    expect(items).toMatchObject([
      { event: { type: 'sos' } },
      { kind: 'unreadable', alarm: false },
      { kind: 'telemetry' },
    ])
    expect(decode(data(GENERAL, alarm(bits(0)), '09')).items[1]).toMatchObject({ kind: 'unreadable', alarm: true })
  })

  it('a wrong CRC hides nothing', () => {
    const bytes = Buffer.from(data(GENERAL, alarm(bits(12))), 'hex')
    bytes[4]! ^= 0xff
    const { items, reply } = decodeMinifinder2(bytes, NOW)
    expect(eventsOf(items)).toMatchObject([{ type: 'sos' }])
    expect(reply?.toString('hex')).toBe('ab00030008c707007f0100')
  })

  it('is answered only when the pendant asks', () => {
    const quiet = frameOf(7, Buffer.from(`01${ID}${GENERAL}${alarm(bits(12))}`, 'hex'))
    expect(decodeMinifinder2(quiet, NOW).reply).toBeNull()
  })
})
