import type { TFunction } from 'i18next'
import type { AuditRow } from '../../../server/contract/quality.ts'
import { clockTime, dayText, type Language } from '../../ui/formats.ts'

/** `2026 年 3 月` */
export function monthText(month: string, t: TFunction): string {
  return t('quality.monthName', { year: month.slice(0, 4), month: Number(month.slice(5)) })
}

/** `4月30日 24:00` would read as the next day: a moment is shown a second earlier, as the day it ends. */
export function dueText(at: string, language: Language): string {
  return dayText(Date.parse(at) - 1000, language)
}

/** `3月2日 10:41` */
export function momentText(at: string, language: Language): string {
  return `${dayText(at, language)} ${clockTime(at).slice(0, 5)}`
}

type AuditState = 'open' | 'begun' | 'overdue' | 'completed'

export function stateOf({ state, overdue, begun }: Pick<AuditRow, 'state' | 'overdue' | 'begun'>): AuditState {
  if (state === 'completed') return 'completed'
  return overdue ? 'overdue' : begun ? 'begun' : 'open'
}

export const STATE_TONES = { open: undefined, begun: 'case', overdue: 'bad', completed: 'good' } as const
export const RESULT_TONES = { passed: 'good', below: 'risk', failed: 'bad' } as const
/** Beside the colour. */
export const RESULT_SIGNS = { passed: '✓', below: '▽', failed: '✕' } as const
