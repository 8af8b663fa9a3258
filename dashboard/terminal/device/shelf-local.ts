import type { Pending, Shelf } from '../outbox.ts'

/**
 * Entries in localStorage, one key each. Written at once, before the call returns: a reload in the same moment keeps the
 * press. (The disk may have it some seconds later; IndexedDB is the other half.)
 */
const PREFIX = 'anhu.terminal.outbox.'

export function localShelf(storage: Storage): Shelf {
  return {
    load: async () =>
      namesIn(storage)
        .map((name) => entryIn(storage.getItem(name)))
        .filter(isPending),
    put: async (entry) => storage.setItem(PREFIX + entry.id, JSON.stringify(entry)),
    remove: async (id) => storage.removeItem(PREFIX + id),
  }
}

function namesIn(storage: Storage): string[] {
  const names = Array.from({ length: storage.length }, (_, n) => storage.key(n) ?? '')
  return names.filter((name) => name.indexOf(PREFIX) === 0)
}

function entryIn(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    // Half a line after a power cut; the other shelf has the entry.
    return null
  }
}

/** Whether something from a shelf is an entry, as far as sending it needs. */
export function isPending(value: unknown): value is Pending {
  if (typeof value !== 'object' || value === null) return false
  const { id, ts, seq, type } = value as Partial<Record<string, unknown>>
  return typeof id === 'string' && typeof ts === 'number' && typeof seq === 'number' && typeof type === 'string'
}
