import { describe, expect, it } from 'vitest'
import type { DecodedItem } from '../../server/contract/ports.ts'
import { device, eventOf, NOW, one, types } from './mapper-harness.ts'

describe('which rule', () => {
  it('is the first that fits, and with continue the next ones too', () => {
    const { receive } = device({
      rules: [
        { topic: 'a/#', when: [{ of: 'k', equals: 1 }], events: [{ type: 'sos' }] },
        { topic: 'a/+', when: [{ of: 'k', equals: 2 }], events: [{ type: 'help' }], continue: true },
        { topic: 'a/b', events: [{ type: 'test' }] },
      ],
    })
    expect(types(receive('a/b', { k: 1 }))).toEqual(['sos'])
    expect(types(receive('a/b', { k: 2 }))).toEqual(['help', 'test'])
    expect(types(receive('a/b', { k: 3 }))).toEqual(['test'])
    expect(receive('a/c', { k: 3 })).toEqual([
      { kind: 'unreadable', reason: 'unknown_type', explanation: expect.any(String), alarm: false },
    ])
    expect(types(receive('a', { k: 1 }))).toEqual(['sos'])
  })

  it('passes a message on when it has nothing of what the rule gives', () => {
    const { receive } = device({
      rules: [
        { topic: 't', telemetry: { hr: 'hr' }, events: [{ value: 'sos', words: { 1: 'sos' } }] },
        { topic: 't', telemetry: { battery: 'battery' } },
      ],
    })
    expect(receive('t', { battery: 5 })).toMatchObject([{ sample: { fields: { battery: 5 } } }])
    expect(receive('t', { what: 5 })).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })

  it('keeps a message of a rule for alarms only that has no value as an alarm', () => {
    const { receive } = one({ events: [{ value: 'state', words: { fall: 'fall' } }] })
    for (const raw of [{}, { state: null }, { State: 'fall' }, 5, []]) {
      expect(receive('t', raw)).toMatchObject([{ kind: 'unreadable', reason: 'missing_field', alarm: true }])
    }
    expect(receive('t', {}, { replayed: true })).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })

  it('ignores what it is told to', () => {
    const { receive, topics } = device({
      rules: [
        { topic: 't/log', ignore: true },
        { topic: 't/#', when: [{ of: 'noise', exists: true }], ignore: true },
        { topic: 't/#', telemetry: { x: 'x' } },
      ],
    })
    expect(topics.channelOf('t/log')).toBe('ignored')
    expect(receive('t/log', '{{{')).toEqual([])
    expect(receive('t/a', { noise: 1, x: 2 })).toEqual([])
    expect(receive('t/a', { x: 2 })).toMatchObject([{ kind: 'telemetry' }])
  })
})

describe('what can’t be read', () => {
  const alarming = one({ events: [{ value: 's', words: { a: 'sos' } }] })
  const levelling = one({ levels: [{ level: 'l', value: 's', words: { a: 'smoke' } }], telemetry: { x: 'x' } })
  const reading = one({ telemetry: { x: 'x' } })

  it.each([
    ['', 'empty'],
    ['{', 'invalid_json'],
    [Buffer.from([0xc3, 0x28]), 'invalid_utf8'],
    [`${'['.repeat(20)}${']'.repeat(20)}`, 'too_deep'],
  ])('%j is an alarm where the topic may tell of one', (raw, reason) => {
    expect(alarming.receive('t', raw)).toMatchObject([{ kind: 'unreadable', reason, alarm: true }])
    expect(levelling.receive('t', raw)).toMatchObject([{ kind: 'unreadable', reason, alarm: true }])
    expect(reading.receive('t', raw)).toMatchObject([{ kind: 'unreadable', reason, alarm: false }])
    expect(alarming.receive('t', raw, { replayed: true })).toMatchObject([{ alarm: false }])
  })

  it('an unlisted word is an alarm, a listed one is not', () => {
    for (const s of ['b', 5, true, { a: 1 }, [['a']]]) {
      expect(alarming.receive('t', { s })).toMatchObject([{ kind: 'unreadable', reason: 'invalid_field', alarm: true }])
    }
    expect(types(alarming.receive('t', { s: ' A ' }))).toEqual(['sos'])
    expect(alarming.receive('t', { s: '' })).toEqual([])
  })

  it('one dead letter speaks for several', () => {
    const items = alarming.receive('t', { s: ['b', 'a', 'c'] })
    expect(types(items)).toEqual(['sos', 'unreadable'])
    expect(items[1]).toMatchObject({ alarm: true, explanation: expect.stringContaining('and 1 more') })
  })

  it('of a device without a mapping is an alarm that says why', () => {
    for (const mapping of [undefined, null, {}, { rules: [{ topic: 'a/#/b' }] }]) {
      const { receive } = device(mapping)
      expect(receive('x', '1')).toEqual([
        { kind: 'unreadable', reason: 'invalid_field', explanation: expect.stringMatching(/mapping/), alarm: true },
      ])
    }
  })
})

