import { describe, expect, it } from 'vitest'
import { crc16, frameOf } from '../../gateway/protocols/minifinder2/frames.ts'
import { minifinder2Protocol } from '../../gateway/protocols/minifinder2.ts'
import type { CommandArguments, CommandType } from '../../server/contract/command.ts'
import {
  data,
  decode,
  eventsOf,
  GENERAL,
  GPS,
  NOW,
  record,
  SAMPLES,
  SECONDS,
  samplesOf,
  u32,
} from './minifinder2-harness.ts'

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
