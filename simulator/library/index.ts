import { DANGER_SCENARIOS } from './dangers.ts'
import { FALL_SCENARIOS } from './falls.ts'
import { NOT_FALL_SCENARIOS } from './not-falls.ts'
import { ROUTINE_SCENARIOS } from './routine.ts'
import type { Scenario } from './scenario.ts'
import { SOS_SCENARIOS } from './sos.ts'
import { STAYING_SCENARIOS } from './staying.ts'
import { VITAL_SCENARIOS } from './vitals.ts'
import { WANDERING_SCENARIOS } from './wandering.ts'
import { WANDERING_APART_SCENARIOS } from './wandering-apart.ts'
import { WANDERING_UNSEEN_SCENARIOS } from './wandering-unseen.ts'

/** Every labelled scenario of one home. */
export const LIBRARY: readonly Scenario[] = [
  ...SOS_SCENARIOS,
  ...FALL_SCENARIOS,
  ...NOT_FALL_SCENARIOS,
  ...WANDERING_SCENARIOS,
  ...WANDERING_UNSEEN_SCENARIOS,
  ...WANDERING_APART_SCENARIOS,
  ...STAYING_SCENARIOS,
  ...ROUTINE_SCENARIOS,
  ...DANGER_SCENARIOS,
  ...VITAL_SCENARIOS,
]
