import { createHash } from 'node:crypto'
import type { DeadLetterReason, DecodedItem } from '../../server/contract/ports.ts'
import { EVENT_TYPES, type EventType } from '../../server/contract/signal.ts'
import { isRecord, parseJson, storable, storableText, toTime } from './json.ts'
import { decodeTelemetry, readingsIn } from './native-telemetry.ts'
import { type LoginContext, type LoginTopics, type MqttProtocol, UNKNOWN_CHANNEL } from './protocol.ts'

/**
 * The native protocol, version 1: `care/v1/{deviceId}/{event|telemetry|status|reply}` up, `…/command` down; of a terminal
 * that can be talked through also `…/voice-reply` up and `…/voice` down, which are passed on and not stored. Pure.
 * A message that can't be read becomes an `unreadable` item, on the event channel an alarm.
 */
export const NATIVE_CHANNELS = ['event', 'telemetry', 'status', 'reply', 'voice-reply'] as const

const MAX_EVENT_BYTES = 64 * 1024
const MAX_DETAIL_BYTES = 16 * 1024
const MAX_ID_LENGTH = 128

export const nativeProtocol: MqttProtocol<null> = {
  name: 'native',
  channels: NATIVE_CHANNELS,
  isHub: false,
  bridgeTopics: [],
  createMemory: () => null,
  topicsOf,
  isAlarmChannel: (channel) => channel === 'event',
  isVoiceChannel: (channel) => channel === 'voice-reply',
  addressOf: () => null,
  decode: (channel, { payload, receivedAt }) => decodeNative(channel, payload, receivedAt),
  encode: ({ commandId, type, args, caseId, eventId }, { deviceId }) => {
    const about = { ...(caseId ? { case: caseId } : {}), ...(eventId ? { event: eventId } : {}) }
    const command = { ...args, ...about, id: commandId, type }
    return [{ topic: commandTopic(deviceId), payload: Buffer.from(JSON.stringify(command)) }]
  },
  encodeVoice: (word, deviceId) => ({ topic: voiceTopic(deviceId), payload: Buffer.from(JSON.stringify(word)) }),
}

const voiceTopic = (deviceId: string): string => `care/v1/${deviceId}/voice`
const commandTopic = (deviceId: string): string => `care/v1/${deviceId}/command`

function topicsOf({ deviceId }: LoginContext): LoginTopics {
  const prefix = `care/v1/${deviceId}/`
  const down = [commandTopic(deviceId), voiceTopic(deviceId)]
  const channels = new Map<string, string>(NATIVE_CHANNELS.map((channel) => [prefix + channel, channel]))
  return {
    channelOf: (topic) => channels.get(topic) ?? (topic.startsWith(prefix) ? UNKNOWN_CHANNEL : null),
    maySubscribe: (filter) => down.includes(filter),
  }
}

/** Decodes one message. Never throws; at least one item. `receivedAt` in ms since the epoch. */
export function decodeNative(channel: string, payload: Uint8Array, receivedAt: number): DecodedItem[] {
  switch (channel) {
    case 'event':
      return decodeEvent(payload)
    case 'telemetry':
      return decodeTelemetry(payload, receivedAt)
    case 'status':
      return [decodeStatus(payload)]
    case 'reply':
      return [decodeReply(payload)]
    default:
      return [unreadable('unknown_topic', 'The protocol has no such topic', false)]
  }
}

function unreadable(reason: DeadLetterReason, explanation: string, alarm: boolean): DecodedItem {
  return { kind: 'unreadable', reason, explanation, alarm }
}

const TYPES: ReadonlySet<unknown> = new Set(EVENT_TYPES)
const isEventType = (value: unknown): value is EventType => TYPES.has(value)

