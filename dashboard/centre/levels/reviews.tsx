import { useQuery } from '@tanstack/react-query'
import { Button, Segmented, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { ReviewView } from '../../../server/contract/levels.ts'
import { reviewsQuery } from '../../api/levels-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { durationText, shortId } from '../../ui/formats.ts'
import { EmptyState } from '../../ui/states.tsx'
import { CursorTable, FIRST } from '../../watch/cursor-table.tsx'
import { Moment } from '../../watch/parts.tsx'
import { ReviewDialog } from './review-dialog.tsx'

type State = ReviewView['state']

/** Calls that waited too long: open ones first, and what was found in those that are closed. */
export function Reviews() {
  const { t } = useTexts()
  const [state, setState] = useState<State>('open')
  const [cursors, setCursors] = useState(FIRST)
  const [of, setOf] = useState<ReviewView | null>(null)
  const query = useQuery(reviewsQuery(state, cursors.at(-1) ?? null))
  const columns = useColumns(setOf)
  return (
    <section data-testid="reviews">
      <p className="office-lead">{t('review.lead')}</p>
      <div className="office-tools">
        <Segmented<State>
          value={state}
          onChange={(chosen) => {
            setState(chosen)
            setCursors(FIRST)
          }}
          options={(['open', 'closed'] as const).map((value) => ({ value, label: t(`review.${value}`) }))}
        />
      </div>
      <CursorTable<ReviewView>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="reviewId"
        columns={columns}
        empty={
          state === 'open' ? (
            <EmptyState calm title={t('review.none')} text={t('review.noneText')} />
          ) : (
            <EmptyState title={t('review.noneClosed')} />
          )
        }
      />
      {of === null ? null : <ReviewDialog of={of} onClose={() => setOf(null)} />}
    </section>
  )
}

function useColumns(open: (of: ReviewView) => void): TableColumnsType<ReviewView> {
  const { t, language } = useTexts()
  return useMemo(
    () => [
      {
        title: t('review.case'),
        key: 'case',
        render: (_, row) => (
          <span className="watch-person">
            <b>{t(`kind.${row.kind}`)}</b>
            <span className="muted figures">{shortId(row.caseId)}</span>
          </span>
        ),
      },
      { title: t('review.place'), dataIndex: 'place', render: (place: string | null) => place ?? '—' },
      { title: t('review.since'), dataIndex: 'since', width: 150, render: (at) => <Moment at={at} /> },
      {
        title: t('review.answer'),
        key: 'answer',
        width: 250,
        render: (_, { answerSeconds, answeredBy }) =>
          answerSeconds === null ? (
            <b data-level="late">{t('review.unanswered')}</b>
          ) : (
            <span className="watch-person">
              <b className="figures">{durationText(answerSeconds, language)}</b>
              {answeredBy === null ? null : (
                <span className="muted">{t('review.answeredBy', { name: answeredBy })}</span>
              )}
            </span>
          ),
      },
      {
        title: t('review.reason'),
        dataIndex: 'reason',
        width: 140,
        render: (reason: ReviewView['reason']) => t(`review.reasons.${reason}`),
      },
      {
        title: t('review.cause'),
        dataIndex: 'cause',
        width: 130,
        render: (cause: ReviewView['cause']) => (cause === null ? '—' : t(`review.causes.${cause}`)),
      },
      { title: t('review.reviewer'), dataIndex: 'reviewer', width: 110, render: (name: string | null) => name ?? '—' },
      {
        title: '',
        key: 'write',
        width: 100,
        render: (_, row) => (
          <Button size="small" onClick={() => open(row)} data-testid="review-open">
            {t(row.state === 'open' ? 'review.write' : 'review.read')}
          </Button>
        ),
      },
    ],
    [t, language, open],
  )
}
