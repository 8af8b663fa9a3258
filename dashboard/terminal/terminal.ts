import type { EventType } from '../../server/contract/signal.ts'
import type { TerminalWord } from '../../server/contract/voice.ts'
import { parseCommand } from './command.ts'
import { locate } from './device/locate.ts'
import type { Sounds } from './device/sound.ts'
import type { Voice } from './device/speech.ts'
import { newId, type Store } from './device/store.ts'
import { type Effect, type Input, initialState, type Saying, type State, savedPart } from './machine.ts'
import { Link, type LinkOptions } from './mqtt/link.ts'
import type { Outbox } from './outbox.ts'
import { NO_POWER, type Power, powerAfter, type Reading } from './power.ts'
import { isInstalled, type Settings } from './settings.ts'
import { update } from './state.ts'
import { wordsOf } from './words/index.ts'
import type { Words } from './words/words.ts'

export interface TerminalParts {
  store: Store
  outbox: Outbox
  voice: Voice
  sounds: Sounds
  /** Opens the WebSocket to the broker, and says whether the device has a network at all. */
  connection: Pick<LinkOptions, 'open' | 'hasNetwork'>
  settings: Settings
  /** A word about a call came. */
  onVoice(payload: string): void
  /** Something may look different now. */
  onChange(): void
  /** Words for a screen reader. */
  announce(text: string): void
}

/** The terminal without its screen: takes what happens, decides (state.ts), and does it. */
export class Terminal {
  readonly #parts: TerminalParts
  readonly #link: Link
  #state: State
  #power: Power
  #settings: Settings
  #hasStoodDown = false
  #words = 0
  readonly #startedAt = Date.now()

