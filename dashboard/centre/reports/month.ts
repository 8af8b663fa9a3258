import { addMonths, MONTH, monthOf } from '../../../server/contract/month.ts'
import type { ReportQuery } from '../../../server/contract/report.ts'
import type { Language } from '../../ui/formats.ts'

/** Months of a report, in Shanghai. Pure. */

const isMonth = new RegExp(MONTH)

/** The month that runs and those before it, newest first. */
export function monthsUpTo(now: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => addMonths(monthOf(now), -n))
}

/** `2026-10` or `2026-10-361125`: what the address names; without it the last month that is over. Null: it names nothing. */
export function reportOf(id: string | null, now: number): ReportQuery | null {
  if (id === null) return { month: addMonths(monthOf(now), -1) }
  const [, month = '', area] = /^(\d{4}-\d{2})(?:-(\d{2,12}))?$/.exec(id) ?? []
  if (!isMonth.test(month)) return null
  return area === undefined ? { month } : { month, area }
}

export const reportId = (month: string, area: string | undefined): string =>
  area === undefined ? month : `${month}-${area}`

const texts = {
  'zh-CN': new Intl.DateTimeFormat('zh-CN', { timeZone: 'UTC', year: 'numeric', month: 'long' }),
  en: new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', year: 'numeric', month: 'long' }),
}

/** `2026年10月`, `October 2026` */
export const monthText = (month: string, language: Language): string =>
  texts[language].format(new Date(`${month}-01T00:00Z`))
