import { Button, Skeleton } from 'antd'
import { type ReactNode, useEffect, useState } from 'react'
import { useTexts } from '../i18n/i18n.ts'

/** Nothing to show, and why that is fine or what to do. */
export function EmptyState(props: { title: string; text?: string; children?: ReactNode; calm?: boolean }) {
  return (
    <div className="state" data-calm={props.calm || undefined} data-testid="empty-state">
      <svg viewBox="0 0 48 48" width="44" height="44" aria-hidden="true" className="state-icon">
        <path d="M8 22 24 9l16 13v16a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2Z" />
        <path d="M16 30h4l3-6 4 10 3-4h4" />
      </svg>
      <p className="state-title">{props.title}</p>
      {props.text ? <p className="state-text">{props.text}</p> : null}
      {props.children}
    </div>
  )
}

/** What happened, what to do, and a way to try again. */
export function ErrorState(props: { title: string; text: string; onRetry(): void; compact?: boolean }) {
  const { t } = useTexts()
  return (
    <div className="state" data-error data-compact={props.compact || undefined} role="alert" data-testid="error-state">
      <p className="state-title">{props.title}</p>
      <p className="state-text">{props.text}</p>
      <Button size={props.compact ? 'small' : 'middle'} onClick={props.onRetry}>
        {t('common.retry')}
      </Button>
    </div>
  )
}

/** A skeleton that shows itself after 200 ms only: quicker answers must not flicker. */
export function LateSkeleton({ rows }: { rows: number }) {
  const { t } = useTexts()
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="late" role="status" aria-busy="true" aria-label={t('common.loading')}>
      {late ? <Skeleton active title={false} paragraph={{ rows }} /> : null}
    </div>
  )
}
