import type { DeviceCommand } from '../../server/contract/command.ts'
import type { CommandTarget, DecodedItem } from '../../server/contract/ports.ts'
import { isRecord, parseJson, storableText, toNumber, toTime } from './json.ts'
import {
  acknowledgement,
  createNetworkMemory,
  framesFor,
  hear,
  learn,
  type NetworkMemory,
  routeOf,
} from './lorawan/network.ts'
import {
  bestRadio,
  type Description,
  discovered,
  readUplink,
  solvedLocation,
  type Uplink,
  uplinkId,
} from './lorawan/uplink.ts'
import { type DecodeContext, type Downlink, type MqttProtocol, type RawMessage, UNKNOWN_CHANNEL } from './protocol.ts'

/**
 * The Things Stack v3, a LoRaWAN network server: `v3/{application}@{tenant}/devices/{device}/up` and the like. Fields that
 * are empty, 0 or false are left out of its messages. Source: "Data formats" and "MQTT Server" of its documentation. Pure.
 */

const IGNORED = 'ignored'
const CHANNELS: ReadonlyMap<string, string> = new Map([
  ['up', 'up'],
  ['join', 'join'],
  ['location/solved', 'location'],
  ['down/ack', 'ack'],
  ['down/nack', IGNORED],
  ['down/queued', IGNORED],
  ['down/sent', IGNORED],
  ['down/failed', IGNORED],
  ['down/push', IGNORED],
  ['down/replace', IGNORED],
  ['service/data', IGNORED],
])
const DEVICE_TOPIC = /^(v3\/[^/]+\/devices\/([^/]+))\/(.+)$/

type Json = Record<string, unknown>
type Context = DecodeContext<NetworkMemory>
/** `body` is the message's own part, `around` what stands about it. */
type Read = (body: Json, around: Json, address: string, message: RawMessage, context: Context) => DecodedItem[]

export const ttsProtocol: MqttProtocol<NetworkMemory> = {
  name: 'tts',
  channels: [...new Set(CHANNELS.values())],
  isHub: true,
  bridgeTopics: ['v3/+/devices/+/up', 'v3/+/devices/+/join', 'v3/+/devices/+/location/solved', 'v3/+/devices/+/down/+'],
  createMemory: createNetworkMemory,
  topicsOf: () => ({ channelOf, maySubscribe: (filter) => filter.startsWith('v3/') }),
  isAlarmChannel: (channel) => channel === 'up',
  addressOf: (message) => addressOf(message),
  decode,
  encode,
}

function channelOf(topic: string): string | null {
  if (!topic.startsWith('v3/')) return null
  return CHANNELS.get(DEVICE_TOPIC.exec(topic)?.[3] ?? '') ?? UNKNOWN_CHANNEL
}

const DEV_EUI = /^[0-9a-fA-F]{16}$/
const DEV_EUI_FIELD = /^"dev_eui"\s*:\s*"([0-9a-fA-F]{16})"/
/** Enough for the field, however it is spaced. */
const FIELD_BYTES = 64

/**
 * DevEUI in small letters. It is looked for without parsing the message, which `decode` does once and then checks. Without
 * one, that of a device id made from it (`eui-…`), else the device id.
 */
function addressOf({ topic, payload }: RawMessage): string | null {
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const ids = buffer.indexOf('"end_device_ids"')
  const field = ids === -1 ? -1 : buffer.indexOf('"dev_eui"', ids)
  const found = field === -1 ? null : DEV_EUI_FIELD.exec(buffer.toString('latin1', field, field + FIELD_BYTES))
  return found?.[1]?.toLowerCase() ?? addressInTopic(topic)
}

/** Of the device's record. */
const MAX_ADDRESS = 128

function addressInTopic(topic: string): string | null {
  const deviceId = DEVICE_TOPIC.exec(topic)?.[2]?.toLowerCase()
  if (deviceId === undefined) return null
  const eui = deviceId.startsWith('eui-') ? deviceId.slice(4) : ''
  return DEV_EUI.test(eui) ? eui : storableText(deviceId).slice(0, MAX_ADDRESS)
}

/** Readers with the name of the message's own part. */
const READERS: ReadonlyMap<string, [string, Read]> = new Map<string, [string, Read]>([
  ['up', ['uplink_message', readUp]],
  ['join', ['join_accept', readJoin]],
  ['location', ['location_solved', readLocation]],
  ['ack', ['downlink_ack', readAck]],
])

