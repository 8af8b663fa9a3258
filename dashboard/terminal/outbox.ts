import type { EventType } from '../../server/contract/signal.ts'

/** One event that the platform has not acknowledged. */
export interface Pending {
  /** With the device id it makes sending it again harmless. */
  id: string
  /** When it happened, ms since the epoch, by this device's clock. */
  ts: number
  /** Place in the order; grows even when the clock is set back. */
  seq: number
  type: EventType
  detail: Record<string, unknown>
  /** The device that the terminal was when it happened. */
  deviceId: string
}

/** Somewhere to keep entries over a reload or a power cut. Rejects when it can't; then another one has to do. */
export interface Shelf {
  load(): Promise<Pending[]>
  put(entry: Pending): Promise<void>
  remove(id: string): Promise<void>
}

/** What people did is kept whatever happens; of what the device noticed (mains, battery) the newest. */
const ALARMS: ReadonlySet<EventType> = new Set<EventType>(['sos', 'help', 'sos_cancel', 'test'])
const NOTES_KEPT = 50

/** A shelf that doesn't answer must not hold up an alarm, ms. */
const PATIENCE_MS = 400

/**
 * Events on their way: written down first, then sent, and taken off only when they are acknowledged. Every entry lies on
 * all shelves, so that one which fails loses nothing; what is left on one by mistake is sent again, which is harmless.
 */
export class Outbox {
  readonly #shelves: readonly Shelf[]
  readonly #entries = new Map<string, Pending>()
  /** Acknowledged while the shelves were still being read. */
  readonly #gone = new Set<string>()
  #lastSeq = 0

  constructor(shelves: readonly Shelf[]) {
    this.#shelves = shelves
  }

  /**
   * Reads what an earlier run left; events of this run may come before it is done. `onFound` is told of new entries shelf
   * by shelf: one that hangs must not hold back what lies on the other. Resolves when all are read. Never rejects.
   */
  async open(onFound: (entries: readonly Pending[]) => void): Promise<void> {
    const read = async (shelf: Shelf) => onFound(this.#taken(await shelf.load().catch((): Pending[] => [])))
    await Promise.all(this.#shelves.map(read))
  }

  /** Those of the entries that are news, in their order. */
  #taken(entries: readonly Pending[]): Pending[] {
    const news = entries.filter(({ id }) => !this.#entries.has(id) && !this.#gone.has(id)).sort((a, b) => a.seq - b.seq)
    for (const entry of news) {
      this.#entries.set(entry.id, entry)
      this.#lastSeq = Math.max(this.#lastSeq, entry.seq)
    }
    return news
  }

  /**
   * Resolves once the entry lies on a shelf, to true; to false when no shelf has taken it soon. It may be sent in either
   * case. Never rejects.
   */
  add(entry: Omit<Pending, 'seq'>): Promise<boolean> {
    this.#lastSeq = Math.max(this.#lastSeq + 1, entry.ts)
    const kept: Pending = { ...entry, seq: this.#lastSeq }
    this.#entries.set(kept.id, kept)
    const puts = this.#shelves.map((shelf) => shelf.put(kept))
    this.#dropOldNotes()
    return firstSuccess(puts, PATIENCE_MS)
  }

  /** It is stored at the platform. */
  async remove(id: string): Promise<void> {
    this.#gone.add(id)
    this.#entries.delete(id)
    // What stays behind is sent once more after a reload, and removed then.
    const leave = () => undefined
    await Promise.all(this.#shelves.map((shelf) => shelf.remove(id).catch(leave)))
  }

  /** In the order in which they happened. */
  pending(): Pending[] {
    return [...this.#entries.values()].sort((a, b) => a.seq - b.seq)
  }

  #dropOldNotes(): void {
    const notes = this.pending().filter(({ type }) => !ALARMS.has(type))
    for (const { id } of notes.slice(0, -NOTES_KEPT)) void this.remove(id)
  }
}

/** True as soon as one has succeeded; false when all have failed or the time is over. */
function firstSuccess(promises: readonly Promise<void>[], withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let left = promises.length
    const failed = () => {
      left -= 1
      if (left <= 0) resolve(false)
    }
    if (left === 0) resolve(false)
    for (const promise of promises) promise.then(() => resolve(true), failed)
    setTimeout(() => resolve(false), withinMs)
  })
}
