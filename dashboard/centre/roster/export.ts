import type { RosterWeekView } from '../../../server/contract/roster.ts'
import { daysOf } from './plan.ts'

/** The week as a spreadsheet: a line per person, a column per day. Its writer is fetched when it is wanted. */
export async function exportXlsx({ monday, people, patterns, entries }: RosterWeekView): Promise<void> {
  const { default: writeXlsxFile } = await import('write-excel-file/browser')
  const names = new Map(patterns.map((one) => [one.patternId, `${one.name} ${one.start}–${one.end}`]))
  const head = ['', ...daysOf(monday)].map((value) => ({ value, fontWeight: 'bold' as const }))
  const rows = people.map(({ userId, displayName }) => [
    { value: displayName, fontWeight: 'bold' as const },
    ...daysOf(monday).map((day) => ({
      value: entries
        .filter((one) => one.userId === userId && one.day === day)
        .map(({ patternId }) => names.get(patternId) ?? '')
        .join(' + '),
    })),
  ])
  const columns = [{ width: 16 }, ...daysOf(monday).map(() => ({ width: 18 }))]
  await writeXlsxFile([head, ...rows], { columns }).toFile(`roster-${monday}.xlsx`)
}
