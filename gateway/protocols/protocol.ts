import type { DecodedItem } from '../../server/contract/ports.ts'

/** A way of speaking over MQTT: which topics are a device's own, and what the messages on them mean. */
export interface MqttProtocol {
  /** As in the device's record (`DeviceCredential.protocol`). */
  name: string
  /** Every channel by name, for metrics. */
  channels: readonly string[]
  /** The topics of one device; made once per login. */
  topicsOf(deviceId: string): DeviceTopics
  /** True when a message on the channel may be an alarm: if it can't be read, a case is opened. */
  isAlarmChannel(channel: string): boolean
  /** Pure; never throws; at least one item. `receivedAt` in ms since the epoch. */
  decode(channel: string, payload: Uint8Array, receivedAt: number): DecodedItem[]
}

export interface DeviceTopics {
  /** The channel a topic is; `unknown` for one under the device's own prefix; null for one that isn't the device's. */
  channelOf(topic: string): string | null
  maySubscribe(filter: string): boolean
  /** Where commands to the device go. */
  command: string
}

/** Channel of a topic under the device's own prefix that the protocol has no meaning for. */
export const UNKNOWN_CHANNEL = 'unknown'
