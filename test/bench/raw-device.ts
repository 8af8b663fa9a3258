import { connect, type Socket } from 'node:net'
import { generate } from 'mqtt-packet'

/**
 * A device for load: MQTT 3.1.1 straight on a socket, packets built beforehand, so that the generator takes as little of
 * the two cores as can be. Only what a publishing device needs.
 */
export class RawDevice {
  readonly #socket: Socket
  readonly #waiting = new Map<number, (at: number) => void>()
  #rest: Buffer = Buffer.alloc(0)
  #nextId = 1

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Connects and logs in; rejects when refused. */
  static async open(port: number, deviceId: string, secret: string): Promise<RawDevice> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const packet = generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: deviceId,
      keepalive: 300,
      username: deviceId,
      password: Buffer.from(secret),
    })
    socket.write(packet)
    const answer = await new Promise<Buffer>((resolve, reject) => {
      socket.once('data', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('closed before CONNACK')))
    })
    if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`CONNACK ${answer.toString('hex')}`)
    const device = new RawDevice(socket)
    socket.removeAllListeners()
    socket.on('data', (chunk) => device.#read(chunk))
    socket.on('error', () => device.#socket.destroy())
    return device
  }

  /** A QoS 1 PUBLISH without its packet id, which `send` puts in. */
  static prepare(topic: string, payload: string | Buffer): { packet: Buffer; idAt: number } {
    const packet = generate({ cmd: 'publish', topic, payload, qos: 1, messageId: 1, dup: false, retain: false })
    return { packet, idAt: packet.length - Buffer.byteLength(payload) - 2 }
  }

  /** Sends a prepared packet; `acknowledged` is called with performance.now() when its PUBACK has come. */
  send({ packet, idAt }: { packet: Buffer; idAt: number }, acknowledged: (at: number) => void): void {
    const id = this.#nextId
    this.#nextId = id === 65_535 ? 1 : id + 1
    const copy = Buffer.from(packet)
    copy.writeUInt16BE(id, idAt)
    this.#waiting.set(id, acknowledged)
    this.#socket.write(copy)
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const at = performance.now()
    let offset = 0
    // All that a publisher is sent has a length below 128: two bytes of header.
    while (data.length - offset >= 2) {
      const end = offset + 2 + data.readUInt8(offset + 1)
      if (end > data.length) break
      if (data[offset] === 0x40) {
        const id = data.readUInt16BE(offset + 2)
        const acknowledged = this.#waiting.get(id)
        this.#waiting.delete(id)
        acknowledged?.(at)
      }
      offset = end
    }
    this.#rest = data.subarray(offset)
  }
}
