import { Alert, Button } from 'antd'
import { useEffect, useState } from 'react'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { Link } from '../../ui/link.tsx'
import { devicePage } from '../routes.ts'
import { AddDeviceForm } from './add-device-form.tsx'
import { ConnectGuide } from './connect-guide.tsx'
import type { AddedDevice } from './new-device.ts'

/** Adds one device: a short form, then how to connect it. Made for a phone in somebody's home as well. */
export function AddDevice() {
  const { t } = useTexts()
  const [added, setAdded] = useState<AddedDevice | null>(null)
  return (
    <section className={added === null ? 'narrow-page add-page' : 'narrow-page'}>
      <Link to="/admin/devices" className="device-back">
        ← {t('devices.back')}
      </Link>
      {added === null ? (
        <>
          <h2>{t('addDevice.title')}</h2>
          <AddDeviceForm onAdded={setAdded} />
        </>
      ) : (
        <Added added={added} onNext={() => setAdded(null)} />
      )}
    </section>
  )
}

function Added({ added: { device, answer }, onNext }: { added: AddedDevice; onNext(): void }) {
  const { t } = useTexts()
  // Nobody logs in as a bridge: the platform goes to the other server itself.
  const hasSecret = answer.secret !== null && device.kind !== 'bridge'
  useEffect(() => {
    window.scrollTo(0, 0)
  }, [])
  return (
    <div data-testid="device-added">
      <h2>
        {t('addDevice.done')} <span className="soft">{device.deviceId}</span>
      </h2>
      {hasSecret ? <Alert type="warning" showIcon className="form-alert" title={t('connect.secretOnce')} /> : null}
      <div className="panel">
        <h3>{t('connect.title')}</h3>
        <ConnectGuide device={device} secret={answer.secret} />
      </div>
      <div className="page-actions">
        <Button type="primary" onClick={() => navigate(devicePage(device.deviceId))}>
          {t('addDevice.openDevice')}
        </Button>
        <Button onClick={onNext}>{t('addDevice.next')}</Button>
      </div>
    </div>
  )
}