describe('events', () => {
  it('carry what detail asks for, and the address', () => {
    const { receive } = one({
      address: 'mac',
      events: [{ type: 'sos', detail: { room: 'room', deep: 'a.b[1]', none: 'none', obj: 'a', nul: 'n' } }],
    })
    const [item] = receive('t', { mac: ' aa:bb ', room: '卧室', a: { b: [1, true] }, n: null })
    expect(item).toMatchObject({ from: 'aa:bb', event: { detail: { address: 'aa:bb', room: '卧室', deep: true } } })
    expect(receive('t', { mac: '' })[0]).not.toHaveProperty('from')
    expect(receive('t', { mac: 'x'.repeat(129) })[0]).not.toHaveProperty('from')
  })

  it('of keys keep the press, and a word that is not listed as it came', () => {
    const { receive } = one({ events: [{ value: 'k', press: { 1: 'single', 0: null, '*': 'other' } }] })
    expect(eventOf(receive('t', { k: 1 }))).toMatchObject({ type: 'button', detail: { press: 'single' } })
    expect(eventOf(receive('t', { k: true })).detail).toEqual({ press: 'single' })
    expect(eventOf(receive('t', { k: 'Swipe' })).detail).toEqual({ press: 'other', value: 'swipe' })
    expect(receive('t', { k: 0 })).toEqual([])
    expect(receive('t', { k: [0, 1, 0, 7] })).toMatchObject([
      { event: { detail: { press: 'single', key: '2' } } },
      { event: { detail: { press: 'other', key: '4' } } },
    ])
  })

  it('read bits, hexadecimal bytes and thresholds', () => {
    const bits = one({ events: [{ value: 'v', bits: [0, 31], words: { 1: 'sos', 0: null } }] })
    expect([1, 2 ** 31, 0x8000_0001, '1'].map((v) => types(bits.receive('t', { v })))).toEqual(Array(4).fill(['sos']))
    expect([0, 2, 2 ** 32].map((v) => bits.receive('t', { v }))).toEqual([[], [], []])
    const hex = one({ events: [{ value: 'v', hex: { at: 1, bytes: 2 }, words: { 513: 'sos', 0: null } }] })
    expect(types(hex.receive('t', { v: '0xFF0102ff' }))).toEqual(['sos'])
    expect(hex.receive('t', { v: 'ff0000' })).toEqual([])
    for (const v of ['ff00', 'ffzz02', 5, '']) expect(hex.receive('t', { v })).toMatchObject([{ alarm: true }])
    const above = one({ events: [{ value: 'v', above: 50, words: { 1: 'gas', 0: null } }] })
    expect(types(above.receive('t', { v: '50.5' }))).toEqual(['gas'])
    expect(above.receive('t', { v: 50 })).toEqual([])
  })

  it('take texts', () => {
    const { receive } = one({ payload: 'text', events: [{ words: { pulled: 'sos' }, detail: { said: '$' } }] })
    expect(eventOf(receive('t', ' Pulled\n'))).toMatchObject({ type: 'sos', detail: { said: ' Pulled\n' } })
    expect(receive('t', Buffer.from([0xff]))).toMatchObject([{ reason: 'invalid_utf8', alarm: true }])
  })
})

