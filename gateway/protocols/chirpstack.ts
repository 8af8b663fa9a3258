import type { DeviceCommand } from '../../server/contract/command.ts'
import type { CommandTarget, DecodedItem } from '../../server/contract/ports.ts'
import { isRecord, parseJson, toNumber, toTime } from './json.ts'
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
import type { Fields } from './lorawan/reading.ts'
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
 * ChirpStack v4, a LoRaWAN network server: `application/{id}/device/{DevEUI}/event/{event}` up, `…/command/down` down.
 * Source: "Integrations" of the ChirpStack documentation (events, MQTT). Pure.
 */

const IGNORED = 'ignored'
const EVENTS = ['up', 'join', 'status', 'ack', 'txack', 'log', 'location', 'integration'] as const
const EVENT_NAMES: ReadonlySet<string> = new Set(EVENTS)

/** A level before it is allowed, as the topics can be set to anything there. */
const DEVICE_TOPIC = /^((?:[^/$][^/]*\/)?application\/[^/]+)\/device\/([^/]+)\/(event|command)\/(.+)$/
const OWN_TOPIC = /^(?:[^/$][^/]*\/)?application(?:\/|$)/
/** The gateways' own traffic, under their region's name, which runs over the same broker when it is ChirpStack's. */
const GATEWAY_TOPIC = /^(?:(?:eu|us|cn|as|au|in|kr|ru|ism)\d{3,4}(?:_\d{1,2})?\/)?gateway\//

type Json = Record<string, unknown>
type Context = DecodeContext<NetworkMemory>
type Read = (body: Json, address: string, message: RawMessage, context: Context) => DecodedItem[]

export const chirpstackProtocol: MqttProtocol<NetworkMemory> = {
  name: 'chirpstack',
  channels: [...EVENTS, IGNORED],
  isHub: true,
  bridgeTopics: ['application/+/device/+/event/+'],
  createMemory: createNetworkMemory,
  topicsOf: (_, memory) => ({ channelOf: (topic) => channelOf(topic, memory), maySubscribe }),
  isAlarmChannel: (channel) => channel === 'up',
  addressOf,
  decode,
  encode,
}

function channelOf(topic: string, memory: NetworkMemory): string | null {
  if (topic.startsWith('care/')) return null
  const [, , , side, name] = partsOf(memory, topic, DEVICE_TOPIC) ?? []
  // Events that a later version may add are nothing to us.
  if (name !== undefined) return side === 'event' && EVENT_NAMES.has(name) ? name : IGNORED
  if (OWN_TOPIC.test(topic)) return UNKNOWN_CHANNEL
  return GATEWAY_TOPIC.test(topic) ? IGNORED : null
}

const maySubscribe = (filter: string): boolean =>
  !filter.startsWith('care/') && (OWN_TOPIC.test(filter) || GATEWAY_TOPIC.test(filter)) && !/^[+#]/.test(filter)

const DEV_EUI = /^[0-9a-fA-F]{16}$/
const PAYLOAD_DEV_EUI = /"devEui"\s*:\s*"([0-9a-fA-F]{16})"/

/** DevEUI in small letters, of the topic, else of the payload. */
function addressOf({ topic, payload }: RawMessage, memory: NetworkMemory): string | null {
  const inTopic = partsOf(memory, topic, DEVICE_TOPIC)?.[2]
  if (inTopic !== undefined && DEV_EUI.test(inTopic)) return inTopic.toLowerCase()
  return PAYLOAD_DEV_EUI.exec(Buffer.from(payload).toString('latin1'))?.[1]?.toLowerCase() ?? null
}

const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['up', readUp],
  ['join', readJoin],
  ['status', readStatus],
  ['ack', readAck],
  ['location', (body, address) => solvedLocation(address, body.location, toTime(body.time))],
])

function decode(channel: string, message: RawMessage, context: Context): DecodedItem[] {
  const read = READERS.get(channel)
  if (read === undefined) return []
  const { memory } = context
  const address = addressOf(message, memory)
  const alarm = channel === 'up' && !message.replayed
  const about = address === null ? {} : { from: address }
  const parsed = parseJson(message.payload)
  if (!parsed.ok) {
    return [{ ...about, kind: 'unreadable', reason: parsed.reason, explanation: parsed.explanation, alarm }]
  }
  if (!isRecord(parsed.value)) {
    const explanation = 'An event of ChirpStack is a JSON object'
    return [{ ...about, kind: 'unreadable', reason: 'not_an_object', explanation, alarm }]
  }
  if (address === null) {
    return [{ kind: 'unreadable', reason: 'missing_field', explanation: 'The event names no DevEUI', alarm }]
  }
  const base = partsOf(memory, message.topic, DEVICE_TOPIC)?.[1]
  if (base !== undefined) hear(memory, address, base)
  const items = read(parsed.value, address, message, context)
  items.push(...routeOf(memory, address, context.child !== null))
  return items
}

