import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readPosition } from '../../gateway/protocols/watch/position.ts'
import { decodeWatch, watchProtocol } from '../../gateway/protocols/watch.ts'
import type { DecodedItem } from '../../server/contract/ports.ts'
import type { EventSignal } from '../../server/contract/signal.ts'

interface Sample {
  source: string
  raw: string
  raw_hex?: string
  direction?: string
  expected: { test?: { frame_hex?: string }; derived?: Derived; meaning?: string }
}
interface Derived {
  manufacturer: string
  deviceId: string
  index?: string
  command: string
  time?: string
  valid?: boolean
  latitude: number
  longitude: number
  speedKph: number
  course: number
  altitude: number
  satellites: number
  gsmSignal: number
  batteryLevel?: number
  steps?: number
  statusHex?: string
  vendorAlarms?: string[]
  traccarAlarm?: string | null
  cells?: unknown[]
  wifi?: unknown[]
  serverReply?: string
}

const SAMPLES: Sample[] = JSON.parse(readFileSync(new URL('../fixtures/watch.json', import.meta.url), 'utf8'))
const NOW = Date.UTC(2026, 0, 1)
const bytesOf = ({ raw, raw_hex }: Sample) => (raw_hex ? Buffer.from(raw_hex, 'hex') : Buffer.from(raw, 'utf8'))
const decode = (text: string, at = NOW) => decodeWatch(Buffer.from(text, 'latin1'), at)
const framed = (content: string) => `[3G*8800000015*${content.length.toString(16).padStart(4, '0')}*${content}]`

const eventsOf = (items: DecodedItem[]): EventSignal[] =>
  items.flatMap((item) => (item.kind === 'event' ? [item.event] : []))
const typesOf = (items: DecodedItem[]) => eventsOf(items).map(({ type }) => type)
const fieldsOf = (items: DecodedItem[]) =>
  items.flatMap((item) => (item.kind === 'telemetry' ? [item.sample.fields] : []))[0] ?? null

const derived = SAMPLES.flatMap((sample, index) =>
  sample.expected.derived ? [[index, sample.raw, sample.expected.derived, sample] as const] : [],
)
const positions = derived.filter(([, , { time }]) => time !== undefined)

