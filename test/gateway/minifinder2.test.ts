import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { crc16, frameOf } from '../../gateway/protocols/minifinder2/frames.ts'
import { decodeMinifinder2, minifinder2Protocol } from '../../gateway/protocols/minifinder2.ts'
import type { CommandArguments, CommandType } from '../../server/contract/command.ts'
import type { DecodedItem } from '../../server/contract/ports.ts'
import type { EventSignal, TelemetrySample } from '../../server/contract/signal.ts'

interface Sample {
  raw_hex: string
  expected: { derived: Derived }
}
interface Derived {
  flags: number
  bodyLength: number
  crc: string
  index: number
  type: string
  crcOk: boolean
  ackRequested: boolean
  serverReply_hex?: string
  alarms?: string[]
  records: Record<string, unknown>[]
}

const SAMPLES: Sample[] = JSON.parse(readFileSync(new URL('../fixtures/minifinder2.json', import.meta.url), 'utf8'))
const NOW = Date.UTC(2026, 0, 1, 8)
const decode = (hex: string, at = NOW) => decodeMinifinder2(Buffer.from(hex, 'hex'), at)
const eventsOf = (items: DecodedItem[]): EventSignal[] =>
  items.flatMap((item) => (item.kind === 'event' ? [item.event] : []))
const samplesOf = (items: DecodedItem[]): TelemetrySample[] =>
  items.flatMap((item) => (item.kind === 'telemetry' ? [item.sample] : []))

const ID = '1001383632333131303637383637313137'
/** A data message of records, given as hex. */
const data = (...records: string[]) =>
  frameOf(7, Buffer.from(`01${ID}${records.join('')}`, 'hex'), true).toString('hex')
const record = (key: string, value: string) => `${(value.length / 2 + 1).toString(16).padStart(2, '0')}${key}${value}`
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes.toString('hex')
}
const SECONDS = NOW / 1000
/** 0x24: not charging, moving, signal 31, battery 64 %. */
const GENERAL = record('24', u32(SECONDS) + u32((64 << 24) | (31 << 19) | (1 << 9)))
const GPS = record('20', `${u32(227_611_620)}${u32(1_143_601_920)}0500${'7800'}2f00${'0c00'}${u32(100)}0e`)

