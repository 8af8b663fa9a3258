/** Keeps the screen on. Browsers take the lock away with each hiding of the page, so it is asked for again. */
export class WakeLock {
  #lock: WakeLockSentinel | null = null
  #isAsking = false

  /** True while the screen is held on. */
  get isHeld(): boolean {
    return this.#lock !== null
  }

  /** Asks for it where it is missing; to be called at the start, at every touch, and when the page is seen again. */
  async hold(): Promise<void> {
    if (!('wakeLock' in navigator) || this.#lock !== null || this.#isAsking || document.hidden) return
    this.#isAsking = true
    try {
      const lock = await navigator.wakeLock.request('screen')
      lock.addEventListener('release', () => {
        this.#lock = null
      })
      this.#lock = lock
    } catch {
      // A low battery or a policy forbids it; asked again at the next touch, and the installer's page shows it.
      this.#lock = null
    } finally {
      this.#isAsking = false
    }
  }
}
