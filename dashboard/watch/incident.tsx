import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Button, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { Role } from '../../server/contract/api.ts'
import type { IncidentDetail, IncidentMember, IncidentView } from '../../server/contract/watch.ts'
import { hasCode } from '../api/client.ts'
import { incidentQuery, type PageOf } from '../api/watch-queries.ts'
import { deviceKindText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { navigate } from '../router.ts'
import { countText } from '../ui/formats.ts'
import { Link } from '../ui/link.tsx'
import { EmptyState } from '../ui/states.tsx'
import { CursorTable, FIRST } from './cursor-table.tsx'
import { areaText, IncidentState } from './incidents.tsx'
import { DeviceId, Moment, OpenCase } from './parts.tsx'
import { watchPath } from './routes.ts'

const membersOf = (detail: IncidentDetail): PageOf<IncidentMember> => ({
  items: detail.members,
  nextCursor: detail.nextCursor,
})

/** One incident with its devices and residents. */
export function Incident({ incidentId, role }: { incidentId: string; role: Role }) {
  const { t } = useTexts()
  const [cursors, setCursors] = useState(FIRST)
  const at = incidentQuery(incidentId, cursors.at(-1) ?? null)
  const { data } = useQuery(at)
  const members: UseQueryResult<PageOf<IncidentMember>> = useQuery({ ...at, select: membersOf })
  const columns = useColumns(role)
  if (hasCode(members.error, 'not_found', 'invalid_request')) {
    return (
      <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
        <Button onClick={() => navigate(watchPath('incidents'))}>{t('watch.incident.back')}</Button>
      </EmptyState>
    )
  }
  return (
    <section data-testid="incident">
      <Link to={watchPath('incidents')} className="device-back">
        ← {t('watch.incident.back')}
      </Link>
      {data ? <Head incident={data.incident} /> : null}
      <CursorTable<IncidentMember>
        query={members}
        cursors={cursors}
        onTurn={setCursors}
        rowKey="deviceId"
        columns={columns}
        empty={<EmptyState title={t('watch.incident.noMembers')} />}
      />
    </section>
  )
}

function Head({ incident }: { incident: IncidentView }) {
  const { t } = useTexts()
  const { devices, lost, residents } = incident
  const figure = (label: string, n: number) => (
    <span>
      <span className="muted">{label}</span> <b className="figures">{countText(n)}</b>
    </span>
  )
  return (
    <div className="watch-head">
      <h2>{areaText(incident.area, t)}</h2>
      <IncidentState {...incident} />
      <span>
        <Moment at={incident.openedAt} /> – {incident.closedAt === null ? '…' : <Moment at={incident.closedAt} />}
      </span>
      {figure(t('watch.incident.lost'), lost)}
      {figure(t('watch.incident.returned'), devices - lost)}
      {figure(t('watch.incident.residents'), residents)}
      {incident.closedAt === null ? <OpenCase caseId={incident.caseId} /> : null}
      <span className="muted">{t('watch.incident.members')}</span>
    </div>
  )
}

function useColumns(role: Role): TableColumnsType<IncidentMember> {
  const { t } = useTexts()
  return useMemo(
    () => [
      {
        title: t('watch.resident'),
        key: 'who',
        render: (_, row) => (
          <span className="watch-person">
            {row.residentName === null ? <span className="muted">{t('watch.nobody')}</span> : <b>{row.residentName}</b>}
            {row.unprotected ? (
              <span className="watch-tag" data-tone="bad">
                {t('watch.incident.unprotected')}
              </span>
            ) : null}
            <OpenCase caseId={row.caseId} />
          </span>
        ),
      },
      {
        title: t('watch.device'),
        dataIndex: 'deviceId',
        render: (deviceId: string) => <DeviceId deviceId={deviceId} role={role} />,
      },
      {
        title: t('watch.incident.kind'),
        dataIndex: 'deviceKind',
        width: 150,
        render: (kind: string) => deviceKindText(kind, t),
      },
      { title: t('watch.place'), dataIndex: 'place', render: (place: string | null) => place ?? '—' },
      { title: t('watch.incident.lostAt'), dataIndex: 'lostAt', width: 150, render: (at) => <Moment at={at} /> },
      {
        title: t('watch.incident.backAt'),
        dataIndex: 'leftAt',
        width: 150,
        render: (at: string | null) =>
          at === null ? <b data-level="late">{t('watch.incident.stillLost')}</b> : <Moment at={at} />,
      },
    ],
    [t, role],
  )
}
