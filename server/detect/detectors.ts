import type { Detector } from './detector.ts'
import { reported } from './reported.ts'
import { routine } from './routine.ts'

/**
 * Every detector, in the order in which they are asked. What devices say themselves comes first and needs none of the
 * others.
 */
export const DETECTORS: readonly Detector<unknown>[] = [reported as Detector<unknown>, routine as Detector<unknown>]
