import { useEffect, useRef } from 'react'
import type { CaseDetail, CaseLogEntry } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { clockTimeMs } from '../ui/formats.ts'
import { logText } from './words.ts'

interface Props {
  detail: CaseDetail
  /** Version of the case when it was opened here. */
  seenVersion: number
  /** Own display name: what one did oneself is no news. */
  me: string
}

/** It scrolls: a stop of its own, so that the arrow keys can move it (WCAG 2.1.1). */
const SCROLLS = { tabIndex: 0 } as const

/** The case's log with milliseconds. What came after the case was opened here is marked. */
export function TimeLine({ detail, seenVersion, me }: Props) {
  const { t, language } = useTexts()
  const list = useRef<HTMLOListElement>(null)
  const count = detail.log.length
  const isNew = (entry: CaseLogEntry) => entry.version > seenVersion && entry.actor !== me
  useEffect(() => {
    // The newest line is what one looks for; only this panel scrolls.
    if (list.current && count > 0) list.current.scrollTop = list.current.scrollHeight
  }, [count])
  return (
    <section className="log" aria-label={t('log.title')}>
      <h3>{t('log.title')}</h3>
      <ol ref={list} className="log-list" aria-label={t('log.title')} data-testid="case-log" {...SCROLLS}>
        {detail.log.map((entry) => (
          <li key={`${entry.at} ${entry.action} ${entry.version}`} data-new={isNew(entry) || undefined}>
            <time dateTime={entry.at}>{clockTimeMs(entry.at)}</time>
            <span>
              {isNew(entry) ? <b className="log-new">{t('common.new')}</b> : null}
              {logText(entry, detail.case.openedAt, t, language)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