function readUp(body: Json, address: string, { receivedAt, replayed }: RawMessage, context: Context): DecodedItem[] {
  if (body.deviceInfo === undefined && body.data === undefined && body.fCnt === undefined) {
    const explanation = 'The event has neither device nor data'
    return [{ from: address, kind: 'unreadable', reason: 'missing_field', explanation, alarm: !replayed }]
  }
  const fPort = portOf(body.fPort)
  if (fPort === 'invalid') {
    const explanation = 'fPort is not a number from 0 to 255'
    return [{ from: address, kind: 'unreadable', reason: 'invalid_field', explanation, alarm: !replayed }]
  }
  const deviceTs = toTime(body.time)
  const id = uplinkId(textOf(body.deduplicationId), body.fCnt, body.data, { deviceTs, receivedAt })
  const radio = bestRadio(body.rxInfo)
  const { data } = body
  const uplink: Uplink = { address, id, deviceTs, receivedAt, fPort, data, radio, replayed }
  const { items, codec } = readUplink(uplink, context.child, () => describe(body))
  learn(context.memory, address, fPort, codec)
  return items
}

/** Null: it isn't told. */
function portOf(value: unknown): number | null | 'invalid' {
  if (value === undefined || value === null) return null
  const port = toNumber(value)
  return port !== null && Number.isInteger(port) && port >= 0 && port <= 255 ? port : 'invalid'
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const MODEL_TAGS = ['model', 'device_model', 'deviceModel']

/** What the device is, as far as the network server knows: tags, then the profile; a name that somebody gave. */
function describe({ deviceInfo }: Json): Description {
  if (!isRecord(deviceInfo)) return { profile: [], vendor: null, name: null }
  const tags = isRecord(deviceInfo.tags) ? deviceInfo.tags : {}
  const profile: string[] = []
  for (const name of MODEL_TAGS) if (typeof tags[name] === 'string') profile.push(tags[name])
  if (typeof deviceInfo.deviceProfileName === 'string') profile.push(deviceInfo.deviceProfileName)
  return { profile, vendor: textOf(tags.vendor), name: textOf(deviceInfo.deviceName) }
}

function readJoin(body: Json, address: string, _: RawMessage, { child }: Context): DecodedItem[] {
  return child === null ? [discovered(address, describe(body), null)] : []
}

/** `batteryLevel` in %, unless it runs on mains or doesn't know. `margin` in dB. */
function readStatus(body: Json, address: string): DecodedItem[] {
  const fields: Fields = {}
  const battery = toNumber(body.batteryLevel)
  const isExternal = body.externalPowerSource === true
  if (isExternal) fields.external_power = 1
  else if (battery !== null && battery >= 0 && battery <= 100 && body.batteryLevelUnavailable !== true) {
    fields.battery = battery
  }
  const margin = toNumber(body.margin)
  if (margin !== null) fields.margin = margin
  if (Object.keys(fields).length === 0) return []
  return [{ from: address, kind: 'telemetry', sample: { deviceTs: toTime(body.time), fields } }]
}

/** Only confirmed downlinks are acknowledged; the id of one in the queue is the one that `encode` gave it. */
function readAck(body: Json, address: string, { receivedAt }: RawMessage, { memory }: Context): DecodedItem[] {
  if (body.acknowledged !== true) return []
  const queueItemId = textOf(body.queueItemId)
  const deviceTs = toTime(body.time)
  const id = uplinkId(queueItemId ?? textOf(body.deduplicationId), body.fCntDown, '', { deviceTs, receivedAt })
  const commandId = queueItemId !== null && UUID.test(queueItemId) ? queueItemId : null
  const reply = acknowledgement(memory, address, commandId, `ack:${id}`)
  return reply === null ? [] : [{ from: address, kind: 'reply', reply }]
}

/** ChirpStack takes only a UUID for the id of a downlink. */
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

function encode(command: DeviceCommand, target: CommandTarget, memory: NetworkMemory): Downlink[] {
  const answer = framesFor(memory, command, target)
  if (answer === null) return []
  const { commandId } = command
  const id = UUID.test(commandId) && answer.frames.length === 1 ? { id: commandId } : {}
  return answer.frames.map(({ fPort, bytes }) => ({
    topic: `${answer.base}/device/${target.address}/command/down`,
    payload: Buffer.from(
      JSON.stringify({ ...id, devEui: target.address, confirmed: true, fPort, data: bytes.toString('base64') }),
    ),
  }))
}
