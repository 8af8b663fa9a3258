import type { CaseCategory } from '../../server/contract/case.ts'

export type AgeLevel = 'ok' | 'soon' | 'late'

/**
 * Seconds after which a waiting case is at risk, and overdue. Emergencies: 60 s is the centres' indicator (TSA: 97.5 %
 * within 60 s). The others are this project's own defaults; a fault is to be mended within 24 h.
 */
export const WAIT_LIMITS: Record<CaseCategory, { soon: number; late: number }> = {
  emergency: { soon: 30, late: 60 },
  help: { soon: 120, late: 180 },
  care: { soon: 600, late: 900 },
  fault: { soon: 4 * 3600, late: 24 * 3600 },
}

/** How urgent a wait has become. @param seconds since the case was opened */
export function ageLevel(seconds: number, category: CaseCategory): AgeLevel {
  const limit = WAIT_LIMITS[category]
  if (seconds >= limit.late) return 'late'
  return seconds >= limit.soon ? 'soon' : 'ok'
}
