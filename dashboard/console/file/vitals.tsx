import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { type CaseVitals, VITAL_FIELDS, type VitalField } from '../../../server/contract/case-vitals.ts'
import { caseVitalsQuery } from '../../api/file-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { sinceText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { useStore } from '../../ui/store.ts'
import { themes } from '../../ui/theme.ts'
import { errorText } from '../words.ts'

const VitalsChart = lazy(() => import('../vitals-chart.tsx'))

/** The value that matters for the case's kind over the last 24 hours, with its limits; another one on demand. */
export function Vitals({ caseId }: { caseId: string }) {
  const { t, language } = useTexts()
  const [asked, setAsked] = useState<VitalField | null>(null)
  const query = useQuery(caseVitalsQuery(caseId, asked))
  const { data } = query
  const last = data?.items.at(-1)
  const field = asked ?? data?.field
  return (
    <section className="vitals" aria-label={t('file.vitals.choose')} data-testid="vitals" data-field={field}>
      <div className="vitals-tools">
        <Select<VitalField>
          size="small"
          variant="borderless"
          className="vitals-choose"
          popupMatchSelectWidth={false}
          aria-label={t('file.vitals.choose')}
          data-testid="vitals-choose"
          value={field ?? null}
          onChange={setAsked}
          options={VITAL_FIELDS.map((value) => ({
            value,
            label: t('file.vitals.title', { name: t(`file.vitals.name.${value}`) }),
          }))}
        />
        {last && data ? (
          <span className="vitals-latest" data-beyond={isBeyond(last.value, data.limits) || undefined}>
            <b>
              {isBeyond(last.value, data.limits) ? '⚠ ' : ''}
              {figure(last.value, data.field)} {t(`file.vitals.unit.${data.field}`)}
            </b>{' '}
            {sinceText(last.ts, serverNow(), language)}
          </span>
        ) : null}
      </div>
      {query.isError && !data ? (
        <ErrorState
          compact
          title={t('vitals.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : data === undefined ? (
        <LateSkeleton rows={2} />
      ) : data.items.length === 0 ? (
        <p className="side-none" data-testid="vitals-none">
          {asked === null ? t('vitals.none') : t('file.vitals.none', { what: t(`file.vitals.name.${data.field}`) })}
        </p>
      ) : (
        <Curve data={data} />
      )}
    </section>
  )
}

function Curve({ data }: { data: CaseVitals }) {
  const { t } = useTexts()
  const theme = useStore(themes.console)
  const { low, high } = data.limits
  return (
    <>
      <Suspense fallback={<div className="vitals-chart" />}>
        <VitalsChart
          key={`${theme} ${data.field}`}
          items={data.items}
          unit={t(`file.vitals.unit.${data.field}`)}
          limits={data.limits}
          percent={data.field === 'battery' || data.field === 'spo2'}
        />
      </Suspense>
      {low === null && high === null ? null : (
        <p className="vitals-limits">
          {low !== null && high !== null
            ? t('file.vitals.limits', { low, high })
            : low !== null
              ? t('file.vitals.limitLow', { low })
              : t('file.vitals.limitHigh', { high: high ?? '' })}
        </p>
      )}
    </>
  )
}

const isBeyond = (value: number, { low, high }: CaseVitals['limits']) =>
  (low !== null && value < low) || (high !== null && value > high)

const figure = (value: number, field: VitalField) =>
  field === 'body_temp' || field === 'temperature' ? value.toFixed(1) : String(Math.round(value))
