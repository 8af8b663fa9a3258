import type { AlarmStatisticsRow } from '../contract/statistics.ts'
import { csvOf } from './csv.ts'

const COLUMNS = [
  'model',
  'deviceKind',
  'kind',
  'devices',
  'deviceWeeks',
  'alerts',
  'trueAlerts',
  'falseAlerts',
  'undecided',
  'cancelledByResident',
  'falsePerWearerWeek',
] as const satisfies readonly (keyof AlarmStatisticsRow)[]

/** The figures as a table for a spreadsheet. */
export function alarmStatisticsCsv(rows: readonly AlarmStatisticsRow[]): string {
  return csvOf([COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name]))])
}
