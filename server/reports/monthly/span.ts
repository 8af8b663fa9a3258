import { addMonths, monthStart } from '../../contract/month.ts'

/** Months and days as Shanghai counts them. Pure. */

const DAY_MS = 86_400_000

export interface Span {
  /** Ms since the epoch; `to` excluded. */
  from: number
  to: number
}

/** @param month yyyy-mm */
export function spanOf(month: string): Span {
  return { from: monthStart(month), to: monthStart(addMonths(month, 1)) }
}

const dayText = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })

/** Each day of it, yyyy-mm-dd. */
export function daysOf({ from, to }: Span): string[] {
  return Array.from({ length: Math.round((to - from) / DAY_MS) }, (_, n) => dayText.format(from + n * DAY_MS))
}
