import { useQuery } from '@tanstack/react-query'
import { Button, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { DrillView } from '../../../server/contract/drill.ts'
import { drillsQuery } from '../../api/drill-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { EmptyState } from '../../ui/states.tsx'
import { CursorTable, FIRST } from '../../watch/cursor-table.tsx'
import { Moment } from '../../watch/parts.tsx'
import { centrePath } from '../routes.ts'
import { Drill } from './drill.tsx'
import { NewDrillDialog } from './new-drill.tsx'
import { SelfTestPanel } from './self-test-panel.tsx'
import '../../watch/watch.css'
import './drills.css'

/** Drills and their reports, and how the platform's test of itself went. */
export default function DrillsPage({ id }: { id: string | null }) {
  return id === null ? <Drills /> : <Drill key={id} drillId={id} />
}

function Drills() {
  const { t } = useTexts()
  const [cursors, setCursors] = useState(FIRST)
  const [adding, setAdding] = useState(false)
  const query = useQuery(drillsQuery(cursors.at(-1) ?? null))
  const columns = useColumns()
  return (
    <section data-testid="drills">
      <SelfTestPanel />
      <p className="office-lead">{t('drills.lead')}</p>
      <div className="office-tools">
        <h2 className="drill-heading">{t('drills.title')}</h2>
        <span className="office-space" />
        <Button type="primary" onClick={() => setAdding(true)} data-testid="drill-add">
          {t('drills.add')}
        </Button>
      </div>
      <CursorTable<DrillView>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="drillId"
        columns={columns}
        empty={<EmptyState title={t('drills.none')} text={t('drills.noneText')} />}
      />
      {adding ? (
        <NewDrillDialog
          onClose={() => setAdding(false)}
          onMade={(drillId) => navigate(centrePath('drills', drillId))}
        />
      ) : null}
    </section>
  )
}

function useColumns(): TableColumnsType<DrillView> {
  const { t } = useTexts()
  return useMemo(
    (): TableColumnsType<DrillView> => [
      {
        title: t('drills.name'),
        dataIndex: 'title',
        render: (title: string, { drillId }) => (
          <Button type="link" className="drill-link" onClick={() => navigate(centrePath('drills', drillId))}>
            {title}
          </Button>
        ),
      },
      {
        title: t('drills.state'),
        dataIndex: 'state',
        width: 110,
        render: (state: DrillView['state']) => (
          <span className="watch-tag" data-tone={state === 'running' ? 'case' : undefined}>
            {t(`drills.states.${state}`)}
          </span>
        ),
      },
      { title: t('drills.place'), dataIndex: 'place', render: (place: string | null) => place ?? t('drills.noPlace') },
      { title: t('drills.from'), dataIndex: 'from', width: 150, render: (at: string) => <Moment at={at} /> },
      {
        title: t('drills.until'),
        width: 150,
        key: 'until',
        render: (_, row) => <Moment at={row.endedAt ?? row.until} />,
      },
      { title: t('drills.residents'), dataIndex: 'residents', width: 90, align: 'right', className: 'figures' },
      { title: t('drills.cases'), dataIndex: 'cases', width: 90, align: 'right', className: 'figures' },
      { title: t('drills.author'), dataIndex: 'author', width: 120 },
    ],
    [t],
  )
}
