import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MILESIGHT_MODELS, type MilesightState, startMilesight } from '../../simulator/wire/milesight.ts'
import {
  ALARM,
  acknowledgement,
  crc16,
  cutPendantFrames,
  pendantFrame,
  reportBody,
} from '../../simulator/wire/minifinder2.ts'
import { cutReplies, messageText, positionContent, STATUS, watchFrame } from '../../simulator/wire/watch.ts'
import { bridgeEntry, initialState, measured, ZIGBEE_MODELS } from '../../simulator/wire/zigbee.ts'
import frames from './frames.json' with { type: 'json' }

const identity = (manufacturer: string, id: string, hasIndex = false) => ({ manufacturer, id, hasIndex })
const sample = (start: string) => frames.watch.find(({ raw }) => raw.startsWith(start))?.raw ?? ''

describe('frames of a watch', () => {
  it.each([
    ['[3G*8800000015*000D*LK', identity('3G', '8800000015'), 'LK,50,100,100'],
    ['[3G*8800000015*0013*bphrt', identity('3G', '8800000015'), 'bphrt,112,73,67,,,,'],
    ['[3G*9705141740*000B*oxygen', identity('3G', '9705141740'), 'oxygen,0,98'],
    ['[SG*8800000015*0002*LK]', identity('SG', '8800000015'), 'LK'],
    ['[ZJ*5678901234*0001*0009*TEMP', identity('ZJ', '5678901234', true), 'TEMP,36.5'],
  ])('are byte for byte those of a real one: %s', (start, who, content) => {
    expect(watchFrame(who, 1, content).toString()).toBe(sample(start))
  })

  it('give a position as a real alarm does, field by field', () => {
    const real = sample('[3G*8308373902*0080*AL').slice(0, -1).split(',')
    const content = positionContent('AL', {
      // The frame's date is ddmmyy: 23 August 2017, 09:53:46 UTC.
      ts: Date.parse('2017-08-23T09:53:46Z'),
      place: { lat: 47.08395, lon: 15.482185 },
      ...{ speed: 7.6, course: 273.8, alt: 0, acc: 65.8, sats: 4, gsm: 15, battery: 44, steps: 0, tumbles: 0 },
      status: STATUS.fall | STATUS.still,
    }).split(',')
    expect(content.slice(1, 2)).toEqual(['230817'])
    expect(content.slice(2, 17)).toEqual(real.slice(2, 17))
    expect(content.at(-1)).toBe(real.at(-1))
  })

  it('have no position without a fix, and a sign only in the hemisphere', () => {
    const at = {
      ts: 0,
      speed: 0,
      course: 0,
      alt: 0,
      acc: 0,
      sats: 0,
      gsm: 1,
      battery: 1,
      steps: 0,
      tumbles: 0,
      status: 0,
    }
    expect(positionContent('UD', { ...at, place: null })).toContain(',V,0.000000,N,0.0000000,E,')
    const south = positionContent('UD', { ...at, place: { lat: -41.5, lon: -81.25 } })
    expect(south).toContain(',A,41.500000,S,81.2500000,W,')
  })

  it('are cut from what the platform sends however it is split', () => {
    const whole = Buffer.from('[3G*8800000015*0002*LK][ZJ*014111001350304*0034*0002*AL]x][3G*1*0006*INIT,1]')
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 6 }), (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), whole.length]
        const contents: string[] = []
        let rest: Buffer = Buffer.alloc(0)
        let broken = 0
        for (let at = 1; at < edges.length; at++) {
          const cut = cutReplies(Buffer.concat([rest, whole.subarray(edges[at - 1], edges[at])]))
          contents.push(...cut.replies.map(({ id, index, content }) => `${id} ${index} ${content}`))
          broken += cut.broken
          rest = cut.rest
        }
        expect(contents).toEqual(['8800000015 null LK', '014111001350304 0034 AL', '1 null INIT,1'])
        expect([broken, rest.length]).toEqual([1, 0])
      }),
    )
  })

  it('read a message for the screen', () => {
    const text = /MESSAGE,(\w+)/.exec(sample('[3G*5678901234*0018*MESSAGE'))?.[1]
    expect(messageText(text ?? '')).toBe('好123')
  })
})