describe('samples', () => {
  it('are all here', () => {
    expect(SAMPLES).toHaveLength(63)
    expect(positions).toHaveLength(27)
  })

  it.each(derived)('%i %s: header and reply', (_, __, expected, sample) => {
    const { address, header, reply } = decodeWatch(bytesOf(sample), NOW)
    expect(address).toBe(expected.deviceId)
    expect(header.manufacturer).toBe(expected.manufacturer)
    expect(header.index).toBe(expected.index)
    if (expected.serverReply) expect(reply?.toString('latin1')).toBe(expected.serverReply)
    if (/^(UD|WT|rcapture)/.test(expected.command)) expect(reply).toBeNull()
  })

  const TYPES: Record<string, string> = { sos: 'sos', watchRemoved: 'removed', fallDown: 'fall' }

  it.each(positions)('%i %s: time, place, readings, alarms', (_, __, expected, sample) => {
    const { items } = decodeWatch(bytesOf(sample), NOW)
    const telemetry = items.find((item) => item.kind === 'telemetry')!
    expect(telemetry.sample.deviceTs).toBe(Date.parse(expected.time!))
    expect(telemetry.sample.fields).toMatchObject({
      sats: expected.satellites,
      gsm: expected.gsmSignal,
      battery: expected.batteryLevel,
      steps: expected.steps,
    })
    if (expected.valid) {
      expect(telemetry.sample.fields).toMatchObject({
        lat: expected.latitude,
        lon: expected.longitude,
        speed: expected.speedKph,
        course: expected.course,
        alt: expected.altitude,
      })
    } else {
      expect(Object.keys(telemetry.sample.fields)).not.toContain('lat')
      expect(Object.keys(telemetry.sample.fields)).not.toContain('speed')
    }
    const named = expected.vendorAlarms!.map((name) => TYPES[name])
    expect(typesOf(items)).toEqual(named.length === 0 && expected.command.startsWith('AL') ? ['general_alarm'] : named)
    for (const { detail, deviceTs } of eventsOf(items)) {
      expect(deviceTs).toBe(Date.parse(expected.time!))
      expect(detail).toMatchObject({ status: expected.statusHex, battery: expected.batteryLevel, fix: expected.valid })
    }
    expect(items.some((item) => item.kind === 'unreadable')).toBe(false)
  })

  it.each(positions)('%i %s: networks', (_, raw, expected) => {
    const fields = raw.slice(raw.lastIndexOf('*', raw.indexOf(',')) + 1, -1).split(',')
    // The SG layout's count of one with empty values stands for none; sample 29 has what Traccar skips.
    const wifi = raw.includes('eduroam') ? 5 : (expected.wifi?.length ?? 0)
    expect(readPosition(fields)).toMatchObject({ cells: expected.cells?.length ?? 0, wifi, problem: null })
  })

  it('low battery as a state of the old status word is told too', () => {
    const { items } = decodeWatch(bytesOf(SAMPLES[25]!), NOW)
    expect(SAMPLES[25]!.expected.derived!.traccarAlarm).toBe('lowBattery')
    expect(items).toContainEqual(
      expect.objectContaining({
        kind: 'level',
        report: expect.objectContaining({
          level: 'battery_low',
          value: '1',
          calm: false,
          event: expect.objectContaining({ type: 'battery_low', detail: { battery: 90 } }),
        }),
      }),
    )
  })

  it.each(SAMPLES.map((sample, index) => [index, sample.raw, sample] as const))('%i %s is cut', (_, __, sample) => {
    const bytes = bytesOf(sample)
    const { frames, rest, skipped } = watchProtocol.cut(bytes)
    expect(Buffer.concat(frames)).toEqual(bytes)
    expect({ rest: rest.length, skipped }).toEqual({ rest: 0, skipped: 0 })
    const first = sample.expected.test?.frame_hex
    if (first) expect(unescaped(frames[0]!).toString('hex')).toBe(first)
  })

  /** The samples' frames have the escapes undone. */
  function unescaped(frame: Buffer): Buffer {
    const bytes: number[] = []
    for (let at = 0; at < frame.length; at++) {
      const escaped = frame[at] === 0x7d ? [0, 0x7d, 0x5b, 0x5d, 0x2c, 0x2a][frame[at + 1]!] : undefined
      bytes.push(escaped ?? frame[at]!)
      if (escaped) at++
    }
    return Buffer.from(bytes)
  }

  it.each([59, 60, 61, 62])('malformed sample %i is kept as unreadable, without an alarm', (index) => {
    const frame = decodeWatch(bytesOf(SAMPLES[index]!), NOW)
    expect(frame.items).toMatchObject([{ kind: 'unreadable', alarm: false }])
    expect(frame.reply).toBeNull()
  })

  it('an alarm that can not be read is an alarm, and answered', () => {
    const { items, reply, channel } = decodeWatch(bytesOf(SAMPLES[57]!), NOW)
    expect(items).toMatchObject([{ kind: 'unreadable', reason: 'invalid_field', alarm: true }])
    expect(reply?.toString()).toBe('[3G*1234567890*0002*AL]')
    expect(channel).toBe('alarm')
  })
})

describe('replies', () => {
  it.each([
    ['LK', 'LK'],
    ['LK,50,100,100', 'LK'],
    ['AL,x', 'AL'],
    ['AL_LTE,x', 'AL'],
    ['ALCUSTOMER1,x', 'AL'],
    ['TKQ', 'TKQ'],
    ['TKQ2', 'TKQ2'],
    ['INIT', 'INIT,1'],
    ['CONFIG,TY:G75,VER:G75_1.2', 'CONFIG,1'],
    ['bphrt,112,73,67,,,,', 'bphrt'],
    ['btemp2,1,35.29', 'btemp2'],
    ['oxygen,0,98', 'oxygen,1'],
    ['JXTK,0,x.amr,1,1,#!AMR', 'JXTKR,1'],
    ['TK,#!AMR\x7d\x01', 'TK,1'],
    ['TK,1', null],
    ['TK,0', null],
    ['UD,x', null],
    ['UD2,x', null],
    ['UD_LTE,x', null],
    ['WT,x', null],
    ['heart,71', null],
    ['CR', null],
    ['nobody knows', null],
  ])('%s → %s', (content, reply) => {
    for (const index of ['', '0034*']) {
      const length = content.length.toString(16).padStart(4, '0')
      const frame = decode(`[ZJ*014111001350304*${index}${length}*${content}]`)
      const expected = reply && `[ZJ*014111001350304*${index}${reply.length.toString(16).padStart(4, '0')}*${reply}]`
      expect(frame.reply?.toString('latin1') ?? null).toBe(expected)
    }
  })
})

