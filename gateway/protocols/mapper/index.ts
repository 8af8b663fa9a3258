import { checkMapping, type Mapping } from '../../../server/contract/mapping.ts'
import { isReserved } from '../../../server/contract/mapping-syntax.ts'
import type { DecodedItem } from '../../../server/contract/ports.ts'
import {
  type DecodeContext,
  type LoginContext,
  type LoginTopics,
  type MqttProtocol,
  type RawMessage,
  UNKNOWN_CHANNEL,
} from '../protocol.ts'
import type { Sequence } from './circumstances.ts'
import { Captured, encodeMapped } from './commands.ts'
import { type CompiledMapping, compile, matchesOf, type TopicMatch } from './compile.ts'
import { decodeMapped } from './decode.ts'
import { esphome } from './presets/esphome.ts'
import { shellyBlu } from './presets/shelly-blu.ts'
import { shellyGen1 } from './presets/shelly-gen1.ts'
import { tasmota } from './presets/tasmota.ts'

export { checkMapping } from '../../../server/contract/mapping.ts'

/**
 * Devices that speak MQTT in their own way: a mapping (docs/mapping.md) says what their topics and payloads mean. The
 * mapping is the login's own setting, or a preset for a whole family of devices.
 */

type Usable = { ok: true; mapping: CompiledMapping } | { ok: false; explanation: string }

export interface MapperMemory {
  usable: Usable
  sequence: Sequence
  captured: Captured
  /** By topic: a device has few, and channel, address and decoding ask for the same one. */
  matches: Map<string, readonly TopicMatch[]>
  /** What `addressOf` has decoded already, until `decode` takes it. */
  decoded: { message: RawMessage; items: DecodedItem[] } | null
}

/** Topics of a login whose rules are remembered. */
const MAX_TOPICS = 16

const MAPPED = 'mapped'
const IGNORED = 'ignored'

export const mappedProtocol: MqttProtocol<MapperMemory> = mapper('mapped', [], ({ settings }) => {
  if (settings.mapping === undefined || settings.mapping === null) return unusable('This device has no mapping')
  const checked = checkMapping(settings.mapping)
  if (checked.ok) return { ok: true, mapping: compile(checked.mapping) }
  const [first] = checked.problems
  return unusable(`The mapping of this device is wrong: ${first?.path} ${first?.message}`)
})

/** The same with a mapping that is built in. */
export const presetProtocols: MqttProtocol<MapperMemory>[] = [
  preset('shelly_blu', ['+', 'shelly-blu/events/+', '+/online', '+/events/rpc'], shellyBlu),
  preset('shelly_gen1', ['shellies/#'], shellyGen1),
  preset('tasmota', ['tele/#', 'stat/#'], tasmota),
  preset('esphome', ['+/status', '+/binary_sensor/+/state', '+/sensor/+/state', '+/event/+/state'], esphome),
]

const unusable = (explanation: string): Usable => ({ ok: false, explanation: explanation.slice(0, 300) })

function preset(name: string, bridgeTopics: readonly string[], mapping: Mapping): MqttProtocol<MapperMemory> {
  const usable: Usable = { ok: true, mapping: compile(mapping) }
  return mapper(name, bridgeTopics, () => usable)
}

function mapper(
  name: string,
  bridgeTopics: readonly string[],
  mappingOf: (login: LoginContext) => Usable,
): MqttProtocol<MapperMemory> {
  return {
    name,
    channels: [MAPPED, IGNORED],
    isHub: false,
    bridgeTopics,
    createMemory(login) {
      const memory: MapperMemory = {
        usable: mappingOf(login),
        sequence: { last: 0 },
        captured: new Captured(),
        matches: new Map(),
        decoded: null,
      }
      // Tasmota's and Shelly's will names the device before it has said anything.
      if (login.willTopic !== null) remember(login.willTopic, null, memory)
      return memory
    },
    topicsOf,
    isAlarmChannel: (channel) => channel === MAPPED,
    addressOf,
    decode,
    encode: (command, target, { usable, captured }) =>
      usable.ok ? encodeMapped(usable.mapping.commands, command, target, captured) : [],
  }
}

function topicsOf(_: LoginContext, memory: MapperMemory): LoginTopics {
  return {
    channelOf(topic) {
      if (topic === '' || isReserved(topic)) return null
      if (topic.includes('\0')) return UNKNOWN_CHANNEL
      if (!memory.usable.ok) return MAPPED
      const [first] = matchesIn(memory, topic)
      if (first === undefined) return UNKNOWN_CHANNEL
      const { ignore, each, onTopic, onPayload } = first.rule
      return ignore && each === null && onTopic.length + onPayload.length === 0 ? IGNORED : MAPPED
    },
    // Nothing of other devices is ever sent to a login; a filter for everything would still be a mistake.
    maySubscribe: (filter) => filter !== '' && !isReserved(filter) && !/^[+#]/.test(filter),
  }
}

function matchesIn(memory: MapperMemory, topic: string): readonly TopicMatch[] {
  const { usable, matches } = memory
  const known = matches.get(topic)
  if (known !== undefined) return known
  if (matches.size >= MAX_TOPICS) matches.clear()
  const found = usable.ok ? matchesOf(usable.mapping, topic) : []
  matches.set(topic, found)
  return found
}

function remember(topic: string, address: string | null, memory: MapperMemory): void {
  if (!memory.usable.ok || memory.usable.mapping.commands.size === 0) return
  memory.captured.note(
    address,
    matchesIn(memory, topic).map(({ captures }) => captures),
  )
}

/** The address is part of the payload for some devices, so the message is decoded here, once. */
function addressOf(message: RawMessage, memory: MapperMemory): string | null {
  if (!memory.usable.ok || memory.usable.mapping.isAlone) return null
  const items = itemsOf(message, memory)
  memory.decoded = { message, items }
  return items.find(({ from }) => from !== undefined)?.from ?? null
}

function decode(channel: string, message: RawMessage, { memory }: DecodeContext<MapperMemory>): DecodedItem[] {
  const { decoded } = memory
  memory.decoded = null
  return channel === MAPPED && decoded?.message === message ? decoded.items : itemsOf(message, memory)
}

function itemsOf(message: RawMessage, memory: MapperMemory): DecodedItem[] {
  const { usable, sequence } = memory
  if (!usable.ok) {
    const { explanation } = usable
    return [{ kind: 'unreadable', reason: 'invalid_field', explanation, alarm: !message.replayed }]
  }
  const items = decodeMapped(matchesIn(memory, message.topic), message, sequence)
  if (!message.replayed) remember(message.topic, items.find(({ from }) => from !== undefined)?.from ?? null, memory)
  return items
}