describe('samples', () => {
  const cases = SAMPLES.map(({ raw_hex, expected }, index) => [index, raw_hex, expected.derived] as const)

  it('are all here', () => expect(cases).toHaveLength(16))

  it.each(cases)('%i: framing, id and reply', (_, hex, expected) => {
    const bytes = Buffer.from(hex, 'hex')
    expect(minifinder2Protocol.cut(bytes)).toEqual({ frames: [bytes], rest: Buffer.alloc(0), skipped: 0 })
    expect(crc16(bytes.subarray(8)) === bytes.readUInt16LE(4)).toBe(expected.crcOk)
    const { address, reply, header } = decode(hex)
    expect(header.index).toBe(String(expected.index))
    expect(address).toBe(expected.records?.find(({ key }) => key === '0x01')?.imei ?? null)
    if (expected.serverReply_hex) expect(reply?.toString('hex')).toBe(expected.serverReply_hex)
    expect(reply !== null).toBe(expected.ackRequested)
  })

  it.each(cases)('%i: moments, readings and alarms', (_, hex, { records = [], alarms }) => {
    const { items } = decode(hex)
    const samples = samplesOf(items)
    const general = records.filter(({ key }) => key === '0x24')
    for (const [index, expected] of general.entries()) {
      expect(samples[index]!.deviceTs).toBe(Date.parse(expected.time as string))
      expect(samples[index]!.fields).toMatchObject({
        charging: Number(expected.charging),
        moving: Number(expected.motion),
        battery: expected.batteryLevel,
      })
      const position = records[records.indexOf(expected) + 1]
      if (position?.key !== '0x20') continue
      const { latitude: lat, longitude: lon, speedKph: speed, course, altitude: alt, hdop, satellites: sats } = position
      expect(samples[index]!.fields).toMatchObject({ lat, lon, speed, course, alt, hdop, sats })
    }
    if (alarms) expect(eventsOf(items).map(({ type }) => type)).toEqual(alarms)
    expect(items.some((item) => item.kind === 'unreadable')).toBe(false)
  })

  it('the SOS names the place where it was pressed', () => {
    const [event] = eventsOf(decode(SAMPLES[1]!.raw_hex).items)
    expect(event).toMatchObject({ type: 'sos', deviceTs: Date.parse('2026-06-01T16:48:16Z') })
    expect(event!.detail).toEqual({
      alarm: '00001000',
      lat: 56.877579,
      lon: 14.780541,
      place: 'MiniFinder HQ',
      battery: 100,
      cells: 0,
      wifi: 0,
    })
  })

  it('an SOS without a time of its own has that of its moment; networks are counted', () => {
    const [event] = eventsOf(decode(SAMPLES[14]!.raw_hex).items)
    expect(event).toMatchObject({ type: 'sos', deviceTs: Date.parse('2019-04-16T08:29:15Z') })
    expect(event!.detail).toMatchObject({ cells: 6, wifi: 0, stored: true })
  })

  it('a barking dog is no alarm of a person', () => {
    expect(eventsOf(decode(SAMPLES[7]!.raw_hex).items)).toEqual([])
    expect(eventsOf(decode(SAMPLES[4]!.raw_hex).items)).toEqual([])
  })

  it('an answer in words is kept', () => {
    const { items, reply, address } = decode(SAMPLES[6]!.raw_hex)
    expect(items).toMatchObject([{ kind: 'reply', reply: { type: null, detail: { key: 0x1f, said: 'test' } } }])
    expect({ reply, address }).toEqual({ reply: null, address: null })
  })

  it('a request for the time gets it', () => {
    // Body: type 3, record of length 5, key 0x12, seconds.
    const body = Buffer.from(`030512${u32(SECONDS)}`, 'hex')
    expect(decode(SAMPLES[9]!.raw_hex).reply).toEqual(frameOf(1, body))
  })

  it('beacons and known access points give a place and its name', () => {
    const fields = (index: number) => samplesOf(decode(SAMPLES[index]!.raw_hex).items)[0]!.fields
    expect(fields(2)).toMatchObject({ lat: 56.940742, lon: 14.814442 })
    expect(fields(8)).toMatchObject({ lat: 55.3824, lon: -7.37169 })
    expect(fields(10)).toMatchObject({ lat: 57.468589, lon: 11.980717 })
    expect(fields(0)).not.toHaveProperty('lat')
  })
})

