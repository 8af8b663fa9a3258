import { describe, expect, it } from 'vitest'
import { readPosition } from '../../gateway/protocols/watch/position.ts'
import { decodeWatch, watchProtocol } from '../../gateway/protocols/watch.ts'
import {
  bytesOf,
  decode,
  derived,
  eventsOf,
  fieldsOf,
  framed,
  NOW,
  positions,
  SAMPLES,
  typesOf,
} from './watch-harness.ts'

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
