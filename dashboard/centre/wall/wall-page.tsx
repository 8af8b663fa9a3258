import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import type { WallLevel, WallView } from '../../../server/contract/wall.ts'
import { browserTimer, createCoalescer } from '../../api/coalesce.ts'
import { mapQuery } from '../../api/detection-queries.ts'
import { useLive } from '../../api/live.ts'
import { openCasesQuery } from '../../api/queries.ts'
import { wallQuery } from '../../api/shift-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { clockTime, countText, percentText } from '../../ui/formats.ts'
import { Key } from '../../ui/key.tsx'
import { useKeys } from '../../ui/keys.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { useStore } from '../../ui/store.ts'
import { setTheme, themes } from '../../ui/theme.ts'
import { Age } from '../../ui/ticking.tsx'
import type { CentrePageProps } from '../page-props.ts'
import { byCounty, isWaiting, kindFigures, oldestOf } from './figures.ts'
import { WallGaps } from './gaps.tsx'
import { Operators } from './operators.tsx'
import './wall.css'

const WallMap = lazy(() => import('../../map/wall-map.tsx'))

/** The supervisor's wall: readable from five metres, nobody's data on it. */
export default function WallPage({ session: _ }: CentrePageProps) {
  const { t } = useTexts()
  const query = useQuery(wallQuery)
  const { data, error, refetch } = query
  useLive()
  // The push line refetches the queue: what changes there changes here.
  const { dataUpdatedAt: changedAt } = useQuery(openCasesQuery)
  // A storm changes the queue twenty times a second; nobody reads a wall so quickly.
  const follow = useMemo(
    () =>
      createCoalescer(
        () =>
          refetch().then(
            () => true,
            () => false,
          ),
        1_000,
        browserTimer,
      ),
    [refetch],
  )
  useEffect(() => {
    if (changedAt > 0) void follow()
  }, [changedAt, follow])
  if (!data) {
    return error ? (
      <ErrorState title={t('admin.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
    ) : (
      <LateSkeleton rows={10} />
    )
  }
  return <Wall view={data} staleSince={error ? query.dataUpdatedAt : null} />
}

function Wall({ view, staleSince }: { view: WallView; staleSince: number | null }) {
  const { t } = useTexts()
  const box = useRef<HTMLElement>(null)
  const theme = useStore(themes.wall)
  const full = () => {
    if (document.fullscreenElement) void document.exitFullscreen()
    // A browser that does not allow it keeps the page as it is.
    else void box.current?.requestFullscreen?.().catch(() => undefined)
  }
  useKeys(new Map([['F', full]]), true)
  const waiting = view.cases.filter(isWaiting)
  const handovers = view.cases.filter(({ handover }) => handover).length
  return (
    <section className="wall" ref={box} data-testid="wall" data-stale={staleSince !== null || undefined}>
      <header className="wall-head">
        <Oldest since={oldestOf(waiting)} />
        <Level title={t('wall.shift')} level={view.shift} />
        <Level title={t('wall.today')} level={view.today} />
        <div className="wall-tools">
          <Button size="small" onClick={() => setTheme('wall', theme === 'dark' ? 'light' : 'dark')}>
            {theme === 'dark' ? t('wall.light') : t('wall.dark')}
          </Button>
          <Button size="small" onClick={full} aria-keyshortcuts="F" data-testid="wall-full">
            {t('wall.full')} <Key name="F" />
          </Button>
        </div>
      </header>
      {staleSince === null ? null : (
        <p className="wall-stale" role="alert">
          {t('wall.stale', { time: clockTime(staleSince) })}
        </p>
      )}
      <div className="wall-body">
        <div className="wall-left">
          <ul className="wall-kinds" aria-label={t('wall.open')}>
            {kindFigures(view.cases).map(({ category, waiting: n, inHand, oldest }) => (
              <li
                key={category}
                data-category={category}
                data-waiting={n > 0 || undefined}
                data-testid={`kind-${category}`}
              >
                <h3>{t(`category.${category}`)}</h3>
                <b className="figures wall-count">{n}</b>
                <span>{t('wall.waiting')}</span>
                <b className="figures wall-count wall-hand">{inHand}</b>
                <span>{t('wall.inHand')}</span>
                {oldest === null ? <i>—</i> : <Age since={oldest} waiting={category} />}
              </li>
            ))}
          </ul>
          <CityOf view={view} />
          <p className="wall-foot figures">
            <span>
              {t('wall.devices')} <b>{countText(view.devicesOnline)}</b> / {countText(view.devicesTotal)}
            </span>
            <span data-bad={view.incidents > 0 || undefined}>
              {t('wall.incidents')} <b>{view.incidents}</b>
            </span>
            {view.quiet > 0 ? <span>{t('wall.quiet', { n: view.quiet })}</span> : null}
            {handovers > 0 ? <span>⇄ {t('wall.handover', { n: handovers })}</span> : null}
          </p>
        </div>
        <div className="wall-right">
          <WallGaps gaps={view.gaps} />
          <Operators operators={view.operators} assists={view.assists} />
        </div>
      </div>
    </section>
  )
}

function Oldest({ since }: { since: string | null }) {
  const { t } = useTexts()
  return (
    <div className="wall-figure" data-testid="wall-oldest">
      <small className="wall-caption">{t('wall.oldest')}</small>
      {since === null ? (
        <b className="wall-oldest" data-level="good">
          {t('wall.nobody')}
        </b>
      ) : (
        <b className="wall-oldest">
          <Age since={since} waiting="emergency" />
        </b>
      )}
    </div>
  )
}

/** The standards that the limits are from: 97.5 % within 60 s, 99 % within 180 s (TSA). */
const LIMITS = { within60: 0.975, within180: 0.99 } as const

function Level({ title, level }: { title: string; level: WallLevel | null }) {
  const { t } = useTexts()
  const part = (key: keyof typeof LIMITS) => {
    const share = level?.[key] ?? null
    return (
      <span>
        <b
          className="figures wall-share"
          data-level={share === null ? undefined : share >= LIMITS[key] ? 'good' : 'late'}
        >
          {percentText(share)}
        </b>
        <small className="wall-caption">{t(`wall.${key}`)}</small>
      </span>
    )
  }
  return (
    <div className="wall-figure wall-level">
      <small className="wall-caption">
        {title} · {t('wall.calls', { n: level?.calls ?? 0 })}
      </small>
      <div>
        {part('within60')}
        {part('within180')}
      </div>
    </div>
  )
}

function CityOf({ view }: { view: WallView }) {
  const { t } = useTexts()
  const { data: service } = useQuery(mapQuery)
  const [failed, setFailed] = useState(false)
  const theme = useStore(themes.wall)
  const { cases } = view
  const dots = useMemo(
    () =>
      cases.flatMap((one) =>
        one.lat === null || one.lon === null
          ? []
          : [{ at: [one.lon, one.lat] as [number, number], category: one.category, waiting: isWaiting(one) }],
      ),
    [cases],
  )
  const counties = useMemo(() => byCounty(cases), [cases])
  if (failed || !service) return <div className="wall-map muted">{failed ? t('wall.mapFailed') : null}</div>
  return (
    <div className="wall-map">
      <Suspense fallback={null}>
        <WallMap
          key={theme}
          service={service}
          label={t('wall.map')}
          dots={dots}
          counties={counties}
          onFailed={() => setFailed(true)}
        />
      </Suspense>
    </div>
  )
}
