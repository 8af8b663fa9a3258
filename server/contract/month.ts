import Type from 'typebox'

/** Calendar months as the city has them, `2026-03`. Shanghai keeps one time all year: 8 h before UTC. */

const SHANGHAI_MS = 8 * 3_600_000

export const MONTH = '^20\\d\\d-(0[1-9]|1[0-2])$'
export const Month = Type.String({
  pattern: MONTH,
  description: 'A calendar month in Asia/Shanghai, yyyy-mm',
})

/** The month of a moment. @param at ms since the epoch */
export function monthOf(at: number): string {
  return new Date(at + SHANGHAI_MS).toISOString().slice(0, 7)
}

/** @param n negative for months before */
export function addMonths(month: string, n: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + n
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`
}

/** Its first moment, ms since the epoch. */
export function monthStart(month: string): number {
  return Date.parse(`${month}-01T00:00:00+08:00`)
}
