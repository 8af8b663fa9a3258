import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import type { SettingsChangeView } from '../../../server/contract/detection.ts'
import { type ScopeRef, settingsHistoryQuery } from '../../api/detection-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { Panel } from '../devices/panel.tsx'
import { ChangeList } from './change-list.tsx'
import { changesBetween, draftOf } from './draft.ts'
import { momentText } from './value-text.ts'
import './history.css'

interface Props {
  at: ScopeRef
  currentVersion: number
  /** The version that an alert was judged by, when one came from there. */
  pointedAt: number | null
  onRestore(change: SettingsChangeView): void
}

/** Who changed what, when and why; newest first. */
export function HistoryPanel({ at, currentVersion, pointedAt, onRestore }: Props) {
  const { t } = useTexts()
  const query = useInfiniteQuery(settingsHistoryQuery(at))
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Panel title={t('detection.history.title')} name="settings-history">
      {query.isPending ? <LateSkeleton rows={4} /> : null}
      {query.isError ? (
        <ErrorState
          compact
          title={t('admin.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.isSuccess && items.length === 0 ? (
        <p className="muted">
          {t('detection.history.none')}
          <br />
          <small>{t('detection.history.noneText')}</small>
        </p>
      ) : null}
      <ol className="settings-history">
        {items.map((item, n) => (
          <Entry
            key={item.version}
            item={item}
            older={items[n + 1] ?? (query.hasNextPage ? null : 'none')}
            current={item.version === currentVersion}
            pointedAt={item.version === pointedAt}
            onRestore={onRestore}
          />
        ))}
      </ol>
      {query.hasNextPage ? (
        <Button size="small" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('detection.history.more')}
        </Button>
      ) : null}
    </Panel>
  )
}

interface EntryProps {
  item: SettingsChangeView
  /** The change before it; `none` when it was the first, null when that is not fetched yet. */
  older: SettingsChangeView | 'none' | null
  current: boolean
  pointedAt: boolean
  onRestore(change: SettingsChangeView): void
}

function Entry({ item, older, current, pointedAt, onRestore }: EntryProps) {
  const { t, language } = useTexts()
  const element = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (pointedAt) element.current?.scrollIntoView({ block: 'nearest' })
  }, [pointedAt])
  const before = older === null ? null : older === 'none' ? {} : draftOf(older.settings)
  const changes = before === null ? [] : changesBetween(before, draftOf(item.settings))
  return (
    <li ref={element} data-pointed={pointedAt || undefined} data-testid="history-entry">
      <div className="history-head">
        <b>{item.by ?? t('detection.history.platform')}</b>
        <small className="muted figures">{momentText(item.at, language)}</small>
      </div>
      {item.note ? <p className="history-note">{item.note}</p> : null}
      {before !== null && changes.length === 0 ? <p className="muted">{t('detection.history.same')}</p> : null}
      <ChangeList changes={changes} most={6} />
      <div className="history-foot">
        <small className="muted figures">
          {t('detection.history.version', { version: item.version })}
          {current ? ` · ${t('detection.history.current')}` : ''}
        </small>
        {current ? null : (
          <Button size="small" type="link" onClick={() => onRestore(item)}>
            {t('detection.history.restore')}
          </Button>
        )}
      </div>
      {pointedAt ? <small data-tone="busy">{t('detection.history.lookedFor')}</small> : null}
    </li>
  )
}
