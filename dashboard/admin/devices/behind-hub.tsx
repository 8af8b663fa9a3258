import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { devicePageQuery } from '../../api/device-queries.ts'
import type { DevicePage } from '../../api/types.ts'
import { deviceKindText, errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { Link } from '../../ui/link.tsx'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { devicePage } from '../routes.ts'
import { FRESH_LIST, listState, withFilter } from './list-state.ts'
import { Ago } from './moments.tsx'
import { Panel } from './panel.tsx'
import { Online } from './signs.tsx'
import { batteryText } from './terms.ts'

/** As many as a home has; the list shows the rest. */
const SHOWN = 30

/** The devices that speak through this hub. */
export function BehindHub({ hubId }: { hubId: string }) {
  const { t } = useTexts()
  const query = useQuery(devicePageQuery({ hubId, limit: SHOWN }))
  return (
    <Panel title={t('devices.page.behind')} name="behind-hub">
      {query.data ? (
        <Devices page={query.data} hubId={hubId} />
      ) : query.isPending ? (
        <LateSkeleton rows={4} />
      ) : (
        <ErrorState
          compact
          title={t('admin.failed')}
          text={errorText(query.error, t)}
          onRetry={() => void query.refetch()}
        />
      )}
    </Panel>
  )
}

function Devices({ page, hubId }: { page: DevicePage; hubId: string }) {
  const { t } = useTexts()
  if (page.items.length === 0) {
    return (
      <p className="muted">
        {t('devices.page.behindNone')} · {t('devices.page.behindNoneText')}
      </p>
    )
  }
  return (
    <>
      <ul className="behind-list">
        {page.items.map((device) => (
          <li key={device.deviceId}>
            <span>
              <Link to={devicePage(device.deviceId)}>{device.deviceId}</Link>{' '}
              <small className="muted">{device.address}</small>
            </span>
            <span>{[deviceKindText(device.kind, t), device.room].filter(Boolean).join(' · ')}</span>
            <Online online={device.online} lastSeenAt={device.lastSeenAt} lifecycle={device.lifecycle} />
            <small className="muted">{device.lastSeenAt ? <Ago at={device.lastSeenAt} /> : null}</small>
            <span className="figures">{batteryText(device.battery)}</span>
          </li>
        ))}
      </ul>
      {page.nextCursor ? (
        <Button
          type="link"
          onClick={() => {
            listState.set(withFilter(FRESH_LIST, { hubId }))
            navigate('/admin/devices')
          }}
        >
          {t('devices.page.behindAll')}
        </Button>
      ) : null}
    </>
  )
}
