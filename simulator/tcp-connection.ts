import { connect, type Socket } from 'node:net'
import type { Connection, DialEvents } from './link.ts'
import type { Random } from './random.ts'

const CONNECT_TIMEOUT_MS = 15_000
/** Between two pieces of a frame that the mobile network splits. */
const SPLIT_MS = 15

export interface TcpConnectionOptions {
  host: string
  port: number
  /** Share of frames that arrive in pieces, 0 to 1. */
  splits: number
  random: Random
  events: DialEvents
  onData: (chunk: Buffer) => void
}

/** A device's TCP connection. As over a mobile network, frames may arrive in pieces or several joined into one. */
export class TcpConnection implements Connection {
  readonly #socket: Socket
  readonly #options: TcpConnectionOptions
  readonly #pieces: Buffer[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(options: TcpConnectionOptions) {
    const { host, port, events, onData } = options
    this.#options = options
    this.#socket = connect({ host, port, noDelay: true })
    this.#socket.setTimeout(CONNECT_TIMEOUT_MS, () => this.#over('no connection'))
    this.#socket.on('connect', () => {
      this.#socket.setTimeout(0)
      events.up()
    })
    this.#socket.on('data', onData)
    this.#socket.on('error', (error) => this.#over(error.message))
    this.#socket.on('close', () => this.#over('closed'))
  }

  /** Sends frames: in one write, or each in pieces with pauses between them. The order is always kept. */
  send(...frames: readonly Buffer[]): void {
    const { splits, random } = this.#options
    for (const frame of frames) {
      if (frame.length < 2 || !random.chance(splits)) {
        this.#pieces.push(frame)
        continue
      }
      const cut = random.integer(1, frame.length - 1)
      this.#pieces.push(frame.subarray(0, cut), PAUSE, frame.subarray(cut))
    }
    if (this.#timer === undefined) this.#write()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#forget()
    this.#socket.end(Buffer.concat(this.#pieces.splice(0)))
    // Who doesn't answer the end must not hold the process.
    setTimeout(() => this.#socket.destroy(), 1_000).unref()
  }

  destroy(): void {
    clearTimeout(this.#timer)
    this.#forget()
    this.#socket.destroy()
  }

  #write(): void {
    this.#timer = undefined
    const pause = this.#pieces.indexOf(PAUSE)
    const now = this.#pieces.splice(0, pause < 0 ? this.#pieces.length : pause + 1).filter((piece) => piece !== PAUSE)
    if (now.length > 0) this.#socket.write(Buffer.concat(now))
    if (this.#pieces.length > 0) this.#timer = setTimeout(() => this.#write(), SPLIT_MS)
  }

  #over(reason: string): void {
    this.destroy()
    this.#options.events.down(false, reason)
  }

  #forget(): void {
    this.#socket.removeAllListeners()
    this.#socket.on('error', ignore)
  }
}

const PAUSE: Buffer = Buffer.alloc(0)
const ignore = (): void => undefined
