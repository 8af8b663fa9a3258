import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { Entry } from '../journal.ts'
import type { Link } from '../link.ts'
import { Queue } from '../queue.ts'
import { quietly } from '../quietly.ts'
import type { TcpConnection } from '../tcp-connection.ts'
import {
  ALARM,
  acknowledgement,
  cutPendantFrames,
  type PendantFrame,
  pendantFrame,
  reportBody,
  TYPE,
} from '../wire/minifinder2.ts'
import { type Kept, leftOver, takenOver } from './kept.ts'
import { LinkedPeer } from './linked-peer.ts'
import { type PeerContext, type Reading, stopped, unable } from './peer.ts'
import { tcpLink } from './tcp-link.ts'

const ALARMS: Partial<Record<EventType, number>> = {
  sos: ALARM.sos,
  fall: ALARM.fall,
  fall_suspected: ALARM.tilt,
  inactivity: ALARM.noMotion,
  wander: ALARM.fence,
  battery_low: ALARM.lowBattery,
}
/** Messages of each kind under way at once. */
const WINDOW = 2
/** Reports that are kept without a connection; the oldest give way. Alarms are always kept. */
const MAX_STORED = 200
/** m; HDOP is about the error over this. */
const METRES_PER_HDOP = 5

interface Message extends Kept {
  index: number
  frame: Buffer
}

/** An SOS pendant over TCP: every message wants an acknowledgement and goes out again until it has come. */
export class PendantPeer extends LinkedPeer<TcpConnection> {
  readonly protocol = 'minifinder2'
  readonly devices: readonly [Identity]
  readonly #context: PeerContext
  protected readonly link: Link<TcpConnection>
  readonly #alarms = new Queue<Message>(WINDOW)
  readonly #reports = new Queue<Message>(WINDOW)
  #newest: Reading | null = null
  #rest: Buffer = Buffer.alloc(0)
  #index: number
  #lastAlarmSecond = 0
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(identity: Identity, context: PeerContext) {
    super()
    this.#context = context
    this.devices = [identity]
    const random = context.random('pendant', identity)
    this.#index = random.integer(0, 0xffff)
    const wire = { port: context.places.pendantPort, splits: 0.2, random }
    this.link = tcpLink(identity, context, wire, {
      onData: (chunk) => this.#read(chunk),
      onUp: (connection) => this.#up(connection),
      onDown: () => this.#down(),
    })
  }

  get waiting(): number {
    return this.#alarms.size + this.#reports.size
  }

  can(): readonly EventType[] {
    return Object.keys(ALARMS) as EventType[]
  }

