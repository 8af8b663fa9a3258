import type { Logger } from 'pino'

/** Work that is due again and again. One run at a time; a failing run is logged and comes again. */
export interface Recurring {
  name: string
  everyMs: number
  run: () => Promise<unknown>
}

/** Starts the recurring work; the returned function stops it and waits for what is under way. */
export function startRecurring(jobs: readonly Recurring[], log: Logger): () => Promise<void> {
  const running = new Map<string, Promise<void>>()
  const timers = jobs.map((job) => setInterval(() => start(job), job.everyMs))

  function start(job: Recurring): void {
    if (running.has(job.name)) return
    const run = job
      .run()
      .then(
        () => undefined,
        (error: unknown) => log.warn({ err: error, job: job.name }, 'recurring work failed, it comes again'),
      )
      .finally(() => running.delete(job.name))
    running.set(job.name, run)
  }

  return async () => {
    for (const timer of timers) clearInterval(timer)
    await Promise.all(running.values())
  }
}
