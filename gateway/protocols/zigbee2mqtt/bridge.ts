import type { DecodedItem, DiscoveredDevice } from '../../../server/contract/ports.ts'
import { frameId } from '../ids.ts'
import { isRecord, parseJson, storableText } from '../json.ts'
import type { RawMessage } from '../protocol.ts'
import { classify } from './classify.ts'
import { type KnownDevice, MAX_DEVICES, type Zigbee2MqttMemory } from './memory.ts'
import { readingOf } from './readings.ts'
import { addressFor, type Channel } from './topics.ts'
import { unreadable } from './unreadable.ts'

/** What Zigbee2MQTT tells of itself and its devices (zigbee2mqtt.io, MQTT topics and messages). */
type Handler = (value: unknown, message: RawMessage, memory: Zigbee2MqttMemory) => DecodedItem[]

const HANDLERS: ReadonlyMap<Channel, Handler> = new Map<Channel, Handler>([
  ['bridge_devices', readDevices],
  ['bridge_groups', readGroups],
  ['bridge_event', readEvent],
  ['bridge_info', readInfo],
  ['bridge_health', readHealth],
])

/** Decodes a message on one of the bridge's channels; none of them is an alarm channel. */
export function decodeBridge(channel: Channel, message: RawMessage, memory: Zigbee2MqttMemory): DecodedItem[] {
  if (channel === 'bridge_state') return readHubState(message)
  const handler = HANDLERS.get(channel)
  if (handler === undefined || message.payload.length === 0) return []
  const parsed = parseJson(message.payload)
  return parsed.ok ? handler(parsed.value, message, memory) : [unreadable(parsed.reason, parsed.explanation, false)]
}

const WORDS: ReadonlyMap<unknown, boolean> = new Map([
  ['online', true],
  ['offline', false],
])

/** `{"state":"online"|"offline"}`, or the bare word as older versions send it; null: neither. */
function onlineOf(payload: Uint8Array): boolean | null {
  if (payload.length <= 16) {
    const word = WORDS.get(Buffer.from(payload).toString('latin1').trim())
    if (word !== undefined) return word
  }
  const parsed = parseJson(payload)
  if (!parsed.ok) return null
  return WORDS.get(isRecord(parsed.value) ? parsed.value.state : parsed.value) ?? null
}

/** Offline is the last will of Zigbee2MQTT: everything behind it is blind. */
function readHubState({ payload, replayed, receivedAt }: RawMessage): DecodedItem[] {
  if (payload.length === 0) return []
  const online = onlineOf(payload)
  if (online === null) return [unreadable('invalid_field', 'state must be "online" or "offline"', false)]
  const presence: DecodedItem = { kind: 'presence', online }
  if (replayed) return [presence]
  const value = online ? 'online' : 'offline'
  const type = online ? 'hub_online' : 'hub_offline'
  const event = { messageId: `hub=${value}@${receivedAt}`, type, deviceTs: null, detail: {} } as const
  return [{ kind: 'level', report: { level: 'hub', value, event, calm: online } }, presence]
}

/** A device's availability, in the same form. */
export function decodeAvailability({ payload }: RawMessage, from: string): DecodedItem[] {
  if (payload.length === 0) return []
  const online = onlineOf(payload)
  if (online === null) return [unreadable('invalid_field', 'state must be "online" or "offline"', false, from)]
  return [{ from, kind: 'presence', online }]
}

function readDevices(value: unknown, _message: RawMessage, memory: Zigbee2MqttMemory): DecodedItem[] {
  if (!Array.isArray(value)) return [unreadable('invalid_field', 'The list of devices is a JSON array', false)]
  const items: DecodedItem[] = []
  memory.devices = new Map()
  for (const entry of value) {
    if (memory.devices.size >= MAX_DEVICES) {
      items.push(unreadable('too_large', `A hub may have ${MAX_DEVICES} devices; the others are not known`, false))
      break
    }
    if (!isRecord(entry) || entry.type === 'Coordinator') continue
    const name = nameIn(entry)
    if (name === null || memory.devices.has(name)) continue
    const from = addressFor(name)
    const known = learn(entry, entry.definition, entry.description)
    memory.devices.set(name, known)
    items.push({ from, kind: 'discovered', device: known.discovered })
    const firmware = textOf(entry.software_build_id, 64) ?? textOf(entry.date_code, 64)
    if (firmware !== null) items.push({ from, kind: 'facts', facts: { firmware } })
  }
  return items
}

