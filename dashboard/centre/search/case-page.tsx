import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { ROLES, type Session } from '../../../server/contract/api.ts'
import { type CaseDetail, OPEN_STATES } from '../../../server/contract/case.ts'
import { caseQuery } from '../../api/queries.ts'
import { SevereMark } from '../../console/certainty.tsx'
import { DrillMark } from '../../console/drill-mark.tsx'
import { wantedCase } from '../../console/wanted-case.ts'
import { errorText, logText, whereText, whoText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { shortId } from '../../ui/formats.ts'
import { Link } from '../../ui/link.tsx'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { centrePath } from '../routes.ts'
import { wholeTime } from './times.ts'

/** A case to read: what it was, who had it, and all that happened. Nothing is done from here. */
export function CaseRecordPage({ caseId, session }: { caseId: string; session: Session }) {
  const { t } = useTexts()
  const { data, error, isError, refetch } = useQuery(caseQuery(caseId))
  return (
    <section data-testid="case-record">
      <p className="search-back">
        <Button type="link" onClick={() => history.back()} data-testid="record-back">
          ← {t('search.record.back')}
        </Button>
      </p>
      {data ? (
        <Record detail={data} session={session} />
      ) : isError ? (
        <ErrorState title={t('search.record.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
      ) : (
        <LateSkeleton rows={10} />
      )}
    </section>
  )
}

function Record({ detail, session }: { detail: CaseDetail; session: Session }) {
  const { t, language } = useTexts()
  const { case: one, outcome, alerts, log, previous } = detail
  const isOpen = OPEN_STATES.some((state) => state === one.state)
  const mayRead = ROLES.indexOf(session.role) >= ROLES.indexOf('supervisor')
  const toConsole = () => {
    wantedCase.set(one.caseId)
    navigate('/')
  }
  return (
    <>
      <header className="record-head">
        <h2>{t(`kind.${one.kind}`)}</h2>
        <span className="figures muted">{t('search.record.title', { id: shortId(one.caseId) })}</span>
        <span className="watch-tag">{t(`state.${one.state}`)}</span>
        {one.severe ? <SevereMark /> : null}
        {one.drill ? <DrillMark title={one.drill.title} /> : null}
        <span className="office-space" />
        {isOpen ? (
          <Button type="primary" onClick={toConsole} data-testid="record-console">
            {t('search.record.console')}
          </Button>
        ) : null}
      </header>
      <div className="record-columns">
        <div>
          <Panel title={whoText(one, t)}>
            <dl className="record-facts">
              <Fact name={t('search.record.opened')}>{wholeTime(one.openedAt)}</Fact>
              <Fact name={t('search.record.claimed')}>{one.claimedAt === null ? '—' : wholeTime(one.claimedAt)}</Fact>
              <Fact name={t('search.record.owner')}>{one.owner?.displayName ?? '—'}</Fact>
              <Fact name={t('search.record.outcome')}>
                {outcome === null ? t('search.record.noOutcome') : t(`outcome.${outcome}`)}
              </Fact>
              <Fact name={t('search.record.place')}>{whereText(one) || '—'}</Fact>
              <Fact name={t('search.record.device')}>{one.deviceId}</Fact>
            </dl>
            {one.residentId !== null && mayRead ? (
              <Link to={centrePath('residents', one.residentId)}>{t('search.record.file')}</Link>
            ) : null}
          </Panel>
          <Panel title={t('search.record.alerts')}>
            <ul className="record-list">
              {alerts.map((alert) => (
                <li key={alert.alertId}>
                  <b>{t(`kind.${alert.kind}`)}</b>{' '}
                  <span className="muted figures">
                    {wholeTime(alert.firstSignalAt)} · {alert.deviceId} ·{' '}
                    {t('search.record.signals', { n: alert.signalCount })} ·{' '}
                    {t(alert.deviceState === 'active' ? 'search.record.active' : 'search.record.restored')}
                  </span>
                  {alert.reason ? <p className="record-why">{alert.reason.explanation[language]}</p> : null}
                </li>
              ))}
            </ul>
          </Panel>
          <Panel title={t('search.record.previous')}>
            {previous.length === 0 ? (
              <p className="muted">{t('search.record.noPrevious')}</p>
            ) : (
              <ul className="record-list">
                {previous.map((before) => (
                  <li key={before.caseId}>
                    <Link to={centrePath('search', before.caseId)} className="figures">
                      {wholeTime(before.openedAt)}
                    </Link>{' '}
                    {t(`kind.${before.kind}`)} ·{' '}
                    {before.outcome === null ? t(`state.${before.state}`) : t(`outcome.${before.outcome}`)}
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </div>
        <Panel title={t('search.record.log')}>
          <ol className="record-log" data-testid="record-log">
            {log.map((entry) => (
              <li key={`${entry.at} ${entry.action} ${entry.version}`}>
                <time dateTime={entry.at} className="figures muted">
                  {wholeTime(entry.at)}
                </time>
                <span>{logText(entry, one.openedAt, t, language)}</span>
              </li>
            ))}
          </ol>
        </Panel>
      </div>
    </>
  )
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="record-panel">
      <h3>{title}</h3>
      {children}
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figures">{children}</dd>
    </div>
  )
}
