/**
 * Answers of one connection, given in the order the messages came. Concurrent stores finish in any order; MQTT demands
 * acknowledgements in order [MQTT-4.6.0-2], and devices with one slot in flight rely on it.
 */
export interface Slot {
  /** Null once given. */
  answer: (() => void) | null
  bytes: number
  stored: boolean
}

export class Answers {
  readonly #slots: Slot[] = []
  /** Index of the first slot that is not answered; the array is cut when it has become mostly past. */
  #first = 0
  #bytes = 0

  /** Messages not answered yet. */
  get waiting(): number {
    return this.#slots.length - this.#first
  }

  get waitingBytes(): number {
    return this.#bytes
  }

  /** Takes the next place in the order. `answer` is called once, when this and all earlier places are stored. */
  open(answer: () => void, bytes: number): Slot {
    const slot: Slot = { answer, bytes, stored: false }
    this.#slots.push(slot)
    this.#bytes += bytes
    return slot
  }

  /** The slot's message is durable. Answers it and all stored ones behind it, unless an earlier one still waits. */
  settle(slot: Slot): void {
    slot.stored = true
    for (;;) {
      const head = this.#slots[this.#first]
      if (head === undefined || !head.stored) break
      this.#first++
      this.#bytes -= head.bytes
      const { answer } = head
      head.answer = null
      answer?.()
    }
    if (this.#first === this.#slots.length) {
      this.#slots.length = 0
      this.#first = 0
    } else if (this.#first > 512 && this.#first * 2 > this.#slots.length) {
      this.#slots.splice(0, this.#first)
      this.#first = 0
    }
  }

  /** The connection is gone: nothing more is answered. */
  drop(): void {
    for (let i = this.#first; i < this.#slots.length; i++) {
      const slot = this.#slots[i]
      if (slot) slot.answer = null
    }
  }
}
