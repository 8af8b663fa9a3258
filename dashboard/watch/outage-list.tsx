import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import type { CheckState, OutageResident } from '../../server/contract/watch.ts'
import { hasCode } from '../api/client.ts'
import { OUTAGES_KEY, outageChecksQuery, outageQuery } from '../api/watch-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { clockTime } from '../ui/formats.ts'
import { Link } from '../ui/link.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useCheckColumns } from './check-columns.tsx'
import { CursorTable, FIRST } from './cursor-table.tsx'
import { OutageProgress, OutageWindow } from './outages.tsx'
import { watchPath } from './routes.ts'
import { useChecks } from './use-checks.ts'

const FILTERS = ['open', 'unreachable', 'reached', 'not_needed', 'all'] as const
type Filter = (typeof FILTERS)[number]
const NONE: OutageResident[] = []

const leaveField = () => {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
}

/** Residents who may have called in vain, worked off one by one. */
export function OutageList({ outageId }: { outageId: number }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [filter, setFilter] = useState<Filter>('open')
  const [cursors, setCursors] = useState(FIRST)
  const state: CheckState | undefined = filter === 'all' ? undefined : filter
  const options = outageChecksQuery(outageId, state, cursors.at(-1) ?? null)
  const query = useQuery(options)
  const outage = useQuery(outageQuery(outageId)).data
  const rows = query.data?.items ?? NONE
  const checks = useChecks(outageId, options.queryKey, rows)
  const columns = useCheckColumns(outageId, checks)
  if (hasCode(query.error, 'not_found')) {
    return (
      <EmptyState title={t('watch.outage.gone')} text={t('watch.outage.goneText')}>
        <Link to={watchPath('outages')}>{t('watch.outage.back')}</Link>
      </EmptyState>
    )
  }
  const afresh = () => {
    setCursors(FIRST)
    void client.invalidateQueries({ queryKey: ['outage-checks', outageId] })
    void client.invalidateQueries({ queryKey: OUTAGES_KEY })
  }
  const done = state !== undefined && rows.length > 0 && rows.every((row) => row.state !== state)
  return (
    <section data-testid="outage-list">
      <Link to={watchPath('outages')} className="device-back">
        ← {t('watch.outage.back')}
      </Link>
      {outage ? (
        <>
          <div className="watch-head">
            <h2>
              {t('watch.outage.window')} <OutageWindow outage={outage} />
            </h2>
          </div>
          <div className="watch-progress">
            <OutageProgress outage={outage} />
          </div>
        </>
      ) : null}
      <div className="office-tools">
        <Segmented<Filter>
          value={filter}
          // Chosen by mouse it would keep the arrows and digits, which are the list's.
          onClick={({ detail }) => detail > 0 && requestAnimationFrame(leaveField)}
          onChange={(chosen) => {
            setFilter(chosen)
            setCursors(FIRST)
          }}
          options={FILTERS.map((value) => ({
            value,
            label: value === 'all' ? t('watch.outage.all') : t(`watch.outage.states.${value}`),
          }))}
        />
        <Button type={done ? 'primary' : 'default'} onClick={afresh} data-testid="outage-refresh">
          {t(done ? 'watch.outage.next' : 'watch.refresh')}
        </Button>
        {query.dataUpdatedAt > 0 ? (
          <span className="muted figures">{t('watch.outage.asOf', { time: clockTime(query.dataUpdatedAt) })}</span>
        ) : null}
      </div>
      <p className="muted office-lead">{t('watch.outage.keys')}</p>
      {checks.failed.map(({ residentId, name, why }) => (
        <p key={residentId} className="watch-stale" role="alert">
          {t('watch.outage.failed', { name, why })}
        </p>
      ))}
      <CursorTable<OutageResident>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="residentId"
        columns={columns}
        empty={<EmptyState calm title={t('watch.outage.emptyFilter')} text={t('watch.outage.emptyFilterText')} />}
        table={{
          className: 'watch-checks',
          onRow: ({ residentId }) => ({
            'aria-selected': residentId === checks.selected,
            onClick: () => checks.select(residentId),
          }),
        }}
      />
    </section>
  )
}
