import type { AedesPublishPacket } from 'aedes'
import type { Connection } from './connections.ts'
import type { Downlink } from './protocols/protocol.ts'
import { matchesFilter } from './topic-filter.ts'

/** More than this unsent means that the device doesn't read. */
const MAX_UNSENT_BYTES = 1024 * 1024

/**
 * Sends a command over one connection. Resolves true when the device has acknowledged it (with a QoS 0 subscription: when
 * it was written), false when it hasn't within `timeoutMs`, has not subscribed, or the connection ended. Never rejects.
 */
export function sendCommand(connection: Connection, { topic, payload }: Downlink, timeoutMs: number): Promise<boolean> {
  const { client, commands, conn } = connection
  const qos = grantedQos(connection, topic)
  if (qos === null) return Promise.resolve(false)
  if (connection.closed || client.closed || conn.writableLength > MAX_UNSENT_BYTES) return Promise.resolve(false)
  return new Promise((resolve) => {
    const id = nextId(connection)
    const finish = (delivered: boolean) => {
      clearTimeout(timer)
      commands.delete(id)
      resolve(delivered)
    }
    const timer = setTimeout(() => finish(false), timeoutMs)
    commands.set(id, finish)
    client.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, (error) => {
      if (error || client.closed) finish(false)
      else if (qos === 0) finish(true)
    })
  })
}

/** The QoS at which the connection has subscribed to a topic; null: it hasn't. */
function grantedQos({ subscriptions }: Connection, topic: string): number | null {
  let best: number | null = null
  for (const [filter, qos] of subscriptions) {
    if (matchesFilter(filter, topic)) best = Math.max(best ?? 0, qos)
  }
  return best
}

/** For Aedes' `authorizeForward`: gives the outgoing packet the identifier that `sendCommand` just took. */
export function withCommandId(connection: Connection, packet: AedesPublishPacket): AedesPublishPacket {
  packet.messageId = connection.lastCommandId
  return packet
}

/** A PUBACK came. */
export function commandAcknowledged(connection: Connection, messageId: number): void {
  connection.commands.get(messageId)?.(true)
}

/** The connection is gone. */
export function dropCommands({ commands }: Connection): void {
  for (const finish of [...commands.values()]) finish(false)
}

/** Packet identifiers are 1 to 65,535 [MQTT-2.3.1-1] and must not be in use. */
function nextId(connection: Connection): number {
  do {
    connection.lastCommandId = (connection.lastCommandId % 65_535) + 1
  } while (connection.commands.has(connection.lastCommandId))
  return connection.lastCommandId
}