function decodeEvent(payload: Uint8Array): DecodedItem[] {
  const refuse = (reason: DeadLetterReason, explanation: string) => [unreadable(reason, explanation, true)]
  if (payload.length > MAX_EVENT_BYTES) {
    return refuse('too_large', `${payload.length} bytes; an event may have ${MAX_EVENT_BYTES}`)
  }
  const parsed = parseJson(payload)
  if (!parsed.ok) return refuse(parsed.reason, parsed.explanation)
  if (!isRecord(parsed.value)) return refuse('not_an_object', 'An event is a JSON object')
  const { id, type, ts, ...rest } = parsed.value
  if (id === undefined || id === null) return refuse('missing_field', 'id is missing')
  const messageId = toMessageId(id, payload)
  if (messageId === null) return refuse('invalid_field', `id must be an integer or 1 to ${MAX_ID_LENGTH} characters`)
  if (type === undefined || type === null) return refuse('missing_field', 'type is missing')
  if (typeof type !== 'string') return refuse('invalid_field', 'type must be a string')
  if (!isEventType(type)) return refuse('unknown_type', `Unknown type ${JSON.stringify(type.slice(0, 40))}`)
  const deviceTs = toTime(ts)
  const detail = detailOf(rest, deviceTs === null ? ts : undefined)
  const items: DecodedItem[] = [{ kind: 'event', event: { messageId, type, deviceTs, detail } }]
  const fields = readingsIn(rest)
  if (fields !== null) items.push({ kind: 'telemetry', sample: { deviceTs, fields } })
  return items
}

/**
 * The device's message id as text, or null. An integer beyond 2^53 has lost digits in JSON.parse, and two alarms must
 * never share an id: the message's own hash is added (a retry repeats the message, so it stays the same).
 */
function toMessageId(id: unknown, payload: Uint8Array): string | null {
  if (typeof id === 'string') return id.length >= 1 && id.length <= MAX_ID_LENGTH ? storableText(id) : null
  if (typeof id !== 'number' || !Number.isInteger(id)) return null
  if (Number.isSafeInteger(id)) return String(id)
  return `${id}:${createHash('sha256').update(payload).digest('hex').slice(0, 16)}`
}

/** What is kept first when a detail is too large. */
const KEPT_FIRST = ['lat', 'lon', 'acc', 'battery', 'room', 'press', 'rssi', 'hr', 'ts', 'text', 'zone']

function detailOf(rest: Record<string, unknown>, rawTs: unknown): Record<string, unknown> {
  const all = storable(rawTs === undefined ? rest : { ...rest, ts: rawTs })
  if (!isRecord(all)) return {}
  if (bytesOf(all) <= MAX_DETAIL_BYTES) return all
  const kept: Record<string, unknown> = { truncated: true }
  let bytes = bytesOf(kept)
  for (const key of KEPT_FIRST) {
    if (!Object.hasOwn(all, key)) continue
    const more = bytesOf({ [key]: all[key] })
    if (bytes + more > MAX_DETAIL_BYTES) continue
    kept[key] = all[key]
    bytes += more
  }
  return kept
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

const STATES: ReadonlyMap<unknown, boolean> = new Map([
  ['online', true],
  ['offline', false],
])

/** `{"state":"online"|"offline"}`, or the bare word, which many modules' firmware sends as its will. */
function decodeStatus(payload: Uint8Array): DecodedItem {
  const word = payload.length <= 16 ? STATES.get(Buffer.from(payload).toString('latin1').trim()) : undefined
  if (word !== undefined) return { kind: 'presence', online: word }
  const parsed = parseJson(payload)
  if (!parsed.ok) return unreadable(parsed.reason, parsed.explanation, false)
  const state = STATES.get(isRecord(parsed.value) ? parsed.value.state : parsed.value)
  if (state === undefined) return unreadable('invalid_field', 'state must be "online" or "offline"', false)
  return { kind: 'presence', online: state }
}

/** The answer to a command: `{"id": the command's id, …}`. */
function decodeReply(payload: Uint8Array): DecodedItem {
  const parsed = parseJson(payload)
  if (!parsed.ok) return unreadable(parsed.reason, parsed.explanation, false)
  if (!isRecord(parsed.value)) return unreadable('not_an_object', 'A reply is a JSON object', false)
  const { id, ts, ...rest } = parsed.value
  if (id === undefined || id === null) return unreadable('missing_field', 'id is missing', false)
  const commandId = toMessageId(id, payload)
  if (commandId === null) {
    return unreadable('invalid_field', `id must be an integer or 1 to ${MAX_ID_LENGTH} characters`, false)
  }
  const deviceTs = toTime(ts)
  const detail = detailOf(rest, deviceTs === null ? ts : undefined)
  return { kind: 'reply', reply: { commandId, type: null, detail, messageId: `reply:${commandId}`, deviceTs } }
}
