import { useQuery } from '@tanstack/react-query'
import { Button, Table, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import type { BridgeView } from '../../../server/contract/device.ts'
import { bridgesQuery } from '../../api/device-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { countText, timeText } from '../../ui/formats.ts'
import { serverNow } from '../../ui/server-clock.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { devicePage } from '../routes.ts'
import { Link } from './link.tsx'
import { BridgeSign } from './signs.tsx'
import { bridgeReasonText, protocolText } from './terms.ts'

/** Outside servers that the platform fetches from, and how each connection is doing. */
export function Bridges() {
  const { t } = useTexts()
  const query = useQuery(bridgesQuery)
  const columns = useColumns()
  return (
    <section>
      <div className="office-tools">
        <span className="muted">{t('devices.bridges.lead')}</span>
        <span className="office-space" />
        <Button type="primary" onClick={() => navigate('/admin/add-device')}>
          {t('devices.bridges.add')}
        </Button>
      </div>
      {query.isError && !query.data ? (
        <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LateSkeleton rows={4} />
      ) : query.data.length === 0 ? (
        <EmptyState title={t('devices.bridges.none')} text={t('devices.bridges.noneText')} />
      ) : (
        <Table<BridgeView>
          rowKey="deviceId"
          size="small"
          columns={columns}
          dataSource={query.data}
          pagination={false}
          scroll={{ x: 'max-content' }}
        />
      )}
    </section>
  )
}

/** How one bridge is doing; nothing while it has no address. */
export function BridgeStatus({ deviceId }: { deviceId: string }) {
  const { t, language } = useTexts()
  const bridge = useQuery(bridgesQuery).data?.find((candidate) => candidate.deviceId === deviceId)
  if (bridge === undefined) return null
  const { state, node, since, reason, messages } = bridge
  return (
    <p className="bridge-status" role="status">
      <BridgeSign state={state} />
      {since === null ? null : (
        <span className="figures muted">
          {t('devices.bridges.sinceTime', { time: timeText(since, serverNow(), language) })}
        </span>
      )}
      {node === null ? null : <span className="muted">{t('devices.bridges.heldBy', { node })}</span>}
      {messages === null ? null : (
        <span className="figures muted">{t('devices.bridges.received', { n: countText(messages) as never })}</span>
      )}
      {reason === null ? null : <span>{bridgeReasonText(reason, t)}</span>}
    </p>
  )
}

function useColumns(): TableColumnsType<BridgeView> {
  const { t, language } = useTexts()
  return useMemo(
    () => [
      {
        title: t('devices.bridges.bridge'),
        key: 'bridge',
        render: (_, { deviceId, protocol }) => (
          <div className="two-lines">
            <Link to={devicePage(deviceId)} className="device-id">
              {deviceId}
            </Link>
            <small>{protocolText(protocol, t)}</small>
          </div>
        ),
      },
      {
        title: t('devices.bridges.state'),
        key: 'state',
        render: (_, { state, node, reason }) => (
          <div className="two-lines bridge-state">
            <BridgeSign state={state} />
            {node === null ? null : <small>{t('devices.bridges.heldBy', { node })}</small>}
            {reason === null ? null : <small>{bridgeReasonText(reason, t)}</small>}
          </div>
        ),
      },
      { title: t('devices.bridges.url'), dataIndex: 'url', render: (url: string) => <code>{url}</code> },
      {
        title: t('devices.bridges.since'),
        dataIndex: 'since',
        render: (since: string | null) => (
          <span className="figures">{since ? timeText(since, serverNow(), language) : '—'}</span>
        ),
      },
      {
        title: t('devices.bridges.messages'),
        dataIndex: 'messages',
        align: 'right',
        render: (messages: number | null) => (
          <span className="figures">{messages === null ? '—' : countText(messages)}</span>
        ),
      },
    ],
    [t, language],
  )
}
