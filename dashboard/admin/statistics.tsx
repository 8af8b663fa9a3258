import { useQuery } from '@tanstack/react-query'
import { Button, DatePicker, Segmented, Select, Table, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import { ALERT_KINDS, type AlertKind } from '../../server/contract/case.ts'
import type { AlarmStatisticsRow } from '../../server/contract/statistics.ts'
import { modelsQuery } from '../api/device-queries.ts'
import { alarmStatisticsFile, alarmStatisticsQuery } from '../api/statistics-queries.ts'
import { deviceKindText, errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { countText } from '../ui/formats.ts'
import { serverNow } from '../ui/server-clock.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../ui/states.tsx'
import { modelText } from './devices/terms.ts'
import { rangeTimes, type StatisticsRange } from './statistics-range.ts'

const SPANS = [28, 90, 365] as const
const ALL = 'all'

/** False alarms per wearer-week: which models call for nothing. */
export function Statistics() {
  const { t } = useTexts()
  const [range, setRange] = useState<StatisticsRange>({ days: SPANS[0] })
  /** Raised whenever a span is chosen, which empties the fields of the days. */
  const [spans, setSpans] = useState(0)
  const [kind, setKind] = useState<AlertKind | typeof ALL>('fall')
  const asked = { ...rangeTimes(range, serverNow()), ...(kind === ALL ? {} : { kind }) }
  const query = useQuery(alarmStatisticsQuery(asked))
  const columns = useColumns()
  const kinds = [ALL, ...ALERT_KINDS] as const
  const span = 'days' in range ? range.days : null
  return (
    <section data-testid="statistics">
      <p className="office-lead">{t('statistics.lead')}</p>
      <div className="office-tools">
        <Segmented<number | null>
          aria-label={t('statistics.span')}
          value={span}
          onChange={(days) => {
            if (days === null) return
            setRange({ days })
            setSpans(spans + 1)
          }}
          options={SPANS.map((days) => ({ value: days, label: t('statistics.days', { n: days }) }))}
        />
        <DatePicker.RangePicker
          key={spans}
          aria-label={t('statistics.dates')}
          placeholder={[t('statistics.first'), t('statistics.last')]}
          onChange={(_days, texts) => setRange(rangeOf(texts))}
        />
        <Select<AlertKind | typeof ALL>
          className="statistics-kind"
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t('statistics.kind')}
          value={kind}
          onChange={setKind}
          options={kinds.map((one) => ({ value: one, label: one === ALL ? t('statistics.all') : t(`kind.${one}`) }))}
        />
        <span className="office-space" />
        <Button href={alarmStatisticsFile(asked)} download data-testid="statistics-csv">
          {t('statistics.csv')}
        </Button>
      </div>
      {query.isError ? (
        <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LateSkeleton rows={8} />
      ) : query.data.items.length === 0 ? (
        <EmptyState calm title={t('statistics.none')} text={t('statistics.noneText')} />
      ) : (
        <Table<AlarmStatisticsRow>
          rowKey={({ model, deviceKind, kind: of }) => `${deviceKind} ${of} ${model}`}
          size="middle"
          columns={columns}
          dataSource={query.data.items}
          loading={query.isPlaceholderData}
          scroll={{ x: 1180 }}
          pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        />
      )}
      <p className="office-note muted">{t('statistics.note')}</p>
    </section>
  )
}

/** What was cleared is the usual span again. */
function rangeOf(texts: [string | null, string | null] | null): StatisticsRange {
  const [first, last] = texts ?? []
  return first && last ? { first, last } : { days: SPANS[0] }
}

const FIGURES = [
  ['devices', 'devices'],
  ['weeks', 'deviceWeeks'],
  ['alerts', 'alerts'],
  ['right', 'trueAlerts'],
  ['wrong', 'falseAlerts'],
  ['undecided', 'undecided'],
  ['cancelled', 'cancelledByResident'],
  ['rate', 'falsePerWearerWeek'],
] as const

/** Whole numbers, weeks with one place, the rate with three: 0.17 a week is good. */
function figure(name: (typeof FIGURES)[number][1], value: number | null): string {
  if (value === null) return '—'
  if (name === 'falsePerWearerWeek') return value.toFixed(3)
  return name === 'deviceWeeks' ? countText(Math.round(value * 10) / 10) : countText(value)
}

function useColumns(): TableColumnsType<AlarmStatisticsRow> {
  const { t, language } = useTexts()
  const models = useQuery(modelsQuery).data
  return useMemo(
    () => [
      {
        title: t('statistics.model'),
        dataIndex: 'model',
        render: (model: string | null, row) => (
          <span className="statistics-model">
            {modelText(model, models ?? [], language) ?? t('statistics.unknown')}
            <small>{deviceKindText(row.deviceKind, t)}</small>
          </span>
        ),
      },
      { title: t('statistics.kind'), dataIndex: 'kind', width: 130, render: (kind: AlertKind) => t(`kind.${kind}`) },
      ...FIGURES.map(([label, name]) => ({
        title: t(`statistics.${label}`),
        dataIndex: name,
        width: name === 'falsePerWearerWeek' ? 150 : 108,
        align: 'right' as const,
        sorter: (a: AlarmStatisticsRow, b: AlarmStatisticsRow) => (a[name] ?? -1) - (b[name] ?? -1),
        render: (value: number | null) => <span className="figures">{figure(name, value)}</span>,
      })),
    ],
    [t, language, models],
  )
}
