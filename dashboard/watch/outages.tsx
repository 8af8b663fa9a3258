import { useQuery } from '@tanstack/react-query'
import { Progress, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { OutageView } from '../../server/contract/watch.ts'
import { outagesQuery } from '../api/watch-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { countText, durationText, timeText } from '../ui/formats.ts'
import { Link } from '../ui/link.tsx'
import { serverNow } from '../ui/server-clock.ts'
import { EmptyState } from '../ui/states.tsx'
import { CursorTable, FIRST } from './cursor-table.tsx'
import { Moment } from './parts.tsx'
import { watchPath } from './routes.ts'

/** When the platform itself was away, and how far the calls after it have come. */
export function Outages() {
  const { t } = useTexts()
  const [cursors, setCursors] = useState(FIRST)
  const query = useQuery(outagesQuery(cursors.at(-1) ?? null))
  const columns = useColumns()
  return (
    <section data-testid="outages">
      <p className="office-lead">{t('watch.outage.lead')}</p>
      <CursorTable<OutageView>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="outageId"
        columns={columns}
        empty={<EmptyState calm title={t('watch.outage.none')} text={t('watch.outage.noneText')} />}
      />
    </section>
  )
}

/** `n of N`; green at the very end only. */
export function OutageProgress({ outage }: { outage: OutageView }) {
  const { t, language } = useTexts()
  const done = outage.reached + outage.notNeeded
  // Rounded down: 100 % is said when nobody is left.
  const percent = Math.floor((done / Math.max(1, outage.residents)) * 100)
  return (
    <div data-testid="outage-progress" data-percent={percent}>
      <Progress
        percent={percent}
        status={percent === 100 ? 'success' : 'normal'}
        aria-label={t('watch.outage.progress')}
      />
      <span className="watch-tags">
        <b className="figures">
          {t('watch.outage.progressText', { done: countText(done), n: countText(outage.residents) as never })}
        </b>
        {outage.open > 0 ? (
          <span className="muted figures">{t('watch.outage.open', { n: countText(outage.open) as never })}</span>
        ) : null}
        {outage.unreachable > 0 ? (
          <b data-level="soon" className="figures">
            {t('watch.outage.unreachable', { n: countText(outage.unreachable) as never })}
          </b>
        ) : null}
        {outage.completedAt === null ? null : (
          <b data-level="good">
            {t('watch.outage.completed', { time: timeText(outage.completedAt, serverNow(), language) })}
          </b>
        )}
      </span>
    </div>
  )
}

/** `10:41:53 – 10:44:02` */
export function OutageWindow({ outage }: { outage: OutageView }) {
  return (
    <span>
      <Moment at={outage.from} /> – <Moment at={outage.to} />
    </span>
  )
}

function useColumns(): TableColumnsType<OutageView> {
  const { t, language } = useTexts()
  return useMemo(
    () => [
      { title: t('watch.outage.window'), key: 'window', width: 280, render: (_, row) => <OutageWindow outage={row} /> },
      {
        title: t('watch.outage.lasted'),
        key: 'lasted',
        width: 140,
        render: (_, { from, to }) => (
          <span className="figures">{durationText((Date.parse(to) - Date.parse(from)) / 1000, language)}</span>
        ),
      },
      {
        title: t('watch.outage.progress'),
        key: 'progress',
        className: 'watch-progress-cell',
        render: (_, row) =>
          row.listed && row.residents > 0 ? (
            <OutageProgress outage={row} />
          ) : (
            <span className="muted">{t(row.listed ? 'watch.outage.nobody' : 'watch.outage.tooShort')}</span>
          ),
      },
      {
        title: '',
        key: 'work',
        width: 140,
        render: (_, row) =>
          row.residents > 0 ? <Link to={watchPath('outages', row.outageId)}>{t('watch.outage.work')}</Link> : null,
      },
    ],
    [t, language],
  )
}
