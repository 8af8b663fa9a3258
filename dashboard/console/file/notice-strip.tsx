import { Button } from 'antd'
import type { CaseDetail } from '../../../server/contract/case.ts'
import type { CaseNotice } from '../../../server/contract/case-file.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { Key } from '../../ui/key.tsx'
import { minuteText } from './times.ts'
import type { CaseFile } from './use-case-file.ts'
import './notice-strip.css'

interface Props {
  detail: CaseDetail
  file: CaseFile
}

/** What must be read before anything else, one after another, and what holds for a time only. */
export function NoticeStrip({ detail, file }: Props) {
  const { t } = useTexts()
  const { notices, resident } = detail
  return (
    <section className="strip" data-unread={file.unread.length > 0 || undefined} aria-label={t('file.notice.title')}>
      {notices.length === 0 ? (
        <p className="strip-none">{t('file.notice.none')}</p>
      ) : (
        <Notices notices={notices} file={file} />
      )}
      {resident ? <Notes detail={detail} file={file} /> : null}
    </section>
  )
}

function Notices({ notices, file }: { notices: readonly CaseNotice[]; file: CaseFile }) {
  const { t } = useTexts()
  const { unread } = file
  const [current] = unread
  const of = notices.length
  return (
    <div className="strip-notices" data-testid="notices">
      <b className="strip-badge" data-testid="notices-state">
        {current
          ? `⚠ ${t('file.notice.must', { n: of - unread.length + 1, of })}`
          : `✓ ${t('file.notice.title')} ${of}`}
      </b>
      {/* All texts lie in one place, so that the strip is as high as the longest and confirming moves nothing. */}
      <div className="strip-texts" aria-live="polite">
        {notices.map((notice) => (
          <p
            key={notice.noticeId}
            className="strip-text"
            data-current={notice === current || undefined}
            aria-hidden={notice !== current}
            data-testid={notice === current ? 'notice-current' : undefined}
          >
            {notice.text}
            {notice.scope === 'home' ? <span className="strip-scope">{t('file.notice.home')}</span> : null}
          </p>
        ))}
        {current ? null : (
          <p className="strip-text strip-all" data-current title={notices.map(({ text }) => text).join('\n')}>
            {notices.map(({ text }) => text).join(' · ')}
          </p>
        )}
      </div>
      {current === undefined ? null : file.mayRead ? (
        <Button
          type="primary"
          size="small"
          className="strip-read"
          loading={file.reading}
          aria-keyshortcuts="V"
          data-testid="notice-read"
          onClick={file.readNext}
        >
          {t('file.notice.read')} <Key name="V" />
        </Button>
      ) : (
        <span className="strip-later">{t('file.notice.notYet')}</span>
      )}
    </div>
  )
}

function Notes({ detail, file }: Props) {
  const { t, language } = useTexts()
  const notes = detail.resident?.notes ?? []
  const [first] = notes
  return (
    <button
      type="button"
      className="strip-notes"
      data-some={notes.length > 0 || undefined}
      data-testid="notes-open"
      aria-keyshortcuts="B"
      title={notes.map(({ text }) => text).join('\n')}
      onClick={() => file.open({ kind: 'notes' })}
    >
      {first ? (
        <span className="strip-note">
          <b>{t('file.note.title')}</b> {first.text}{' '}
          <span className="strip-until">
            {t('file.note.until', { time: minuteText(first.until, language) })}
            {notes.length > 1 ? ` · ${t('file.note.more', { n: notes.length - 1 })}` : ''}
          </span>
        </span>
      ) : (
        <span className="strip-note muted">{t('file.note.none')}</span>
      )}
      <Key name="B" />
    </button>
  )
}
