import type { Client } from 'aedes'

/**
 * What we use of Aedes 1.2's client beyond its typed interface, in one place. The version is pinned, and
 * test/gateway/flow.test.ts (back-pressure) and publish.test.ts (keep-alive) fail when one of these changes.
 */
interface ClientInternals {
  /** Stops reading from the connection; packets already read are still handled. */
  pause(): void
  resume(): void
  /** Packets of the last chunk that are not done; the next chunk is read when it has come down to 0. */
  _parsingBatch: number
  /** Null without keep-alive; `refresh` starts it anew. */
  _keepaliveTimer: NodeJS.Timeout | null
}

export function internalsOf(client: Client): ClientInternals {
  return client as unknown as ClientInternals
}

/**
 * Lets Aedes read on while a PUBLISH waits for its answer. Otherwise a device's PINGREQ would lie unread behind a message
 * that waits for the store, and its keep-alive would run out. flow.ts sets the bound instead.
 */
export function readOn(client: Client): void {
  internalsOf(client)._parsingBatch--
}
