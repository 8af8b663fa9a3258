import { lazy, type ReactNode, Suspense, useMemo } from 'react'
import type { MonthlyReport } from '../../../server/contract/report.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { wholeTime } from '../search/times.ts'
import { FigureTableView } from './figure-table.tsx'
import { monthText } from './month.ts'
import { answersOption, barsHeight, barsOption, daysOption, hoursOption } from './options.ts'
import { type FigureTables, recordedText, type TableName } from './tables.ts'

const Chart = lazy(() => import('./chart.tsx'))

/** Kinds of a city in one chart; the rest stands in the table. */
const KINDS_SHOWN = 12
const NOTES = ['time', 'real', 'waiting', 'false', 'arrival', 'place', 'targets'] as const

/** The report as it will lie on paper. */
export function Sheet({ report, tables }: { report: MonthlyReport; tables: FigureTables | null }) {
  const { t, language } = useTexts()
  const charts = useCharts(report)
  if (tables === null) return null
  const part = (name: TableName, chart?: ReactNode, note?: string, columns = 1) => (
    <section className="report-part" data-part={name} data-testid={`part-${name}`}>
      <h2>{t(`reports.part.${name}`)}</h2>
      {note === undefined ? null : <p className="report-note">{note}</p>}
      {chart === undefined ? null : <Suspense fallback={null}>{chart}</Suspense>}
      <FigureTableView table={tables[name]} columns={columns} label={t(`reports.part.${name}`)} />
    </section>
  )
  return (
    <article className="report" lang={language} data-testid="report">
      <TitlePage report={report} />
      {part('summary', undefined, report.totals.cases === 0 ? t('reports.empty') : undefined)}
      {part('answers', charts.answers)}
      {part('days', charts.days, undefined, 2)}
      {part('hours', charts.hours, undefined, 2)}
      {part('kinds', charts.kinds)}
      {report.area.level === 'town' ? null : part('areas', charts.areas)}
      {part('outcomes', charts.outcomes)}
      {part('help')}
      {part('devices', undefined, recordedText(report, t))}
      {part('tests')}
      <section className="report-part">
        <h2>{t('reports.part.notes')}</h2>
        <ul className="report-notes">
          {NOTES.map((name) => (
            <li key={name}>{t(`reports.notes.${name}`)}</li>
          ))}
        </ul>
      </section>
    </article>
  )
}

function useCharts(report: MonthlyReport) {
  const { t } = useTexts()
  return useMemo(() => {
    const bars = (name: 'kinds' | 'areas' | 'outcomes', rows: { name: string; cases: number; before: number }[]) =>
      rows.length === 0 ? undefined : (
        <Chart
          name={name}
          label={t(`reports.chart.${name}`)}
          height={barsHeight(rows.length)}
          option={barsOption(rows, t)}
        />
      )
    return {
      days: <Chart name="days" label={t('reports.chart.days')} height={230} option={daysOption(report, t)} />,
      hours: <Chart name="hours" label={t('reports.chart.hours')} height={210} option={hoursOption(report, t)} />,
      answers: (
        <Chart name="answers" label={t('reports.chart.answers')} height={180} option={answersOption(report, t)} />
      ),
      kinds: bars(
        'kinds',
        report.byKind.slice(0, KINDS_SHOWN).map((row) => ({ ...row, name: t(`kind.${row.key}`) })),
      ),
      areas: bars(
        'areas',
        report.byArea
          .slice(0, 20)
          .map((row) => ({ ...row, name: row.code === '' ? t('reports.noPlace') : (row.name ?? row.code) })),
      ),
      outcomes: bars(
        'outcomes',
        report.byOutcome.map((row) => ({
          ...row,
          name: row.key === null ? t('reports.open') : t(`outcome.${row.key}`),
        })),
      ),
    }
  }, [report, t])
}

const DAY_MS = 86_400_000

function TitlePage({ report }: { report: MonthlyReport }) {
  const { t, language } = useTexts()
  const { area, city, county, month, byDay } = report
  const names = [...new Set([city, county, area.name])].filter((name) => name !== null && name !== '')
  const first = byDay[0]?.day ?? ''
  const last = new Date(Date.parse(`${byDay.at(-1)?.day}T00:00Z`) + DAY_MS - 1).toISOString().slice(0, 10)
  return (
    <header className="report-title">
      <p className="report-platform">{t('reports.platform')}</p>
      <h1>
        {names.join(' ')}
        <br />
        {t('reports.title')}
      </h1>
      <p className="report-month-name">{monthText(month, language)}</p>
      <p className="report-scope">{t(`reports.scope.${area.level}`)}</p>
      {report.complete ? null : <p className="report-running">{t('reports.running')}</p>}
      <dl>
        <dt>{t('reports.period')}</dt>
        <dd>{t('reports.periodText', { from: first, to: last })}</dd>
        <dt>{t('reports.generated')}</dt>
        <dd>{wholeTime(report.generatedAt)}</dd>
        <dt>{t('reports.by')}</dt>
        <dd>{report.generatedBy}</dd>
      </dl>
    </header>
  )
}
