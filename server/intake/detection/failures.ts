import type { Logger } from 'pino'
import { Counter, type Registry } from 'prom-client'
import type { DetectorsFailed } from '../commit.ts'

/** Counts and logs detectors that could not judge, by name. What they were given is personal and stays out. */
export function reportDetectors(registry: Registry, log: Logger): DetectorsFailed {
  const failures = new Counter({
    name: 'anhu_detector_failures_total',
    help: 'Observations that a detector could not judge',
    labelNames: ['detector'],
    registers: [registry],
  })
  return (all) => {
    for (const { detector, error } of all) {
      failures.inc({ detector })
      log.error(
        { detector, err: error instanceof Error ? error.stack : 'unknown' },
        'detector failed, the others go on',
      )
    }
  }
}
