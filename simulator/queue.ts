/**
 * What a device keeps until it has been taken over, in order: so many at the head may be under way at a time. After a
 * lost connection all of it goes out again. No I/O.
 */
export class Queue<T> {
  readonly #window: number
  readonly #items: T[] = []
  /** So many at the head are under way. */
  #sent = 0

  constructor(window: number) {
    this.#window = window
  }

  get size(): number {
    return this.#items.length
  }

  add(item: T): void {
    this.#items.push(item)
  }

  /** The next to send, or null when all that may be under way is. */
  next(): T | null {
    const item = this.#items[this.#sent]
    if (item === undefined || this.#sent >= this.#window) return null
    this.#sent++
    return item
  }

  /** It has been taken over. An item that is not under way any more is none of ours: false. */
  done(item: T): boolean {
    const index = this.#items.indexOf(item)
    if (index < 0 || index >= this.#sent) return false
    this.#items.splice(index, 1)
    this.#sent--
    return true
  }

  /** What is under way, oldest first. */
  underWay(): readonly T[] {
    return this.#items.slice(0, this.#sent)
  }

  /** Drops the oldest that are not under way and `may` go. @returns how many */
  dropOldest(count: number, may: (item: T) => boolean = () => true): number {
    let dropped = 0
    for (let at = this.#sent; at < this.#items.length && dropped < count; ) {
      const item = this.#items[at]
      if (item !== undefined && may(item)) {
        this.#items.splice(at, 1)
        dropped++
      } else at++
    }
    return dropped
  }

  /** Empties it. */
  takeAll(): T[] {
    this.#sent = 0
    return this.#items.splice(0)
  }

  /** The connection is gone: nothing is under way any more. */
  rewind(): void {
    this.#sent = 0
  }
}
