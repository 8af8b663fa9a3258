/** What has been started, to be stopped in reverse order. */
export interface Teardown {
  onStop(step: () => Promise<unknown>): void
  /**
   * Runs every step, also after one has failed: a socket that won't close must not leave a database running.
   * @throws the first step's error, after all have run
   */
  stop(): Promise<void>
}

export function createTeardown(): Teardown {
  const steps: (() => Promise<unknown>)[] = []
  return {
    onStop: (step) => {
      steps.push(step)
    },
    stop: async () => {
      const errors: unknown[] = []
      for (const step of steps.splice(0).reverse()) {
        try {
          await step()
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length > 0) throw errors[0]
    },
  }
}
