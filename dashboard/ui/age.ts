import type { CaseCategory } from '../../server/contract/case.ts'
import { DESK_DEFAULTS, type DeskSettings } from '../../server/contract/desk-settings.ts'
import { createStore } from './store.ts'

export type AgeLevel = 'ok' | 'soon' | 'late'
export type AgeLimits = DeskSettings['ageing']

/** Seconds after which a waiting case is at risk, and overdue, as the supervisors have set them. */
export const ageLimits = createStore<AgeLimits>(DESK_DEFAULTS.ageing)

/** How urgent a wait has become. @param seconds since the case was opened */
export function ageLevel(seconds: number, category: CaseCategory, limits: AgeLimits): AgeLevel {
  const { amberSeconds, redSeconds } = limits[category]
  if (seconds >= redSeconds) return 'late'
  return seconds >= amberSeconds ? 'soon' : 'ok'
}
