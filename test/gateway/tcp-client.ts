import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A device that speaks frames over TCP, as far as a test needs it: bytes out, bytes in. */
export class TcpClient {
  readonly socket: Socket
  #received: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
    })
    socket.on('error', () => socket.destroy())
  }

  static async open(port: number, options: { localAddress?: string } = {}): Promise<TcpClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...options })
    await once(socket, 'connect')
    return new TcpClient(socket)
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes)
  }

  /** What has come so far, as text. */
  get text(): string {
    return this.#received.toString('latin1')
  }

  get bytes(): Buffer {
    return this.#received
  }

  get isClosed(): boolean {
    return this.socket.closed
  }

  /** Resolves with what has come once it ends with `end`. */
  async until(end: string, ms = 5_000): Promise<string> {
    const deadline = Date.now() + ms
    while (!this.text.endsWith(end)) {
      if (Date.now() > deadline) throw new Error(`got ${JSON.stringify(this.text)} and not ${JSON.stringify(end)}`)
      await sleep(5)
    }
    return this.text
  }

  async untilClosed(ms = 5_000): Promise<void> {
    const deadline = Date.now() + ms
    while (!this.isClosed) {
      if (Date.now() > deadline) throw new Error('the connection is still open')
      await sleep(5)
    }
  }

  close(): void {
    this.socket.destroy()
  }
}
