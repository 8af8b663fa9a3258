import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import { distance } from '../geo.ts'
import type { Entry } from '../journal.ts'
import { isObject, readObject } from '../json.ts'
import type { Link } from '../link.ts'
import type { MqttConnection } from '../mqtt/connection.ts'
import { Queue } from '../queue.ts'
import { quietly } from '../quietly.ts'
import { type Kept, leftOver, takenOver } from './kept.ts'
import { LinkedPeer } from './linked-peer.ts'
import { mqttLink } from './mqtt-channel.ts'
import { type PeerContext, type Reading, stopped, unable } from './peer.ts'

interface Message extends Kept {
  topic: string
  payload: string
}

/** A region that the phone watches by itself. */
interface Region {
  name: string
  lat: number
  lon: number
  /** m */
  radius: number
  /** s, time of its making, which stands for it. */
  madeAt: number
  isInside: boolean | null
}

const DEVICE = 'phone'
const ACTS: readonly EventType[] = ['wander', 'wander_end']
/** Messages under way at once. */
const WINDOW = 8
/** Reports kept without a connection; the oldest give way. Transitions are always kept. */
const MAX_STORED = 500
/** m; a fix that is less exact decides nothing about a region. */
const USABLE_ACC = 100

/** A phone with OwnTracks: positions and crossings of its regions, kept until they are acknowledged. */
export class OwnTracksPeer extends LinkedPeer<MqttConnection> {
  readonly protocol = 'owntracks'
  readonly devices: readonly [Identity]
  readonly #context: PeerContext
  readonly #base: string
  protected readonly link: Link<MqttConnection>
  readonly #messages = new Queue<Message>(WINDOW)
  readonly #regions = new Map<string, Region>()
  #newest: Reading | null = null
  #lastCrossing = 0
  #stopped = false