describe('readings', () => {
  it.each([
    ['LK,50,100,99', { steps: 50, tumbles: 100, battery: 99 }],
    ['LK,50,100', null],
    ['bphrt,112,73,67,170,1,80,60', { sys: 112, dia: 73, hr: 67 }],
    ['bphrt,0,0,67,,,,', { hr: 67 }],
    ['heart,71', { hr: 71 }],
    ['HEART,71', { hr: 71 }],
    ['heart,0', null],
    ['PULSE,72', { hr: 72 }],
    ['BLOOD,109,68', { sys: 109, dia: 68 }],
    ['TEMP,36.5', { body_temp: 36.5 }],
    ['btemp2,1,35.29', { body_temp: 35.29 }],
    ['btemp2,1,0', null],
    ['btemp2,1,1', null],
    ['oxygen,0,98', { spo2: 98 }],
    ['oxygen,0', null],
    ['heart,-1', null],
    ['heart,1e9', null],
  ])('%s', (content, fields) => {
    expect(fieldsOf(decode(framed(content)).items)).toEqual(fields)
  })

  it.each([
    ['VERNO,G29_BASE_V1.00_2014.04.23_17.46.49', { firmware: 'G29_BASE_V1.00_2014.04.23_17.46.49' }],
    ['CONFIG,TY:G75,UL:600,VER:1.2', { hardware: 'G75', firmware: '1.2' }],
    ['TS,ver:G4C_En_2023; ID:8800000015; imei:1;', { firmware: 'G4C_En_2023' }],
  ])('%s → facts', (content, facts) => {
    expect(decode(framed(content)).items).toEqual([{ kind: 'facts', facts }])
  })

  it('keeps no voice message, no Wi-Fi password and nothing of an empty keep-alive', () => {
    for (const content of [
      'TK,#!AMR',
      'JXTK,a',
      'WIFIINFOUP,home,secret,aa',
      'LK',
      'INIT',
      'TKQ',
      'ICCID,8986',
      'img,5,1,x',
    ]) {
      expect(decode(framed(content)).items).toEqual([])
    }
  })
})

describe('positions', () => {
  const AT = 'UD,220322,055105,A,22.761162,N,114.360192,E,3.5,120,47,14,100,64,10,2,00000000,0,0,12.5'
  const withField = (index: number, value: string) => {
    const fields = AT.split(',')
    fields[index] = value
    return framed(fields.join(','))
  }

  it.each([
    ['22.5', 'N', '114.3', 'E', 22.5, 114.3],
    ['22.5', 'S', '114.3', 'W', -22.5, -114.3],
    ['-22.5', 'S', '-114.3', 'W', -22.5, -114.3],
    ['-22.5', 'N', '-114.3', 'E', -22.5, -114.3],
    ['16.4', 'S', '68.1', '', -16.4, 68.1],
    [' 9.1', 'N', '0.0', 'E', 9.1, 0],
  ])('%s,%s,%s,%s', (latText, ns, lonText, ew, lat, lon) => {
    const fields = AT.split(',')
    fields.splice(4, 4, latText, ns, lonText, ew)
    const readings = fieldsOf(decode(framed(fields.join(','))).items)!
    expect([readings.lat, readings.lon]).toEqual([lat, lon])
    expect(Object.is(readings.lon, -0)).toBe(false)
  })

  it('0,0 is no place even with a fix', () => {
    const fields = AT.split(',')
    fields.splice(4, 4, '0.0', 'N', '0.000', 'E')
    expect(fieldsOf(decode(framed(fields.join(','))).items)).toEqual({
      sats: 14,
      gsm: 100,
      battery: 64,
      steps: 10,
      tumbles: 2,
    })
  })

  it('reads everything there is', () => {
    expect(fieldsOf(decode(framed(AT)).items)).toEqual({
      lat: 22.761162,
      lon: 114.360192,
      acc: 12.5,
      speed: 3.5,
      course: 120,
      alt: 47,
      sats: 14,
      gsm: 100,
      battery: 64,
      steps: 10,
      tumbles: 2,
    })
  })

  it.each([
    [1, '3203xx', 'date or time'],
    [2, '', 'date or time'],
    [3, 'X', 'validity'],
    [4, '95.1', 'position'],
    [6, 'east', 'position'],
    [16, 'what', 'status'],
  ])('field %i as %j is unreadable: %s', (index, value, what) => {
    const { items, reply } = decode(withField(index, value))
    expect(items).toEqual([
      { kind: 'unreadable', reason: 'invalid_field', explanation: `UD: the ${what} can't be read`, alarm: false },
    ])
    expect(reply).toBeNull()
  })

  it.each([['310222'], ['001322'], ['000000']])('the day %s does not exist: no device time, but a position', (date) => {
    const { items } = decode(withField(1, date))
    const telemetry = items.find((item) => item.kind === 'telemetry')!
    expect(telemetry.sample.deviceTs).toBeNull()
    expect(telemetry.sample.fields.lat).toBe(22.761162)
  })

  it('readings outside their limits are unknown', () => {
    const fields = AT.split(',')
    fields.splice(8, 8, '-1', '900', '1e9', '-3', '101', '255', 'many', '')
    expect(fieldsOf(decode(framed(fields.join(','))).items)).toEqual({ lat: 22.761162, lon: 114.360192, acc: 12.5 })
  })

  it('any word with a position is one, PP with its own time too', () => {
    for (const content of [AT.replace('UD', 'UD3'), AT.replace('UD', 'XY'), AT.replace('UD,', 'PP,091046,')]) {
      const { items, channel } = decode(framed(content))
      expect(fieldsOf(items)!.lat).toBe(22.761162)
      expect(channel).toBe('position')
    }
  })

  it('stored positions tell nothing of now: no battery state', () => {
    expect(decode(framed(AT)).items.map(({ kind }) => kind)).toEqual(['level', 'telemetry'])
    expect(decode(framed(AT.replace('UD', 'UD2'))).items.map(({ kind }) => kind)).toEqual(['telemetry'])
  })
})

