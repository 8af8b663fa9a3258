import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useEffect, useState } from 'react'
import type { Session } from '../../../server/contract/api.ts'
import { CASE_SORTS, type CaseSort } from '../../../server/contract/case-search.ts'
import { caseSearchQuery, HITS_SHOWN } from '../../api/search-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { countText } from '../../ui/formats.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { createStore } from '../../ui/store.ts'
import { Chips } from './chips.tsx'
import { ExportTools } from './export-tools.tsx'
import { type Draft, draftSearch, filterOf, type Personal, personalOf, readDraft, tidy } from './filter.ts'
import { FilterForm } from './filter-form.tsx'
import { HitsTable } from './hits-table.tsx'

/** Names stay out of the address: coming back from a case finds them here, as long as the same person looks. */
const kept = createStore<{ userId: string; personal: Personal } | null>(null)

/** All cases by anything that is known of them. */
export function SearchPage({ session }: { session: Session }) {
  const { t } = useTexts()
  const [draft, setDraft] = useState<Draft>(() => {
    const before = kept.get()
    return { ...readDraft(location.search), ...(before?.userId === session.userId ? before.personal : {}) }
  })
  /** Raised when the form has to take over what was changed beside it. */
  const [edition, setEdition] = useState(0)
  useEffect(() => {
    // Not a step of the browser's history: back leaves the search.
    history.replaceState(null, '', location.pathname + draftSearch(draft))
    kept.set({ userId: session.userId, personal: personalOf(draft) })
  }, [draft, session.userId])
  const change = (next: Draft) => {
    setDraft(tidy(next))
    setEdition(edition + 1)
  }
  const filter = filterOf(draft)
  const query = useInfiniteQuery(caseSearchQuery(filter, draft.sort))
  const hits = query.data?.pages.flatMap(({ items }) => items) ?? []
  const total = query.data?.pages[0]?.total ?? null
  return (
    <section data-testid="case-search">
      <p className="office-lead">{t('search.lead')}</p>
      <FilterForm key={edition} draft={draft} onFind={change} busy={query.isFetching} />
      <Chips draft={draft} onChange={change} />
      <div className="office-tools search-tools">
        <b className="figures" role="status" data-testid="search-total">
          {total === null
            ? ''
            : t(total.more ? 'search.foundMore' : 'search.found', { n: countText(total.count) as never })}
        </b>
        <span className="muted figures">
          {hits.length > 0 ? t('search.shown', { n: countText(hits.length) as never }) : ''}
        </span>
        <span className="office-space" />
        <Select<CaseSort>
          aria-label={t('search.sort')}
          className="search-sort"
          value={draft.sort}
          onChange={(sort) => change({ ...draft, sort })}
          options={CASE_SORTS.map((value) => ({ value, label: t(`search.sorts.${value}`) }))}
        />
        <ExportTools draft={draft} session={session} disabled={hits.length === 0} />
      </div>
      {query.isError && hits.length === 0 ? (
        <ErrorState
          title={t('search.failed')}
          text={problemText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      ) : query.isPending ? (
        <LateSkeleton rows={8} />
      ) : hits.length === 0 ? (
        <EmptyState title={t('search.none')} text={t('search.noneText')} />
      ) : (
        <>
          <HitsTable hits={hits} />
          <p className="search-more">
            {query.isError ? (
              <span className="watch-stale" role="alert">
                {errorText(query.error, t)}
              </span>
            ) : null}
            {query.hasNextPage ? (
              <Button
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
                data-testid="search-more"
              >
                {t('search.next', { n: HITS_SHOWN })}
              </Button>
            ) : (
              <span className="muted">{t('search.all')}</span>
            )}
          </p>
        </>
      )}
    </section>
  )
}

/** What the server says of single fields stands beside what went wrong. */
function problemText(error: unknown, t: ReturnType<typeof useTexts>['t']): string {
  const errors = error instanceof Error && 'problem' in error ? fieldsOf(error.problem) : []
  return [errorText(error, t), ...errors].join(' ')
}

function fieldsOf(problem: unknown): string[] {
  if (typeof problem !== 'object' || problem === null || !('errors' in problem) || !Array.isArray(problem.errors))
    return []
  return problem.errors.map((one: { field: string; message: string }) => `${one.field}: ${one.message}`)
}