function readGroups(value: unknown, _message: RawMessage, memory: Zigbee2MqttMemory): DecodedItem[] {
  if (!Array.isArray(value)) return [unreadable('invalid_field', 'The list of groups is a JSON array', false)]
  const names = value.map((entry) => (isRecord(entry) ? nameIn(entry) : null)).filter((name) => name !== null)
  memory.groups = new Set(names.slice(0, MAX_DEVICES))
  return []
}

function readEvent(value: unknown, message: RawMessage, memory: Zigbee2MqttMemory): DecodedItem[] {
  if (!isRecord(value)) return [unreadable('not_an_object', 'An event of the bridge is a JSON object', false)]
  const { type, data } = value
  if (typeof type !== 'string') return [unreadable('missing_field', 'type is missing', false)]
  const name = isRecord(data) ? nameIn(data) : null
  if (name === null || !isRecord(data)) {
    return type.startsWith('device_') ? [unreadable('missing_field', 'data names no device', false)] : []
  }
  const from = addressFor(name)
  switch (type) {
    case 'device_joined':
    case 'device_announce':
      return [{ from, kind: 'discovered', device: (memory.devices.get(name) ?? learn({}, null, null)).discovered }]
    case 'device_interview': {
      if (data.status !== 'successful') return []
      const known = learn(data, data.definition, null)
      if (memory.devices.has(name) || memory.devices.size < MAX_DEVICES) memory.devices.set(name, known)
      return [{ from, kind: 'discovered', device: known.discovered }]
    }
    case 'device_leave': {
      if (message.replayed) return []
      const messageId = frameId([message.topic, message.payload], { deviceTs: null, receivedAt: message.receivedAt })
      const detail = { reason: 'left_network' }
      return [{ from, kind: 'event', event: { messageId, type: 'device_fault', deviceTs: null, detail } }]
    }
    default:
      return []
  }
}

function readInfo(value: unknown): DecodedItem[] {
  const firmware = isRecord(value) ? textOf(value.version, 64) : null
  return firmware === null ? [] : [{ kind: 'facts', facts: { firmware } }]
}

function readHealth(value: unknown): DecodedItem[] {
  const process = isRecord(value) && isRecord(value.process) ? value.process : {}
  const fields: Record<string, number> = {}
  const uptime = readingOf({ field: 'uptime', min: 0, max: Number.MAX_SAFE_INTEGER }, process.uptime_sec)
  const memory = readingOf({ field: 'memory_percent', min: 0, max: 100 }, process.memory_percent)
  if (uptime !== null) fields.uptime = uptime
  if (memory !== null) fields.memory_percent = memory
  return Object.keys(fields).length === 0 ? [] : [{ kind: 'telemetry', sample: { deviceTs: null, fields } }]
}

/** The friendly name, which is the IEEE address until somebody gives another. */
function nameIn({ friendly_name: friendly, ieee_address: ieee }: Record<string, unknown>): string | null {
  const name = typeof friendly === 'string' && friendly !== '' ? friendly : ieee
  return typeof name === 'string' && name !== '' ? name : null
}

/** @param entry the device as in `bridge/devices` @param note what its owner has written about it */
function learn(entry: Record<string, unknown>, definition: unknown, note: unknown): KnownDevice {
  const of = isRecord(definition) ? definition : {}
  const capabilities = classify(definition)
  const discovered: DiscoveredDevice = {
    model: textOf(of.model, 60) ?? textOf(entry.model_id, 60),
    vendor: textOf(of.vendor, 100) ?? textOf(entry.manufacturer, 100),
    description: textOf(note, 200) ?? textOf(of.description, 200),
    kind: capabilities.kind,
    role: capabilities.role,
  }
  return { ...capabilities, discovered }
}

function textOf(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null
  const text = storableText(value.trim().slice(0, max))
  return text === '' || text === 'unknown' ? null : text
}
