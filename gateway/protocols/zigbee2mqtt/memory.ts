import type { DiscoveredDevice } from '../../../server/contract/ports.ts'
import type { LoginContext } from '../protocol.ts'
import type { Capabilities } from './classify.ts'
import type { Twins } from './twins.ts'

/** What `bridge/devices` has told of a device. */
export interface KnownDevice extends Capabilities {
  discovered: DiscoveredDevice
}

/** What is remembered of one Zigbee2MQTT. */
export interface Zigbee2MqttMemory {
  /** Base topic without the last slash; null until the will or a bridge message has told it. */
  base: string | null
  /** First level of a topic that was read without knowing the base. */
  guessedBase: string | null
  /** By friendly name, at most MAX_DEVICES. */
  devices: Map<string, KnownDevice>
  /** Names of Zigbee groups: their topics repeat what their members are told to do. At most MAX_DEVICES. */
  groups: Set<string>
  twins: Twins
  /** Makes the ids of two occurrences in the same ms differ. */
  occurrences: number
}

export const MAX_DEVICES = 1_000

const STATE_TOPIC = '/bridge/state'

/** True for topics and filters below the platform's own `care/` and the broker's `$SYS` and the like. */
export const isPlatforms = (topic: string): boolean =>
  topic.startsWith('$') || topic === 'care' || topic.startsWith('care/')

/** The memory of a login at its start. Zigbee2MQTT's will is its state topic (zigbee2mqtt.io, MQTT topics and messages). */
export function createMemory({ willTopic }: LoginContext): Zigbee2MqttMemory {
  const base = willTopic?.endsWith(STATE_TOPIC) ? willTopic.slice(0, -STATE_TOPIC.length) : ''
  return {
    base: base === '' || isPlatforms(base) ? null : base,
    guessedBase: null,
    devices: new Map(),
    groups: new Set(),
    twins: new Map(),
    occurrences: 0,
  }
}
