import { useQuery } from '@tanstack/react-query'
import { Segmented, type TableColumnsType } from 'antd'
import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import type { IncidentView } from '../../server/contract/watch.ts'
import { incidentsQuery } from '../api/watch-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { countText } from '../ui/formats.ts'
import { Link } from '../ui/link.tsx'
import { EmptyState } from '../ui/states.tsx'
import { CursorTable, FIRST } from './cursor-table.tsx'
import { Moment, OpenCase } from './parts.tsx'
import { watchPath } from './routes.ts'

type Which = 'open' | 'past' | 'all'
const OPEN: Record<Which, boolean | undefined> = { open: true, past: false, all: undefined }

/** Areas that lost many devices at once, newest first. */
export function Incidents() {
  const { t } = useTexts()
  const [which, setWhich] = useState<Which>('all')
  const [cursors, setCursors] = useState(FIRST)
  const query = useQuery(incidentsQuery(OPEN[which], cursors.at(-1) ?? null))
  const columns = useColumns()
  return (
    <section data-testid="incidents">
      <p className="office-lead">{t('watch.incident.lead')}</p>
      <div className="office-tools">
        <Segmented<Which>
          value={which}
          onChange={(chosen) => {
            setWhich(chosen)
            setCursors(FIRST)
          }}
          options={(['all', 'open', 'past'] as const).map((value) => ({ value, label: t(`watch.incident.${value}`) }))}
        />
      </div>
      <CursorTable<IncidentView>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="incidentId"
        columns={columns}
        empty={<EmptyState calm title={t('watch.incident.none')} text={t('watch.incident.noneText')} />}
      />
    </section>
  )
}

/** The area's name, or which hub it is behind. */
export function areaText({ kind, id, name }: IncidentView['area'], t: TFunction): string {
  return kind === 'network' ? t('watch.incident.network', { id }) : (name ?? id)
}

/** Whether it lasts; a word, not colour alone. */
export function IncidentState({ closedAt }: { closedAt: string | null }) {
  const { t } = useTexts()
  return (
    <span className="watch-tag" data-tone={closedAt === null ? 'bad' : 'good'}>
      {t(closedAt === null ? 'watch.incident.open' : 'watch.incident.past')}
    </span>
  )
}

function useColumns(): TableColumnsType<IncidentView> {
  const { t } = useTexts()
  return useMemo(
    () => [
      {
        title: t('watch.incident.area'),
        key: 'area',
        render: (_, row) => (
          <span className="watch-person">
            <Link to={watchPath('incidents', row.incidentId)}>{areaText(row.area, t)}</Link>
            {row.closedAt === null ? <OpenCase caseId={row.caseId} /> : null}
          </span>
        ),
      },
      { title: t('watch.incident.state'), key: 'state', width: 110, render: (_, row) => <IncidentState {...row} /> },
      { title: t('watch.since'), dataIndex: 'openedAt', width: 150, render: (at: string) => <Moment at={at} /> },
      {
        title: t('watch.incident.until'),
        dataIndex: 'closedAt',
        width: 150,
        render: (at: string | null) => <Moment at={at} />,
      },
      count(t('watch.incident.lost'), ({ lost }) => lost),
      count(t('watch.incident.returned'), ({ devices, lost }) => devices - lost),
      count(t('watch.incident.residents'), ({ residents }) => residents),
    ],
    [t],
  )
}

const count = (title: string, of: (row: IncidentView) => number) => ({
  title,
  key: title,
  width: 110,
  align: 'right' as const,
  render: (_: unknown, row: IncidentView) => <span className="figures">{countText(of(row))}</span>,
})
