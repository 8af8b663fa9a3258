import type { LonLat } from '../../../server/contract/fence.ts'
import type { PositionView } from '../../../server/contract/position.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { metresBetween } from '../../map/geometry.ts'
import { durationText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { distanceText, pointOf } from './place-geometry.ts'
import './position-line.css'

/** From then on a position says where she was rather than where she is. */
const OLD_MS = 15 * 60_000
/** Nearer than this nobody has left. */
const HOME_M = 60

/** How old, how exact, from what, with how much battery, how far from home. */
export function PositionLine({ position, home }: { position: PositionView | null; home: LonLat | null }) {
  const { t, language } = useTexts()
  if (position === null) return <p className="position-line muted">{t('file.position.none')}</p>
  const age = Math.max(0, serverNow() - Date.parse(position.at))
  const away = home && metresBetween(home, pointOf(position))
  const old = age > OLD_MS
  const parts = [
    `${old ? `⚠ ${t('file.position.old')} · ` : ''}${t('file.position.last', { age: durationText(roundAge(age), language) })}`,
    away === null
      ? ''
      : away < HOME_M + position.accuracyM
        ? t('file.position.atHome')
        : t('file.position.fromHome', { distance: distanceText(away) }),
    t('file.position.accuracy', { m: Math.round(position.accuracyM) }),
    t(`file.position.${position.source}`),
    position.batteryPercent === null ? '' : t('file.position.battery', { n: Math.round(position.batteryPercent) }),
  ].filter(Boolean)
  return (
    <p className="position-line" data-old={old || undefined} data-testid="position-line" title={parts.join(' · ')}>
      {parts.join(' · ')}
    </p>
  )
}

/** Whole minutes from the first one on: seconds of an old position say nothing. */
const roundAge = (ms: number) => (ms < 60_000 ? ms / 1000 : Math.round(ms / 60_000) * 60)
