export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

/** Monday, 2 March 2026, 0:00 in Shangrao (UTC+8). */
const FIRST_DAY = Date.parse('2026-03-02T00:00:00+08:00')

/** A moment of the library's first days. @param time city time, HH:MM. @returns ms since the epoch */
export function at(time: string, day = 0): number {
  const [hours = '', minutes = ''] = time.split(':')
  return FIRST_DAY + day * DAY + Number(hours) * HOUR + Number(minutes) * MINUTE
}
