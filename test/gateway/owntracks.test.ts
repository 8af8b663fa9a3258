import { describe, expect, it } from 'vitest'
import { decode, EVENT, fieldsOf, type Sample, samples, TST, transition } from './owntracks-harness.ts'
import { expectStorable } from './storable-items.ts'

describe('samples', () => {
  /** The samples' users are made Jane; one that came by HTTP has no topic. */
  function ownTopic(topic: string): string {
    const [, , device, ...rest] = topic.split('/')
    return topic.startsWith('owntracks/') ? ['owntracks', 'jane', device, ...rest].join('/') : 'owntracks/jane/nokia'
  }
  const find = (part: string) => {
    const found = samples.filter(({ expected }) => expected.meaning?.includes(part))
    if (found.length === 0) throw new Error(`no sample: ${part}`)
    return found
  }
  const itemsOf = ({ raw, topic }: Sample) => decode(raw, { topic: ownTopic(topic) })

  it.each(samples.map((sample) => [sample.expected.meaning ?? sample.source, sample] as const))('%s', (_, sample) => {
    const items = itemsOf(sample)
    expectStorable(items)
    // None of the samples' regions is a home.
    expect(items.filter(({ kind }) => kind === 'event')).toEqual([])
    const { latitude, longitude, time } = sample.expected
    if (latitude === undefined || longitude === undefined || time === undefined) return
    expect(items).toMatchObject([
      { kind: 'telemetry', sample: { deviceTs: Date.parse(time), fields: { lat: latitude, lon: longitude } } },
    ])
  })

  it('reads a location with all it has', () => {
    expect(decode(find('DEFAULT_LOCATION_MESSAGE')[0]!.raw)).toEqual([
      {
        kind: 'telemetry',
        sample: {
          deviceTs: 1_000,
          fields: {
            lat: 45,
            lon: 90,
            acc: 60,
            alt: 27,
            speed: 0,
            course: 248,
            battery: 92,
            pressure: expect.closeTo(1013.98, 1),
          },
        },
      },
    ])
  })

  it('takes -1 for unknown', () => {
    expect(fieldsOf(find('-1 mean unknown')[0]!.raw)).toEqual({ lat: 48.85833, lon: 2.29513, acc: 5 })
  })

  it('takes a location without a time', () => {
    expect(itemsOf(find('time of receipt')[0]!)).toEqual([
      { kind: 'telemetry', sample: { deviceTs: null, fields: { lat: 48.85833, lon: 2.29513 } } },
    ])
  })

  it('keeps the battery of a location that is no use', () => {
    expect(fieldsOf(find('ZERO_ACCURACY')[0]!.raw)).toEqual({ battery: 92, pressure: expect.any(Number) })
  })

  it('takes no position from beacons, nor from a transition that knows it to 2 km', () => {
    for (const part of ['NOT a position', 'mobile beacon', 'inaccurate leave']) {
      expect(itemsOf(find(part)[0]!)).toEqual([])
    }
    expect(itemsOf(find('REGION_GPS_LEAVE')[0]!)).toMatchObject([
      { kind: 'telemetry', sample: { fields: { acc: 60 } } },
    ])
  })

  it('reads steps, and the last will', () => {
    expect(itemsOf(find('step counter')[0]!)).toEqual([
      { kind: 'telemetry', sample: { deviceTs: 1_400_455_130_000, fields: { steps: 1234 } } },
    ])
    for (const sample of [...find('last will'), ...find('lwt (HA')]) {
      expect(itemsOf(sample)).toEqual([{ kind: 'presence', online: false }])
    }
  })

  it('keeps nothing of waypoints, requests and commands', () => {
    const types = ['waypoint', 'waypoints', 'request', 'cmd']
    const said = samples.filter(({ raw }) => types.some((type) => JSON.stringify(raw).includes(`"_type":"${type}"`)))
    expect(said.length).toBeGreaterThanOrEqual(9)
    for (const sample of said) expect(itemsOf(sample)).toEqual([])
  })

  it('keeps what is no JSON as a dead letter', () => {
    expect(itemsOf(find('corrupt JSON')[0]!)).toMatchObject([
      { kind: 'unreadable', reason: 'invalid_json', alarm: false },
    ])
  })
})

describe('location', () => {
  it.each([
    [
      { lat: 28.4, lon: 117.9, acc: 5_000 },
      { lat: 28.4, lon: 117.9, acc: 5_000 },
    ],
    [{ lat: 28.4, lon: 117.9, acc: 5_001, batt: 7 }, { battery: 7 }],
    [
      { lat: 28.4, lon: 117.9, acc: -1 },
      { lat: 28.4, lon: 117.9 },
    ],
    [
      { lat: '28.4', lon: '117.9', acc: '12', batt: '80' },
      { lat: 28.4, lon: 117.9, acc: 12, battery: 80 },
    ],
    [{ lat: 0, lon: 0, batt: 7 }, { battery: 7 }],
    [{ lat: 28.4, batt: 7 }, { battery: 7 }],
    [{ lat: 128.4, lon: 17, batt: 7 }, { battery: 7 }],
    [{ lat: true, lon: true, batt: true, bs: true }, null],
    [
      { lat: 28.4, lon: 117.9, alt: 0, vac: -1 },
      { lat: 28.4, lon: 117.9 },
    ],
    [
      { lat: 28.4, lon: 117.9, alt: 66, vac: 4, vel: 5, cog: 359 },
      { lat: 28.4, lon: 117.9, alt: 66, speed: 5, course: 359 },
    ],
    [{ bs: 0, batt: -1 }, null],
    [{ bs: 1 }, { charging: 0 }],
    [{ bs: 2 }, { charging: 1 }],
    [
      { bs: 3, batt: 100 },
      { charging: 1, battery: 100 },
    ],
    [{ bs: -1, batt: 101 }, null],
    [{ p: 101.3 }, { pressure: 1013 }],
    [{}, null],
  ])('%j gives %j', (message, fields) => {
    expect(fieldsOf({ _type: 'location', tst: TST, ...message })).toEqual(fields)
  })

  it('reads an array of messages, and one dead letter speaks for what is no message', () => {
    const items = decode([
      { _type: 'location', tst: TST, lat: 28.4, lon: 117.9 },
      5,
      transition({ event: 'leave' }),
      null,
    ])
    expect(items.map(({ kind }) => kind)).toEqual(['telemetry', 'event', 'telemetry', 'unreadable'])
    expect(items[3]).toMatchObject({ reason: 'not_an_object', alarm: false })
    expect(decode(Array(1_001).fill({ _type: 'lwt' }))).toHaveLength(1_001)
  })
})

