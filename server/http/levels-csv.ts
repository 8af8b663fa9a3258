import type { LevelRow, LevelsView } from '../contract/levels.ts'

const COLUMNS = [
  'key',
  'name',
  'calls',
  'answered',
  'waiting',
  'within15',
  'within60',
  'within180',
  'meanSeconds',
  'dispatches',
  'dispatch60',
] as const satisfies readonly (keyof LevelRow)[]

/** RFC 4180, with the mark by which Excel knows UTF-8; the last line is the total. */
export function levelsCsv({ rows, total }: LevelsView): string {
  const lines = [...rows, { key: 'total', name: null, ...total }].map((row) => COLUMNS.map((name) => cell(row[name])))
  return `\uFEFF${[COLUMNS, ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`
}

/** A name that a spreadsheet would take for a formula is kept a text. */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(Math.round(value * 1e4) / 1e4)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