describe('frames of a pendant', () => {
  it.each(frames.pendant)('have the header and checksum of a real one: $derived.index', ({ raw, reply, derived }) => {
    const real = Buffer.from(raw, 'hex')
    const body = real.subarray(8)
    expect(crc16(body).toString(16).padStart(4, '0')).toBe(derived.crc)
    const made = pendantFrame(derived.index, body, true)
    // Bit 3 of the flags is of newer firmware.
    expect(made.subarray(2).toString('hex')).toBe(real.subarray(2).toString('hex'))
    expect(made[1]).toBe(real.readUInt8(1) & 0x10)
    expect(acknowledgement(derived.index).toString('hex')).toBe(reply)
  })

  it('report time, battery, alarm and position in the records of real ones', () => {
    const ts = Date.parse('2026-06-01T16:48:16Z')
    const body = reportBody({
      ...{ imei: '862221087780481', ts, battery: 100, isMoving: false, isStored: false, signal: 31, hr: 72 },
      gps: { lat: 55.7152, lon: 13.2151, speed: 4, course: 90, alt: 61, hdop: 0.9, sats: 9 },
      alarm: ALARM.sos,
    })
    const hex = body.toString('hex')
    // Of the captured SOS with the same time: device, time and battery, alarm word and its time.
    expect(hex.startsWith('0110013836323232313038373738303438310924d0b71d6a')).toBe(true)
    expect(hex).toContain('090200100000d0b71d6a')
    const gps = body.indexOf(Buffer.from([22, 0x20]))
    expect([body.readInt32LE(gps + 2) / 1e7, body.readInt32LE(gps + 6) / 1e7]).toEqual([55.7152, 13.2151])
    expect([body.readUInt16LE(gps + 10), body.readUInt16LE(gps + 16), body[gps + 22]]).toEqual([4, 9, 9])
    expect(hex.endsWith('0640d0b71d6a48')).toBe(true)
  })

  it('are cut from a stream, with what is none of them counted', () => {
    const one = acknowledgement(300)
    const stream = Buffer.concat([Buffer.from([1, 2]), one, acknowledgement(2), one.subarray(0, 5)])
    const { frames: cut, rest, skipped } = cutPendantFrames(stream)
    expect(cut.map(({ index, type, isSound, wantsAck }) => [index, type, isSound, wantsAck])).toEqual([
      [300, 0x7f, true, false],
      [2, 0x7f, true, false],
    ])
    expect([rest.length, skipped]).toEqual([5, 2])
    const spoilt = Buffer.from(one)
    spoilt[10] = 9
    expect(cutPendantFrames(spoilt).frames[0]?.isSound).toBe(false)
  })
})

