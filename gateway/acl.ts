import type { LoginTopics } from './protocols/protocol.ts'

/** What a device may do, as pure decisions. A refusal has a name; names are the `reason` label of the refusal metric. */

export type PublishDecision = { allowed: true; channel: string } | { allowed: false; reason: 'publish_not_allowed' }

/** A device publishes on its own topics only; `$SYS` and other devices' topics are neither. */
export function mayPublish(topics: LoginTopics, topic: string): PublishDecision {
  const channel = topics.channelOf(topic)
  return channel === null ? { allowed: false, reason: 'publish_not_allowed' } : { allowed: true, channel }
}

/** A login subscribes to what can be sent to it only. */
export function maySubscribe(topics: LoginTopics, filter: string): boolean {
  return topics.maySubscribe(filter)
}

/** Contract: letters, digits, and _ . : - ; at most 64. Keeps `/`, `+`, `#` and `$` out of topics made from it. */
const DEVICE_ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/

export function isDeviceId(name: string): boolean {
  return DEVICE_ID.test(name)
}

/** MQTT 3.1.1, table 3.1. */
export const CONNACK = {
  unacceptableProtocol: 1,
  identifierRejected: 2,
  serverUnavailable: 3,
  badUserNameOrPassword: 4,
  notAuthorized: 5,
} as const

export interface ConnectFacts {
  protocolVersion: number
  clientId: string
  clean: boolean
}

export type ConnectDecision =
  | { kind: 'accept' }
  /** MQTT 5: answered in its own format, so that the client understands and may fall back to 3.1.1. */
  | { kind: 'refuse_version_5' }
  | { kind: 'reject_identifier' }

/** Whether a CONNECT can go on to the login [MQTT-3.1.3-8]; MQTT 3.1 has no empty client ids at all. */
export function connectDecision({ protocolVersion, clientId, clean }: ConnectFacts): ConnectDecision {
  if (protocolVersion === 5) return { kind: 'refuse_version_5' }
  if (clientId === '' && (!clean || protocolVersion === 3)) return { kind: 'reject_identifier' }
  return { kind: 'accept' }
}
