import type { DiscoveredDevice } from '../server/contract/ports.ts'
import type { LoginContext, LoginTopics, MqttProtocol } from './protocols/protocol.ts'

/** Who messages come from: a login on our broker, or a bridge. */
export interface Sender {
  readonly login: LoginContext
  readonly protocol: MqttProtocol
  /** It speaks for devices behind it. */
  readonly isHub: boolean
  readonly topics: LoginTopics
  /** The protocol's own. */
  readonly memory: unknown
  /** Values of the levels that were handed on last, by address and level: an unchanged one need not be stored again. */
  readonly levels: Map<string, string>
  /** What a hub has told of devices behind it, by address; used for those that nobody has registered yet. */
  readonly discovered: Map<string, DiscoveredDevice>
}

/** Kinds that may speak for devices behind them. */
export const isHubKind = (kind: string): boolean => kind === 'hub' || kind === 'bridge'

/** Everything that is made once per login. */
export function newSender(protocol: MqttProtocol, login: LoginContext, kind: string): Sender {
  const memory = protocol.createMemory(login)
  const topics = protocol.topicsOf(login, memory)
  const isHub = protocol.isHub || isHubKind(kind)
  return { login, protocol, isHub, topics, memory, levels: new Map(), discovered: new Map() }
}
