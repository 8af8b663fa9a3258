import type { Logger } from 'pino'
import type { Random } from './random.ts'

export interface Backoff {
  /** Upper bound of the first wait and of all waits, ms. */
  firstMs: number
  mostMs: number
}

/** A connection of some kind: MQTT, TCP. */
export interface Connection {
  /** Ends it politely. */
  end(): void
  /** Breaks it. No event follows. */
  destroy(): void
}

export interface DialEvents {
  up(): void
  /** Once, and only when the other side or the network ended it. @param refused the login was not accepted */
  down(refused: boolean, reason: string): void
}

export interface LinkOptions<C extends Connection> {
  /** For the log. */
  deviceId: string
  dial: (events: DialEvents) => C
  backoff: Backoff
  random: Random
  log: Logger
  onUp: (connection: C) => void
  onDown: (why: Ending) => void
  /** What is said before a polite end; given at most `farewellMs` (default one second). */
  farewell?: (connection: C) => Promise<void>
  farewellMs?: number
}

/** `polite`: by a goodbye that was heard. `cut`: the device's own network broke. `lost`: anything else. */
export type Ending = 'polite' | 'cut' | 'lost'

const FAREWELL_MS = 1_000
/** Devices that hurry do not all come in one moment. */
const HURRY_MS = 1_000

/**
 * A device's way to the platform: one connection after the other, with a jittered back-off between them. Nothing is kept
 * from one to the next; what has to be repeated is the owner's business.
 */
export class Link<C extends Connection> {
  readonly #options: LinkOptions<C>
  #connection: C | null = null
  #timer: NodeJS.Timeout | undefined
  #attempts = 0
  #running = false
  #up = false
  #refused = false

  constructor(options: LinkOptions<C>) {
    this.#options = options
  }

  get up(): boolean {
    return this.#up
  }

  /** The platform did not accept the device's name or secret when it last answered. */
  get refused(): boolean {
    return this.#refused
  }

  /** The connection while it is up. */
  get connection(): C | null {
    return this.#up ? this.#connection : null
  }

  /** Connects after `delayMs`, so that a city's devices do not all come in one moment. */
  start(delayMs: number): void {
    if (this.#running) return
    this.#running = true
    this.#connectIn(delayMs)
  }

  /** The network is cut, without a goodbye (so a will is sent), and comes back after `ms`. */
  cut(ms: number): void {
    if (!this.#running) return
    this.#drop('cut')
    this.#connectIn(ms)
  }

  /** Whatever it waits for, a cut or its back-off, is over: connects within a second. */
  hurry(): void {
    if (this.#running && !this.#connection) this.#connectIn(this.#options.random.between(0, HURRY_MS))
  }

  /** Gives a connection up that doesn't do what it should; the next one comes after the back-off. */
  giveUp(reason: string): void {
    if (this.#connection) this.#lost(this.#connection, false, reason)
  }

  /** Says goodbye and ends the connection. Resolves within `farewellMs`. */
  async stop(): Promise<void> {
    this.#running = false
    clearTimeout(this.#timer)
    const { connection } = this
    if (connection) {
      const isHeard = await this.#sayGoodbye(connection)
      if (this.connection === connection) {
        connection.end()
        return this.#leave(isHeard ? 'polite' : 'lost')
      }
    }
    this.#drop('lost')
  }

  /** True when the goodbye was heard; a device without one has nothing that could have been lost. */
  async #sayGoodbye(connection: C): Promise<boolean> {
    const { farewell, farewellMs = FAREWELL_MS, deviceId, log } = this.#options
    if (!farewell) return true
    const said = farewell(connection).then(
      () => true,
      (err: unknown) => {
        log.debug({ deviceId, err }, 'no goodbye')
        return false
      },
    )
    // Unacknowledged messages would hold a polite end up for ever.
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, farewellMs, false)
      void said.then((isHeard) => {
        clearTimeout(timer)
        resolve(isHeard)
      })
    })
  }

  #connectIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#connect(), ms)
  }

  #connect(): void {
    // Events of a connection that is not the current one any more are of no interest.
    const isCurrent = () => this.#connection === connection
    const connection: C = this.#options.dial({
      up: () => {
        if (!isCurrent()) return
        this.#up = true
        this.#refused = false
        this.#attempts = 0
        this.#options.onUp(connection)
      },
      down: (refused, reason) => {
        if (isCurrent()) this.#lost(connection, refused, reason)
      },
    })
    this.#connection = connection
  }

  #lost(connection: C, refused: boolean, reason: string): void {
    const { deviceId, log, backoff, random } = this.#options
    if (refused && !this.#refused) log.warn({ deviceId, reason }, 'login refused')
    else log.debug({ deviceId, reason }, 'connection lost')
    if (refused) this.#refused = true
    if (this.#connection === connection) this.#drop('lost')
    if (!this.#running) return
    const most = Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(this.#attempts++, 20))
    this.#connectIn(random.between(most / 2, most))
  }

  #drop(why: Ending): void {
    this.#connection?.destroy()
    this.#leave(why)
  }

  #leave(why: Ending): void {
    const wasUp = this.#up
    this.#connection = null
    this.#up = false
    if (wasUp) this.#options.onDown(why)
  }
}
