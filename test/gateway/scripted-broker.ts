import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'

/** One client's connection, packet by packet. */
export interface ScriptedConnection {
  socket: Socket
  /** Ids of the messages that were acknowledged, in order. */
  acknowledged: number[]
  pings: number
  closed: boolean
  publish(topic: string, payload: string, messageId: number | null, dup?: boolean): void
}

export interface ScriptedBroker {
  port: number
  connections: ScriptedConnection[]
  stop(): Promise<void>
}

/** An outside broker that sends what a test tells it and repeats nothing by itself. */
export async function startScriptedBroker(): Promise<ScriptedBroker> {
  const connections: ScriptedConnection[] = []
  const server = createServer((socket) => connections.push(serve(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    connections,
    async stop() {
      for (const { socket } of connections) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function serve(socket: Socket): ScriptedConnection {
  const connection: ScriptedConnection = {
    socket,
    acknowledged: [],
    pings: 0,
    closed: false,
    publish(topic, payload, messageId, dup = false) {
      const qos = messageId === null ? 0 : 1
      send({ cmd: 'publish', topic, payload, qos, dup, retain: false, ...(messageId === null ? {} : { messageId }) })
    },
  }
  const send = (packet: Packet) => socket.write(generate(packet))
  const packets = parser()
  packets.on('packet', (packet) => {
    if (packet.cmd === 'connect') send({ cmd: 'connack', returnCode: 0, sessionPresent: false })
    else if (packet.cmd === 'subscribe') {
      const granted = packet.subscriptions.map(() => 1)
      send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted })
    } else if (packet.cmd === 'puback') connection.acknowledged.push(packet.messageId ?? 0)
    else if (packet.cmd === 'pingreq') {
      connection.pings++
      send({ cmd: 'pingresp' })
    }
  })
  socket.on('data', (chunk: Buffer) => packets.parse(chunk))
  socket.on('error', () => undefined)
  socket.on('close', () => {
    connection.closed = true
  })
  return connection
}
