import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '../server/contract/clock.ts'
import type { VirtualDevice as Identity } from '../server/contract/ports.ts'
import type { EventType } from '../server/contract/signal.ts'
import type { Ledger } from './ledger.ts'
import { type Backoff, Link } from './link.ts'
import { type Delivery, Outbox } from './outbox.ts'
import type { Random } from './random.ts'
import { measure, type Position, type SensorState, startSensor } from './sensors.ts'

export interface VirtualDeviceOptions {
  identity: Identity
  home: Position
  mqttUrl: string
  telemetryEveryMs: number
  /** Samples kept while offline. */
  maxSamples: number
  /** It begins as if it had been offline for so long, and brings what it measured meanwhile. */
  historyMs: number
  backoff: Backoff
  /** For what it measures. */
  random: Random
  /** For when it reconnects: a source of its own, since chance on the network must not change the measurements. */
  linkRandom: Random
  clock: Clock
  log: Logger
  ledger: Ledger
}

const HURRY_MS = 1_000
const HISTORY_STEP_MS = 600_000

/** One device: a connection, an outbox, and a sensor that measures at its interval whether or not it is connected. */
export class VirtualDevice {
  readonly identity: Identity
  readonly #options: VirtualDeviceOptions
  readonly #outbox: Outbox
  readonly #link: Link
  /** Resolved at PUBACK, by event id. */
  readonly #promises = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  #sensor: SensorState
  #timer: NodeJS.Timeout | undefined
  #lastAction: string | null = null
  #stopped = false

  constructor(options: VirtualDeviceOptions) {
    this.#options = options
    this.identity = options.identity
    this.#outbox = new Outbox(options.maxSamples)
    const now = options.clock.now()
    this.#sensor = startSensor(options.identity.kind, now - options.historyMs, options.random)
    for (let ts = now - options.historyMs; ts < now; ts += HISTORY_STEP_MS) this.#sample(ts)
    this.#link = new Link({
      url: options.mqttUrl,
      deviceId: options.identity.deviceId,
      secret: options.identity.secret,
      backoff: options.backoff,
      random: options.linkRandom,
      log: options.log,
      onUp: () => this.#pump(),
      onDown: () => this.#outbox.rewind(),
    })
  }

  get online(): boolean {
    return this.#link.up
  }

  get refused(): boolean {
    return this.#link.refused
  }

  /** What it did last, as "type ISO-time". */
  get lastAction(): string | null {
    return this.#lastAction
  }

  get waiting(): number {
    const { events, samples } = this.#outbox.waiting
    return events + samples
  }

  /** Connects after `delayMs`; the first sample comes some time within the first interval. */
  start(delayMs: number): void {
    this.#link.start(delayMs)
    const { telemetryEveryMs, random } = this.#options
    this.#measureIn(random.between(0, telemetryEveryMs))
  }

  /** Measures no more; what is in the outbox still goes out, now rather than later. */
  quiesce(): void {
    clearTimeout(this.#timer)
    if (this.waiting > 0) this.#link.hurry(HURRY_MS)
  }

  /** Ends the connection. Events without an acknowledgement stay unsent, and their promises reject. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#link.stop()
    for (const { reject } of this.#promises.values()) reject(stopped())
    this.#promises.clear()
  }

  /** Cuts the network for so long; events and samples wait meanwhile. */
  offlineFor(ms: number): void {
    this.#link.cut(ms)
  }

  /** Something happens at the device. Resolves when the platform has acknowledged it, however late that is. */
  async raise(type: EventType): Promise<void> {
    if (this.#stopped) throw stopped()
    const { clock, ledger } = this.#options
    const ts = clock.now()
    const event = { id: uuidv7(), ts, type, detail: this.#detail(type) }
    this.#lastAction = `${type} ${new Date(ts).toISOString()}`
    const acknowledged = new Promise<void>((resolve, reject) => this.#promises.set(event.id, { resolve, reject }))
    ledger.sent(type)
    this.#outbox.addEvent(event)
    this.#pump()
    return acknowledged
  }

  #detail(type: EventType): Record<string, number> {
    return type === 'battery_low' ? { battery: Math.min(Math.round(this.#sensor.battery), 15) } : {}
  }

  #measureIn(ms: number): void {
    this.#timer = setTimeout(() => {
      const { clock, telemetryEveryMs } = this.#options
      this.#sample(clock.now())
      this.#pump()
      this.#measureIn(telemetryEveryMs)
    }, ms)
  }

  #sample(ts: number): void {
    const { home, random, ledger } = this.#options
    const { state, fields } = measure(this.#sensor, home, ts, random)
    this.#sensor = state
    ledger.sent('telemetry')
    ledger.dropped(this.#outbox.addSample({ ts, fields }))
  }

  #pump(): void {
    if (!this.#link.up) return
    for (let delivery = this.#outbox.next(); delivery && this.#link.up; delivery = this.#outbox.next()) {
      this.#publish(delivery)
    }
  }

  #publish(delivery: Delivery): void {
    const base = `care/v1/${this.identity.deviceId}`
    if (delivery.lane === 'event') {
      const { id, ts, type, detail } = delivery.event
      const payload = JSON.stringify({ id, ts, type, ...detail })
      this.#link.publish(`${base}/event`, payload, () => this.#acknowledged(delivery))
      return
    }
    const samples = delivery.samples.map(({ ts, fields }) => ({ ts, ...fields }))
    const payload = JSON.stringify(samples.length === 1 ? samples[0] : samples)
    this.#link.publish(`${base}/telemetry`, payload, () => this.#acknowledged(delivery))
  }

  #acknowledged(delivery: Delivery): void {
    this.#outbox.acknowledge(delivery)
    if (delivery.lane === 'telemetry') {
      this.#options.ledger.acknowledged('telemetry', delivery.samples.length)
    } else {
      const { id, type } = delivery.event
      this.#options.ledger.acknowledged(type)
      this.#promises.get(id)?.resolve()
      this.#promises.delete(id)
    }
    this.#pump()
  }
}

const stopped = () => new Error('the simulator was stopped')