function decode(channel: string, message: RawMessage, context: Context): DecodedItem[] {
  const [part = '', read] = READERS.get(channel) ?? []
  if (read === undefined) return []
  const address = addressOf(message)
  const alarm = channel === 'up' && !message.replayed
  const about = address === null ? {} : { from: address }
  const refuse = (reason: 'not_an_object' | 'missing_field' | 'invalid_field', explanation: string): DecodedItem[] => [
    { ...about, kind: 'unreadable', reason, explanation, alarm },
  ]
  const parsed = parseJson(message.payload)
  if (!parsed.ok) {
    return [{ ...about, kind: 'unreadable', reason: parsed.reason, explanation: parsed.explanation, alarm }]
  }
  const { value } = parsed
  if (!isRecord(value)) return refuse('not_an_object', 'A message of The Things Stack is a JSON object')
  if (address === null) return refuse('missing_field', 'The message names no device')
  const body = value[part]
  if (!isRecord(body)) return refuse('missing_field', `${part} is missing`)
  const ids = isRecord(value.end_device_ids) ? value.end_device_ids : {}
  const named = typeof ids.dev_eui === 'string' && DEV_EUI.test(ids.dev_eui) ? ids.dev_eui.toLowerCase() : null
  if ((named ?? addressInTopic(message.topic)) !== address)
    return refuse('invalid_field', 'The message names two devices')
  const base = DEVICE_TOPIC.exec(message.topic)?.[1]
  if (base !== undefined) hear(context.memory, address, base)
  const items = read(body, value, address, message, context)
  return [...items, ...routeOf(context.memory, address, context.child !== null)]
}

function readUp(body: Json, around: Json, address: string, message: RawMessage, context: Context): DecodedItem[] {
  const { receivedAt, replayed } = message
  const fPort = body.f_port === undefined ? null : toNumber(body.f_port)
  const data = body.frm_payload
  if (body.f_port !== undefined && !isPort(fPort)) {
    const explanation = 'f_port is not a number from 0 to 255'
    return [{ from: address, kind: 'unreadable', reason: 'invalid_field', explanation, alarm: !replayed }]
  }
  const deviceTs = toTime(body.received_at) ?? toTime(around.received_at)
  const id = uplinkId(ownId(body, deviceTs), body.f_cnt, data, { deviceTs, receivedAt })
  const radio = bestRadio(body.rx_metadata)
  const uplink: Uplink = { address, id, deviceTs, receivedAt, fPort, data, radio, replayed }
  const { items, codec } = readUplink(uplink, context.child, () => describe(body, around))
  learn(context.memory, address, fPort, codec)
  return items
}

const isPort = (value: number | null): boolean =>
  value !== null && Number.isInteger(value) && value >= 0 && value <= 255

/** Session and frame counter; a counter of 0 is left out and says little, so the time of receipt is added. */
function ownId({ session_key_id: session, f_cnt: count }: Json, deviceTs: number | null): string | null {
  const counter = toNumber(count)
  if (typeof session === 'string' && counter !== null && counter > 0) return `${session}.${counter}`
  if (deviceTs === null) return null
  return `${typeof session === 'string' ? session : ''}.${counter ?? 0}.${deviceTs}`
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function describe(body: Json, around: Json): Description {
  const versions = isRecord(body.version_ids) ? body.version_ids : {}
  const attributes = isRecord(body.attributes) ? body.attributes : {}
  const ids = isRecord(around.end_device_ids) ? around.end_device_ids : {}
  const model = textOf(versions.model_id)
  const brand = textOf(versions.brand_id)
  const told = [model === null ? null : `${brand ?? ''} ${model}`.trim(), textOf(attributes.model)]
  return { profile: told.filter((text) => text !== null), vendor: brand, name: textOf(ids.device_id) }
}

function readJoin(body: Json, around: Json, address: string, _: RawMessage, { child }: Context): DecodedItem[] {
  return child === null ? [discovered(address, describe(body, around), null)] : []
}

function readLocation(body: Json, around: Json, address: string): DecodedItem[] {
  return solvedLocation(address, body.location, toTime(around.received_at))
}

/** Correlation ids of a downlink come back with its acknowledgement. */
const COMMAND_PREFIX = 'command:'

function readAck(body: Json, around: Json, address: string, message: RawMessage, { memory }: Context): DecodedItem[] {
  const correlations: unknown[] = [body.correlation_ids, around.correlation_ids].flat()
  const own = correlations.find((text) => typeof text === 'string' && text.startsWith(COMMAND_PREFIX))
  const commandId = typeof own === 'string' ? own.slice(COMMAND_PREFIX.length) : null
  const deviceTs = toTime(around.received_at)
  const id = uplinkId(commandId ?? ownId(body, deviceTs), body.f_cnt, '', { deviceTs, receivedAt: message.receivedAt })
  const reply = acknowledgement(memory, address, commandId, `ack:${id}`)
  return reply === null ? [] : [{ from: address, kind: 'reply', reply }]
}

function encode(command: DeviceCommand, target: CommandTarget, memory: NetworkMemory): Downlink[] {
  const answer = framesFor(memory, command, target)
  if (answer === null) return []
  const downlinks = answer.frames.map(({ fPort, bytes }) => ({
    f_port: fPort,
    frm_payload: bytes.toString('base64'),
    confirmed: true,
    priority: 'NORMAL',
    correlation_ids: [COMMAND_PREFIX + command.commandId],
  }))
  return [{ topic: `${answer.base}/down/push`, payload: Buffer.from(JSON.stringify({ downlinks })) }]
}
