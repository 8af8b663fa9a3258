import { ALARMS_PER_HOUR, type LoadCell } from '../../../server/contract/quality-figures.ts'
import { useTexts } from '../../i18n/i18n.ts'

const DAYS = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'] as const
/** Share of the hours from which on the roster is too thin. */
const OFTEN = 0.25
const HOURS = Array.from({ length: 24 }, (_, n) => n)

/** The week as a table: each cell a figure, a tint by load, and a sign where it was too much. */
export function Heat({ cells }: { cells: readonly LoadCell[] }) {
  const { t } = useTexts()
  const at = new Map(cells.map((cell) => [cell.weekday * 24 + cell.hour, cell]))
  return (
    <>
      <h3 className="centre-part">
        {t('quality.load.heat')} <small className="muted">{t('quality.load.heatHint')}</small>
      </h3>
      <div className="heat-scroll">
        <table className="heat figures" data-testid="load-heat">
          <thead>
            <tr>
              <td />
              {HOURS.map((hour) => (
                <th key={hour} scope="col">
                  {String(hour).padStart(2, '0')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {DAYS.map((day, n) => (
              <tr key={day}>
                <th scope="row">{t(`quality.load.day.${day}`)}</th>
                {HOURS.map((hour) => (
                  <Cell key={hour} day={t(`quality.load.day.${day}`)} cell={at.get((n + 1) * 24 + hour)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Cell({ day, cell }: { day: string; cell: LoadCell | undefined }) {
  const { t } = useTexts()
  if (cell === undefined || (cell.alarms === 0 && cell.hours === 0)) return <td className="muted">—</td>
  const { hour, alarms, hours, perHour, over, of } = cell
  const sign = over === 0 ? undefined : over / of >= OFTEN ? 'often' : 'once'
  // Full at the target; above it the sign speaks.
  const share = Math.round(Math.min(1, (perHour ?? ALARMS_PER_HOUR) / ALARMS_PER_HOUR) * 100)
  return (
    <td
      data-over={sign}
      style={{ '--heat': `${share}%` } as React.CSSProperties}
      title={t('quality.load.cell', { day, hour, alarms, hours, over, of })}
    >
      {sign === undefined ? null : <span aria-hidden="true">{sign === 'often' ? '▲' : '△'}</span>}
      {perHour === null ? t('quality.load.cellNobody') : perHour.toFixed(1)}
    </td>
  )
}
