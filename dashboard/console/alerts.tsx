import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AlertView, CaseDetail } from '../../server/contract/case.ts'
import type { AlertSignalView } from '../../server/contract/detection.ts'
import { alertSignalsQuery } from '../api/detection-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { clockTime } from '../ui/formats.ts'
import { Reason } from '../ui/reason.tsx'
import { ErrorState, LateSkeleton } from '../ui/states.tsx'
import { CertaintyMark, SevereMark } from './certainty.tsx'
import { sampleText } from './sample-text.ts'
import { alertOrder } from './why.ts'
import { deviceKindText, errorText, signalText } from './words.ts'
import './alerts.css'

/** What the case rests on: its alerts, each with its evidence on demand. */
export function Alerts({ detail }: { detail: CaseDetail }) {
  const { t } = useTexts()
  const alerts = alertOrder(detail.case, detail.alerts)
  return (
    <section aria-label={t('alerts.title')} data-testid="alerts">
      <h3>
        {t('alerts.title')} <span className="figures">{alerts.length}</span>
      </h3>
      {alerts.length === 0 ? <p className="side-none">{t('alerts.none')}</p> : null}
      <ul className="alerts">
        {alerts.map((alert) => (
          <Alert key={alert.alertId} alert={alert} />
        ))}
      </ul>
    </section>
  )
}

function Alert({ alert }: { alert: AlertView }) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  return (
    <li className="alert" data-testid="alert" data-state={alert.deviceState}>
      <p className="alert-head">
        <b>{t(`kind.${alert.kind}`)}</b>
        <CertaintyMark certainty={alert.certainty} />
        {alert.severe ? <SevereMark /> : null}
        {alert.signalCount > 1 ? <span className="figures">{t('queue.times', { n: alert.signalCount })}</span> : null}
      </p>
      <p className="alert-device">
        <span>
          {[deviceKindText(alert.deviceKind, t), alert.room].filter(Boolean).join(' · ')} ·{' '}
          <span className="figures">{clockTime(alert.lastSignalAt)}</span>
        </span>
        <span className="alert-state">
          {alert.deviceState === 'active' ? `● ${t('alerts.active')}` : `○ ${t('alerts.restored')}`}
        </span>
      </p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary data-testid="evidence">{t('alerts.evidence')}</summary>
        {open ? <Evidence alert={alert} /> : null}
      </details>
    </li>
  )
}

function Evidence({ alert }: { alert: AlertView }) {
  const { t } = useTexts()
  const query = useQuery(alertSignalsQuery(alert.alertId))
  const signals = query.data?.items ?? []
  return (
    <div className="evidence" data-testid="evidence-body">
      {alert.reason ? <Reason reason={alert.reason} /> : null}
      {alert.assessment ? <Reason reason={alert.assessment} /> : null}
      {query.isPending ? (
        <LateSkeleton rows={2} />
      ) : query.isError && !query.data ? (
        <ErrorState
          compact
          title={t('alerts.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : signals.length + alert.samples.length === 0 ? (
        <p className="muted">{t('alerts.noEvidence')}</p>
      ) : (
        <ol>
          {signals.map((signal) => (
            <Signal key={signal.signalId} signal={signal} />
          ))}
          <Samples samples={alert.samples} />
        </ol>
      )}
    </div>
  )
}

function Signal({ signal }: { signal: AlertSignalView }) {
  const { t } = useTexts()
  return (
    <li data-testid="evidence-signal">
      <time dateTime={signal.occurredAt}>{clockTime(signal.occurredAt)}</time>
      <span>
        <b>{signalText(signal.type, t)}</b> {deviceKindText(signal.deviceKind, t)}
        {signal.room ? ` · ${signal.room}` : ''}
        <span className="muted"> · {t(`alerts.part.${signal.part}`)}</span>
      </span>
    </li>
  )
}

function Samples({ samples }: { samples: AlertView['samples'] }) {
  const { t, language } = useTexts()
  return samples.map((sample) => (
    <li key={`${sample.deviceId} ${sample.at}`} data-testid="evidence-sample">
      <time dateTime={sample.at}>{clockTime(sample.at)}</time>
      <span className="figures">{sampleText(sample.fields, t, language)}</span>
    </li>
  ))
}
