import { useQuery } from '@tanstack/react-query'
import { Button, Table, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import type { BridgeView } from '../../../server/contract/device.ts'
import { bridgesQuery, devicePageQuery } from '../../api/device-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { countText, timeText } from '../../ui/formats.ts'
import { Link } from '../../ui/link.tsx'
import { serverNow } from '../../ui/server-clock.ts'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { devicePage } from '../routes.ts'
import { beginWith } from './add-start.ts'
import { BridgeSign, isOutgoing, Sign } from './signs.tsx'
import { bridgeReasonText, protocolText } from './terms.ts'

type BridgeRow = Pick<BridgeView, 'deviceId' | 'protocol'> & { bridge: BridgeView | null }

/** Bridges with an address, and those that wait for one; a network server that logs in here itself is no such bridge. */
function useBridges() {
  const running = useQuery(bridgesQuery)
  const registered = useQuery(devicePageQuery({ kind: 'bridge', limit: 200 }))
  const bridges = running.data?.map((bridge): BridgeRow => ({ ...bridge, bridge })) ?? []
  const waiting = (registered.data?.items ?? []).filter(
    (device) =>
      device.lifecycle !== 'retired' &&
      isOutgoing(device) &&
      !bridges.some(({ deviceId }) => deviceId === device.deviceId),
  )
  const rows = [...bridges, ...waiting.map((device): BridgeRow => ({ ...device, bridge: null }))]
  return { rows, running, isPending: running.isPending || registered.isPending }
}

/** Outside servers that the platform fetches from, and how each connection is doing. */
export function Bridges() {
  const { t } = useTexts()
  const { rows, running: query, isPending } = useBridges()
  const columns = useColumns()
  return (
    <section>
      <div className="office-tools">
        <span className="muted">{t('devices.bridges.lead')}</span>
        <span className="office-space" />
        <Button type="primary" onClick={addBridge} data-testid="add-bridge">
          {t('devices.bridges.add')}
        </Button>
      </div>
      {query.isError && !query.data ? (
        <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
      ) : isPending ? (
        <LateSkeleton rows={4} />
      ) : rows.length === 0 ? (
        <EmptyState title={t('devices.bridges.none')} text={t('devices.bridges.noneText')} />
      ) : (
        <Table<BridgeRow>
          rowKey="deviceId"
          size="small"
          className="bridge-table"
          columns={columns}
          dataSource={rows}
          pagination={false}
          scroll={{ x: 'max-content' }}
        />
      )}
    </section>
  )
}

function addBridge(): void {
  beginWith('chirpstack', 'bridge')
  navigate('/admin/add-device')
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

function useColumns(): TableColumnsType<BridgeRow> {
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
        render: (_, { bridge }) => (
          <div className="two-lines bridge-state">
            {bridge ? <BridgeSign state={bridge.state} /> : <Sign tone="past">{t('devices.bridges.noAddress')}</Sign>}
            {bridge?.node ? <small>{t('devices.bridges.heldBy', { node: bridge.node })}</small> : null}
            {bridge === null ? <small>{t('devices.bridges.noAddressText')}</small> : null}
            {bridge?.reason ? <small>{bridgeReasonText(bridge.reason, t)}</small> : null}
          </div>
        ),
      },
      {
        title: t('devices.bridges.url'),
        key: 'url',
        render: (_, { bridge }) => (bridge ? <code>{bridge.url}</code> : <span className="muted">—</span>),
      },
      {
        title: t('devices.bridges.since'),
        key: 'since',
        render: (_, { bridge }) => (
          <span className="figures">{bridge?.since ? timeText(bridge.since, serverNow(), language) : '—'}</span>
        ),
      },
      {
        title: t('devices.bridges.messages'),
        key: 'messages',
        align: 'right',
        render: (_, { bridge }) => (
          <span className="figures">
            {bridge === null || bridge.messages === null ? '—' : countText(bridge.messages)}
          </span>
        ),
      },
    ],
    [t, language],
  )
}
