import { useQuery } from '@tanstack/react-query'
import type { TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { Role } from '../../server/contract/api.ts'
import type { UnprotectedResident } from '../../server/contract/watch.ts'
import { devicePageQuery } from '../api/device-queries.ts'
import { unprotectedQuery } from '../api/watch-queries.ts'
import { deviceKindText, errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../ui/states.tsx'
import { Age } from '../ui/ticking.tsx'
import { CursorTable, FIRST } from './cursor-table.tsx'
import { DeviceId, Moment, Resident } from './parts.tsx'

/** Residents in whose homes no device that can call for help works. */
export function Unprotected({ role }: { role: Role }) {
  const { t } = useTexts()
  const [cursors, setCursors] = useState(FIRST)
  const query = useQuery(unprotectedQuery(cursors.at(-1) ?? null))
  const columns = useColumns()
  return (
    <section data-testid="unprotected">
      <p className="office-lead">{t('watch.unprotected.lead')}</p>
      <CursorTable<UnprotectedResident>
        query={query}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="residentId"
        columns={columns}
        empty={<EmptyState calm title={t('watch.unprotected.none')} text={t('watch.unprotected.noneText')} />}
        table={{
          expandable: { expandedRowRender: ({ residentId }) => <Devices residentId={residentId} role={role} /> },
        }}
      />
    </section>
  )
}

function useColumns(): TableColumnsType<UnprotectedResident> {
  const { t } = useTexts()
  return useMemo(
    () => [
      { title: t('watch.resident'), key: 'who', render: (_, row) => <Resident of={row} /> },
      {
        title: t('watch.reason'),
        dataIndex: 'reasons',
        render: (reasons: UnprotectedResident['reasons']) => (
          <span className="watch-tags">
            {reasons.map((reason) => (
              <span key={reason} className="watch-tag" data-tone="risk">
                {t(`watch.unprotected.reasons.${reason}`)}
              </span>
            ))}
          </span>
        ),
      },
      {
        title: t('watch.since'),
        dataIndex: 'since',
        width: 230,
        render: (since: string) => (
          <>
            <Moment at={since} /> <Age since={since} className="muted figures" />
          </>
        ),
      },
      { title: t('watch.place'), dataIndex: 'place', width: 240, render: (place: string | null) => place ?? '—' },
    ],
    [t],
  )
}

/** What is in the home, and how each of them does. */
function Devices({ residentId, role }: { residentId: string; role: Role }) {
  const { t } = useTexts()
  const query = useQuery(devicePageQuery({ residentId, limit: 50 }))
  if (query.isError && !query.data) {
    return (
      <ErrorState
        compact
        title={t('admin.failed')}
        text={errorText(query.error, t)}
        onRetry={() => void query.refetch()}
      />
    )
  }
  if (!query.data) return <LateSkeleton rows={2} />
  if (query.data.items.length === 0) return <span className="muted">{t('watch.unprotected.noDevices')}</span>
  return (
    <ul className="watch-devices" aria-label={t('watch.unprotected.devices')}>
      {query.data.items.map(({ deviceId, kind, room, online }) => (
        <li key={deviceId}>
          <DeviceId deviceId={deviceId} role={role} />
          <span>{[deviceKindText(kind, t), room].filter(Boolean).join(' · ')}</span>
          <b data-level={online ? 'good' : 'late'}>{t(online ? 'common.online' : 'common.offline')}</b>
        </li>
      ))}
    </ul>
  )
}
