import { Table, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import type { CaseHit } from '../../../server/contract/case-search.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { durationText, shortId } from '../../ui/formats.ts'
import { Link } from '../../ui/link.tsx'
import { centrePath } from '../routes.ts'
import { wholeTime } from './times.ts'

/** Answers later than these are worth a look, s (TSA). */
const LATE = [
  { seconds: 180, level: 'late', sign: '✕' },
  { seconds: 60, level: 'soon', sign: '!' },
] as const

/** Whatever is clicked in a row opens the case; for the keyboard the time is a link. */
export function HitsTable({ hits }: { hits: readonly CaseHit[] }) {
  const { t } = useTexts()
  const columns = useColumns()
  return (
    <Table<CaseHit>
      className="search-table"
      rowKey="caseId"
      size="small"
      columns={columns}
      dataSource={hits}
      pagination={false}
      scroll={{ x: 1080 }}
      aria-label={t('search.table')}
      onRow={({ caseId }) => ({
        onClick: (event) => {
          // A text that is being marked is no click, and a link goes its own way.
          if (window.getSelection()?.isCollapsed === false || (event.target as Element).closest('a')) return
          navigate(centrePath('search', caseId))
        },
      })}
    />
  )
}

function useColumns(): TableColumnsType<CaseHit> {
  const { t, language } = useTexts()
  return useMemo(
    () => [
      {
        title: t('search.opened'),
        key: 'opened',
        width: 165,
        render: (_, { caseId, openedAt }) => (
          <Link to={centrePath('search', caseId)} className="figures">
            {wholeTime(openedAt)}
          </Link>
        ),
      },
      {
        title: t('search.kind'),
        key: 'kind',
        width: 190,
        render: (_, hit) => (
          <span className="search-kind">
            <b>{t(`kind.${hit.kind}`)}</b>
            <span className="muted figures">{shortId(hit.caseId)}</span>
            {hit.purpose === 'real' ? null : <span className="watch-tag">{t(`search.purpose.${hit.purpose}`)}</span>}
            {hit.suppressed ? <span className="watch-tag">{t('search.suppressed')}</span> : null}
            {hit.severe ? (
              <span className="watch-tag" data-tone="bad">
                ‼ {t('search.severeYes')}
              </span>
            ) : null}
          </span>
        ),
      },
      {
        title: t('search.who'),
        key: 'who',
        render: (_, hit) => (
          <span className="search-who">
            {hit.residentName ?? t('search.noResident', { id: hit.deviceId })}
            {hit.residentAge === null ? null : (
              <span className="muted figures"> {t('common.years', { age: hit.residentAge })}</span>
            )}
          </span>
        ),
      },
      {
        title: t('search.area'),
        key: 'place',
        width: 190,
        render: (_, { place }) => <span className="search-long">{place ?? '—'}</span>,
      },
      { title: t('search.state'), key: 'state', width: 90, render: (_, { state }) => t(`state.${state}`) },
      {
        title: t('search.outcome'),
        key: 'outcome',
        width: 130,
        render: (_, { outcome }) => (outcome === null ? '—' : t(`outcome.${outcome}`)),
      },
      {
        title: t('search.operator'),
        key: 'operator',
        width: 140,
        render: (_, { owner, closedBy }) => (
          <span className="search-long">
            {owner?.displayName ?? '—'}
            {closedBy !== null && closedBy.userId !== owner?.userId ? (
              <small className="muted">{t('search.closer', { name: closedBy.displayName })}</small>
            ) : null}
          </span>
        ),
      },
      {
        title: t('search.answer'),
        key: 'answer',
        width: 110,
        align: 'right',
        render: (_, { answerSeconds, state }) => {
          if (answerSeconds === null) return state === 'new' ? <b data-level="soon">{t('search.notAnswered')}</b> : '—'
          const late = LATE.find(({ seconds }) => answerSeconds > seconds)
          return (
            <span className="figures" data-level={late?.level}>
              {late ? <span aria-hidden="true">{late.sign} </span> : null}
              {durationText(answerSeconds, language)}
            </span>
          )
        },
      },
    ],
    [t, language],
  )
}
