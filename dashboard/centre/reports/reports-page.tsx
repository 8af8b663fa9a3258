import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { monthlyReportQuery } from '../../api/report-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { AreaSelect } from '../area-select.tsx'
import type { CentrePageProps } from '../page-props.ts'
import { centrePath } from '../routes.ts'
import { exportCsv, exportXlsx } from './export.ts'
import { monthsUpTo, monthText, reportId, reportOf } from './month.ts'
import { Sheet } from './sheet.tsx'
import { type TableName, useTables } from './tables.ts'
import './reports.css'
import './print.css'

/** How far back the list of months goes. */
const MONTHS = 60

/** The month's report of the city, a county or a town: to read, to print, and as a spreadsheet. */
export default function ReportsPage({ id }: CentrePageProps) {
  const { t, language } = useTexts()
  const asked = reportOf(id, serverNow())
  const query = useQuery({ ...monthlyReportQuery(asked ?? { month: '' }), enabled: asked !== null })
  const { data } = query
  const tables = useTables(data)
  const titleOf = (name: TableName) => t(`reports.part.${name}`)
  if (asked === null) {
    return (
      <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
        <Button onClick={() => navigate(centrePath('reports'))}>{t('centre.tabs.reports')}</Button>
      </EmptyState>
    )
  }
  const go = (month: string, area: string | undefined) => navigate(centrePath('reports', reportId(month, area)))
  const months = monthsUpTo(serverNow(), MONTHS)
  return (
    <section data-testid="reports">
      <div className="office-tools report-tools">
        <Select<string>
          className="report-month"
          aria-label={t('reports.month')}
          showSearch={{ optionFilterProp: 'label' }}
          value={asked.month}
          onChange={(month) => go(month, asked.area)}
          options={months.map((value) => ({ value, label: monthText(value, language) }))}
        />
        <AreaSelect
          label={t('reports.area')}
          placeholder={t('reports.area')}
          clearable={false}
          value={asked.area ?? data?.area.code}
          onChange={(area) => go(asked.month, area)}
        />
        <span className="office-space" />
        <Button disabled={!data} onClick={() => data && exportCsv(data, tables, titleOf)} data-testid="report-csv">
          {t('reports.csv')}
        </Button>
        <Button
          disabled={!data}
          onClick={() => data && void exportXlsx(data, tables, titleOf)}
          data-testid="report-xlsx"
        >
          {t('reports.xlsx')}
        </Button>
        <Button type="primary" disabled={!data} onClick={() => window.print()} data-testid="report-print">
          {t('reports.print')}
        </Button>
      </div>
      {data ? (
        <Sheet report={data} tables={tables} />
      ) : query.isError ? (
        <ErrorState title={t('reports.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
      ) : (
        <LateSkeleton rows={14} />
      )}
    </section>
  )
}
