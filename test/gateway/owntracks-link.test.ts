import fc from 'fast-check'
import nacl from 'tweetnacl'
import { describe, expect, it } from 'vitest'
import { owntracksProtocol } from '../../gateway/protocols/owntracks.ts'
import { UNKNOWN_CHANNEL } from '../../gateway/protocols/protocol.ts'
import type { DeviceCommand } from '../../server/contract/command.ts'
import { decode, EVENT, encode, phone, transition } from './owntracks-harness.ts'

describe('encryption', () => {
  const KEY = '阳光小区 s3cret'
  const nonce = new Uint8Array(24).fill(7)
  const keyBytes = (text: string) => new Uint8Array(32).map((_, i) => Buffer.from(text)[i] ?? 0)
  const sealed = (value: unknown, key = KEY) => {
    const box = nacl.secretbox(Buffer.from(JSON.stringify(value)), nonce, keyBytes(key))
    return { _type: 'encrypted', data: Buffer.concat([nonce, box]).toString('base64') }
  }

  it('is opened, and what was inside decoded', () => {
    const items = decode(sealed(transition({ event: 'leave' })), { ...EVENT, key: KEY })
    expect(items).toEqual(decode(transition({ event: 'leave' }), EVENT))
    expect(decode(sealed([{ _type: 'location', batt: 5 }]), { key: KEY })).toMatchObject([{ kind: 'telemetry' }])
  })

  it.each([
    [sealed({ _type: 'lwt' }), undefined, /no encryption key/],
    [sealed({ _type: 'lwt' }), 'another key', /not the one in its app/],
    [sealed({ _type: 'lwt' }), '密'.repeat(11), /longer than 32 bytes/],
    [{ _type: 'encrypted' }, KEY, /data is missing/],
    [{ _type: 'encrypted', data: 'AAAA' }, KEY, /cut off/],
    [sealed(sealed({ _type: 'lwt' })), KEY, /twice/],
  ])('says why it can’t be opened: %#', (raw, key, why) => {
    const options = key === undefined ? {} : { key }
    for (const [topic, alarm] of [
      ['owntracks/jane/nokia/event', true],
      ['owntracks/jane/nokia', false],
    ] as const) {
      expect(decode(raw, { ...options, topic })).toEqual([
        { kind: 'unreadable', reason: 'invalid_field', explanation: expect.stringMatching(why), alarm },
      ])
    }
  })

  it('never opens what was changed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(sealed({ _type: 'lwt' }).data, 'base64')
        bytes[at % bytes.length]! ^= change
        const raw = { _type: 'encrypted', data: bytes.toString('base64') }
        expect(decode(raw, { key: KEY })).toMatchObject([{ kind: 'unreadable' }])
      }),
    )
  })

  it('is used for commands when the phone has a key', () => {
    const { memory } = phone({ key: KEY })
    const command: DeviceCommand = { commandId: 'c', type: 'locate', args: {} }
    const [first, second] = [encode(command, memory), encode(command, memory)].map(([downlink]) => {
      const { _type, data } = JSON.parse(downlink!.payload.toString())
      expect(_type).toBe('encrypted')
      const bytes = Buffer.from(data, 'base64')
      const text = nacl.secretbox.open(bytes.subarray(24), bytes.subarray(0, 24), keyBytes(KEY))
      expect(JSON.parse(Buffer.from(text!).toString())).toEqual({ _type: 'cmd', action: 'reportLocation' })
      return data
    })
    expect(first).not.toBe(second)
  })
})

