import { MONTH, type ReportQuery } from '../../../server/contract/report.ts'
import type { Language } from '../../ui/formats.ts'

/** Months of a report, in Shanghai. Pure. */

const OFFSET_MS = 8 * 3_600_000
const isMonth = new RegExp(MONTH)

/** yyyy-mm in which a moment lies. */
const monthAt = (at: number): string => new Date(at + OFFSET_MS).toISOString().slice(0, 7)

function monthEarlier(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}

/** The month that runs and those before it, newest first. */
export function monthsUpTo(now: number, count: number): string[] {
  const months = [monthAt(now)]
  while (months.length < count) months.push(monthEarlier(months.at(-1) ?? ''))
  return months
}

/** `2026-10` or `2026-10-361125`: what the address names; without it the last month that is over. Null: it names nothing. */
export function reportOf(id: string | null, now: number): ReportQuery | null {
  if (id === null) return { month: monthEarlier(monthAt(now)) }
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
