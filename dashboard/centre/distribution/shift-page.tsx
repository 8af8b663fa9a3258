import { useQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import type { Session } from '../../../server/contract/api.ts'
import { DUTY_STATUSES } from '../../../server/contract/desk.ts'
import { ownProfileQuery, shiftFiguresQuery } from '../../api/desk-queries.ts'
import { openCasesQuery } from '../../api/queries.ts'
import { useDuty } from '../../console/duty-status.tsx'
import { errorText, titleText, whereText, whoText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { durationText, timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { Age } from '../../ui/ticking.tsx'
import { ProfileText } from './profile-text.tsx'
import './desk.css'

/** An operator's own shift: status, cases in hand, figures of today, what is offered to her. */
export default function ShiftPage({ session }: { session: Session }) {
  const { t, language } = useTexts()
  const { mine, choose, busy } = useDuty(session)
  const figures = useQuery(shiftFiguresQuery)
  const profile = useQuery(ownProfileQuery)
  const possible = mine?.status === 'off' ? (['off', 'ready'] as const) : DUTY_STATUSES
  return (
    <section className="desk-page" data-testid="shift-page">
      <p className="office-lead">{t('shift.lead')}</p>
      <div className="desk-columns">
        <article className="desk-card">
          <h2>{t('shift.status')}</h2>
          {mine ? (
            <>
              <Segmented
                value={mine.status}
                disabled={busy}
                data-testid="shift-status"
                options={possible.map((value) => ({ value, label: t(`duty.status.${value}`) }))}
                onChange={(value) => choose(value)}
              />
              <p className="muted">
                {mine.since ? `${t('distribution.since')} ${timeText(mine.since, serverNow(), language)} · ` : ''}
                {mine.connected ? t('duty.connected') : t('duty.notConnected')} ·{' '}
                {mine.muted ? t('duty.muted') : t('duty.rings')}
              </p>
            </>
          ) : (
            <LateSkeleton rows={2} />
          )}
        </article>
        <article className="desk-card">
          <h2>{t('shift.today')}</h2>
          {figures.data ? (
            <dl className="desk-figures" data-testid="shift-figures">
              {(['claimed', 'closed', 'offered', 'accepted', 'passed'] as const).map((key) => (
                <div key={key}>
                  <dt>{t(`shift.${key}`)}</dt>
                  <dd className="figures">{figures.data[key]}</dd>
                </div>
              ))}
              <div>
                <dt>{t('shift.meanAnswer')}</dt>
                <dd className="figures">
                  {figures.data.meanAnswerSeconds === null
                    ? '—'
                    : durationText(figures.data.meanAnswerSeconds, language)}
                </dd>
              </div>
            </dl>
          ) : figures.error ? (
            <ErrorState
              title={t('shift.failed')}
              text={errorText(figures.error, t)}
              onRetry={() => void figures.refetch()}
            />
          ) : (
            <LateSkeleton rows={2} />
          )}
        </article>
        <article className="desk-card">
          <h2>{t('shift.profile')}</h2>
          {profile.data?.version === 0 ? <p className="muted">{t('shift.noProfile')}</p> : null}
          {profile.data ? <ProfileText of={profile.data} /> : <LateSkeleton rows={2} />}
        </article>
      </div>
      <article className="desk-card">
        <h2>{t('shift.mine')}</h2>
        <InHand userId={session.userId} />
      </article>
    </section>
  )
}

function InHand({ userId }: { userId: string }) {
  const { t } = useTexts()
  const { data, error, refetch } = useQuery(openCasesQuery)
  if (error && !data)
    return <ErrorState title={t('shift.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
  if (!data) return <LateSkeleton rows={3} />
  const mine = data.items.filter(({ owner }) => owner?.userId === userId)
  if (mine.length === 0) return <EmptyState calm title={t('shift.none')} />
  return (
    <ul className="desk-cases" data-testid="shift-cases">
      {mine.map((item) => (
        <li key={item.caseId}>
          <b>{whoText(item, t)}</b>
          <span>{t(`kind.${item.kind}`)}</span>
          <span className="muted">{titleText(item, t)}</span>
          <span className="muted">{whereText(item)}</span>
          <Age since={item.claimedAt ?? item.openedAt} className="figures" />
          <Button size="small" onClick={() => navigate('/')}>
            {t('shift.open')}
          </Button>
        </li>
      ))}
    </ul>
  )
}
