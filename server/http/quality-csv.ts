import { OUTCOMES } from '../contract/kinds.ts'
import type { LoadView, QualityRow, QualityStatistics } from '../contract/quality-figures.ts'
import { csvOf } from './csv.ts'

const FIGURES = [
  'closed',
  'falseCases',
  'falseRate',
  'due',
  'completed',
  'overdue',
  'picked',
  'meanScore',
  'criticalFailures',
  'below',
] as const satisfies readonly (keyof QualityRow)[]

/** Outcomes and audits as a table for a spreadsheet; the last line is the total. */
export function qualityCsv({ by, rows, total }: QualityStatistics): string {
  const lines = [...rows, { key: 'total', name: null, ...total }].map((row) => [
    row.key,
    row.name,
    ...FIGURES.map((name) => row[name]),
    ...OUTCOMES.map((outcome) => row.outcomes[outcome]),
  ])
  return csvOf([[by, 'name', ...FIGURES, ...OUTCOMES], ...lines])
}

/** Load by operator, or by weekday and hour. */
export function loadCsv({ operators, cells }: LoadView, table: 'operators' | 'hours'): string {
  if (table === 'operators') {
    const lines = operators.map((one) => [
      one.userId,
      one.displayName,
      one.alarms,
      one.hours,
      one.perHour,
      one.hoursOver,
      one.most,
    ])
    return csvOf([
      ['operator', 'name', 'alarms', 'hoursOnDuty', 'alarmsPerHour', 'hoursOver', 'mostInOneHour'],
      ...lines,
    ])
  }
  const lines = cells.map((one) => [one.weekday, one.hour, one.alarms, one.hours, one.perHour, one.over, one.of])
  return csvOf([['weekday', 'hour', 'alarms', 'hoursOnDuty', 'alarmsPerHour', 'over', 'of'], ...lines])
}
