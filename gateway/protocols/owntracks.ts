import { createHash, randomBytes } from 'node:crypto'
import type { CommandArguments, DeviceCommand } from '../../server/contract/command.ts'
import type { CommandTarget } from '../../server/contract/ports.ts'
import { NONCE_BYTES, type PhoneKey, phoneKey, seal } from './owntracks/encryption.ts'
import { decodePayload, isHome } from './owntracks/messages.ts'
import { type Downlink, type LoginContext, type LoginTopics, type MqttProtocol, UNKNOWN_CHANNEL } from './protocol.ts'

/**
 * OwnTracks, a phone app that tells where it is: `owntracks/{user}/{device}` and topics below, JSON with a `_type`; up to
 * the phone `…/cmd`. The user is the login's device id. Source: OwnTracks booklet, "JSON" and "Topics".
 */

/** Channels by the last level of a topic below the phone's own; the `_type` says what a message is on any of them. */
const CHANNEL_OF = new Map(
  ['event', 'lwt', 'waypoint', 'waypoints', 'status', 'step', 'beacon', 'dump', 'info', 'request', 'cmd'].map(
    (name) => [name, name] as const,
  ),
)

export interface OwnTracksMemory {
  deviceId: string
  key: PhoneKey
  /** `owntracks/{user}/{device}`, as the phone's will or newest message names it. */
  base: string | null
}

export const owntracksProtocol: MqttProtocol<OwnTracksMemory> = {
  name: 'owntracks',
  channels: ['location', ...CHANNEL_OF.keys(), 'other'],
  isHub: false,
  bridgeTopics: ['owntracks/#'],
  createMemory: ({ deviceId, settings, willTopic }) => ({
    deviceId,
    key: phoneKey(settings.encryptionKey),
    base: willTopic === null ? null : baseOf(willTopic, deviceId),
  }),
  topicsOf,
  isAlarmChannel: (channel) => channel === 'event',
  addressOf: () => null,
  decode(channel, { topic, payload, receivedAt, replayed }, { memory }) {
    if (!replayed) memory.base = baseOf(topic, memory.deviceId) ?? memory.base
    const onEventTopic = channel === 'event'
    return decodePayload(payload, { onEventTopic, receivedAt, replayed, key: memory.key, opened: false })
  },
  encode,
}

const prefixOf = (deviceId: string): string => `owntracks/${deviceId}/`

function topicsOf({ deviceId }: LoginContext): LoginTopics {
  const prefix = prefixOf(deviceId)
  return {
    channelOf(topic) {
      if (!topic.startsWith(prefix)) return null
      return topic.length === prefix.length || topic.includes('\0') ? UNKNOWN_CHANNEL : channelBelow(topic, prefix)
    },
    maySubscribe: (filter) => filter.startsWith(prefix) && filter.length > prefix.length,
  }
}

function channelBelow(topic: string, prefix: string): string {
  if (!topic.includes('/', prefix.length)) return 'location'
  return CHANNEL_OF.get(topic.slice(topic.lastIndexOf('/') + 1)) ?? 'other'
}

/** The phone's own topic, of which a topic is a part; null: it is somebody else's. */
function baseOf(topic: string, deviceId: string): string | null {
  const prefix = prefixOf(deviceId)
  if (!topic.startsWith(prefix) || topic.length === prefix.length || topic[prefix.length] === '/') return null
  const end = topic.indexOf('/', prefix.length)
  return end === -1 ? topic : topic.slice(0, end)
}

/** What an app is called by default here; used until the phone has said its own name. */
const DEFAULT_DEVICE = 'phone'

/** The phone takes commands when "remote commands" is allowed in the app. An encrypted command takes a random nonce. */
function encode({ type, args }: DeviceCommand, _: CommandTarget, { base, key, deviceId }: OwnTracksMemory): Downlink[] {
  const topic = `${base ?? prefixOf(deviceId) + DEFAULT_DEVICE}/cmd`
  return actionsOf(type, args).map((action) => {
    const text = Buffer.from(JSON.stringify({ _type: 'cmd', ...action }))
    return { topic, payload: key.ok ? seal(text, key.bytes, randomBytes(NONCE_BYTES)) : text }
  })
}

function actionsOf(type: DeviceCommand['type'], { fence, intervalSeconds }: CommandArguments): object[] {
  if (type === 'locate') return [{ action: 'reportLocation' }]
  if (type !== 'config') return []
  const actions: object[] = []
  if (fence !== undefined) actions.push(setWaypoints(fence))
  if (intervalSeconds !== undefined) {
    const configuration = { _type: 'configuration', moveModeLocatorInterval: intervalSeconds }
    actions.push({ action: 'setConfiguration', configuration })
  }
  return actions
}

/**
 * The home's fence. The app keeps what it has and adds this; a region with the same name (iOS) and `tst` (Android) is
 * replaced. So both hang on the name alone: a fence that has moved must not leave its old place behind.
 */
function setWaypoints({ name, lat, lon, radius }: NonNullable<CommandArguments['fence']>): object {
  const desc = isHome(name) ? name : `home ${name}`
  const waypoint = { _type: 'waypoint', desc, lat, lon, rad: Math.round(radius), tst: stableTime(desc) }
  return { action: 'setWaypoints', waypoints: { _type: 'waypoints', waypoints: [waypoint] } }
}

const YEAR_2020_S = 1_577_836_800

/** A time of creation (s) that is always the same for a name and different for different ones. */
function stableTime(name: string): number {
  return YEAR_2020_S + (createHash('sha256').update(name).digest().readUInt32BE() % 100_000_000)
}
