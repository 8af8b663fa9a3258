import { describe, expect, it } from 'vitest'
import { mappedProtocol } from '../../gateway/protocols/mapper/index.ts'
import { UNKNOWN_CHANNEL } from '../../gateway/protocols/protocol.ts'
import type { DeviceCommand } from '../../server/contract/command.ts'
import { device, one, types } from './mapper-harness.ts'

describe('paths and conditions', () => {
  it('find nothing where nothing is', () => {
    const { receive } = one({
      telemetry: {
        a: "['a key'].b",
        b: 'list[1].x',
        c: '$.length',
        d: 'constructor.name',
        e: 'text.length',
        f: "['__proto__'].x",
      },
    })
    expect(receive('t', { 'a key': { b: 1 }, list: [0, { x: 2 }], text: 'abc' })).toMatchObject([
      { sample: { fields: { a: 1, b: 2 } } },
    ])
    for (const raw of ['[1,2,3]', '"abc"', '5', 'null', '{"list":5,"__proto__":{"x":1}}']) {
      expect(receive('t', raw)).toMatchObject([{ kind: 'unreadable' }])
    }
  })

  it('walk through parts, with what their keys capture', () => {
    const { receive } = one({
      each: '$.nodes.n{id}.in[*]',
      address: '{id}',
      telemetry: { v: 'v', whole: '$.w' },
      events: [{ value: 'sos', words: { 1: 'sos' } }],
    })
    const items = receive('t', {
      w: 9,
      nodes: { n1: { in: [{ v: 1 }, { v: 2, sos: 1 }] }, nB: { in: [{ v: 3 }] }, x: 1, n: {} },
    })
    expect(items.map(({ from, kind }) => [from, kind])).toEqual([
      ['1', 'telemetry'],
      ['1', 'event'],
      ['1', 'telemetry'],
      ['B', 'telemetry'],
    ])
    expect(items[3]).toMatchObject({ sample: { fields: { v: 3, whole: 9 } } })
  })

  it('are bounded', () => {
    const { receive } = one({ each: '$[*]', events: [{ value: 'a', words: { 1: 'test' } }] })
    const items = receive('t', Array(501).fill({ a: 1 }))
    expect(items).toHaveLength(501)
    expect(items.at(-1)).toMatchObject({ kind: 'unreadable', reason: 'too_large', alarm: true })
  })

  it.each([
    [{ exists: true }, { v: 0 }, { v: null }],
    [{ exists: false }, {}, { v: 0 }],
    [{ equals: true }, { v: 'true' }, { v: 'yes' }],
    [{ equals: '' }, { v: '' }, {}],
    [{ in: ['a', 2] }, { v: '2' }, { v: 3 }],
    [{ contains: ['ALL'] }, { v: 'fallen' }, { v: 'fell' }],
    [{ word: ['co', '门'] }, { v: 'kitchen-CO_alarm' }, { v: 'door_contact' }],
    [{ above: 5 }, { v: 5.1 }, { v: 5 }],
    [{ below: 5 }, { v: '4' }, { v: 'x' }],
    [{ above: 1, below: 3 }, { v: 2 }, { v: 3 }],
    [{ bits: [1, 4] }, { v: 18 }, { v: 13 }],
  ])('%j holds for %j and not for %j', (test, good, bad) => {
    const { receive } = one({ when: [{ of: 'v', ...test }], events: [{ type: 'test' }] })
    expect(types(receive('t', good))).toEqual(['test'])
    expect(receive('t', bad)).toMatchObject([{ kind: 'unreadable', reason: 'unknown_type' }])
  })
})

describe('topics of a login', () => {
  const { topics } = device({
    rules: [
      { topic: 'home/+/{x}', telemetry: { v: 'v' } },
      { topic: 'noise/#', ignore: true },
    ],
  })

  it.each([
    ['home/a/b', 'mapped'],
    ['home//b', 'mapped'],
    ['noise', 'ignored'],
    ['noise/a/b', 'ignored'],
    ['home/a', UNKNOWN_CHANNEL],
    ['home/a/b/c', UNKNOWN_CHANNEL],
    ['zigbee2mqtt/x', UNKNOWN_CHANNEL],
    ['home/a/\0', UNKNOWN_CHANNEL],
    ['careful', UNKNOWN_CHANNEL],
    ['care', null],
    ['care/v1/d2/event', null],
    ['$SYS/x', null],
    ['', null],
  ])('%j is %s', (topic, channel) => {
    expect(topics.channelOf(topic)).toBe(channel)
  })

  it.each([
    ['home/#', true],
    ['cmnd/x/+', true],
    ['care/v1/d1/command', false],
    ['care/#', false],
    ['$SYS/#', false],
    ['$share/g/home', false],
    ['#', false],
    ['+/v1/d2/command', false],
    ['', false],
  ])('may subscribe to %s: %s', (filter, allowed) => {
    expect(topics.maySubscribe(filter)).toBe(allowed)
  })
})

describe('commands', () => {
  const mapping = {
    rules: [
      { topic: 'rx/{unit}/{node}', address: '{node}', telemetry: { v: 'v' } },
      { topic: 'rx/{unit}', payload: 'text', presence: { online: ['up'], offline: ['down'] } },
    ],
    commands: {
      sound: {
        topic: 'rx/{unit}/set',
        payload: { to: '{address}', for: '{seconds}', list: ['{commandId}', 1], on: true },
      },
      message: { topic: 'rx/{unit}/{address}/say', payload: 'say "{text}"' },
    },
  }
  const target = { deviceId: 'b7', protocol: 'mapped', kind: 'button', model: null, hubId: 'd1', address: 'n7' }
  const send = (
    memory: ReturnType<typeof device>['memory'],
    type: DeviceCommand['type'],
    args: DeviceCommand['args'] = {},
  ) =>
    mappedProtocol
      .encode({ commandId: 'c1', type, args }, target, memory)
      .map(({ topic, payload }) => [topic, payload.toString()])

  it('go the way that messages came', () => {
    const { memory, receive } = device(mapping)
    expect(send(memory, 'sound', { seconds: 5 })).toEqual([])
    receive('rx/9/n7', { v: 1 })
    receive('rx/8/n8', { v: 1 })
    expect(send(memory, 'sound', { seconds: 5 })).toEqual([
      ['rx/9/set', '{"to":"n7","for":5,"list":["c1",1],"on":true}'],
    ])
    expect(send(memory, 'message', { text: '他 "好" {unit}' })).toEqual([['rx/9/n7/say', 'say "他 "好" {unit}"']])
  })

  it('know the way from the will, and are not sent when something is missing', () => {
    const { memory } = device(mapping, 'rx/5')
    expect(send(memory, 'sound', { seconds: 5 })[0]?.[0]).toBe('rx/5/set')
    expect(send(memory, 'sound')).toEqual([])
    expect(send(memory, 'locate')).toEqual([])
    expect(send(device(undefined).memory, 'sound', { seconds: 5 })).toEqual([])
  })

  it('never go to a wildcard', () => {
    const { memory } = device(mapping, 'rx/5')
    const wild = { ...target, address: '#' }
    expect(mappedProtocol.encode({ commandId: 'c', type: 'message', args: { text: 'x' } }, wild, memory)).toEqual([])
  })
})
