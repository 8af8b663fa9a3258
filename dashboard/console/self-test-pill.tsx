import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { selfTestQuery } from '../api/drill-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { durationText } from '../ui/formats.ts'
import { onSecond, serverNow } from '../ui/server-clock.ts'
import { alertOnce } from '../ui/sound.ts'
import { judgeSelfTest } from './self-test.ts'

/** The last end-to-end self-test; red, announced and sounded once when it fails or no longer comes. */
export function SelfTestPill() {
  const { t, language } = useTexts()
  const { data } = useQuery(selfTestQuery)
  const [now, setNow] = useState(serverNow)
  useEffect(() => onSecond(setNow), [])
  const state = judgeSelfTest(data, now)
  const bad = state === 'failing'
  useEffect(() => {
    if (bad) alertOnce()
  }, [bad])
  const ago = data?.lastOkAt ? durationText((now - Date.parse(data.lastOkAt)) / 1000, language) : null
  const text =
    state === 'off'
      ? `— ${t('top.selfTestOff')}`
      : ago === null
        ? t(bad ? 'top.selfTestNever' : 'top.selfTestWaiting')
        : t(bad ? 'top.selfTestBad' : 'top.selfTestOk', { ago, ms: Math.round(data?.deskMs ?? 0) })
  return (
    <span
      className="pill"
      data-tone={state === 'ok' ? 'good' : bad ? 'bad' : 'idle'}
      data-state={state}
      data-testid="self-test"
      title={t('top.selfTestHint')}
    >
      <i className="pill-dot" aria-hidden="true" />
      {t('top.selfTest')} {text}
      <span className="visually-hidden" aria-live="assertive">
        {bad ? t('top.selfTestAlarm') : ''}
      </span>
    </span>
  )
}
