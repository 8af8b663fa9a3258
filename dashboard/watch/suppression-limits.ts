import type { SUPPRESSION_LIMIT_MINUTES } from '../../server/contract/watch.ts'

/** As in the contract, without loading the schema library into the browser; a test compares them. */
export const LIMIT_MINUTES: typeof SUPPRESSION_LIMIT_MINUTES = { on_test: 480, maintenance: 4320 }

/** Usual lengths. */
export const QUICK = [
  { key: 'm30', minutes: 30 },
  { key: 'h1', minutes: 60 },
  { key: 'h4', minutes: 240 },
  { key: 'h8', minutes: 480 },
  { key: 'h24', minutes: 1440 },
  { key: 'h72', minutes: 4320 },
] as const
