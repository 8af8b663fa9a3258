import type { DecodedItem } from '../../server/contract/ports.ts'
import type { DecodeContext, MqttProtocol, RawMessage } from './protocol.ts'
import { decodeAvailability, decodeBridge } from './zigbee2mqtt/bridge.ts'
import { encode } from './zigbee2mqtt/commands.ts'
import { createMemory, type Zigbee2MqttMemory } from './zigbee2mqtt/memory.ts'
import { decodeState } from './zigbee2mqtt/state.ts'
import { CHANNELS, subjectOf, topicsOf } from './zigbee2mqtt/topics.ts'
import { unreadable } from './zigbee2mqtt/unreadable.ts'

export type { Zigbee2MqttMemory } from './zigbee2mqtt/memory.ts'

/**
 * Zigbee2MQTT (zigbee2mqtt.io, MQTT topics and messages; devices from zigbee-herdsman-converters): a hub in the home
 * that speaks for its Zigbee devices below a base topic of its own. A device's address is its friendly name.
 */
export const zigbee2mqttProtocol: MqttProtocol<Zigbee2MqttMemory> = {
  name: 'zigbee2mqtt',
  channels: CHANNELS,
  isHub: true,
  bridgeTopics: ['zigbee2mqtt/#'],
  createMemory,
  topicsOf: (_login, memory) => topicsOf(memory),
  isAlarmChannel: (channel) => channel === 'device',
  addressOf: (message, memory) => subjectOf(message, memory)?.address ?? null,
  decode,
  encode,
}

/** Decodes one message; the channel is the one that `channelOf` gave for its topic. */
function decode(channel: string, message: RawMessage, context: DecodeContext<Zigbee2MqttMemory>): DecodedItem[] {
  const { memory, child } = context
  const known = CHANNELS.find((each) => each === channel)
  switch (known) {
    case undefined:
      return [unreadable('unknown_topic', 'Not below the base topic of Zigbee2MQTT', false)]
    case 'command':
    case 'group':
    case 'discovery':
    case 'bridge_other':
      return []
    case 'device':
    case 'availability': {
      const subject = subjectOf(message, memory)
      // The names may have changed since the channel was looked up; what was a device's may still be an alarm.
      if (subject === null) return [unreadable('unknown_topic', 'No device of this name', known === 'device')]
      if (known === 'availability') return decodeAvailability(message, subject.address)
      return decodeState(message, subject, memory, child)
    }
    default:
      return decodeBridge(known, message, memory)
  }
}
