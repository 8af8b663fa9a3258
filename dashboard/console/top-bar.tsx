import { useQuery } from '@tanstack/react-query'
import { memo, type ReactNode } from 'react'
import type { DeskStats, Session } from '../../server/contract/api.ts'
import { connection } from '../api/connection.ts'
import { roundTripQuery, statsQuery } from '../api/queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { countText, durationText, percentText } from '../ui/formats.ts'
import { GapBadge } from '../ui/gap-badge.tsx'
import { useStore } from '../ui/store.ts'
import { UserMenu } from '../ui/user-menu.tsx'
import { SelfTestPill } from './self-test-pill.tsx'

interface Props {
  session: Session
  /** From the queue itself, so that it never disagrees with the list below it; null while there is no list. */
  waiting: number | null
  inHand: number | null
  /** The own status on duty. */
  children: ReactNode
  onPassword(): void
  onKeys(): void
}

/** Service level, load, line: what a supervisor asks first. */
export const TopBar = memo(function TopBar({ session, waiting, inHand, children, onPassword, onKeys }: Props) {
  const { t } = useTexts()
  const { data } = useQuery(statsQuery)
  return (
    <header className="top">
      <h1 className="top-brand">{t('app.title')}</h1>
      <Figures stats={data} waiting={waiting} inHand={inHand} />
      <div className="top-end">
        <ConnectionPill />
        <SelfTestPill />
        <GapBadge session={session} />
        {children}
        <UserMenu session={session} area="console" onPassword={onPassword} onKeys={onKeys} />
      </div>
    </header>
  )
})

/** The centres' indicator is 97.5 % within 60 s (TSA); below 90 % it is bad by any standard. */
function levelOf(share: number | null | undefined): string {
  if (share === null || share === undefined) return 'none'
  if (share >= 0.975) return 'good'
  return share >= 0.9 ? 'soon' : 'late'
}

function Figures(props: { stats: DeskStats | undefined; waiting: number | null; inHand: number | null }) {
  const { t, language } = useTexts()
  const { stats } = props
  const mean = stats?.meanAnswerSeconds
  return (
    <dl className="top-figures">
      <div title={t('top.last24h')}>
        <dt>{t('top.within60')}</dt>
        <dd data-level={levelOf(stats?.answeredWithin60sShare)}>
          {percentText(stats?.answeredWithin60sShare ?? null)}
        </dd>
      </div>
      <div title={t('top.last24h')}>
        <dt>{t('top.meanAnswer')}</dt>
        <dd>{mean === null || mean === undefined ? '—' : durationText(mean, language)}</dd>
      </div>
      <div>
        <dt>{t('top.waiting')}</dt>
        <dd data-level={(props.waiting ?? 0) > 0 ? 'late' : 'none'} data-testid="waiting-count">
          {props.waiting ?? '—'}
        </dd>
      </div>
      <div>
        <dt>{t('top.inHand')}</dt>
        <dd>{props.inHand ?? '—'}</dd>
      </div>
      <div className="top-devices">
        <dt>{t('top.devices')}</dt>
        <dd>
          {stats ? countText(stats.devicesOnline) : '—'}
          <small> /{stats ? countText(stats.devicesTotal) : '—'}</small>
        </dd>
      </div>
    </dl>
  )
}

function ConnectionPill() {
  const { t } = useTexts()
  const line = useStore(connection)
  const { data: roundTripMs } = useQuery(roundTripQuery)
  const label =
    line.state === 'online' ? t('top.connected') : line.state === 'lost' ? t('top.lost') : t('top.connecting')
  return (
    <span
      className="pill"
      data-testid="connection-state"
      data-state={line.state}
      data-tone={line.state === 'online' ? 'good' : line.state === 'lost' ? 'bad' : 'idle'}
    >
      <i className="pill-dot" aria-hidden="true" />
      {label}
      {line.state === 'online' && roundTripMs !== undefined ? ` ${roundTripMs} ms` : ''}
    </span>
  )
}
