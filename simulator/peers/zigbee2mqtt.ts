import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { LevelValue } from '../levels.ts'
import type { MqttConnection } from '../mqtt/connection.ts'
import { quietly } from '../quietly.ts'
import { Timers } from '../timers.ts'
import {
  bridgeEntry,
  initialState,
  measured,
  ZIGBEE_MODELS,
  type ZigbeeChange,
  type ZigbeeModel,
} from '../wire/zigbee.ts'
import { ForgetfulPeer } from './linked-peer.ts'
import { ForgetfulChannel } from './mqtt-channel.ts'
import { type Detail, type PeerContext, type Reading, unable } from './peer.ts'

interface Child {
  identity: Identity
  /** Friendly name: the address that the platform knows it by, and a part of its topic. */
  name: string
  ieeeAddress: string
  model: ZigbeeModel
  state: Record<string, string | number | boolean | null>
  linkQuality: number
}

/** A condition that goes back by itself does so after so long. */
const BACK_MS = 2_000
const VERSION = '2.1.3'

/**
 * A home's Zigbee2MQTT: one connection for all its devices, each message with the whole cached state of a device. What
 * happens without a connection is not told, but what lasts is in the next message.
 */
export class Zigbee2MqttPeer extends ForgetfulPeer {
  readonly protocol = 'zigbee2mqtt'
  readonly devices: readonly Identity[]
  readonly #context: PeerContext
  readonly #hub: Identity
  readonly #base: string
  protected readonly channel: ForgetfulChannel
  readonly #children: ReadonlyMap<string, Child>
  /** Older versions send an empty action after each. */
  readonly #isOld: boolean
  readonly #timers = new Timers()
  #isFresh = true

  /** @param base topic without the last slash; homes may have the same one */
  constructor(hub: Identity, children: readonly Identity[], base: string, context: PeerContext) {
    super()
    this.#context = context
    this.#hub = hub
    this.#base = base
    this.devices = [hub, ...children]
    const random = context.random('zigbee', hub)
    this.#isOld = random.chance(0.4)
    this.#children = new Map(
      children.map((identity) => {
        const model = ZIGBEE_MODELS.get(identity.model ?? '')
        if (!model) throw new RangeError(`no Zigbee device ${identity.model} is known`)
        const ieeeAddress = `0x00158d00${random.integer(0, 0xffffffff).toString(16).padStart(8, '0')}`
        const name = identity.address ?? ieeeAddress
        const linkQuality = random.integer(40, 220)
        return [identity.deviceId, { identity, name, ieeeAddress, model, state: initialState(model), linkQuality }]
      }),
    )
    const birth = {
      device: hub,
      level: 'hub',
      topic: `${base}/bridge/state`,
      online: { payload: JSON.stringify({ state: 'online' }), value: { value: 'online', type: 'hub_online' } },
      offline: { payload: JSON.stringify({ state: 'offline' }), value: { value: 'offline', type: 'hub_offline' } },
    } as const
    this.channel = new ForgetfulChannel('zigbee2mqtt', hub, context, birth, {
      up: (connection) => this.#up(connection),
      message: (topic, payload) => this.#command(topic, payload),
    })
  }

  can({ deviceId }: Identity): readonly EventType[] {
    return Object.keys(this.#children.get(deviceId)?.model.acts ?? {}) as EventType[]
  }

  async act({ deviceId }: Identity, type: EventType, detail: Detail = {}): Promise<void> {
    const child = this.#children.get(deviceId)
    const change = child?.model.acts[type]
    if (!child || !change) throw unable(type)
    await this.#change(child, change, detail)
    const { back } = change
    if (back) this.#timers.later(BACK_MS, () => this.#quietly(this.#change(child, { set: back }, {})))
  }

  sample({ deviceId }: Identity, { fields }: Reading): void {
    const child = this.#children.get(deviceId)
    if (!child) return
    Object.assign(child.state, measured(child.state, fields))
    this.#quietly(this.#publish(child, {}, {}))
  }

  override cut(ms: number, power = false): void {
    this.#isFresh ||= power
    super.cut(ms)
  }

  override stop(): Promise<void> {
    this.#timers.clear()
    return super.stop()
  }

  #change(child: Child, { set = {}, action }: ZigbeeChange, detail: Detail): Promise<void> {
    Object.assign(child.state, set)
    const done = this.#publish(child, action ? { ...detail, action: action.word } : detail, action ?? {})
    if (action && this.#isOld) this.#quietly(this.#publish(child, { action: '' }, {}))
    return done
  }

  /** The whole cached state goes out, and beside it what is not cached. */
  #publish(child: Child, extra: Detail, { told }: { told?: EventType }): Promise<void> {
    const payload = JSON.stringify({ ...child.state, linkquality: child.linkQuality, ...extra })
    const events = told === undefined ? [] : [told]
    const levels = levelsOf(child)
    const device = child.identity
    return this.channel.tell(`${this.#base}/${child.name}`, payload, false, { device, events, levels, isSample: true })
  }

  /** What Zigbee2MQTT says after it has logged in; the states of all devices only after a start of its own. */
  #up(connection: MqttConnection): void {
    const children = [...this.#children.values()]
    connection.subscribe([`${this.#base}/#`], 0)
    const info = { version: VERSION, coordinator: { type: 'EmberZNet' }, permit_join: false, log_level: 'info' }
    const devices = children.map(({ name, ieeeAddress, model }) => bridgeEntry(name, ieeeAddress, model))
    const said = { device: this.#hub }
    const say = (topic: string, payload: unknown) =>
      this.channel.tell(`${this.#base}/${topic}`, JSON.stringify(payload), true, said)
    this.#quietly(say('bridge/info', info))
    this.#quietly(say('bridge/devices', devices))
    this.#quietly(say('bridge/groups', []))
    for (const { name } of children) this.#quietly(say(`${name}/availability`, { state: 'online' }))
    if (this.#isFresh) for (const child of children) this.#quietly(this.#publish(child, {}, {}))
    this.#isFresh = false
  }

  #command(topic: string, payload: Buffer): void {
    const { journal } = this.#context
    const isOwn = topic.startsWith(`${this.#base}/`)
    const rest = topic.slice(this.#base.length + 1)
    if (isOwn && [...this.#children.values()].some(({ name }) => rest === `${name}/set` || rest === `${name}/get`)) {
      journal.heard('set')
      return
    }
    if (isOwn && rest.startsWith('bridge/request/')) {
      journal.heard('request')
      return
    }
    // It is subscribed to all below its base, and so hears what it has said itself; nothing of another home.
    const isEcho =
      isOwn && (rest.startsWith('bridge/') || [...this.#children.values()].some(({ name }) => isOf(rest, name)))
    if (!isEcho) journal.problem(this.#hub.deviceId, `heard a message on ${topic}: ${payload.length} bytes`)
  }

  #quietly(told: Promise<void>): void {
    quietly(told, this.#context.log, this.#hub.deviceId)
  }
}

const isOf = (rest: string, name: string): boolean => rest === name || rest.startsWith(`${name}/`)

function levelsOf({ model, state }: Child): Record<string, LevelValue> {
  return Object.fromEntries(
    model.properties.flatMap(({ name, tells }): [string, LevelValue][] => {
      const value = state[name]
      const type = value === undefined ? undefined : tells?.get(value)
      return type === undefined ? [] : [[name, { value: String(value), type }]]
    }),
  )
}