describe('transition', () => {
  it('of the home raises an alarm, with the position', () => {
    expect(decode(transition({ event: 'leave', rid: 'f7676c' }), EVENT)).toEqual([
      {
        kind: 'event',
        event: {
          messageId: expect.any(String),
          type: 'wander',
          deviceTs: TST * 1000,
          detail: { region: 'home', event: 'leave', lat: 28.4, lon: 117.9, acc: 20 },
        },
      },
      { kind: 'telemetry', sample: { deviceTs: TST * 1000, fields: { lat: 28.4, lon: 117.9, acc: 20 } } },
    ])
    expect(decode(transition({ event: 'enter' }), EVENT)).toMatchObject([
      { kind: 'event', event: { type: 'wander_end' } },
      { kind: 'telemetry' },
    ])
  })

  it.each(['home', 'Home', 'HOME Zhang', ' home', '家', '家门口'])('takes %j for the home', (desc) => {
    expect(decode(transition({ event: 'leave', desc }), EVENT)[0]).toMatchObject({
      kind: 'event',
      event: { type: 'wander' },
    })
  })

  it.each(['inner', 'My home', '超市', '+follow', ''])('takes %j for another region', (desc) => {
    expect(decode(transition({ event: 'leave', desc }), EVENT)).toMatchObject([{ kind: 'telemetry' }])
  })

  it('has no position when a beacon saw it, and is an alarm all the same', () => {
    const items = decode(transition({ event: 'leave', t: 'b', lat: 0, lon: 0, acc: 0 }), EVENT)
    expect(items).toMatchObject([{ kind: 'event', event: { detail: { region: 'home', event: 'leave' } } }])
    expect(decode(transition({ event: 'leave', acc: 2_000 }), EVENT)).toHaveLength(1)
  })

  it('counts once when it comes again, and anew at another time', () => {
    const idOf = (more: object) => {
      const [item] = decode(transition({ event: 'leave', ...more }), EVENT)
      return item?.kind === 'event' ? item.event.messageId : null
    }
    expect(idOf({})).toBe(idOf({ lat: 28.5 }))
    expect(idOf({})).not.toBe(idOf({ tst: TST + 300 }))
    expect(idOf({})).not.toBe(idOf({ desc: 'home 2' }))
    expect(idOf({})).not.toBe(idOf({ event: 'enter' }))
  })

  it('is an alarm wherever it comes when it can’t be read', () => {
    for (const more of [
      {},
      { event: 'fled' },
      { event: 7 },
      { event: 'leave', desc: null },
      { event: 'leave', desc: 5 },
    ]) {
      const items = decode(transition(more))
      expect(items.at(-1)).toMatchObject({ kind: 'unreadable', alarm: true })
      expect(items[0]).toMatchObject({ kind: 'telemetry' })
    }
    expect(decode(transition({ event: 'enter', desc: undefined })).at(-1)).toMatchObject({ alarm: false })
  })

  it('raises nothing when it is a retained copy', () => {
    const replayed = { ...EVENT, replayed: true }
    expect(decode(transition({ event: 'leave' }), replayed)).toMatchObject([{ kind: 'telemetry' }])
    expect(decode('{', replayed)).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })
})

describe('what can’t be read', () => {
  it.each([
    ['', 'empty'],
    ['{', 'invalid_json'],
    ['5', 'not_an_object'],
    ['null', 'not_an_object'],
    ['{}', 'missing_field'],
    ['{"_type":5}', 'missing_field'],
    [Buffer.from([0xc3, 0x28]), 'invalid_utf8'],
    [`${'['.repeat(20)}${']'.repeat(20)}`, 'too_deep'],
    [{ _type: 'encrypted', data: 'AAAA' }, 'invalid_field'],
  ])('%j is an alarm on the topic of events only', (raw, reason) => {
    expect(decode(raw)).toMatchObject([{ kind: 'unreadable', reason, alarm: false }])
    expect(decode(raw, EVENT)).toMatchObject([{ kind: 'unreadable', reason, alarm: true }])
  })

  it('keeps nothing of types that are unknown', () => {
    for (const _type of ['status', 'card', 'dump', 'beacon', 'msg', '', 'constructor', '__proto__']) {
      expect(decode({ _type, tst: TST }, EVENT)).toEqual([])
    }
  })
})