describe('records', () => {
  it('reads a moment', () => {
    const { items, address, channel } = decode(data(GENERAL, GPS))
    expect({ address, channel }).toEqual({ address: '862311067867117', channel: 'data' })
    expect(items).toEqual([
      {
        kind: 'telemetry',
        sample: {
          deviceTs: NOW,
          fields: {
            charging: 0,
            moving: 1,
            gsm: 100,
            battery: 64,
            lat: 22.761162,
            lon: 114.360192,
            speed: 5,
            course: 120,
            alt: 47,
            hdop: 1.2,
            sats: 14,
          },
        },
      },
    ])
  })

  it.each([
    ['no fix', GPS.replace('2f000c00', '2f000000')],
    ['0,0', record('20', `${'00'.repeat(8)}05007800${'2f000c00'}${u32(0)}0e`)],
    ['no such latitude', record('20', `${u32(999_999_999)}${u32(0)}05007800${'2f000c00'}${u32(0)}0e`)],
    ['too short', record('20', u32(227_611_620))],
  ])('%s is no place', (_, gps) => {
    const [sample] = samplesOf(decode(data(GENERAL, gps)).items)
    expect(sample!.fields).toEqual({ charging: 0, moving: 1, gsm: 100, battery: 64 })
  })

  it('measurements have their own times; 0 and 1 are none', () => {
    const at = (seconds: number, value: string) => u32(SECONDS - seconds) + value
    const { items } = decode(
      data(
        record('30', at(60, u32(1234))),
        record('40', at(50, '48')),
        record('40', at(40, '4b')),
        record('41', at(30, '62')),
        record('40', at(20, '01')),
        record('14', '5a100e'),
      ),
    )
    expect(samplesOf(items)).toEqual([
      { deviceTs: null, fields: { battery: 90, voltage: 3.6 } },
      { deviceTs: NOW - 60_000, fields: { steps: 1234 } },
      { deviceTs: NOW - 50_000, fields: { hr: 72 } },
      { deviceTs: NOW - 40_000, fields: { hr: 75 } },
      { deviceTs: NOW - 30_000, fields: { spo2: 98 } },
    ])
  })

  it('satellites are better than a beacon, in either order', () => {
    const beacon = record('23', `c69b531448e0${u32(568_775_790)}${u32(147_805_410)}4851`)
    for (const records of [
      [GENERAL, GPS, beacon],
      [GENERAL, beacon, GPS],
    ]) {
      const { items } = decode(data(...records, record('02', u32(1 << 12))))
      expect(eventsOf(items)[0]!.detail).toMatchObject({ lat: 22.761162, lon: 114.360192 })
      expect(eventsOf(items)[0]!.detail).not.toHaveProperty('place')
    }
  })

  it('unknown keys are skipped', () => {
    expect(decode(data(record('ee', '0102'), GENERAL, record('7e', ''))).items).toHaveLength(1)
  })

  it('a pendant without a clock has no device time', () => {
    expect(samplesOf(decode(data(record('24', u32(0) + u32(0)))).items)).toMatchObject([{ deviceTs: null }])
  })

  it('settings tell what it is, and nothing else is kept', () => {
    const text = (key: string, value: string) => record(key, Buffer.from(value).toString('hex'))
    const body = `02${text('03', '862311067867117')}${text('1a', 'V1.2')}${text('1b', 'M66')}${text('42', 'secret')}`
    const { address, items } = decode(frameOf(7, Buffer.from(body, 'hex')).toString('hex'))
    expect(address).toBe('862311067867117')
    expect(items).toEqual([{ kind: 'facts', facts: { firmware: 'V1.2', hardware: 'M66' } }])
  })
})

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

describe('commands', () => {
  const last = decode(data(GENERAL))
  const encode = (type: CommandType, args: CommandArguments = {}) =>
    minifinder2Protocol.encode({ commandId: 'c', type, args }, last)?.toString('hex') ?? null

  it('asks for a position', () => {
    expect(encode('locate')).toBe(frameOf(1, Buffer.from('010112', 'hex'), true).toString('hex'))
    expect(encode('locate')!.slice(0, 8)).toBe('ab100300')
  })

  it('sets the numbers to dial', () => {
    const records = ['0d30a03133383030313338303030', '0530a1313230']
    expect(encode('config', { sosNumbers: ['13800138000', '120'] })).toBe(
      frameOf(2, Buffer.from(`02${records.join('')}`, 'hex'), true).toString('hex'),
    )
  })

  it.each<[CommandType, CommandArguments]>([
    ['sound', {}],
    ['message', { text: '好' }],
    ['received', {}],
    ['closed', {}],
    ['config', {}],
    ['config', { intervalSeconds: 60 }],
    ['config', { sosNumbers: ['120'], fallDetection: true }],
    ['config', { sosNumbers: ['12x'] }],
  ])('%s %j is not known how to do', (type, args) => expect(encode(type, args)).toBeNull())

  it('the answer tells by its running number which command it was', () => {
    const answer = (index: number, code: string) =>
      decode(frameOf(index, Buffer.from(`7f01${code}`, 'hex')).toString('hex'))
    expect(answer(1, '00').items).toEqual([
      {
        kind: 'reply',
        reply: { commandId: null, type: 'locate', detail: { code: 0, ok: true }, messageId: `reply:1:${NOW}` },
      },
    ])
    expect(answer(2, '15').items).toMatchObject([{ reply: { type: 'config', detail: { code: 0x15, ok: false } } }])
    expect(answer(99, '00').items).toMatchObject([{ reply: { type: null } }])
  })

  it.each([
    ['', 'missing_field'],
    ['ab10', 'missing_field'],
    [frameOf(1, Buffer.from('55', 'hex')).toString('hex'), 'unknown_type'],
  ])('%j is unreadable: %s', (hex, reason) => {
    expect(decode(hex).items).toMatchObject([{ kind: 'unreadable', reason, alarm: false }])
  })
})