describe('commands', () => {
  const sent = (type: DeviceCommand['type'], args: DeviceCommand['args'] = {}) =>
    encode({ commandId: 'c', type, args }).map(({ payload }) => JSON.parse(payload.toString()))
  const fence = { name: '阳光小区', lat: 28.45, lon: 117.94, radius: 150.4 }

  it('asks for the position', () => {
    expect(sent('locate')).toEqual([{ _type: 'cmd', action: 'reportLocation' }])
  })

  it('pushes the home fence, whose leaving is then an alarm', () => {
    const [command] = sent('config', { fence })
    const [waypoint] = command.waypoints.waypoints
    expect(command).toEqual({
      _type: 'cmd',
      action: 'setWaypoints',
      waypoints: {
        _type: 'waypoints',
        waypoints: [
          { _type: 'waypoint', desc: 'home 阳光小区', lat: 28.45, lon: 117.94, rad: 150, tst: expect.any(Number) },
        ],
      },
    })
    const items = decode(transition({ event: 'leave', desc: waypoint.desc, wtst: waypoint.tst }), EVENT)
    expect(items[0]).toMatchObject({ kind: 'event', event: { type: 'wander' } })
  })

  it('lets a moved fence take the place of the old one', () => {
    const tstOf = (more: object) => sent('config', { fence: { ...fence, ...more } })[0].waypoints.waypoints[0].tst
    expect(tstOf({ lat: 29 })).toBe(tstOf({}))
    expect(tstOf({ name: 'home' })).not.toBe(tstOf({}))
    expect(Number.isInteger(tstOf({}))).toBe(true)
  })

  it('sets the interval, together with a fence in two messages', () => {
    const configuration = { _type: 'configuration', moveModeLocatorInterval: 60 }
    expect(sent('config', { intervalSeconds: 60 })).toEqual([
      { _type: 'cmd', action: 'setConfiguration', configuration },
    ])
    expect(sent('config', { intervalSeconds: 60, fence }).map(({ action }) => action)).toEqual([
      'setWaypoints',
      'setConfiguration',
    ])
  })

  it('knows no others', () => {
    for (const type of ['received', 'answered', 'closed', 'sound', 'message'] as const)
      expect(sent(type, { text: 'x' })).toEqual([])
    expect(sent('config', { sosNumbers: ['110'] })).toEqual([])
  })

  it('go to the topic of the phone', () => {
    const locate: DeviceCommand = { commandId: 'c', type: 'locate', args: {} }
    const topicOf = (of: ReturnType<typeof phone>) => encode(locate, of.memory)[0]!.topic
    expect(topicOf(phone())).toBe('owntracks/jane/phone/cmd')
    expect(topicOf(phone({ willTopic: 'owntracks/jane/iphone' }))).toBe('owntracks/jane/iphone/cmd')
    expect(topicOf(phone({ willTopic: 'owntracks/john/iphone' }))).toBe('owntracks/jane/phone/cmd')
    const heard = phone({ willTopic: 'owntracks/jane/iphone' })
    decode({ _type: 'transition' }, EVENT, heard)
    decode({ _type: 'lwt' }, { topic: 'owntracks/jane/old', replayed: true }, heard)
    expect(topicOf(heard)).toBe('owntracks/jane/nokia/cmd')
  })
})

describe('topics', () => {
  const { topics } = phone()

  it.each([
    ['owntracks/jane/nokia', 'location'],
    ['owntracks/jane/nokia/event', 'event'],
    ['owntracks/jane/nokia/a/event', 'event'],
    ['owntracks/jane/nokia/cmd', 'cmd'],
    ['owntracks/jane/nokia/step', 'step'],
    ['owntracks/jane/nokia/what', 'other'],
    ['owntracks/jane/event', 'location'],
    ['owntracks/jane/', UNKNOWN_CHANNEL],
    ['owntracks/jane/a\0b', UNKNOWN_CHANNEL],
    ['owntracks/jane', null],
    ['owntracks/janet/nokia', null],
    ['owntracks/JANE/nokia', null],
    ['owntracks/john/nokia', null],
    ['/owntracks/jane/nokia', null],
    ['care/v1/jane/event', null],
    ['$SYS/owntracks/jane/nokia', null],
    ['', null],
  ])('%j is %s', (topic, channel) => {
    expect(topics.channelOf(topic)).toBe(channel)
    if (channel !== null) expect([UNKNOWN_CHANNEL, ...owntracksProtocol.channels]).toContain(channel)
  })

  it.each([
    ['owntracks/jane/nokia/cmd', true],
    ['owntracks/jane/+/cmd', true],
    ['owntracks/jane/#', true],
    ['owntracks/+/+', false],
    ['owntracks/#', false],
    ['owntracks/janet/#', false],
    ['owntracks/john/nokia/cmd', false],
    ['owntracks/+/nokia/cmd', false],
    ['+/jane/#', false],
    ['$share/g/owntracks/jane/#', false],
    ['#', false],
    ['', false],
  ])('may subscribe to %s: %s', (filter, allowed) => {
    expect(topics.maySubscribe(filter)).toBe(allowed)
  })

  it('lets only events be alarms', () => {
    expect(owntracksProtocol.channels.filter((name) => owntracksProtocol.isAlarmChannel(name))).toEqual(['event'])
  })
})
