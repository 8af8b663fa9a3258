import type { VirtualDevice as Identity } from '../../server/contract/ports.ts'
import type { EventType } from '../../server/contract/signal.ts'
import type { Entry } from '../journal.ts'
import { Unconfirmed } from '../levels.ts'
import type { Link } from '../link.ts'
import { Queue } from '../queue.ts'
import type { TcpConnection } from '../tcp-connection.ts'
import {
  cutReplies,
  messageText,
  positionContent,
  STATUS,
  type WatchIdentity,
  type WatchReply,
  watchFrame,
} from '../wire/watch.ts'
import { type Kept, leftOver, takenOver } from './kept.ts'
import { LinkedPeer } from './linked-peer.ts'
import { type PeerContext, type Reading, stopped, unable } from './peer.ts'
import { tcpLink } from './tcp-link.ts'
import { DueAnswers } from './watch-answers.ts'
import { ALARMS, COMMANDS, positionOf } from './watch-words.ts'

/** Real watches say LK every three to ten minutes. */
const LINK_KEEP_MS = 240_000
/** Without an answer to LK for so long, the watch starts its connection anew. */
const SILENCE_MS = 60_000
const HEALTH_EVERY = 5
/** Positions kept without a connection; the oldest give way. */
const MAX_STORED = 200

interface Alarm extends Kept {
  entry: Entry
  frame: Buffer
  status: number
  /** How often it went out on this connection; each time is answered. */
  times: number
}

/** A GPS watch over TCP: alarms are repeated until `AL` comes back, positions are not acknowledged. */
export class WatchPeer extends LinkedPeer<TcpConnection> {
  readonly protocol = 'watch'
  readonly devices: readonly [Identity]
  readonly #context: PeerContext
  readonly #identity: WatchIdentity
  protected readonly link: Link<TcpConnection>
  readonly #alarms = new Queue<Alarm>(1)
  readonly #unconfirmed: Unconfirmed
  readonly #stored: Reading[] = []
  readonly #due = new DueAnswers()
  #newest: Reading | null = null
  #rest: Buffer = Buffer.alloc(0)
  #index = 0
  #samples = 0
  #tumbles = 0
  /** Answers to repetitions that are still to come. */
  #surplus = 0
  #lastAlarmSecond = 0
  #timers: NodeJS.Timeout[] = []
  #stopped = false

  constructor(identity: Identity, context: PeerContext) {
    super()
    this.#context = context
    this.devices = [identity]
    const random = context.random('watch', identity)
    const hasIndex = random.chance(0.3)
    this.#identity = { manufacturer: hasIndex ? 'ZJ' : '3G', id: identity.address ?? '', hasIndex }
    this.#unconfirmed = new Unconfirmed('watch', context.journal)
    const wire = { port: context.places.watchPort, splits: 0.3, random }
    this.link = tcpLink(identity, context, wire, {
      onData: (chunk) => this.#read(chunk),
      onUp: (connection) => this.#up(connection),
      onDown: (why) => {
        if (why !== 'polite') this.#unconfirmed.lost(context.clock.now())
        this.#down()
      },
      // Nothing says that positions have arrived; a heartbeat's answer comes after them.
      farewell: () => this.#heartbeatAnswered(),
      farewellMs: context.repeatMs / 2,
    })
  }

  get waiting(): number {
    return this.#alarms.size
  }

  can(): readonly EventType[] {
    return Object.keys(ALARMS) as EventType[]
  }

