import { useTexts } from '../../i18n/i18n.ts'
import { type FigureTable, type Value, valueText } from './tables.ts'

/** The numbers behind a chart. A long list stands in two halves side by side. */
export function FigureTableView({ table, columns, label }: { table: FigureTable; columns: number; label: string }) {
  const size = Math.ceil(table.rows.length / columns)
  const halves = Array.from({ length: columns }, (_, n) => table.rows.slice(n * size, (n + 1) * size))
  return (
    <div className="report-tables" data-columns={columns}>
      {halves.map((rows, n) => (
        <Half key={rows[0]?.[0]?.value ?? n} heading={table.heading} rows={rows} label={label} />
      ))}
    </div>
  )
}

function Half({ heading, rows, label }: { heading: readonly string[]; rows: readonly Value[][]; label: string }) {
  const { language } = useTexts()
  return (
    <table className="report-table" aria-label={label}>
      <thead>
        <tr>
          {heading.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([first, ...values]) => (
          <tr key={String(first?.value)}>
            <th scope="row">{first ? valueText(first, language) : ''}</th>
            {values.map((one, n) => (
              <td key={heading[n + 1]} data-missed={String(one.value).startsWith('✕') || undefined}>
                {valueText(one, language)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