describe('alarms', () => {
  const content = (word: string, status: string, date = '010126,000000') =>
    `${word},${date},A,22.761162,N,114.360192,E,0,0,47,14,100,64,10,2,${status},0,0,12.5`

  it.each([
    ['00010000', ['sos']],
    ['00020000', ['battery_low']],
    ['00040000', ['wander']],
    ['00080000', ['wander_end']],
    ['00100000', ['removed']],
    ['00200000', ['fall']],
    ['00400000', ['vital_sign']],
    ['00310000', ['sos', 'fall', 'removed']],
    ['007F001F', ['sos', 'fall', 'wander_end', 'wander', 'vital_sign', 'removed', 'battery_low']],
    ['ff7f0000', ['sos', 'fall', 'wander_end', 'wander', 'vital_sign', 'removed', 'battery_low']],
    ['00000000', ['general_alarm']],
    ['0000', ['general_alarm']],
    ['00000008', ['general_alarm']],
    ['80000000', ['general_alarm']],
  ])('AL with %s → %j', (status, types) => {
    expect(typesOf(decode(framed(content('AL', status))).items)).toEqual(types)
    const stays = types[0] === 'general_alarm' ? [] : types
    const { items, reply } = decode(framed(content('UD', status)))
    expect(typesOf(items)).toEqual(stays)
    expect(reply).toBeNull()
  })

  it('gives the operator what helps', () => {
    const [event] = eventsOf(decode(framed(content('AL', '00040008'))).items)
    expect(event).toMatchObject({ type: 'wander', deviceTs: NOW })
    expect(event!.detail).toEqual({
      lat: 22.761162,
      lon: 114.360192,
      acc: 12.5,
      battery: 64,
      fix: true,
      status: '00040008',
      cells: 0,
      wifi: 0,
      fence: 'exit',
      by: 'device',
    })
  })

  it('the same frame again is the same alarm, whatever its running number; another time is another alarm', () => {
    const idOf = (text: string, at = NOW) => eventsOf(decode(text, at).items)[0]!.messageId
    const id = idOf(framed(content('AL', '00010000')))
    expect(idOf(framed(content('AL', '00010000')), NOW + 60_000)).toBe(id)
    expect(idOf(`[ZJ*8800000015*0007*0001*${content('AL', '00010000')}]`)).toBe(id)
    expect(idOf(framed(content('AL', '00010000', '010126,000001')))).not.toBe(id)
    // Without a clock each press after ten minutes is another one.
    const unset = framed(content('AL', '00010000', '000000,000000'))
    expect(idOf(unset, NOW + 1000)).toBe(idOf(unset, NOW))
    expect(idOf(unset, NOW + 3_600_000)).not.toBe(idOf(unset, NOW))
  })

  it('an alarm stays one when the rest of the frame is broken', () => {
    const broken = content('AL', '00010000').replace('22.761162', 'north').replace('010126', 'today')
    const { items, reply } = decode(framed(broken))
    expect(eventsOf(items)).toMatchObject([
      { type: 'sos', deviceTs: null, detail: { fix: false, unreadable: 'date or time' } },
    ])
    expect(fieldsOf(items)).toMatchObject({ battery: 64 })
    expect(reply?.toString()).toBe('[3G*8800000015*0002*AL]')
  })

  it('the status is found when a field is lost, in any position frame', () => {
    const short = content('AL', '00210000').replace(',14,', ',')
    expect(typesOf(decode(framed(short)).items)).toEqual(['sos', 'fall'])
    const { items } = decode(framed(short.replace('AL', 'UD')))
    expect(typesOf(items)).toEqual(['sos', 'fall'])
    expect(items).toContainEqual(expect.objectContaining({ kind: 'unreadable', alarm: false }))
    // A cell's number of eight digits is none.
    expect(typesOf(decode(framed(short.replace('00210000', '80806406'))).items)).toEqual([])
  })

  it.each([
    ['10000', ['sos']],
    ['0', ['general_alarm']],
    ['200008', ['fall']],
  ])('a status without leading zeros is one: %s', (status, types) => {
    const { items } = decode(framed(content('AL', status)))
    expect(typesOf(items)).toEqual(types)
    expect(items.some((item) => item.kind === 'unreadable')).toBe(false)
  })

  it('a status out of place that sets no alarm is not guessed', () => {
    const more = content('AL', '00000000').replace(',10,2,', ',,,11089,2,')
    expect(decode(framed(more)).items).toMatchObject([{ kind: 'unreadable', alarm: true }])
    const less = content('UD', '00000000').replace(',14,', ',')
    expect(decode(framed(less)).items).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })

  it('an alarm bit that is the battery says nothing of its state', () => {
    expect(decode(framed(content('AL', '00020000'))).items.map(({ kind }) => kind)).toEqual(['event', 'telemetry'])
  })

  it('an alarm without a readable header is one too, and can not be answered', () => {
    const { address, items, reply } = decode(`[3G*88/15*0050*${content('AL', '00010000')}]`)
    expect({ address, reply }).toEqual({ address: null, reply: null })
    expect(items).toMatchObject([{ kind: 'unreadable', alarm: true }])
  })

  it.each(['', '00zz*', 'FFFFF*0001*'])('a length like %j is no hindrance', (length) => {
    const { items, reply } = decode(`[3G*8800000015*${length}${content('AL', '00010000')}]`)
    expect(typesOf(items)).toEqual(['sos'])
    expect(reply).not.toBeNull()
  })
})

describe('answers to commands', () => {
  it.each([
    ['CR', 'locate'],
    ['FIND', 'sound'],
    ['MESSAGE', 'message'],
    ['UPLOAD', 'config'],
    ['SOS1', 'config'],
    ['SOS3', 'config'],
    ['FALLDOWN', 'config'],
    ['REMOVE', 'config'],
  ])('%s answers %s', (word, type) => {
    const { items, channel } = decode(framed(word))
    expect(channel).toBe('reply')
    expect(items).toEqual([
      { kind: 'reply', reply: { commandId: null, type, detail: { word }, messageId: `reply:${word}:${NOW}` } },
    ])
  })

  it('keeps what it said', () => {
    expect(decode(framed('LSSET,5')).items).toMatchObject([{ reply: { type: 'config', detail: { said: '5' } } }])
  })

  it.each(['MONITOR', 'CALL', 'POWEROFF', 'ANYTHING', 'constructor', '__proto__'])(
    '%s, which the platform never asks, is kept as unreadable',
    (word) => {
      expect(decode(framed(`${word},1`)).items).toMatchObject([
        { kind: 'unreadable', reason: 'unknown_type', alarm: false },
      ])
    },
  )
})