  async act({ deviceId }: Identity, type: EventType): Promise<void> {
    const bit = ALARMS[type]
    if (bit === undefined) throw unable(type)
    if (this.#stopped) throw stopped()
    const { clock, journal, ledger } = this.#context
    // Frames carry whole seconds: a second alarm in the same one would look like a repetition of the first.
    const second = Math.max(Math.floor(clock.now() / 1000), this.#lastAlarmSecond + 1)
    this.#lastAlarmSecond = second
    if (type === 'fall') this.#tumbles++
    const position = positionOf(this.#newest, this.#tumbles, second * 1000, bit)
    const frame = watchFrame(this.#identity, ++this.#index, positionContent('AL', position))
    const entry = journal.tell({ deviceId, protocol: 'watch', type, at: clock.now() })
    ledger.sent(type)
    const answered = new Promise<void>((resolve, reject) => {
      this.#alarms.add({ frame, status: position.status, times: 0, entry, counted: type, resolve, reject })
    })
    this.#pump()
    return answered
  }

  sample(_device: Identity, reading: Reading): void {
    this.#newest = reading
    this.#samples++
    const { connection } = this.link
    if (!connection) {
      this.#stored.push(reading)
      if (this.#stored.length > MAX_STORED) this.#stored.shift()
      return
    }
    this.#tellPosition(connection, 'UD', reading, reading.ts)
    if (this.#samples % HEALTH_EVERY === 0) this.#tellHealth(connection)
  }

  override async stop(): Promise<void> {
    this.#stopped = true
    await super.stop()
    this.#down()
    for (const alarm of this.#alarms.takeAll()) leftOver(alarm)
  }

  #up(connection: TcpConnection): void {
    this.#rest = Buffer.alloc(0)
    this.#say(connection, 'INIT')
    this.#heartbeat(connection)
    for (const reading of this.#stored.splice(0)) this.#tellPosition(connection, 'UD2', reading, reading.ts)
    const heartbeat = setInterval(() => this.#heartbeat(connection), LINK_KEEP_MS)
    const watchdog = setInterval(() => this.#watch(connection), this.#context.repeatMs)
    this.#timers = [heartbeat, watchdog]
    this.#pump()
  }

  #down(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
    this.#due.clear()
    this.#surplus = 0
    for (const alarm of this.#alarms.underWay()) alarm.times = 0
    this.#alarms.rewind()
  }

  /** Alarms without an answer go out again; a platform that answers nothing is left. */
  #watch(connection: TcpConnection): void {
    for (const alarm of this.#alarms.underWay()) this.#sendAlarm(connection, alarm)
    if (!this.#due.isLate(performance.now(), SILENCE_MS)) return
    const text = `no answer ${this.#due.next} within ${SILENCE_MS / 1000} s`
    this.#context.journal.problem(this.devices[0].deviceId, text)
    this.link.giveUp('no answer')
  }

  #pump(): void {
    const { connection } = this.link
    if (!connection) return
    for (let alarm = this.#alarms.next(); alarm; alarm = this.#alarms.next()) this.#sendAlarm(connection, alarm)
  }

  #sendAlarm(connection: TcpConnection, alarm: Alarm): void {
    alarm.entry.until = this.#context.clock.now()
    alarm.times++
    this.#tellBattery(alarm.status)
    connection.send(alarm.frame)
  }

  /** Each frame that tells of now tells of the battery, unless it raises it as an alarm. */
  #tellBattery(status: number): void {
    if ((status & STATUS.batteryAlarm) !== 0) return
    const isLow = (status & STATUS.lowBattery) !== 0
    const value = isLow ? { value: '1', type: 'battery_low' as const } : { value: '0', type: 'battery_ok' as const }
    const now = this.#context.clock.now()
    const entry = this.#unconfirmed.level(this.devices[0].deviceId, 'battery_low', value, now)
    if (entry?.from === now) this.#context.ledger.told(value.type)
  }

  #heartbeat(connection: TcpConnection): void {
    const { steps = 0, battery = 80 } = this.#newest?.fields ?? {}
    this.#say(connection, `LK,${Math.round(steps)},${this.#tumbles},${Math.round(battery)}`)
  }

  async #heartbeatAnswered(): Promise<void> {
    const { connection } = this.link
    if (!connection) return
    this.#heartbeat(connection)
    while (this.#due.size > 0 && this.link.up) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  #tellPosition(connection: TcpConnection, word: 'UD' | 'UD2', reading: Reading | null, ts: number): void {
    const position = positionOf(reading, this.#tumbles, ts, 0)
    // A stored position tells of the battery as it was, not as it is.
    if (word === 'UD') this.#tellBattery(position.status)
    this.#context.ledger.told('telemetry')
    connection.send(watchFrame(this.#identity, ++this.#index, positionContent(word, position)))
  }

  #tellHealth(connection: TcpConnection): void {
    const { hr, spo2, sys, dia } = this.#newest?.fields ?? {}
    if (hr !== undefined && sys !== undefined && dia !== undefined)
      this.#say(connection, `bphrt,${sys},${dia},${hr},,,,`)
    if (spo2 !== undefined) this.#say(connection, `oxygen,0,${spo2}`)
  }

  #say(connection: TcpConnection, content: string): void {
    const index = ++this.#index
    this.#due.said(content, index, performance.now())
    connection.send(watchFrame(this.#identity, index, content))
  }

  #read(chunk: Buffer): void {
    const { replies, rest, broken } = cutReplies(Buffer.concat([this.#rest, chunk]))
    this.#rest = Buffer.from(rest)
    if (broken > 0) this.#problem('sent what is no frame', chunk)
    for (const reply of replies) this.#take(reply)
  }

  #take(reply: WatchReply): void {
    const { manufacturer, id, hasIndex } = this.#identity
    const isForMe = reply.manufacturer === manufacturer && reply.id === id && (reply.index !== null) === hasIndex
    const isLong = reply.length === Buffer.byteLength(reply.content)
    if (!isForMe || !isLong) {
      this.#problem('sent a wrong header', reply.frame)
      return
    }
    if (reply.content === 'AL') {
      this.#alarmAnswered(reply)
      return
    }
    const [word = ''] = reply.content.split(',')
    if (COMMANDS.has(word)) {
      this.#command(word, reply)
      return
    }
    if (this.#due.take(reply, hasIndex)) return
    this.#problem(`answered something else than ${this.#due.next ?? 'nothing'}`, reply.frame)
  }

  /** An alarm that was repeated is answered as often; only the first answer is of use. */
  #alarmAnswered({ frame }: WatchReply): void {
    if (this.#surplus > 0) {
      this.#surplus--
      return
    }
    const [alarm] = this.#alarms.underWay()
    const expected = alarm && watchFrame(this.#identity, indexOf(alarm.frame), 'AL')
    if (!alarm || !expected?.equals(frame)) {
      this.#problem('answered an alarm that was not sent', frame)
      return
    }
    this.#surplus = alarm.times - 1
    this.#alarms.done(alarm)
    takenOver(alarm, this.#context)
    this.#pump()
  }

  #command(word: string, { content }: WatchReply): void {
    const { journal } = this.#context
    const { connection } = this.link
    journal.heard(word === 'MESSAGE' ? `MESSAGE ${messageText(content.slice(word.length + 1))}` : word)
    if (!connection) return
    connection.send(watchFrame(this.#identity, ++this.#index, word))
    if (word === 'CR') this.#tellPosition(connection, 'UD', this.#newest, this.#context.clock.now())
  }

  #problem(text: string, frame: Buffer): void {
    this.#context.journal.problem(this.devices[0].deviceId, `the platform ${text}: ${frame.toString('latin1', 0, 80)}`)
  }
}

/** The running number within a frame of ours; 0 when it has none. */
function indexOf(frame: Buffer): number {
  const parts = frame.toString('latin1', 0, 64).split('*')
  return parts.length > 4 ? Number.parseInt(parts[2] ?? '0', 16) : 0
}
