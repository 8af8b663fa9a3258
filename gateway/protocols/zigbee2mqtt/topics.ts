import { storableText } from '../json.ts'
import { type LoginTopics, type RawMessage, UNKNOWN_CHANNEL } from '../protocol.ts'
import { isAttribute, isEndpoint } from './attributes.ts'
import { isPlatforms, type Zigbee2MqttMemory } from './memory.ts'

/** Topics of Zigbee2MQTT (zigbee2mqtt.io, MQTT topics and messages) below a base that every home may choose. */
export const CHANNELS = [
  'device',
  'availability',
  'command',
  'group',
  'discovery',
  'bridge_state',
  'bridge_devices',
  'bridge_groups',
  'bridge_event',
  'bridge_info',
  'bridge_health',
  'bridge_other',
] as const
export type Channel = (typeof CHANNELS)[number]

const BRIDGE_CHANNELS: ReadonlyMap<string, Channel> = new Map<string, Channel>([
  ['state', 'bridge_state'],
  ['devices', 'bridge_devices'],
  ['groups', 'bridge_groups'],
  ['event', 'bridge_event'],
  ['info', 'bridge_info'],
  ['health', 'bridge_health'],
  ...['log', 'logging', 'definitions', 'extensions', 'converters', 'config', 'networkmap', 'request', 'response'].map(
    (word) => [word, 'bridge_other'] as const,
  ),
])

/** Home Assistant's discovery, which Zigbee2MQTT fills in beside its own base. */
const DISCOVERY = 'homeassistant/'
/** Longest address a device can be registered with (server/contract/device.ts), characters. */
const MAX_ADDRESS = 128

/** The topics of one login. They are a namespace of their own; only the platform's own topics are not among them. */
export function topicsOf(memory: Zigbee2MqttMemory): LoginTopics {
  return {
    channelOf: (topic) => (isPlatforms(topic) ? null : (channelOf(topic, memory) ?? UNKNOWN_CHANNEL)),
    maySubscribe: (filter) => filter !== '' && !isPlatforms(filter) && filter[0] !== '+' && filter[0] !== '#',
  }
}

function channelOf(topic: string, memory: Zigbee2MqttMemory): Channel | null {
  const rest = belowBase(topic, memory)
  if (rest === null) return topic.startsWith(DISCOVERY) ? 'discovery' : null
  if (rest.startsWith('bridge/')) return BRIDGE_CHANNELS.get(levelOf(rest, 'bridge/'.length)) ?? 'bridge_other'
  const { devices, groups } = memory
  if (devices.has(rest)) return 'device'
  if (groups.has(rest)) return 'group'
  if (isCommand(rest, memory)) return 'command'
  const owner = without(rest, '/availability')
  if (owner === null) return 'device'
  return groups.has(owner) && !devices.has(owner) ? 'group' : 'availability'
}

/** `NAME/set`, `NAME/get`; with an attribute behind it (`NAME/set/state`) only where the device is known. */
function isCommand(rest: string, { devices }: Zigbee2MqttMemory): boolean {
  if (without(rest, '/set') !== null || without(rest, '/get') !== null) return true
  const parent = rest.slice(0, Math.max(0, rest.lastIndexOf('/')))
  const name = without(parent, '/set') ?? without(parent, '/get')
  return name !== null && devices.has(name)
}

function without(rest: string, ending: string): string | null {
  return rest.length > ending.length && rest.endsWith(ending) ? rest.slice(0, -ending.length) : null
}

/** The part of a topic below the base, or null when there is none. Learns the base where a topic tells it. */
function belowBase(topic: string, memory: Zigbee2MqttMemory): string | null {
  const { base } = memory
  if (base !== null && isBelow(topic, base)) return topic.slice(base.length + 1)
  const bridge = topic.indexOf('/bridge/')
  if (bridge > 0 && BRIDGE_CHANNELS.has(levelOf(topic, bridge + '/bridge/'.length))) {
    memory.base = topic.slice(0, bridge)
    return topic.slice(bridge + 1)
  }
  if (topic.startsWith(DISCOVERY)) return null
  // The first level may be empty.
  const end = topic.indexOf('/', 1)
  if (end < 0 || end === topic.length - 1) return null
  memory.guessedBase = topic.slice(0, end)
  return topic.slice(end + 1)
}

const isBelow = (topic: string, base: string): boolean =>
  topic.length > base.length + 1 && topic.charCodeAt(base.length) === 0x2f && topic.startsWith(base)

/** The topic level that begins at `from`. */
function levelOf(topic: string, from: number): string {
  const end = topic.indexOf('/', from)
  return end < 0 ? topic.slice(from) : topic.slice(from, end)
}

export interface Subject {
  /** Address of the device: its friendly name, as it can be stored. */
  address: string
  /** Friendly name as in the topic. */
  name: string
  /** The one attribute that the payload is the plain value of; null: the payload is the device's state as JSON. */
  attribute: string | null
}

/** The device that a message on channel `device` or `availability` is about; null on other channels. */
export function subjectOf({ topic, payload }: RawMessage, memory: Zigbee2MqttMemory): Subject | null {
  const channel = channelOf(topic, memory)
  if (channel !== 'device' && channel !== 'availability') return null
  const rest = belowBase(topic, memory)
  if (rest === null) return null
  if (channel === 'availability') return subject(without(rest, '/availability') ?? rest, null)
  if (memory.devices.has(rest) || !rest.includes('/')) return subject(rest, null)
  return below(rest, isObject(payload), memory)
}

/**
 * A name with a slash in it, an endpoint (`NAME/left`), or one attribute on a topic of its own (`NAME/action`, and every
 * attribute where Zigbee2MQTT's setting `output` is `attribute`): the names that the hub has told and the payload decide.
 */
function below(rest: string, isState: boolean, { devices }: Zigbee2MqttMemory): Subject {
  const last = rest.slice(rest.lastIndexOf('/') + 1)
  for (let at = rest.lastIndexOf('/'); at > 0; at = rest.lastIndexOf('/', at - 1)) {
    const name = rest.slice(0, at)
    if (!devices.has(name)) continue
    if (!isState) return subject(name, last)
    return subject(isEndpoint(rest.slice(at + 1)) ? name : rest, null)
  }
  const owner = isState || !isAttribute(last) ? null : without(rest, `/${last}`)
  return owner === null ? subject(rest, null) : subject(owner, last)
}

const subject = (name: string, attribute: string | null): Subject => ({ address: addressFor(name), name, attribute })

const UNSTORABLE = /[\0\ud800-\udfff]/

/** A friendly name as an address: storable, and no longer than a device can be registered with. */
export function addressFor(name: string): string {
  if (name.length <= MAX_ADDRESS && !UNSTORABLE.test(name)) return name
  return storableText(name.slice(0, MAX_ADDRESS))
}

/** True when the payload is meant as a JSON object, whole or broken. */
function isObject(payload: Uint8Array): boolean {
  for (const byte of payload) {
    if (byte === 0x7b) return true
    // White space and a byte order mark (RFC 8259, 2 and 8.1) may come first.
    if (byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return false
  }
  return false
}