  constructor(identity: Identity, context: PeerContext) {
    super()
    this.#context = context
    this.devices = [identity]
    this.#base = `owntracks/${identity.deviceId}/${DEVICE}`
    const will = JSON.stringify({ _type: 'lwt', tst: Math.floor(context.clock.now() / 1000) })
    this.link = mqttLink(
      identity,
      context,
      { topic: this.#base, payload: will, qos: 1, retain: false },
      {
        up: (connection) => {
          connection.subscribe([`${this.#base}/cmd`])
          this.#pump()
        },
        down: () => this.#messages.rewind(),
        message: (topic, payload) => this.#command(topic, payload),
      },
    )
  }

  get waiting(): number {
    return this.#messages.size
  }

  can(): readonly EventType[] {
    return ACTS
  }

  /** The region `home` is left or entered. */
  async act(_device: Identity, type: EventType): Promise<void> {
    if (type !== 'wander' && type !== 'wander_end') throw unable(type)
    if (this.#stopped) throw stopped()
    const { lat = 0, lon = 0 } = this.#newest?.fields ?? {}
    return this.#cross({ name: 'home', lat, lon, radius: 100, madeAt: 1, isInside: null }, type === 'wander_end')
  }

  sample(_device: Identity, reading: Reading): void {
    this.#newest = reading
    this.#report('p')
    this.#watchRegions(reading)
  }

  override async stop(): Promise<void> {
    this.#stopped = true
    await super.stop()
    for (const message of this.#messages.takeAll()) leftOver(message)
  }

  /** A position (`p` a ping, `r` because it was asked for). Without a fix there is none to tell. */
  #report(trigger: 'p' | 'r'): void {
    const { ts, fields } = this.#newest ?? { ts: 0, fields: {} as Reading['fields'] }
    const { lat, lon, acc, alt, speed, course, battery } = fields
    if (lat === undefined || lon === undefined) return
    const excess = this.#messages.size - MAX_STORED
    if (excess >= 0) this.#context.ledger.dropped(this.#messages.dropOldest(excess + 1, ({ entry }) => entry === null))
    const location = {
      _type: 'location',
      tid: this.devices[0].deviceId.slice(-2),
      tst: Math.floor(ts / 1000),
      created_at: Math.floor(this.#context.clock.now() / 1000),
      ...{ lat, lon, acc: Math.round(acc ?? 20), alt: Math.round(alt ?? 0), vac: -1 },
      vel: Math.round(speed ?? -1),
      cog: speed === undefined || speed < 1 ? -1 : Math.round(course ?? -1),
      batt: Math.round(battery ?? -1),
      bs: 1,
      conn: 'm',
      t: trigger,
    }
    this.#quietly(this.#add(this.#base, location, null, 'telemetry'))
  }

  #watchRegions({ fields: { lat, lon, acc = 0 } }: Reading): void {
    if (lat === undefined || lon === undefined || acc > USABLE_ACC) return
    for (const region of this.#regions.values()) {
      const isInside = distance({ lat, lon }, region) <= region.radius
      if (region.isInside !== null && region.isInside !== isInside) this.#quietly(this.#cross(region, isInside))
      region.isInside = isInside
    }
  }

  #cross(region: Region, enters: boolean): Promise<void> {
    const { clock, journal } = this.#context
    const [{ deviceId }] = this.devices
    // Whole seconds make a crossing out: two in the same one would be the same.
    const tst = Math.max(Math.floor(clock.now() / 1000), this.#lastCrossing + 1)
    this.#lastCrossing = tst
    const { lat, lon, acc = 20 } = this.#newest?.fields ?? {}
    const transition = {
      _type: 'transition',
      event: enters ? 'enter' : 'leave',
      desc: region.name,
      rid: region.madeAt.toString(16),
      ...{ tst, wtst: region.madeAt, t: 'c', tid: deviceId.slice(-2) },
      ...(lat === undefined || lon === undefined ? { lat: 0, lon: 0, acc: 0 } : { lat, lon, acc: Math.round(acc) }),
    }
    const type = enters ? 'wander_end' : 'wander'
    const entry = journal.tell({ deviceId, protocol: 'owntracks', type, at: clock.now() })
    return this.#add(`${this.#base}/event`, transition, entry, type)
  }

  #add(topic: string, message: object, entry: Entry | null, counted: string): Promise<void> {
    this.#context.ledger.sent(counted)
    const payload = JSON.stringify(message)
    const acknowledged = new Promise<void>((resolve, reject) => {
      this.#messages.add({ topic, payload, entry, counted, resolve, reject })
    })
    this.#pump()
    return acknowledged
  }

  #pump(): void {
    for (;;) {
      const { connection } = this.link
      const message = connection ? this.#messages.next() : null
      if (!connection || !message) return
      const { clock } = this.#context
      if (message.entry) message.entry.until = clock.now()
      connection.publish(message.topic, message.payload, false, () => this.#acknowledged(message))
    }
  }

  #acknowledged(message: Message): void {
    this.#messages.done(message)
    takenOver(message, this.#context)
    this.#pump()
  }

  #command(topic: string, payload: Buffer): void {
    const { journal } = this.#context
    const command = readObject(payload)
    const { _type, action, waypoints } = command ?? {}
    if (topic !== `${this.#base}/cmd` || _type !== 'cmd' || typeof action !== 'string') {
      journal.problem(this.devices[0].deviceId, `a command that can't be read, on ${topic}`)
      return
    }
    journal.heard(action)
    if (action === 'reportLocation') this.#report('r')
    if (action === 'setWaypoints' && isObject(waypoints)) this.#setRegions(waypoints.waypoints)
  }

  #setRegions(list: unknown): void {
    for (const item of Array.isArray(list) ? list : []) {
      if (!isObject(item)) continue
      const [lat, lon, radius, madeAt] = [item.lat, item.lon, item.rad, item.tst].map(Number)
      if (typeof item.desc !== 'string' || ![lat, lon, radius, madeAt].every(Number.isFinite)) {
        this.#context.journal.problem(this.devices[0].deviceId, 'a region that can not be read')
        continue
      }
      const region = { lat: lat ?? 0, lon: lon ?? 0, radius: radius ?? 0, madeAt: madeAt ?? 0, isInside: null }
      this.#regions.set(item.desc, { name: item.desc, ...region })
    }
  }

  #quietly(done: Promise<void>): void {
    quietly(done, this.#context.log, this.devices[0].deviceId)
  }
}
