import type { Protocol } from '../../server/contract/device.ts'
import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { Entry } from '../journal.ts'
import { type LevelValue, Unconfirmed } from '../levels.ts'
import { type Ending, Link } from '../link.ts'
import { MqttConnection, type MqttLogin } from '../mqtt/connection.ts'
import { quietly } from '../quietly.ts'
import { offline, type PeerContext } from './peer.ts'

const KEEPALIVE_S = 60
/** A busy platform takes its time; what it has not taken by then is in doubt. */
const FAREWELL_MS = 10_000

export interface MessageHandlers {
  /** After each login: subscriptions and what is said at the start. */
  up(connection: MqttConnection): void
  message(topic: string, payload: Buffer, retain: boolean): void
  down(why: Ending): void
  farewell?: (connection: MqttConnection) => Promise<void>
  farewellMs?: number
}

/** A condition of the hub itself that its will tells: its topics, what it says while there, and what the broker says then. */
export interface Birth {
  device: Identity
  level: string
  topic: string
  online: { payload: string; value: LevelValue }
  offline: { payload: string; value: LevelValue }
}

/** MQTT 3.1.1 section 3.2.2.3. */
const BAD_CREDENTIALS = 4
const NOT_AUTHORISED = 5

/** Opens MQTT connections of one login, one after the other. */
export function mqttLink(
  identity: Identity,
  context: PeerContext,
  will: MqttLogin['will'],
  handlers: MessageHandlers,
): Link<MqttConnection> {
  const { deviceId, secret } = identity
  const { places, backoff, journal, log, random } = context
  const login = { clientId: deviceId, username: deviceId, password: secret, keepaliveS: KEEPALIVE_S, will }
  return new Link<MqttConnection>({
    deviceId,
    backoff,
    random: random('link', identity),
    log,
    dial: ({ up, down }) =>
      new MqttConnection(places.mqttUrl, login, {
        up,
        message: handlers.message,
        notSubscribed: () => journal.problem(deviceId, 'its subscription was refused, so no command can reach it'),
        down: (code, reason) => down(code === BAD_CREDENTIALS || code === NOT_AUTHORISED, reason),
      }),
    onUp: handlers.up,
    onDown: handlers.down,
    ...(handlers.farewell ? { farewell: handlers.farewell } : {}),
    ...(handlers.farewellMs ? { farewellMs: handlers.farewellMs } : {}),
  })
}

/** What a message tells the platform, besides measurements. */
export interface Told {
  device: Identity
  /** Occurrences; each counts. */
  events?: readonly EventType[]
  /** Conditions, by name. */
  levels?: Readonly<Record<string, LevelValue>>
  /** Whether it carries measurements. */
  isSample?: boolean
}

/**
 * How hubs, network servers and Wi-Fi devices publish: what can't be sent now is forgotten. With QoS 0 an entry is in
 * doubt when the connection is lost just after; with QoS 1 when its PUBACK has not come.
 */
export class ForgetfulChannel {
  readonly #link: Link<MqttConnection>
  readonly #context: PeerContext
  readonly #protocol: Protocol
  readonly #unconfirmed: Unconfirmed
  /** Messages whose PUBACK has not come. */
  readonly #pending = new Set<{ names: readonly string[]; reject: (error: Error) => void }>()

  constructor(
    protocol: Protocol,
    identity: Identity,
    context: PeerContext,
    birth: Birth | null,
    handlers: Pick<MessageHandlers, 'up' | 'message'>,
  ) {
    this.#context = context
    this.#protocol = protocol
    this.#unconfirmed = new Unconfirmed(protocol, context.journal)
    const will = birth && { topic: birth.topic, payload: birth.offline.payload, qos: 1 as const, retain: true }
    this.#link = mqttLink(identity, context, will, {
      message: handlers.message,
      up: (connection) => {
        if (birth) this.#born(birth)
        handlers.up(connection)
      },
      down: (why) => this.#down(why, birth),
      farewell: (connection) => this.#farewell(connection, birth),
      farewellMs: FAREWELL_MS,
    })
  }

  get link(): Link<MqttConnection> {
    return this.#link
  }

  get waiting(): number {
    return this.#pending.size
  }

  /**
   * Publishes a message that tells something. Resolves at the PUBACK with QoS 1, at once with QoS 0.
   * @throws when there is no connection: nothing was told
   */
  async tell(topic: string, payload: string, retain: boolean, told: Told): Promise<void> {
    const { connection } = this.#link
    const { journal, clock, qos, ledger } = this.#context
    if (connection === null) {
      if (told.events?.length) journal.untold(this.#protocol)
      throw offline()
    }
    const now = clock.now()
    const entries = this.#entriesOf(told, now)
    // What was told before and is said again is not another one.
    const news = entries.filter(({ from }) => from === now).map(({ type }) => type)
    const names = told.isSample ? [...news, 'telemetry'] : news
    if (qos === 0) {
      for (const name of names) ledger.told(name)
      return connection.publish(topic, payload, retain)
    }
    for (const name of names) ledger.sent(name)
    return new Promise((resolve, reject) => {
      const pending = { names, reject }
      this.#pending.add(pending)
      connection.publish(topic, payload, retain, () => {
        this.#pending.delete(pending)
        for (const name of names) ledger.acknowledged(name)
        for (const entry of entries) entry.acknowledged = true
        resolve()
      })
    })
  }

  #born({ topic, device, level, online }: Birth): void {
    const told = this.tell(topic, online.payload, true, { device, levels: { [level]: online.value } })
    quietly(told, this.#context.log, device.deviceId)
  }

  /** The answer to a ping comes after all that went out before has been taken. */
  async #farewell(connection: MqttConnection, birth: Birth | null): Promise<void> {
    if (birth) {
      const { device, level, topic, offline: last } = birth
      this.#unconfirmed.level(device.deviceId, level, last.value, this.#context.clock.now())
      connection.publish(topic, last.payload, true)
    }
    await new Promise<void>((resolve) => connection.ping(resolve))
  }

  #down(why: Ending, birth: Birth | null): void {
    const { clock, ledger } = this.#context
    if (why !== 'polite') {
      this.#unconfirmed.lost(clock.now())
      // The broker publishes the will unless it is itself what has failed.
      if (birth) {
        const { device, level, offline: last } = birth
        this.#unconfirmed.will(device.deviceId, level, last.value, clock.now(), why === 'cut')
      }
    }
    for (const { names, reject } of this.#pending) {
      ledger.givenUp(names.length)
      reject(offline())
    }
    this.#pending.clear()
  }

  #entriesOf({ device: { deviceId }, events = [], levels = {} }: Told, at: number): Entry[] {
    const occurred = events.map((type) => this.#unconfirmed.event(deviceId, type, at))
    const changed = Object.entries(levels).map(([level, value]) => this.#unconfirmed.level(deviceId, level, value, at))
    return [...occurred, ...changed.filter((entry) => entry !== null)]
  }
}