describe('frames of LoRaWAN devices', () => {
  const speak = (model: string, happening: Parameters<typeof start>[1], fields = {}) => start(model, happening, fields)
  function start(
    model: string,
    happening: 'sos' | 'help' | 'door_open' | 'wander' | 'fall_clear' | 'vacant' | null,
    fields: Record<string, number>,
    state: MilesightState = startMilesight(),
  ) {
    return MILESIGHT_MODELS.get(model)!.speak(state, happening, fields)
  }
  const isReal = (hex: string) => frames.milesight.some(({ raw }) => raw === hex)

  it('are byte for byte those of the makers', () => {
    const short = speak('WS101', 'sos', { battery: 16 })
    const double = speak('WS101', 'help', { battery: 92 })
    const door = speak('WS301', 'door_open', { battery: 93 })
    for (const { bytes } of [short, double, door]) expect(isReal(bytes.toString('hex'))).toBe(true)
    expect(short.events).toEqual(['button'])
    expect(door.levels['0300']).toEqual({ value: '1', type: 'door_open' })
    const over = start('VS373', 'fall_clear', {}, { isActive: false, alarmId: 1, isMoving: false })
    expect(over.bytes.toString('hex')).toBe('06fb0100000200')
    expect(isReal('06fb0100000200')).toBe(true)
    expect(speak('VS373', 'vacant').bytes.toString('hex')).toBe('03f801001000200004f901000100')
  })

  it('carry a position with fence and movement, or none', () => {
    const real = frames.milesight.find(({ raw }) => raw.startsWith('0175640367'))!
    const fields = { battery: 100, temperature: 28.3, lat: 24.62495, lon: 118.030576, speed: 5 }
    const inside = speak('AT101', null, fields).bytes.toString('hex')
    // The captured frame has the angle's channel between, and no fence set.
    expect(inside).toBe(real.raw.replace('050000', '').replace(/22$/, '02'))
    const outside = speak('AT101', 'wander', { ...fields, speed: 0 })
    expect(outside.bytes.toString('hex').slice(-2)).toBe('13')
    expect(outside.levels.geofence?.type).toBe('wander')
    const hidden = speak('AT101', null, { battery: 50 }).bytes
    expect(hidden.toString('hex').slice(18, 34)).toBe('ffffffffffffffff')
    const south = speak('AT101', null, { lat: -41.5, lon: -81.25 }).bytes
    expect([south.readInt32LE(9), south.readInt32LE(13)]).toEqual([-41_500_000, -81_250_000])
  })

  it('count alarms up, so that the next fall is another one', () => {
    const first = MILESIGHT_MODELS.get('VS373')!.speak(startMilesight(), 'fall', {})
    const second = MILESIGHT_MODELS.get('VS373')!.speak(first.state, 'fall', {})
    expect([first, second].map(({ bytes }) => bytes.toString('hex'))).toEqual(['06fb0100000100', '06fb0200000100'])
  })
})

describe('Zigbee devices', () => {
  it.each(frames.zigbee.map(({ raw }) => [raw.definition.model, raw.definition] as const))(
    '%s exposes what the real one does',
    (name, definition) => {
      const model = ZIGBEE_MODELS.get(name)!
      const entry = bridgeEntry('name', '0x00158d0001020304', model)
      const made = (entry as { definition: { exposes: { name: string; values?: unknown; value_on?: unknown }[] } })
        .definition
      const real = definition.exposes as { name: string; values?: unknown; value_on?: unknown }[]
      for (const expose of made.exposes.filter((one) => one.name !== 'linkquality')) {
        const like = real.find((one) => one.name === expose.name)
        expect(like, expose.name).toBeDefined()
        expect(expose.values).toEqual(like?.values)
      }
    },
  )

  it('every act is a change of a property that is there, or an action', () => {
    for (const { model, properties, acts } of ZIGBEE_MODELS.values()) {
      for (const [type, change] of Object.entries(acts)) {
        for (const [name, value] of Object.entries({ ...change.set, ...change.back })) {
          const property = properties.find((one) => one.name === name)
          expect(property?.tells?.has(value), `${model} ${type} ${name}`).toBe(true)
        }
        if (change.action) {
          const words = properties.find(({ name }) => name === 'action')?.values
          expect(words).toContain(change.action.word)
        }
      }
    }
  })

  it('keep measurements in the properties they have', () => {
    const state = initialState(ZIGBEE_MODELS.get('RTCGQ11LM')!)
    expect(state).toMatchObject({ battery: 100, occupancy: false })
    expect(state).not.toHaveProperty('action')
    expect(measured(state, { battery: 71.26, temperature: 19.4, hr: 70 })).toEqual({
      battery: 71,
      device_temperature: 19,
    })
  })
})
