import type { DeviceCommand } from '../../server/contract/command.ts'
import type { CommandTarget, DecodedItem, DeviceSettings, RegisteredDevice } from '../../server/contract/ports.ts'
import type { WordToTerminal } from '../../server/contract/voice.ts'

/**
 * What a protocol is to the gateway. Everything here is free of input and output: bytes and what is known go in, items
 * and bytes come out. All memory a protocol keeps of one login is the object that `createMemory` made.
 */

/** A message as it came, over our broker or from a bridge's. */
export interface RawMessage {
  topic: string
  payload: Uint8Array
  /** Ms since the epoch. */
  receivedAt: number
  /** An outside broker's retained copy: old news, which never raises an alarm. */
  replayed: boolean
}

/** Who has logged in (or which bridge it is). */
export interface LoginContext {
  deviceId: string
  settings: DeviceSettings
  /** Topic of the will in CONNECT, which tells the base topic of some hubs. */
  willTopic: string | null
}

export interface DecodeContext<Memory> {
  login: LoginContext
  /** The registered device at the address that `addressOf` gave; null: no address, or nobody has registered it. */
  child: RegisteredDevice | null
  memory: Memory
}

/** A message to a device or its hub. */
export interface Downlink {
  topic: string
  payload: Buffer
}

/** A way of speaking over MQTT: which topics are a login's own, what the messages mean, and how commands are said. */
export interface MqttProtocol<Memory = unknown> {
  /** As in the device's record (`DeviceCredential.protocol`). */
  name: string
  /** Every channel by name, for metrics. */
  channels: readonly string[]
  /** Speaks for devices behind it: only devices of kind `hub` and `bridge` may log in. */
  isHub: boolean
  /** What to subscribe to at an outside broker, when the bridge's settings name nothing. */
  bridgeTopics: readonly string[]
  createMemory(login: LoginContext): Memory
  /** The topics of one login; made once per login. */
  topicsOf(login: LoginContext, memory: Memory): LoginTopics
  /** True when a message on the channel may be an alarm: if it can't be read, a case is opened. */
  isAlarmChannel(channel: string): boolean
  /** True when what comes on the channel is about a call: it is passed on and not stored. Absent: no channel is. */
  isVoiceChannel?(channel: string): boolean
  /** The device behind the hub that a message is about, by the protocol's own address; null: the login itself. */
  addressOf(message: RawMessage, memory: Memory): string | null
  /** Never throws. Changes nothing but `memory`. No item: there is nothing to keep (a hub's log line, say). */
  decode(channel: string, message: RawMessage, context: DecodeContext<Memory>): DecodedItem[]
  /** The messages that carry out a command; none: this device can't. */
  encode(command: DeviceCommand, target: CommandTarget, memory: Memory): Downlink[]
  /** The message that says something about a call to the login itself. Absent: it can't be talked through. */
  encodeVoice?(word: WordToTerminal, deviceId: string): Downlink
}

export interface LoginTopics {
  /** The channel a topic is; `unknown` for one of the login's own without a meaning; null for one that isn't its own. */
  channelOf(topic: string): string | null
  maySubscribe(filter: string): boolean
}

/** Channel of a topic of the login's own that the protocol has no meaning for. */
export const UNKNOWN_CHANNEL = 'unknown'

/** A way of speaking over TCP, in frames that name the device. */
export interface TcpProtocol {
  name: string
  channels: readonly string[]
  /** Longest frame, bytes. A connection whose unfinished frame is longer is ended. */
  maxFrameBytes: number
  /**
   * Cuts whole frames off the front of what has come in. `rest` is the beginning of the next one; `skipped` counts bytes
   * that belong to no frame.
   */
  cut(buffer: Buffer): { frames: Buffer[]; rest: Buffer; skipped: number }
  /** Never throws. `receivedAt` in ms since the epoch. */
  decode(frame: Buffer, receivedAt: number): TcpFrame
  /** The bytes that carry out a command; null: this device can't. `last` is the newest frame of this connection. */
  encode(command: DeviceCommand, last: TcpFrame): Buffer | null
}

export interface TcpFrame {
  /** The device's id as registered; null: the frame names none. */
  address: string | null
  channel: string
  /** None: nothing to keep (a keep-alive). Never with `from`: a connection is one device's. */
  items: DecodedItem[]
  /** To be sent once the items are stored; null: none is expected. */
  reply: Buffer | null
  /** What `encode` needs of it (manufacturer, running number). */
  header: Readonly<Record<string, string>>
}
