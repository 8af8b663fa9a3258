import type { Logger } from 'pino'
import type {
  AttributedItem,
  DecodedItem,
  DeviceDirectoryPort,
  IntakePort,
  RegisteredDevice,
} from '../server/contract/ports.ts'
import { attribute } from './attribution.ts'
import { nameOf } from './names.ts'
import { storableText } from './protocols/json.ts'
import { type RawMessage, UNKNOWN_CHANNEL } from './protocols/protocol.ts'
import type { Roster } from './roster.ts'
import type { Sender } from './sender.ts'

/** Devices that one hub may tell of; a city's network server has its own, larger number of addresses in the roster. */
const MAX_DISCOVERED = 2_000
/** Levels remembered for one sender. */
const MAX_LEVELS = 20_000

export interface ReceptionOptions {
  intake: IntakePort
  devices: DeviceDirectoryPort
  roster: Roster
  log: Logger
}

/**
 * What becomes of a message, whichever way it came: whom is it about → what does it say → what of that is new → store.
 * The promise resolves when all of it is durable.
 */
export class Reception {
  readonly #options: ReceptionOptions

  constructor(options: ReceptionOptions) {
    this.#options = options
  }

  /** Takes a message. Rejects only when the server is stopping; never throws synchronously. */
  receive(sender: Sender, channel: string, message: RawMessage): Promise<void> {
    try {
      const { protocol, login } = sender
      const address = this.#addressOf(sender, channel, message)
      if (address === null) return this.#proceed(sender, channel, message, null, null)
      const hubId = login.deviceId
      const known = this.#options.roster.remembered(protocol.name, hubId, address)
      if (known !== undefined) return this.#proceed(sender, channel, message, address, known)
      return this.#options.roster
        .find(protocol.name, hubId, address)
        .then((child) => this.#proceed(sender, channel, message, address, child))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #addressOf(sender: Sender, channel: string, message: RawMessage): string | null {
    const { protocol, login, memory } = sender
    if (channel === UNKNOWN_CHANNEL) return null
    try {
      return protocol.addressOf(message, memory)
    } catch (error) {
      this.#options.log.error(
        { deviceId: login.deviceId, protocol: protocol.name, err: nameOf(error) },
        'address not found out',
      )
      return null
    }
  }

  /** Keeps a message as unreadable without decoding it. */
  unreadable(sender: Sender, channel: string, message: RawMessage, item: Extract<DecodedItem, { kind: 'unreadable' }>) {
    return this.#store(sender, channel, message, [{ ...item, deviceId: sender.login.deviceId }])
  }

  /** Whether a message says nothing but that the sender is gone. */
  onlySaysOffline(sender: Sender, channel: string, message: RawMessage): boolean {
    const items = this.#decode(sender, channel, message, null)
    return items.length > 0 && items.every((item) => isOffline(item, sender))
  }

  /** What the items of a message are, decoded. A decoder's fault raises an alarm rather than losing one. */
  #decode(sender: Sender, channel: string, message: RawMessage, child: RegisteredDevice | null): DecodedItem[] {
    const { protocol, login, memory } = sender
    if (channel === UNKNOWN_CHANNEL) {
      const explanation = 'The protocol has no such topic'
      return [{ kind: 'unreadable', reason: 'unknown_topic', explanation, alarm: false }]
    }
    try {
      return protocol.decode(channel, message, { login, child, memory })
    } catch (error) {
      const { deviceId } = login
      this.#options.log.error({ deviceId, protocol: protocol.name, err: nameOf(error) }, 'decoder failed')
      const alarm = protocol.isAlarmChannel(channel)
      return [{ kind: 'unreadable', reason: 'invalid_field', explanation: 'The decoder failed', alarm }]
    }
  }

