import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { TFunction } from 'i18next'
import type { FileChange } from '../../../server/contract/case-file.ts'
import { fileHistoryQuery } from '../../api/file-queries.ts'
import { minuteText } from '../../console/file/times.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { type Language, timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { Card } from './card.tsx'

/** Who changed what, newest first. */
export function HistoryCard({ residentId }: { residentId: string }) {
  const { t } = useTexts()
  const query = useInfiniteQuery(fileHistoryQuery(residentId))
  const changes = query.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Card title={t('residents.history.title')} testId="card-history">
      {query.isError && !query.data ? (
        <ErrorState
          compact
          title={t('residents.history.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : query.isPending ? (
        <LateSkeleton rows={3} />
      ) : changes.length === 0 ? (
        <p className="muted">{t('residents.history.none')}</p>
      ) : (
        <ol className="resident-history">
          {changes.map((change) => (
            <Change key={change.changeId} change={change} />
          ))}
        </ol>
      )}
      {query.hasNextPage ? (
        <Button size="small" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('residents.history.more')}
        </Button>
      ) : null}
    </Card>
  )
}

function Change({ change }: { change: FileChange }) {
  const { t, language } = useTexts()
  const [had, has] = [change.before, change.after].map((side) => Object.keys(side).length > 0)
  const what = had && has ? 'changed' : has ? 'added' : 'removed'
  return (
    <li data-testid="change">
      <time dateTime={change.at}>{timeText(change.at, serverNow(), language)}</time>
      <div>
        <p>
          <b>{t(`residents.history.part.${change.part}`)}</b>{' '}
          {change.part === 'availability' ? `${String(change.after.position)} ` : ''}
          {t(`residents.history.${what}`)} · {change.by}
        </p>
        <p className="muted">
          {changedKeys(change, (value) => plain(value, t, language)).map(([key, before, after]) => (
            <span key={key}>
              {before === '' ? null : <del>{before}</del>} {after === '' ? null : <ins>{after}</ins>}{' '}
            </span>
          ))}
        </p>
      </div>
    </li>
  )
}

/** Ids say nothing to people. */
const UNTOLD = new Set(['noteId', 'noticeId', 'photoId', 'type', 'bytes', 'scope', 'onFile'])

function changedKeys({ before, after }: FileChange, text: (value: unknown) => string): [string, string, string][] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !UNTOLD.has(key))
  return keys
    .map((key): [string, string, string] => [key, text(before[key]), text(after[key])])
    .filter(([, was, is]) => was !== is)
}

const MOMENT = /^\d{4}-\d\d-\d\dT/
const DAYS = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'] as const

/** A value as people read it: moments and days of the city, lists in a row. */
function plain(value: unknown, t: TFunction, language: Language): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map((one) => plain(one, t, language)).join('、')
  if (typeof value === 'string') return MOMENT.test(value) ? minuteText(value, language) : value
  if (typeof value !== 'object') return String(value)
  const { days = [], from = '', to = '' } = value as { days?: number[]; from?: string; to?: string }
  const names = DAYS.filter((_, index) => days.includes(index + 1)).map((day) => t(`residents.contact.day.${day}`))
  return `${names.join('')} ${from}–${to}`
}
