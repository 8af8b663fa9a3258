import { v7 as uuidv7 } from 'uuid'
import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import { EVENT_TYPES, type EventType } from '../../server/contract/signal.ts'
import type { Entry } from '../journal.ts'
import { readObject } from '../json.ts'
import type { Link } from '../link.ts'
import type { MqttConnection } from '../mqtt/connection.ts'
import { type Delivery, Outbox } from '../outbox.ts'
import { type Kept, leftOver, takenOver } from './kept.ts'
import { LinkedPeer } from './linked-peer.ts'
import { mqttLink } from './mqtt-channel.ts'
import { type Detail, type PeerContext, type Reading, stopped } from './peer.ts'

const ONLINE = JSON.stringify({ state: 'online' })
const OFFLINE = JSON.stringify({ state: 'offline' })
/** Commands whose reply tells where the device is. */
const LOCATE = 'locate'

/** A device that speaks the native protocol, version 1: everything is kept until its PUBACK, with id and time. */
export class NativePeer extends LinkedPeer<MqttConnection> {
  readonly protocol = 'native'
  readonly devices: readonly [Identity]
  readonly #context: PeerContext
  readonly #outbox: Outbox
  protected readonly link: Link<MqttConnection>
  /** Until the PUBACK, by event id. */
  readonly #promised = new Map<string, Kept & { entry: Entry }>()
  readonly #base: string
  #newest: Reading | null = null
  /** Error of the device's clock, ms: positive when it is ahead. */
  #clockErrorMs = 0
  #stopped = false

  constructor(identity: Identity, context: PeerContext) {
    super()
    this.#context = context
    this.devices = [identity]
    this.#base = `care/v1/${identity.deviceId}`
    this.#outbox = new Outbox(context.maxSamples)
    const will = { topic: `${this.#base}/status`, payload: OFFLINE, qos: 1, retain: true } as const
    this.link = mqttLink(identity, context, will, {
      up: (connection) => this.#up(connection),
      down: () => this.#outbox.rewind(),
      message: (topic, payload) => this.#command(topic, payload),
      farewell: (connection) =>
        new Promise((resolve) => connection.publish(`${this.#base}/status`, OFFLINE, true, resolve)),
    })
  }

  get waiting(): number {
    const { events, samples } = this.#outbox.waiting
    return events + samples
  }

  can(): readonly EventType[] {
    return EVENT_TYPES
  }

  override async stop(): Promise<void> {
    this.#stopped = true
    await super.stop()
    for (const kept of this.#promised.values()) leftOver(kept)
    this.#promised.clear()
  }

  /** From now on the device's clock is wrong by so much, as after a battery change. */
  setClockError(ms: number): void {
    this.#clockErrorMs = ms
  }

  async act({ deviceId }: Identity, type: EventType, detail: Detail = {}): Promise<void> {
    if (this.#stopped) throw stopped()
    const { clock, ledger, journal } = this.#context
    const now = clock.now()
    const id = uuidv7()
    const entry = journal.tell({ deviceId, protocol: 'native', type, messageId: id, at: now })
    const acknowledged = new Promise<void>((resolve, reject) => {
      this.#promised.set(id, { entry, counted: type, resolve, reject })
    })
    ledger.sent(type)
    this.#outbox.addEvent({ id, ts: now + this.#clockErrorMs, type, detail: { ...this.#condition(type), ...detail } })
    this.#pump()
    return acknowledged
  }

  sample(_device: Identity, { ts, fields }: Reading): void {
    const { ledger } = this.#context
    this.#newest = { ts, fields }
    ledger.sent('telemetry')
    ledger.dropped(this.#outbox.addSample({ ts: ts + this.#clockErrorMs, fields: { ...fields } }))
    this.#pump()
  }

  /** What helps whoever has to find the person, or has to change the battery. */
  #condition(type: EventType): Detail {
    const { battery, lat, lon, acc } = this.#newest?.fields ?? {}
    if (type === 'battery_low') return { battery: Math.min(Math.round(battery ?? 15), 15) }
    return lat === undefined || lon === undefined ? {} : { lat, lon, ...(acc === undefined ? {} : { acc }) }
  }

  #up(connection: MqttConnection): void {
    connection.publish(`${this.#base}/status`, ONLINE, true, () => undefined)
    connection.subscribe([`${this.#base}/command`])
    this.#pump()
  }

  #pump(): void {
    for (;;) {
      const { connection } = this.link
      const delivery = connection ? this.#outbox.next() : null
      if (!connection || !delivery) return
      this.#publish(connection, delivery)
    }
  }

  #publish(connection: MqttConnection, delivery: Delivery): void {
    if (delivery.lane === 'event') {
      const { id, ts, type, detail } = delivery.event
      const payload = JSON.stringify({ id, ts, type, ...detail })
      const promised = this.#promised.get(id)
      if (promised) promised.entry.until = this.#context.clock.now()
      connection.publish(`${this.#base}/event`, payload, false, () => this.#acknowledged(delivery))
      return
    }
    const samples = delivery.samples.map(({ ts, fields }) => ({ ts, ...fields }))
    const payload = JSON.stringify(samples.length === 1 ? samples[0] : samples)
    connection.publish(`${this.#base}/telemetry`, payload, false, () => this.#acknowledged(delivery))
  }

  #acknowledged(delivery: Delivery): void {
    const { ledger, journal } = this.#context
    this.#outbox.acknowledge(delivery)
    if (delivery.lane === 'telemetry') {
      ledger.acknowledged('telemetry', delivery.samples.length)
      const times = delivery.samples.map(({ ts }) => ts)
      // Where a wrong clock has put them, nobody would look.
      if (this.#clockErrorMs === 0) journal.sampled(this.devices[0].deviceId, times)
    } else {
      const { id } = delivery.event
      const promised = this.#promised.get(id)
      if (promised) takenOver(promised, this.#context)
      this.#promised.delete(id)
    }
    this.#pump()
  }

  /** `{"id","type",…}`: answered on `…/reply`, and a question for the position with the position. */
  #command(topic: string, payload: Buffer): void {
    const { journal } = this.#context
    const [{ deviceId }] = this.devices
    const command = parseCommand(payload)
    if (topic !== `${this.#base}/command`) {
      journal.problem(deviceId, `a message on ${topic}`)
      return
    }
    if (command === null) {
      journal.problem(deviceId, `a command that can't be read: ${payload.toString('utf8')}`)
      return
    }
    journal.heard(command.type)
    const { lat, lon, acc, battery } = this.#newest?.fields ?? {}
    const answer = command.type === LOCATE ? { lat, lon, acc } : {}
    const reply = JSON.stringify({ id: command.id, ts: this.#context.clock.now(), ok: true, battery, ...answer })
    this.link.connection?.publish(`${this.#base}/reply`, reply, false, () => undefined)
  }
}

function parseCommand(payload: Buffer): { id: string; type: string } | null {
  const { id, type } = readObject(payload) ?? {}
  return typeof id === 'string' && typeof type === 'string' ? { id, type } : null
}
