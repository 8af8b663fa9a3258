import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import type { DeviceView } from '../../../server/contract/device.ts'
import { hasCode } from '../../api/client.ts'
import { deviceQuery } from '../../api/device-queries.ts'
import { deviceKindText, errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { Link } from '../../ui/link.tsx'
import { EmptyState, ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { BehindHub } from './behind-hub.tsx'
import { CommandsPanel } from './commands-panel.tsx'
import { ConnectGuide } from './connect-guide.tsx'
import { NEEDS, wayOf } from './connection.ts'
import { DeviceFacts, DeviceHealth } from './device-facts.tsx'
import { EditDevice } from './edit-device.tsx'
import { LabelDialog } from './labels.tsx'
import { LifecyclePanel } from './lifecycle-panel.tsx'
import { RotateSecret } from './rotate-secret.tsx'
import { SettingsPanel } from './settings-panel.tsx'
import { isOutgoing, Online, Stage } from './signs.tsx'

/** Everything about one device. */
export function DevicePage({ deviceId }: { deviceId: string }) {
  const { t } = useTexts()
  const query = useQuery(deviceQuery(deviceId))
  if (query.data) return <Device device={query.data} />
  if (query.isPending) return <LateSkeleton rows={12} />
  if (hasCode(query.error, 'not_found')) {
    return (
      <EmptyState title={t('devices.page.notFound')} text={t('devices.page.notFoundText')}>
        <Button onClick={() => navigate('/admin/devices')}>{t('devices.back')}</Button>
      </EmptyState>
    )
  }
  return <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
}

const SETTINGS_OF: readonly string[] = ['mapped', 'owntracks']
/** Those that log in themselves; all others have no secret. */
const WITH_SECRET: readonly string[] = ['login', 'hub']

function Device({ device }: { device: DeviceView }) {
  const way = wayOf(device)
  const retired = device.lifecycle === 'retired'
  return (
    <article className="device-page">
      <DeviceHead device={device} canRotate={WITH_SECRET.includes(way) && !retired} />
      <div className="device-columns">
        <div>
          {isOutgoing(device) ? null : <DeviceHealth device={device} />}
          <DeviceFacts device={device} />
          {way === 'bridge' || SETTINGS_OF.includes(device.protocol) ? <SettingsPanel device={device} /> : null}
          {device.kind === 'hub' ? <BehindHub hubId={device.deviceId} /> : null}
          {NEEDS[way].kind === null ? <CommandsPanel device={device} /> : null}
        </div>
        <div>
          <LifecyclePanel device={device} />
          <HowToConnect device={device} />
        </div>
      </div>
    </article>
  )
}

type Dialog = 'edit' | 'secret' | 'label' | null

function DeviceHead({ device, canRotate }: { device: DeviceView; canRotate: boolean }) {
  const { t } = useTexts()
  const [dialog, setDialog] = useState<Dialog>(null)
  const close = () => setDialog(null)
  return (
    <header className="device-head">
      <Link to="/admin/devices" className="device-back">
        ← {t('devices.back')}
      </Link>
      <div className="device-title">
        <h2>{device.deviceId}</h2>
        <span className="soft">{deviceKindText(device.kind, t)}</span>
        <Stage stage={device.lifecycle} />
        {isOutgoing(device) ? null : (
          <Online online={device.online} lastSeenAt={device.lastSeenAt} lifecycle={device.lifecycle} />
        )}
        <span className="office-space" />
        <span className="office-actions">
          {device.kind === 'bridge' ? null : (
            <Button onClick={() => setDialog('label')}>{t('devices.list.labels')}</Button>
          )}
          {canRotate ? (
            <Button onClick={() => setDialog('secret')} data-testid="rotate-secret">
              {t('devices.page.secret')}
            </Button>
          ) : null}
          <Button
            type="primary"
            disabled={device.lifecycle === 'retired'}
            onClick={() => setDialog('edit')}
            data-testid="edit-device"
          >
            {t('devices.page.edit')}
          </Button>
        </span>
      </div>
      {dialog === 'edit' ? <EditDevice device={device} onClose={close} /> : null}
      {dialog === 'secret' ? <RotateSecret device={device} onClose={close} /> : null}
      {dialog === 'label' ? <LabelDialog devices={[device]} onClose={close} /> : null}
    </header>
  )
}

function HowToConnect({ device }: { device: DeviceView }) {
  const { t } = useTexts()
  return (
    <details className="panel connect-fold" data-panel="connect">
      <summary>
        <h3>{t('devices.page.connect')}</h3>
      </summary>
      <ConnectGuide device={device} secret={null} />
    </details>
  )
}
