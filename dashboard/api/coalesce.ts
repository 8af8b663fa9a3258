/** Where a coalescer's time comes from; a test hands in its own. */
export interface Timer {
  now(): number
  after(ms: number, run: () => void): void
}

export const browserTimer: Timer = {
  now: () => performance.now(),
  after: (ms, run) => {
    setTimeout(run, ms)
  },
}

/**
 * Joins many requests into few runs: the first starts at once, later ones at most every `gapMs`, never two at a time.
 * @param run fetches; its answer says whether it succeeded, it must not reject
 * @returns a function whose promise holds the answer of a run that started after it was asked for — a run already under
 * way may have read the database before the change it is asked for
 */
export function createCoalescer(run: () => Promise<boolean>, gapMs: number, timer: Timer): () => Promise<boolean> {
  let waiting: ((ok: boolean) => void)[] = []
  let busy = false
  let startedAt = Number.NEGATIVE_INFINITY

  const pump = () => {
    if (busy || waiting.length === 0) return
    busy = true
    const wait = startedAt + gapMs - timer.now()
    if (wait > 0) timer.after(wait, start)
    else start()
  }
  const start = () => {
    const served = waiting
    waiting = []
    startedAt = timer.now()
    void run().then((ok) => {
      busy = false
      for (const answer of served) answer(ok)
      pump()
    })
  }
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      pump()
    })
}
