import { CSV_MARK, csvLine } from '../../../server/contract/csv.ts'
import type { MonthlyReport } from '../../../server/contract/report.ts'
import { save } from '../../api/search-queries.ts'
import { type FigureTables, TABLES, type TableName, type Value } from './tables.ts'

/** The report's figures as files. Shares stay numbers (0…1), durations seconds: a spreadsheet goes on counting with them. */

type Titles = (name: TableName) => string
const nameOf = ({ month, area }: MonthlyReport, extension: string) => `report-${month}-${area.code}.${extension}`

/** One table below the other, each with its name. */
export function exportCsv(report: MonthlyReport, tables: FigureTables | null, titleOf: Titles): void {
  if (tables === null) return
  const lines = TABLES.flatMap((name) => {
    const { heading, rows } = tables[name]
    return [[titleOf(name)], heading, ...rows.map((row) => row.map(({ value }) => value)), []]
  })
  const head = [[report.area.name, report.month, report.generatedAt], []]
  save(new Blob([CSV_MARK + [...head, ...lines].map(csvLine).join('')], { type: 'text/csv' }), nameOf(report, 'csv'))
}

/** A sheet for each table. Its writer is fetched when it is wanted. */
export async function exportXlsx(report: MonthlyReport, tables: FigureTables | null, titleOf: Titles): Promise<void> {
  if (tables === null) return
  const { default: writeXlsxFile } = await import('write-excel-file/browser')
  await writeXlsxFile(
    TABLES.map((name) => {
      const { heading, rows } = tables[name]
      return {
        sheet: titleOf(name),
        data: [heading.map((value) => ({ value, fontWeight: 'bold' as const })), ...rows.map((row) => row.map(cellOf))],
        columns: heading.map((_, n) => ({ width: n === 0 ? 30 : 16 })),
        stickyRowsCount: 1,
      }
    }),
  ).toFile(nameOf(report, 'xlsx'))
}

function cellOf({ kind, value }: Value) {
  if (value === null) return null
  if (typeof value === 'string') return { value, type: String }
  const format = kind === 'share' || kind === 'change' ? '0.0%' : kind === 'seconds' ? '0.0' : '#,##0'
  return { value, type: Number, format }
}
