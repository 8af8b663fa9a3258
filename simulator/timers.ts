/** Node turns a longer timer into 1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** What is to happen later, and can all be called off at once. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>()

  /** @param ms any time from now, `Infinity` too: then it never happens */
  later(ms: number, act: () => void): void {
    const timer = setTimeout(
      () => {
        this.#pending.delete(timer)
        if (ms > MAX_TIMER_MS) this.later(ms - MAX_TIMER_MS, act)
        else act()
      },
      Math.min(ms, MAX_TIMER_MS),
    )
    this.#pending.add(timer)
  }

  /** Nothing of it happens any more. */
  clear(): void {
    for (const timer of this.#pending) clearTimeout(timer)
    this.#pending.clear()
  }
}
