import { useQuery } from '@tanstack/react-query'
import { Button, Segmented, Select } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { LEVEL_CATEGORIES, LEVEL_GROUPS, type LevelCategory, type LevelGroup } from '../../../server/contract/levels.ts'
import { levelsFile, levelsQuery } from '../../api/levels-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { LevelTable } from './level-table.tsx'
import { Tiles } from './tiles.tsx'

const Trend = lazy(() => import('./trend.tsx'))

const SPANS = { h24: 24, d7: 7 * 24, d28: 28 * 24, d365: 365 * 24 } as const
type Span = keyof typeof SPANS

/** The figures against their targets, over time, and by one thing more. */
export function Levels() {
  const { t } = useTexts()
  const [span, setSpan] = useState<Span>('h24')
  const [category, setCategory] = useState<LevelCategory>('calls')
  const [by, setBy] = useState<LevelGroup>('operator')
  const asked = { hours: SPANS[span], category, by }
  const query = useQuery(levelsQuery(asked))
  const { data } = query
  return (
    <>
      <p className="office-lead">{t('levels.lead')}</p>
      <div className="office-tools">
        <Segmented<Span>
          aria-label={t('levels.span')}
          value={span}
          onChange={setSpan}
          options={(Object.keys(SPANS) as Span[]).map((value) => ({ value, label: t(`levels.spans.${value}`) }))}
        />
        <Select<LevelCategory>
          className="statistics-kind"
          aria-label={t('levels.category')}
          value={category}
          onChange={setCategory}
          options={LEVEL_CATEGORIES.map((value) => ({ value, label: t(`levels.categories.${value}`) }))}
        />
        <span className="muted">{t('levels.updated')}</span>
        <span className="office-space" />
        <Button href={levelsFile(asked)} download data-testid="levels-csv">
          {t('levels.csv')}
        </Button>
      </div>
      {query.isError && !data ? (
        <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
      ) : !data ? (
        <LateSkeleton rows={10} />
      ) : (
        <>
          {query.isError ? (
            <p className="watch-stale" role="alert">
              {errorText(query.error, t)}
            </p>
          ) : null}
          <Tiles total={data.total} />
          {data.total.calls === 0 ? (
            <EmptyState title={t('levels.none')} text={t('levels.noneText')} />
          ) : (
            <>
              <h3 className="centre-part">
                {t('levels.trend')} <small className="muted">{t('levels.trendHint')}</small>
              </h3>
              <Suspense fallback={<div className="levels-trend" />}>
                <Trend points={data.trend} every={data.every} />
              </Suspense>
              <div className="office-tools centre-part">
                <Segmented<LevelGroup>
                  aria-label={t('levels.by')}
                  value={by}
                  onChange={setBy}
                  options={LEVEL_GROUPS.map((value) => ({ value, label: t(`levels.groups.${value}`) }))}
                />
              </div>
              <LevelTable rows={data.rows} by={by} />
            </>
          )}
        </>
      )}
    </>
  )
}