  async act({ deviceId }: Identity, type: EventType): Promise<void> {
    const bit = ALARMS[type]
    if (bit === undefined) throw unable(type)
    if (this.#stopped) throw stopped()
    const { clock, journal } = this.#context
    // The alarm's second makes it out: a second alarm in the same one would be the same alarm.
    const second = Math.max(Math.floor(clock.now() / 1000), this.#lastAlarmSecond + 1)
    this.#lastAlarmSecond = second
    const entry = journal.tell({ deviceId, protocol: 'minifinder2', type, at: clock.now() })
    const answered = this.#add(this.#alarms, this.#body(second * 1000, bit), entry, type)
    this.#pump()
    return answered
  }

  sample(_device: Identity, reading: Reading): void {
    this.#newest = reading
    const excess = this.#reports.size - MAX_STORED
    if (excess >= 0) this.#context.ledger.dropped(this.#reports.dropOldest(excess + 1))
    const taken = this.#add(this.#reports, this.#body(reading.ts, null), null, 'telemetry')
    quietly(taken, this.#context.log, this.devices[0].deviceId)
    this.#pump()
  }

  override async stop(): Promise<void> {
    this.#stopped = true
    await super.stop()
    this.#down()
    for (const queue of [this.#alarms, this.#reports]) {
      for (const message of queue.takeAll()) leftOver(message)
    }
  }

  #add(queue: Queue<Message>, body: Buffer, entry: Entry | null, counted: string): Promise<void> {
    const index = ++this.#index & 0xffff
    const frame = pendantFrame(index, body, true)
    this.#context.ledger.sent(counted)
    return new Promise((resolve, reject) => queue.add({ index, frame, entry, counted, resolve, reject }))
  }

  #body(ts: number, alarm: number | null): Buffer {
    const {
      lat,
      lon,
      speed = 0,
      course = 0,
      alt = 60,
      acc = 15,
      sats = 0,
      battery = 80,
      hr,
    } = this.#newest?.fields ?? {}
    const gps =
      lat === undefined || lon === undefined
        ? null
        : { lat, lon, speed, course, alt, hdop: acc / METRES_PER_HDOP, sats }
    return reportBody({
      imei: this.devices[0].address ?? '',
      ts,
      battery,
      isMoving: speed > 1,
      isStored: false,
      signal: 20,
      gps,
      hr: hr ?? null,
      alarm,
    })
  }

  #up(connection: TcpConnection): void {
    this.#rest = Buffer.alloc(0)
    this.#timer = setInterval(() => {
      for (const { frame, entry } of [...this.#alarms.underWay(), ...this.#reports.underWay()]) {
        this.#send(connection, frame, entry)
      }
    }, this.#context.repeatMs)
    // Its first message tells who it is.
    if (this.waiting === 0) this.#report()
    else this.#pump()
  }

  #down(): void {
    clearInterval(this.#timer)
    this.#alarms.rewind()
    this.#reports.rewind()
  }

  /** Alarms go first. */
  #pump(): void {
    for (const queue of [this.#alarms, this.#reports]) {
      for (;;) {
        const { connection } = this.link
        const message = connection ? queue.next() : null
        if (!connection || !message) break
        this.#send(connection, message.frame, message.entry)
      }
    }
  }

  #send(connection: TcpConnection, frame: Buffer, entry: Entry | null): void {
    if (entry) entry.until = this.#context.clock.now()
    connection.send(frame)
  }

  #read(chunk: Buffer): void {
    const { frames, rest, skipped } = cutPendantFrames(Buffer.concat([this.#rest, chunk]))
    this.#rest = Buffer.from(rest)
    if (skipped > 0) this.#problem(`${skipped} bytes that are no frame`, chunk)
    for (const frame of frames) this.#take(frame)
  }

  #take(frame: PendantFrame): void {
    if (!frame.isSound) {
      this.#problem('a wrong checksum', frame.frame)
      return
    }
    if (frame.type !== TYPE.response) {
      this.#command(frame)
      return
    }
    if (!frame.frame.equals(acknowledgement(frame.index))) {
      this.#problem('an unusual answer', frame.frame)
      return
    }
    // The answer to a repetition finds nothing any more.
    for (const queue of [this.#alarms, this.#reports]) {
      const message = queue.underWay().find(({ index }) => index === frame.index)
      if (message && queue.done(message)) takenOver(message, this.#context)
    }
    this.#pump()
  }

  /** Asked for its position it answers with a report; settings are acknowledged. */
  #command({ index, type, wantsAck }: PendantFrame): void {
    this.#context.journal.heard(type === TYPE.data ? 'locate' : 'config')
    const { connection } = this.link
    if (connection && wantsAck) connection.send(acknowledgement(index))
    if (type === TYPE.data) this.#report()
  }

  /** Tells what is known now. */
  #report(): void {
    this.sample(this.devices[0], { ts: this.#context.clock.now(), fields: this.#newest?.fields ?? {} })
  }

  #problem(text: string, frame: Buffer): void {
    const { journal } = this.#context
    journal.problem(this.devices[0].deviceId, `the platform sent ${text}: ${frame.toString('hex').slice(0, 80)}`)
  }
}
