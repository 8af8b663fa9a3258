import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { CaseSummary } from '../../server/contract/case.ts'
import type { DutyStatus } from '../../server/contract/desk.ts'
import type { OfferEvent } from '../../server/contract/push.ts'
import { useTexts } from '../i18n/i18n.ts'
import { Key } from '../ui/key.tsx'
import { onSecond } from '../ui/server-clock.ts'
import { urgencyOf } from './tone.ts'
import { whereText, whoText } from './words.ts'

interface Props {
  status: DutyStatus
  offer: OfferEvent | null
  /** The offered case, once the list holds it. */
  item: CaseSummary | undefined
  disabled: boolean
  onClaim(item: CaseSummary): void
}

/**
 * The head of the queue of whoever is on duty. It is always there, so that an offer moves no row: what is offered to this
 * desk with its countdown, or that nothing is.
 */
export function OfferSlot({ status, offer, item, disabled, onClaim }: Props) {
  const { t } = useTexts()
  const [announcement, setAnnouncement] = useState('')
  const offerId = item && offer?.offerId
  useEffect(() => {
    if (!offerId || !item) return
    setAnnouncement(t('offer.announce', { kind: t(`kind.${item.kind}`), who: whoText(item, t) }))
  }, [offerId, item, t])
  return (
    <div className="offer-slot">
      {offer && item ? (
        <button
          type="button"
          className="offer"
          data-testid="offer"
          data-case-id={item.caseId}
          data-urgency={urgencyOf({ ...item, state: 'new' })}
          data-reminded={offer.reminded || undefined}
          disabled={disabled}
          onClick={() => onClaim(item)}
        >
          <span className="offer-head">
            <b>{offer.reminded ? t('offer.reminded') : t('offer.mine')}</b>
            <span className="offer-end">
              {t('offer.claim')} <Key name={t('keys.space')} />
            </span>
          </span>
          <span className="offer-who">
            <span className="offer-who-text">
              {t(`kind.${item.kind}`)} · {whoText(item, t)} · {whereText(item)}
            </span>
            <Left until={offer.expiresAt} label={t('offer.left')} />
          </span>
          <Bar from={offer.offeredAt} until={offer.expiresAt} />
        </button>
      ) : (
        <p className="offer-idle" data-testid="offer-idle">
          {status === 'off' ? null : t(`offer.idle.${status}`)}
        </p>
      )}
      <div className="visually-hidden" aria-live="assertive">
        {announcement}
      </div>
    </div>
  )
}

/** Seconds that are left, written without rendering. */
function Left({ until, label }: { until: number; label: string }) {
  const element = useRef<HTMLElement>(null)
  useLayoutEffect(
    () =>
      onSecond((now) => {
        if (element.current) element.current.textContent = `${label} ${Math.max(0, Math.ceil((until - now) / 1000))} s`
      }),
    [until, label],
  )
  return <small ref={element} className="age" aria-hidden="true" />
}

/** The same as a line that gets shorter. */
function Bar({ from, until }: { from: number; until: number }) {
  const element = useRef<HTMLElement>(null)
  useLayoutEffect(
    () =>
      onSecond((now) => {
        const share = Math.min(1, Math.max(0, (until - now) / (until - from)))
        if (element.current) element.current.style.transform = `scaleX(${share})`
      }),
    [from, until],
  )
  return <i ref={element} className="offer-bar" aria-hidden="true" />
}