describe('message ids', () => {
  const idOf = (id: unknown, raw: object, at: number, rule: object = {}) =>
    eventOf(one({ ...(id === undefined ? {} : { id }), events: [{ type: 'sos' }], ...rule }).receive('t', raw, { at }))
      .messageId
  const HOUR = 3_600_000

  it('unique: the same at any time', () => {
    expect(idOf('u', { u: 'x' }, NOW)).toBe(idOf({ unique: 'u' }, { u: 'x', more: 1 }, NOW + HOUR))
    expect(idOf('u', { u: 'x' }, NOW)).not.toBe(idOf('u', { u: 'y' }, NOW))
  })

  it('packet: the same for a while, per device and press', () => {
    const id = { packet: 'pid' }
    expect(idOf(id, { pid: 6, rssi: -5 }, NOW)).toBe(idOf(id, { pid: 6, rssi: -9 }, NOW + 5_000))
    expect(idOf(id, { pid: 6 }, NOW)).not.toBe(idOf(id, { pid: 7 }, NOW))
    expect(idOf(id, { pid: 6 }, NOW)).not.toBe(idOf(id, { pid: 6 }, NOW + HOUR))
    const behind = { address: 'mac' }
    expect(idOf(id, { pid: 6, mac: 'a' }, NOW, behind)).not.toBe(idOf(id, { pid: 6, mac: 'b' }, NOW, behind))
    const press = { events: [{ value: 'k', press: { 1: 'single', 2: 'double' } }] }
    expect(idOf(id, { pid: 6, k: 1 }, NOW, press)).not.toBe(idOf(id, { pid: 6, k: 2 }, NOW, press))
  })

  it('time: the same message counts once', () => {
    const ts = { ts: 't' }
    const t = NOW / 1000
    expect(idOf(undefined, { t, a: 1 }, NOW, ts)).toBe(idOf(undefined, { t, a: 1 }, NOW + HOUR, ts))
    expect(idOf(undefined, { t, a: 1 }, NOW, ts)).not.toBe(idOf(undefined, { t, a: 2 }, NOW, ts))
  })

  it('none: every occurrence counts', () => {
    const { receive } = one({ id: 'u', events: [{ type: 'sos' }] })
    const ids = [{}, {}, { u: null }].map((raw) => eventOf(receive('t', raw)).messageId)
    expect(new Set(ids).size).toBe(3)
  })

  it('counter: a level, told anew by each change', () => {
    const { receive } = one({ id: { counter: 'n' }, events: [{ value: 'k', press: { S: 'single', '': null } }] })
    const [first] = receive('t', { n: 1, k: 'S' })
    expect(first).toMatchObject({
      kind: 'level',
      report: { level: 'count:t', value: '1:s', calm: false, event: { type: 'button', detail: { press: 'single' } } },
    })
    expect(receive('t', { n: 0, k: '' })).toMatchObject([
      { report: { level: 'count:t', value: '0:', calm: true, event: null } },
    ])
    // After the device has started anew the same count is another press.
    const [again] = receive('t', { n: 1, k: 'S' }, { at: NOW + 1_000 })
    const idIn = (item?: DecodedItem) => (item?.kind === 'level' ? item.report.event?.messageId : undefined)
    expect(idIn(again)).not.toBe(idIn(first))
    expect(receive('t', { k: 'S' })).toMatchObject([{ kind: 'event' }])
  })
})