  #proceed(
    sender: Sender,
    channel: string,
    message: RawMessage,
    address: string | null,
    child: RegisteredDevice | null,
  ): Promise<void> {
    const items = this.#decode(sender, channel, message, child)
    this.#discover(sender, items, message)
    if (address !== null && child === null && sender.isHub) this.#knock(sender, address, message)
    const others = new Set<string>()
    for (const item of items) {
      if (item.from !== undefined && item.from !== address && item.kind !== 'discovered') others.add(item.from)
    }
    if (others.size === 0) {
      const find = (from: string) => (from === address ? child : null)
      return this.#store(sender, channel, message, this.#attribute(sender, items, find))
    }
    return this.#proceedWith(others, sender, channel, message, items, (from) => (from === address ? child : undefined))
  }

  /** As `#proceed`, for a message about several devices. */
  async #proceedWith(
    addresses: ReadonlySet<string>,
    sender: Sender,
    channel: string,
    message: RawMessage,
    items: readonly DecodedItem[],
    known: (from: string) => RegisteredDevice | null | undefined,
  ): Promise<void> {
    const { roster } = this.#options
    const { protocol, login } = sender
    const found = new Map<string, RegisteredDevice | null>()
    for (const address of addresses) found.set(address, await roster.find(protocol.name, login.deviceId, address))
    const find = (from: string) => known(from) ?? found.get(from) ?? null
    await this.#store(sender, channel, message, this.#attribute(sender, items, find))
  }

  #attribute(sender: Sender, items: readonly DecodedItem[], find: (from: string) => RegisteredDevice | null) {
    const facts = { deviceId: sender.login.deviceId, isHub: sender.isHub }
    return attribute(items, facts, find, (from) => sender.discovered.get(from))
  }

  /** A hub tells of the devices behind it. */
  #discover(sender: Sender, items: readonly DecodedItem[], { receivedAt }: RawMessage): void {
    for (const item of items) {
      if (item.kind !== 'discovered' || item.from === undefined) continue
      const { from: address, device } = item
      if (sender.discovered.size < MAX_DISCOVERED || sender.discovered.has(address)) {
        sender.discovered.set(address, device)
      }
      const payload = new Uint8Array()
      const { deviceId: hubId } = sender.login
      const protocol = sender.protocol.name
      this.#options.devices.knocked({ hubId, protocol, address, device, payload, at: receivedAt, announced: true })
    }
  }

  #knock(sender: Sender, address: string, { payload, receivedAt }: RawMessage): void {
    this.#options.devices.knocked({
      hubId: sender.login.deviceId,
      protocol: sender.protocol.name,
      address,
      device: sender.discovered.get(address) ?? null,
      payload,
      at: receivedAt,
      announced: false,
    })
  }

  #store(sender: Sender, channel: string, message: RawMessage, items: AttributedItem[]): Promise<void> {
    const { topic, payload, receivedAt } = message
    try {
      return this.#options.intake.accept({
        deviceId: sender.login.deviceId,
        protocol: sender.protocol.name,
        // A topic that is not one of the protocol's own words may hold U+0000, which no database text can.
        topic: sender.isHub || channel === UNKNOWN_CHANNEL ? storableText(topic) : topic,
        payload,
        receivedAt,
        items: items.filter((item) => isNews(sender, item)),
      })
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

/** Also a hub's level, which a newer connection's "online" contradicts already. */
function isOffline(item: DecodedItem, { isHub }: Sender): boolean {
  if (item.kind === 'presence') return !item.online
  return isHub && item.kind === 'level' && item.report.event?.type === 'hub_offline'
}

/**
 * False for a level whose value was handed on already. The database decides in the end; this keeps the same values, which
 * come with every message, from asking it. When handing on fails the sender is dropped, and its memory with it.
 */
function isNews({ levels }: Sender, item: AttributedItem): boolean {
  if (item.kind !== 'level') return true
  const key = `${item.deviceId}\n${item.report.level}`
  if (levels.get(key) === item.report.value) return false
  if (levels.size >= MAX_LEVELS && !levels.has(key)) levels.clear()
  levels.set(key, item.report.value)
  return true
}
