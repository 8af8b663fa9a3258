import { buttons } from './buttons.ts'
import type { Detector } from './detector.ts'
import { doors } from './doors.ts'
import { falls } from './falls.ts'
import { fire } from './fire.ts'
import { reported } from './reported.ts'
import { routine } from './routine.ts'
import { temperature } from './temperature.ts'
import { vitals } from './vitals.ts'
import { wandering } from './wandering.ts'

/**
 * Every detector, in the order in which they are asked. What devices say themselves comes first and needs none of the
 * others.
 */
export const DETECTORS: readonly Detector<unknown>[] = [
  reported as Detector<unknown>,
  buttons as Detector<unknown>,
  falls as Detector<unknown>,
  wandering as Detector<unknown>,
  routine as Detector<unknown>,
  doors as Detector<unknown>,
  temperature as Detector<unknown>,
  fire as Detector<unknown>,
  vitals as Detector<unknown>,
]