describe('levels', () => {
  const rule = {
    topic: 'home/{door}',
    levels: [
      {
        level: 'door_{door}',
        value: 's',
        words: { open: 'door_open', shut: 'door_close', jammed: null },
        calm: ['Shut'],
      },
    ],
  }
  const { receive } = device({ rules: [rule] })

  it('have a name, a value and its event', () => {
    expect(receive('home/front', { s: 'OPEN' })).toEqual([
      {
        kind: 'level',
        report: {
          level: 'door_front',
          value: 'open',
          calm: false,
          event: { messageId: `door_front:open:${NOW}`, type: 'door_open', deviceTs: null, detail: {} },
        },
      },
    ])
    expect(receive('home/front', { s: 'shut' })).toMatchObject([
      { report: { calm: true, event: { type: 'door_close' } } },
    ])
    expect(receive('home/front', { s: 'jammed' })).toMatchObject([{ report: { value: 'jammed', event: null } }])
    expect(receive('home/front', { s: 'gone' })).toMatchObject([{ kind: 'unreadable', alarm: true }])
    expect(receive('home/front', { s: ['open', 'shut'] })).toMatchObject([{ kind: 'unreadable', alarm: true }])
    expect(receive('home/front', { s: '' })).toEqual([])
  })

  it('keep long names apart', () => {
    const [a, b] = ['a', 'b'].map((end) => receive(`home/${'长'.repeat(60)}${end}`, { s: 'open' })[0])
    const name = (item?: DecodedItem) => (item?.kind === 'level' ? item.report.level : '')
    expect(name(a)).not.toBe(name(b))
    expect(name(a)).toHaveLength(40)
  })

  it('are left out of an outside broker’s retained copy', () => {
    expect(receive('home/front', { s: 'open' }, { replayed: true })).toEqual([])
  })
})

describe('readings', () => {
  const fieldsOf = (telemetry: object, raw: unknown, more: object = {}) => {
    const [item] = one({ telemetry, ...more }).receive('t', raw)
    return item?.kind === 'telemetry' ? item.sample.fields : item?.kind
  }

  it('are numbers, scaled, without those that mean unknown', () => {
    const battery = { value: 'b', factor: 0.5, offset: 1, unknown: [-1] }
    expect(fieldsOf({ battery }, { b: '20' })).toEqual({ battery: 11 })
    expect(fieldsOf({ battery, x: 'x' }, { b: -1, x: true })).toEqual({ x: 1 })
    expect(fieldsOf({ x: 'x' }, { x: [7, 8] })).toEqual({ x: 7 })
    expect(fieldsOf({ x: { value: 'x', factor: 1e308 }, y: 'y' }, { x: 1e308, y: 1 })).toEqual({ y: 1 })
    expect(fieldsOf({ x: 'x' }, { x: null })).toBe('unreadable')
    expect(fieldsOf({ battery }, { b: -1 })).toBeUndefined()
  })

  it('take a position as a pair', () => {
    const telemetry = { lat: 'lat', lon: 'lon', acc: 'acc' }
    expect(fieldsOf(telemetry, { lat: 28, lon: 117, acc: 5 })).toEqual({ lat: 28, lon: 117, acc: 5 })
    for (const raw of [{ lat: 0, lon: 0 }, { lat: 28 }, { lat: 91, lon: 1 }]) {
      expect(fieldsOf(telemetry, { ...raw, acc: 5 })).toEqual({ acc: 5 })
    }
    expect(fieldsOf(telemetry, { lat: 0, lon: 0 })).toBeUndefined()
  })

  it('may be named by the topic', () => {
    const { receive } = device({
      rules: [{ topic: 's/{id}', payload: 'text', telemetry: { '{id}': '$', 'in_{id}': '$' } }],
    })
    expect(receive('s/room-temp', '21.5')).toMatchObject([
      { sample: { fields: { room_temp: 21.5, in_room_temp: 21.5 } } },
    ])
    expect(receive('s/9', '1')).toMatchObject([{ sample: { fields: { in_9: 1 } } }])
  })

  it('come with presence, facts and the device’s time', () => {
    const { receive } = one({
      ts: 'at',
      presence: { value: 'on', online: ['true'], offline: ['false'] },
      facts: { firmware: 'fw', hardware: 'hw' },
      telemetry: { x: 'x' },
    })
    expect(receive('t', { at: '2025-11-23T12:13:20Z', on: false, fw: '1.2', hw: 7, x: 1 }, { replayed: true })).toEqual(
      [
        { kind: 'telemetry', sample: { deviceTs: NOW, fields: { x: 1 } } },
        { kind: 'presence', online: false },
        { kind: 'facts', facts: { firmware: '1.2', hardware: '7' } },
      ],
    )
    expect(receive('t', { on: 1 })).toEqual([{ kind: 'presence', online: true }])
    expect(receive('t', { on: 'maybe' })).toMatchObject([{ kind: 'unreadable', alarm: false }])
  })
})
