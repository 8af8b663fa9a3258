import { Readable } from 'node:stream'
import type { Client } from 'aedes'

interface Acknowledgement {
  cmd: string
  messageId?: number
}

const none = (): Readable => Readable.from([])
/** A step that has nothing to do here. Aedes insists on `setup` being an async function. */
const nothing = async (): Promise<void> => undefined

/**
 * Aedes' persistence, holding only what a live connection needs: the packet identifiers of QoS 2 messages between PUBREC
 * and PUBREL [MQTT-4.3.3-2]. Nothing is retained or queued here, so nothing grows while a device is away: what must reach
 * a device waits in the server's outbox. Every session is a clean one (session present = 0, which a server may always say).
 */
export function createSessionStore(acknowledged: (client: Client, messageId: number) => void) {
  // By client object, not by id: a stranger with the same client id must not touch it.
  const inbound = new WeakMap<object, Set<number>>()
  return {
    /** Whether a QoS 2 message with this identifier has been taken and not been released. */
    isTaken: (client: Client, messageId: number): boolean => inbound.get(client)?.has(messageId) ?? false,

    setup: nothing,
    createRetainedStreamCombi: none,
    outgoingStream: none,
    streamWill: none,
    async subscriptionsByClient() {
      return []
    },
    cleanSubscriptions: nothing,
    putWill: nothing,
    delWill: nothing,
    async outgoingClearMessageId(client: Client, { messageId }: Acknowledgement) {
      if (messageId !== undefined) acknowledged(client, messageId)
    },
    async incomingStorePacket(client: Client, { messageId }: Acknowledgement) {
      if (messageId === undefined) return
      const taken = inbound.get(client) ?? new Set()
      inbound.set(client, taken.add(messageId))
    },
    async incomingGetPacket(client: Client, packet: Acknowledgement) {
      // Aedes takes a rejection for "not there".
      if (!inbound.get(client)?.has(packet.messageId ?? 0)) throw new Error('no such packet')
      return packet
    },
    async incomingDelPacket(client: Client, { messageId }: Acknowledgement) {
      inbound.get(client)?.delete(messageId ?? 0)
    },
    async cleanIncoming(client: Client) {
      inbound.delete(client)
    },
  }
}
