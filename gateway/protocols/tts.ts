import type { DeviceCommand } from '../../server/contract/command.ts'
import type { CommandTarget, DeadLetterReason, DecodedItem } from '../../server/contract/ports.ts'
import { isRecord, type Parsed, parseJson, storableText, toNumber, toTime } from './json.ts'
import {
  acknowledgement,
  createNetworkMemory,
  framesFor,
  hear,
  learn,
  type NetworkMemory,
  partsOf,
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
type Context = DecodeContext<TtsMemory>
/** `body` is the message's own part, `around` what stands about it. */
type Read = (body: Json, around: Json, address: string, message: RawMessage, context: Context) => DecodedItem[]

export const ttsProtocol: MqttProtocol<TtsMemory> = {
  name: 'tts',
  channels: [...new Set(CHANNELS.values())],
  isHub: true,
  bridgeTopics: ['v3/+/devices/+/up', 'v3/+/devices/+/join', 'v3/+/devices/+/location/solved', 'v3/+/devices/+/down/+'],
  createMemory: createNetworkMemory,
  topicsOf: (_, memory) => ({
    channelOf: (topic) => channelOf(topic, memory),
    maySubscribe: (filter) => filter.startsWith('v3/'),
  }),
  isAlarmChannel: (channel) => channel === 'up',
  addressOf,
  decode,
  encode,
}

function channelOf(topic: string, memory: TtsMemory): string | null {
  if (!topic.startsWith('v3/')) return null
  return CHANNELS.get(partsOf(memory, topic, DEVICE_TOPIC)?.[3] ?? '') ?? UNKNOWN_CHANNEL
}

const DEV_EUI = /^[0-9a-fA-F]{16}$/
const DEV_EUI_FIELD = /"end_device_ids".*?"dev_eui"\s*:\s*"([0-9a-fA-F]{16})"/s

/** A message that was parsed to find its device, until it is decoded. */
interface Opened {
  message: RawMessage
  parsed: Parsed
  address: string | null
}
interface TtsMemory extends NetworkMemory {
  opened?: Opened | null
}

/** DevEUI in small letters. Without one, that of a device id made from it (`eui-…`), else the device id. */
function addressOf(message: RawMessage, memory: TtsMemory): string | null {
  memory.opened = open(message, memory)
  return memory.opened.address
}

function open(message: RawMessage, memory: TtsMemory): Opened {
  const parsed = parseJson(message.payload)
  const eui = parsed.ok ? euiIn(parsed.value) : euiInBytes(message.payload)
  return { message, parsed, address: eui ?? addressInTopic(message.topic, memory) }
}

function euiIn(value: unknown): string | null {
  const ids = isRecord(value) && isRecord(value.end_device_ids) ? value.end_device_ids : {}
  return typeof ids.dev_eui === 'string' && DEV_EUI.test(ids.dev_eui) ? ids.dev_eui.toLowerCase() : null
}

/** What is no JSON may still say whose alarm it was. */
function euiInBytes(payload: Uint8Array): string | null {
  return DEV_EUI_FIELD.exec(Buffer.from(payload).toString('latin1'))?.[1]?.toLowerCase() ?? null
}

/** Of the device's record. */
const MAX_ADDRESS = 128

function addressInTopic(topic: string, memory: TtsMemory): string | null {
  const deviceId = partsOf(memory, topic, DEVICE_TOPIC)?.[2]?.toLowerCase()
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
  const { memory } = context
  const { parsed, address } = memory.opened?.message === message ? memory.opened : open(message, memory)
  memory.opened = null
  const alarm = channel === 'up' && !message.replayed
  const about = address === null ? {} : { from: address }
  const refuse = (reason: DeadLetterReason, explanation: string): DecodedItem[] => [
    { ...about, kind: 'unreadable', reason, explanation, alarm },
  ]
  if (!parsed.ok) return refuse(parsed.reason, parsed.explanation)
  const { value } = parsed
  if (!isRecord(value)) return refuse('not_an_object', 'A message of The Things Stack is a JSON object')
  if (address === null) return refuse('missing_field', 'The message names no device')
  const body = value[part]
  if (!isRecord(body)) return refuse('missing_field', `${part} is missing`)
  const base = partsOf(memory, message.topic, DEVICE_TOPIC)?.[1]
  if (base !== undefined) hear(memory, address, base)
  const items = read(body, value, address, message, context)
  items.push(...routeOf(memory, address, context.child !== null))
  return items
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
