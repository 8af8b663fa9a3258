import { App, Button } from 'antd'
import { useEffect, useRef } from 'react'
import { connection } from '../api/connection.ts'
import { useTexts } from '../i18n/i18n.ts'
import { ageText, clockTime } from '../ui/formats.ts'
import { setMuted, soundState, unlockSound } from '../ui/sound.ts'
import { useStore } from '../ui/store.ts'

/** Red, across the top, as long as the line is down: since when, what still works, what is being done. */
export function ConnectionBar({ onRetry }: { onRetry(): void }) {
  const { t } = useTexts()
  const line = useStore(connection)
  const { notification } = App.useApp()
  const before = useRef(line.state)
  useEffect(() => {
    if (before.current === 'lost' && line.state === 'online') {
      notification.success({ title: t('connection.back'), duration: 4 })
    }
    before.current = line.state
  }, [line.state, notification, t])
  if (line.state !== 'lost' || line.lostAt === null) return null
  return (
    <div className="bar bar-lost" role="alert" data-testid="connection-bar">
      <strong>{t('connection.lost')}</strong>
      <span className="bar-since">
        {t('connection.since', { time: clockTime(line.lostAt) })}
        <LostFor since={line.lostAt} />
      </span>
      <span className="bar-text">{t('connection.keeps')}</span>
      <span className="bar-try" aria-hidden="true">
        {t('connection.trying', { n: line.attempts })}
      </span>
      <Button size="small" ghost onClick={onRetry}>
        {t('connection.now')}
      </Button>
    </div>
  )
}

/** Counts on the desk's clock: the server's can't be asked. */
function LostFor({ since }: { since: number }) {
  const span = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const write = () => {
      if (span.current) span.current.textContent = ageText((Date.now() - since) / 1000)
    }
    write()
    const timer = setInterval(write, 1000)
    return () => clearInterval(timer)
  }, [since])
  return <span ref={span} className="age" aria-hidden="true" />
}

/** A desk that can't ring says so until it can. */
export function SoundBar() {
  const { t } = useTexts()
  const { unlocked, muted } = useStore(soundState)
  if (unlocked && !muted) return null
  return (
    <div className="bar bar-sound" role="status" data-testid="sound-bar">
      <strong>{muted ? t('sound.muted') : t('sound.blocked')}</strong>
      <Button
        size="small"
        type="primary"
        onClick={() => {
          setMuted(false)
          void unlockSound()
        }}
      >
        {muted ? t('sound.unmute') : t('sound.enable')}
      </Button>
    </div>
  )
}