  constructor(parts: TerminalParts) {
    this.#parts = parts
    this.#settings = parts.settings
    this.#state = { ...initialState(Date.now()), ...savedState(parts.store) }
    this.#power = { ...NO_POWER, ...savedPower(parts.store) }
    this.#link = new Link({
      ...parts.connection,
      now: () => performance.now(),
      random: Math.random,
      onState: (state) => this.dispatch({ type: 'link', state }),
      onAcknowledged: (key) => this.#acknowledged(key),
      onCommand: (payload) => {
        const command = parseCommand(payload)
        if (command !== null) this.dispatch({ type: 'command', command, noticeId: newId() })
      },
      onVoice: (payload) => parts.onVoice(payload),
    })
  }

  get state(): State {
    return this.#state
  }
  get power(): Power {
    return this.#power
  }
  get settings(): Settings {
    return this.#settings
  }
  get hasStoodDown(): boolean {
    return this.#hasStoodDown
  }
  get words(): Words {
    return wordsOf(this.#settings.language)
  }

  /** Connects, and sends what an earlier run has left. */
  async start(): Promise<void> {
    this.#connect()
    await this.#parts.outbox.open((pending) => {
      for (const entry of pending) this.#send(entry)
      this.dispatch({ type: 'found', pending, isAll: false })
    })
    this.dispatch({ type: 'found', pending: this.#parts.outbox.pending(), isAll: true })
  }

  /** Presses before the terminal has a login go nowhere: there is nobody whose they could be. */
  press(key: 'sos' | 'help'): void {
    if (isInstalled(this.#settings) && !this.#hasStoodDown) this.dispatch({ type: 'press', key, id: newId() })
  }

  cancel(): void {
    this.dispatch({ type: 'cancel', id: newId() })
  }

  /** Says something about a call to the centre. */
  sayOfCall(word: TerminalWord): void {
    this.#words += 1
    this.#link.send({ key: `voice:${this.#words}`, channel: 'voice-reply', payload: JSON.stringify(word) })
  }

  test(): void {
    this.dispatch({ type: 'test', id: newId() })
  }

  /** One thing that happened: the next state, then what it asks for. */
  dispatch(input: Input): void {
    const { state, effects } = update(this.#state, input, Date.now())
    const isNews = state.call !== this.#state.call || state.seen !== this.#state.seen
    this.#state = state
    // Messages first: nothing that shows or sounds may stand in their way.
    for (const effect of effects) if (effect.do === 'record') this.#record(effect.id, effect.type, effect.detail)
    if (isNews) this.#parts.store.write('state', savedPart(state))
    for (const effect of effects) this.#carryOut(effect)
    this.#parts.onChange()
  }

  /** Once a second. */
  tick(): void {
    this.reading(null)
    this.dispatch({ type: 'tick' })
  }

  /** A reading of the battery; null: time has passed. */
  reading(reading: Reading | null): void {
    const now = Date.now()
    const next = powerAfter(this.#power, reading, now, this.#settings.intervalSeconds * 1000)
    const { toldMains, toldLow } = next.power
    const isNews = toldMains !== this.#power.toldMains || toldLow !== this.#power.toldLow
    this.#power = next.power
    if (!isInstalled(this.#settings) || this.#hasStoodDown) return
    if (isNews) this.#parts.store.write('power', { toldMains, toldLow })
    const battery = next.power.reading?.level
    for (const type of next.events) this.#record(newId(), type, battery === undefined ? {} : { battery })
    if (next.isDue) this.#sendTelemetry(now)
  }

  /** Changes settings; another login connects anew. */
  change(settings: Partial<Settings>): void {
    const before = this.#settings
    this.#settings = { ...before, ...settings }
    this.#parts.store.write('settings', this.#settings)
    const isNewLogin = before.deviceId !== this.#settings.deviceId || before.secret !== this.#settings.secret
    if (isNewLogin) {
      this.#link.dropVolatile()
      this.#connect()
    }
    this.#parts.onChange()
  }

  /** The network is back, or the page is seen again. */
  wake(): void {
    if (!this.#hasStoodDown) this.#link.kick()
  }

  /** The device says that its network is gone. */
  networkLost(): void {
    this.#link.networkLost()
  }

  /** Another window works now; this one must not disturb it. */
  standDown(): void {
    this.#hasStoodDown = true
    this.#link.stop()
    this.#parts.voice.hush()
    this.#parts.onChange()
  }

  #connect(): void {
    const { deviceId, secret, installationId } = this.#settings
    if (!isInstalled(this.#settings) || this.#hasStoodDown) return
    this.#link.start({ deviceId, secret, clientId: `terminal-${installationId}` })
  }

  /** Written down first, then sent. */
  #record(id: string, type: EventType, detail: Record<string, unknown>): void {
    const entry = { id, ts: Date.now(), type, detail, deviceId: this.#settings.deviceId }
    void this.#parts.outbox.add(entry).then(() => this.#send(entry))
  }

  #send(entry: { id: string; ts: number; type: EventType; detail: Record<string, unknown>; deviceId: string }): void {
    const { id, ts, type, detail, deviceId } = entry
    // What was pressed while the terminal was another device still tells whose it was.
    const origin = deviceId === this.#settings.deviceId ? {} : { pressedAs: deviceId }
    this.#link.send({ key: id, channel: 'event', payload: JSON.stringify({ id, ts, type, ...detail, ...origin }) })
  }

  #acknowledged(key: string): void {
    // Keys of readings and replies have a colon, ids have none.
    if (key.indexOf(':') !== -1) return
    void this.#parts.outbox.remove(key)
    this.dispatch({ type: 'acknowledged', id: key })
  }

  #sendTelemetry(now: number): void {
    const { reading } = this.#power
    const battery = reading === null ? {} : { battery: reading.level, charging: reading.charging ? 1 : 0 }
    const uptime_s = Math.round((now - this.#startedAt) / 1000)
    const pending = this.#parts.outbox.pending().length
    const payload = JSON.stringify({ ts: now, ...battery, uptime_s, pending })
    this.#link.send({ key: 'telemetry:', channel: 'telemetry', payload })
  }

  #carryOut(effect: Effect): void {
    const { voice, sounds } = this.#parts
    switch (effect.do) {
      case 'record':
        break
      case 'say':
        this.#say(effect.saying, effect.text)
        break
      case 'read':
        this.#parts.announce(effect.text)
        voice.say(effect.text, this.#settings.language)
        break
      case 'chime':
        sounds.play(effect.tone)
        break
      case 'ring':
        sounds.ring(effect.seconds)
        break
      case 'hush':
        sounds.hush()
        voice.hush()
        break
      case 'reply':
        this.#reply(effect.id, effect.body)
        break
      case 'locate':
        void locate().then((body) => this.#reply(effect.id, body))
        break
      case 'configure':
        this.#configure(effect.intervalSeconds, effect.phone)
        break
      case 'connect':
        this.#link.kick()
    }
  }

  #configure(intervalSeconds: number | null, phone: string | null): void {
    this.change({ ...(intervalSeconds === null ? {} : { intervalSeconds }), ...(phone === null ? {} : { phone }) })
  }

  #say(saying: Saying, text: string | null): void {
    const { phone, language } = this.#settings
    const words = this.words
    const isStuck = saying === 'queued' || saying === 'unreachable' || saying === 'refused'
    const sentences = [words.say[saying], ...(text === null ? [] : [text])]
    const spoken = isStuck && phone !== '' ? [...sentences, words.sayPhone(phone)] : sentences
    this.#parts.announce(sentences.join(' '))
    this.#parts.voice.say(spoken.join('。 '), language)
  }

  #reply(id: string | number, body: Record<string, unknown>): void {
    const payload = JSON.stringify({ ts: Date.now(), ...body, id })
    this.#link.send({ key: `reply:${id}`, channel: 'reply', payload })
  }
}

/** A call in progress survives a reload; what can't be read is as if there had been none. */
function savedState(store: Store): Partial<State> {
  const saved = store.read('state')
  if (typeof saved !== 'object' || saved === null) return {}
  const { call, endedCase, seen } = saved as Partial<State>
  const isCall = typeof call === 'object' && call !== null && Array.isArray(call.unsent) && Array.isArray(call.pressIds)
  return {
    call: isCall ? call : null,
    endedCase: typeof endedCase === 'string' ? endedCase : null,
    seen: Array.isArray(seen) ? seen : [],
  }
}

function savedPower(store: Store): Partial<Power> {
  const saved = store.read('power')
  if (typeof saved !== 'object' || saved === null) return {}
  const { toldMains, toldLow } = saved as Partial<Power>
  return { toldMains: typeof toldMains === 'boolean' ? toldMains : null, toldLow: toldLow === true }
}
