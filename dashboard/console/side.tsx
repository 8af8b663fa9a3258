import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { CaseDetail } from '../../server/contract/case.ts'
import { telemetryQuery } from '../api/queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { sinceText } from '../ui/formats.ts'
import { serverNow } from '../ui/server-clock.ts'
import { ErrorState, LateSkeleton } from '../ui/states.tsx'
import { useStore } from '../ui/store.ts'
import { themes } from '../ui/theme.ts'
import { Alerts } from './alerts.tsx'
import { VoicePanel } from './voice/panel.tsx'
import { errorText } from './words.ts'

const VitalsChart = lazy(() => import('./vitals-chart.tsx'))

/** Right column: whom to call, who can come, how the body does. */
export function Side({ detail }: { detail: CaseDetail | undefined }) {
  return (
    <aside className="side">
      <VoicePanel detail={detail} />
      {detail ? (
        <>
          <Contacts detail={detail} />
          <Alerts key={detail.case.caseId} detail={detail} />
          <Responders />
          <Vitals detail={detail} />
        </>
      ) : null}
    </aside>
  )
}

function Contacts({ detail }: { detail: CaseDetail }) {
  const { t } = useTexts()
  const contacts = detail.resident?.contacts ?? []
  return (
    <section aria-label={t('contacts.title')}>
      <h3>{t('contacts.title')}</h3>
      {contacts.length === 0 ? (
        <p className="side-none">
          <b>{t('contacts.none')}</b> {t('contacts.noneText')}
        </p>
      ) : (
        <ol className="contacts">
          {contacts.map((contact, index) => (
            <li key={`${contact.relation} ${contact.name} ${contact.phone}`}>
              <div>
                <p className="contact-name">
                  {contact.relation} {contact.name}
                </p>
                <p className="contact-more">{[contact.phone, contact.note].filter(Boolean).join(' · ')}</p>
              </div>
              <span className="contact-order">{t('contacts.order', { n: index + 1 })}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Responders() {
  const { t } = useTexts()
  return (
    <section aria-label={t('responders.title')}>
      <h3>{t('responders.title')}</h3>
      <p className="side-none">
        <b>{t('responders.none')}</b> {t('responders.noneText')}
      </p>
    </section>
  )
}

/** Kinds of device that are worn or measure the body, best first. */
const BODY_DEVICES = ['watch', 'tracker', 'fall_sensor', 'hub']

/** Heart rate if any device measures it, else the battery of the device that raised the alarm. */
function Vitals({ detail }: { detail: CaseDetail }) {
  const body = BODY_DEVICES.flatMap((kind) => detail.devices.filter((device) => device.kind === kind))[0]?.deviceId
  const hr = useQuery({ ...telemetryQuery(body ?? '', 'hr'), enabled: body !== undefined })
  const noHr = body === undefined || hr.data?.items.length === 0
  const battery = useQuery({ ...telemetryQuery(detail.case.deviceId, 'battery'), enabled: noHr })
  return noHr ? <Curve field="battery" query={battery} /> : <Curve field="hr" query={hr} />
}

function Curve({ field, query }: { field: 'hr' | 'battery'; query: ReturnType<typeof useTelemetry> }) {
  const { t, language } = useTexts()
  const theme = useStore(themes.console)
  const items = query.data?.items ?? []
  const last = items.at(-1)
  const unit = field === 'hr' ? ` ${t('vitals.hrUnit')}` : '%'
  return (
    <section className="vitals" aria-label={t(`vitals.${field}`)} data-testid="vitals">
      <h3>
        {t(`vitals.${field}`)}
        {last ? (
          <span className="vitals-latest">
            <b>
              {Math.round(last.value)}
              {unit}
            </b>{' '}
            {sinceText(last.ts, serverNow(), language)}
          </span>
        ) : null}
      </h3>
      {query.isError && items.length === 0 ? (
        <ErrorState
          compact
          title={t('vitals.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : query.isPending ? (
        <LateSkeleton rows={2} />
      ) : items.length === 0 ? (
        <p className="side-none">{t('vitals.none')}</p>
      ) : (
        <Suspense fallback={<div className="vitals-chart" />}>
          <VitalsChart key={theme} items={items} field={field} />
        </Suspense>
      )}
    </section>
  )
}

function useTelemetry(deviceId: string, field: string) {
  return useQuery(telemetryQuery(deviceId, field))
}
