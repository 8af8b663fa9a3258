import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Modal } from 'antd'
import type { DeviceView, NewDeviceAnswer } from '../../../server/contract/device.ts'
import { request } from '../../api/client.ts'
import { DEVICE_KEYS, devicePath } from '../../api/device-queries.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { SecretOnce } from '../secret-once.tsx'
import { deviceErrorText } from './terms.ts'

/** Asks once, says what follows, then shows the new secret once. */
export function RotateSecret({ device, onClose }: { device: DeviceView; onClose(): void }) {
  useReturnFocus()
  const { t } = useTexts()
  const client = useQueryClient()
  const rotate = useMutation({
    mutationFn: () => request<NewDeviceAnswer>('POST', `${devicePath(device.deviceId)}/secret`),
    onSuccess: () => client.invalidateQueries({ queryKey: DEVICE_KEYS.one(device.deviceId) }),
  })
  if (rotate.data && rotate.data.secret !== null) {
    return (
      <SecretOnce
        title={t('devices.secret.done')}
        warning={t('devices.secret.once')}
        name={{ label: t('devices.secret.name'), value: rotate.data.deviceId }}
        secret={{ label: t('devices.secret.value'), value: rotate.data.secret, testId: 'device-secret' }}
        copyLabel={t('devices.secret.copy')}
        onClose={onClose}
      />
    )
  }
  return (
    <Modal
      open
      width={480}
      title={
        <>
          {t('devices.secret.title')}
          <span className="dialog-case">{device.deviceId}</span>
        </>
      }
      okText={t('devices.secret.submit')}
      okButtonProps={{ danger: true, autoFocus: true }}
      mask={{ closable: false }}
      confirmLoading={rotate.isPending}
      onOk={() => rotate.mutate()}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t('devices.secret.lead')}</p>
      {rotate.error ? <Alert type="error" showIcon title={deviceErrorText(rotate.error, t)} /> : null}
      {rotate.data ? <Alert type="info" showIcon title={t('connect.noSecret')} /> : null}
    </Modal>
  )
}
