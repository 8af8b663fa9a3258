import { zigbee2mqttProtocol as protocol } from '../../gateway/protocols/zigbee2mqtt.ts'
import type { DecodedItem, RegisteredDevice } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'

export const NOW = 1_763_900_000_000

/** One login of a Zigbee2MQTT, taken through the protocol as the gateway does. */
export function hub(willTopic: string | null = 'zigbee2mqtt/bridge/state') {
  const login = { deviceId: 'hub-1', settings: {}, willTopic }
  const memory = protocol.createMemory(login)
  const topics = protocol.topicsOf(login, memory)
  return {
    memory,
    topics,
    /** Null: not the login's own topic. */
    take(topic: string, body: unknown, more: Partial<Taking> = {}): DecodedItem[] | null {
      const { child = null, at = NOW, replayed = false } = more
      const payload =
        body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
      const message = { topic, payload, receivedAt: at, replayed }
      const channel = topics.channelOf(topic)
      return channel === null ? null : protocol.decode(channel, message, { login, child, memory })
    },
    address(topic: string, body: unknown = '{}') {
      const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
      return protocol.addressOf({ topic, payload, receivedAt: NOW, replayed: false }, memory)
    },
  }
}

interface Taking {
  child: RegisteredDevice | null
  at: number
  replayed: boolean
}

export function registered(of: Partial<RegisteredDevice>): RegisteredDevice {
  return { deviceId: 'd-1', kind: 'other', protocol: 'zigbee2mqtt', model: null, role: null, sources: [], ...of }
}

/** The events that a fresh device would tell by these items: calm values that are the first seen tell nothing. */
export function told(items: readonly DecodedItem[] | null): EventType[] {
  const types = (items ?? []).map((item) => {
    if (item.kind === 'event') return item.event.type
    return item.kind === 'level' && !item.report.calm ? item.report.event?.type : undefined
  })
  return types.filter((type) => type !== undefined) as EventType[]
}

export function fieldsOf(items: readonly DecodedItem[] | null): Record<string, number> {
  const samples = (items ?? []).flatMap((item) => (item.kind === 'telemetry' ? [item.sample.fields] : []))
  return Object.assign({}, ...samples)
}

export function levelsOf(items: readonly DecodedItem[] | null) {
  return (items ?? []).flatMap((item) => (item.kind === 'level' ? [item.report] : []))
}
