import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MQTT_PROTOCOLS, TCP_PROTOCOL_TABLE } from '../../gateway/protocols/index.ts'
import type { LoginContext, MqttProtocol } from '../../gateway/protocols/protocol.ts'
import { COMMAND_TYPES, type DeviceCommand } from '../../server/contract/command.ts'
import type { CommandTarget } from '../../server/contract/ports.ts'

/** What must hold for every protocol, also for one that is added later. */

const LOGIN: LoginContext = { deviceId: 'dev-1', settings: {}, willTopic: null }
const mqtt = [...MQTT_PROTOCOLS.values()]
const word = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('dev-1', 'dev-2', 'care', 'v1', '$SYS', '+', '#', ''),
)
const path = fc.array(word, { minLength: 1, maxLength: 6 }).map((levels) => levels.join('/'))

function topicsOf(protocol: MqttProtocol, login: LoginContext = LOGIN) {
  return protocol.topicsOf(login, protocol.createMemory(login))
}

describe.each(mqtt.map((protocol) => [protocol.name, protocol] as const))('topics of %s', (name, protocol) => {
  const others = ['care/v1/dev-2/event', 'care/v1/dev-2/command', 'care/x', 'care', '$SYS/broker', '$share/g/a', '$']

  it('are never another device’s, the platform’s or the broker’s', () => {
    const topics = topicsOf(protocol)
    for (const topic of others) {
      expect([topic, topics.channelOf(topic)]).toEqual([topic, null])
      expect([topic, topics.maySubscribe(topic)]).toEqual([topic, false])
    }
    fc.assert(
      fc.property(path, (rest) => {
        expect(topics.channelOf(`$${rest}`)).toBeNull()
        expect(topics.channelOf(`care/v1/dev-2/${rest}`)).toBeNull()
        expect(topics.maySubscribe(`$${rest}`)).toBe(false)
        expect(topics.maySubscribe(`care/v1/dev-2/${rest}`)).toBe(false)
      }),
    )
  })

  it('can’t be subscribed to by a filter for everything', () => {
    const topics = topicsOf(protocol)
    for (const filter of ['#', '+/#', '+/+/+/+', '+/v1/dev-2/command', 'care/#', 'care/+/dev-2/command']) {
      expect([filter, topics.maySubscribe(filter)]).toEqual([filter, false])
    }
  })

  it('don’t grow by what a login says of itself', () => {
    for (const willTopic of ['care/v1/dev-2/status', '$SYS/x', 'care/bridge/state', '#', '']) {
      const topics = topicsOf(protocol, { ...LOGIN, willTopic })
      for (const topic of others) expect([willTopic, topic, topics.channelOf(topic)]).toEqual([willTopic, topic, null])
    }
  })

  it('any topic has a channel of the protocol’s own, or none', () => {
    const topics = topicsOf(protocol)
    fc.assert(
      fc.property(path, (topic) => {
        const channel = topics.channelOf(topic)
        if (channel !== null && channel !== 'unknown') expect(protocol.channels).toContain(channel)
      }),
    )
  })

  it(`${name} refuses nothing of its own by mistake: a login has topics at all`, () => {
    const own: Record<string, string> = {
      native: 'care/v1/dev-1/event',
      zigbee2mqtt: 'zigbee2mqtt/button',
      owntracks: 'owntracks/dev-1/phone',
      chirpstack: 'application/a/device/24e124535d000001/event/up',
      tts: 'v3/app@tenant/devices/dev1/up',
      mapped: 'anything/at/all',
      shelly_blu: '5c:c7:c1:f2:e4:7c',
      shelly_gen1: 'shellies/shelly1-1/input_event/0',
      tasmota: 'stat/tasmota/RESULT',
      esphome: 'radar/binary_sensor/fall_detected/state',
    }
    expect(topicsOf(protocol).channelOf(own[name] ?? '')).not.toBeNull()
  })
})

describe('commands', () => {
  const args = fc.record(
    {
      text: fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }),
      seconds: fc.integer({ min: 1, max: 120 }),
      intervalSeconds: fc.integer({ min: 10, max: 86_400 }),
      sosNumbers: fc.array(fc.stringMatching(/^\+?[0-9]{3,20}$/), { minLength: 1, maxLength: 3 }),
      fallDetection: fc.boolean(),
      fallSensitivity: fc.integer({ min: 1, max: 8 }),
      removalAlarm: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  const command: fc.Arbitrary<DeviceCommand> = fc.record({
    commandId: fc.uuid(),
    type: fc.constantFrom(...COMMAND_TYPES),
    args: fc.oneof(args, fc.constantFrom({ text: 'MONITOR,13800000000' }, { text: '[3G*1*0007*MONITOR]' })),
  })
  const LISTENING = /MONITOR|CALL,|CENTER,|REMOTE/i

  it('no watch or pendant is ever told to listen or to call by itself', () => {
    for (const protocol of TCP_PROTOCOL_TABLE.values()) {
      const header = { manufacturer: '3G', id: '9031853319', index: '0001' }
      const last = { address: '9031853319', channel: '', items: [], reply: null, header }
      fc.assert(
        fc.property(command, (one) => {
          expect(protocol.encode(one, last)?.toString('latin1') ?? '').not.toMatch(LISTENING)
        }),
      )
    }
  })

  it('go to a topic of the addressed login only, never to the platform’s, whatever an address is', () => {
    for (const protocol of mqtt) {
      fc.assert(
        fc.property(command, path, (one, address) => {
          const target: CommandTarget = {
            deviceId: 'dev-1',
            protocol: protocol.name,
            kind: 'other',
            model: null,
            hubId: protocol.isHub ? 'hub-1' : null,
            address,
          }
          for (const { topic } of protocol.encode(one, target, protocol.createMemory(LOGIN))) {
            expect(topic.startsWith('$')).toBe(false)
            expect(/[+#\0]/.test(topic)).toBe(false)
            if (protocol.name === 'native') expect(topic).toBe('care/v1/dev-1/command')
            else expect(topic.startsWith('care/')).toBe(false)
          }
        }),
      )
    }
  })
})
