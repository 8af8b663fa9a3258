import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal, Select } from 'antd'
import type { DeviceKind, NewDevice } from '../../server/contract/api.ts'
import { request } from '../api/client.ts'
import { devicesQuery } from '../api/queries.ts'
import type { NewDeviceSecret } from '../api/types.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { zhCN } from '../i18n/zh-CN.ts'
import { SecretOnce } from './secret-once.tsx'

// The keys of typed records: complete by type, without loading the schema library into the browser.
const KINDS = Object.keys(zhCN.deviceKind) as DeviceKind[]
const PROTOCOLS: Record<NewDevice['protocol'], string> = { native: 'MQTT (native v1)' }

/** As in the contract's `Identifier`. */
const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/

/** A new device. Its secret is shown once. */
export function AddDevice({ onClose }: { onClose(): void }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [form] = Form.useForm<NewDevice>()
  const add = useMutation({
    mutationFn: (device: NewDevice) => request<NewDeviceSecret>('POST', '/devices', withoutEmpty(device)),
    onSuccess: () => client.invalidateQueries({ queryKey: devicesQuery.queryKey }),
  })
  if (add.data) {
    return (
      <SecretOnce
        title={t('admin.device.created')}
        warning={t('admin.device.secretOnce')}
        name={{ label: t('admin.device.id'), value: add.data.deviceId }}
        secret={{ label: t('admin.device.secret'), value: add.data.secret, testId: 'device-secret' }}
        copyLabel={t('admin.device.copySecret')}
        onClose={onClose}
      />
    )
  }
  return (
    <Modal
      open
      title={t('admin.device.addTitle')}
      okText={t('admin.device.add')}
      mask={{ closable: false }}
      confirmLoading={add.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form<NewDevice>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: 'sos_button', protocol: 'native' }}
        onFinish={(device) => add.mutate(device)}
      >
        <Form.Item
          name="deviceId"
          label={t('admin.device.id')}
          extra={t('admin.device.idHint')}
          rules={[{ required: true, pattern: IDENTIFIER, message: t('admin.device.idWrong') }]}
        >
          <Input autoFocus maxLength={64} data-testid="device-id" />
        </Form.Item>
        <Form.Item name="kind" label={t('admin.device.kind')}>
          <Select options={KINDS.map((value) => ({ value, label: t(`deviceKind.${value}`) }))} />
        </Form.Item>
        <Form.Item name="protocol" label={t('admin.device.protocol')}>
          <Select options={Object.entries(PROTOCOLS).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item
          name="residentId"
          label={`${t('admin.device.resident')} (${t('common.optional')})`}
          extra={t('admin.device.residentHint')}
        >
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="room" label={`${t('admin.device.room')} (${t('common.optional')})`}>
          <Input maxLength={40} placeholder={t('admin.device.roomHint')} />
        </Form.Item>
        {/* Enter submits: the dialog's own button lies outside the form. */}
        <input type="submit" hidden />
        {add.error ? <Alert type="error" showIcon title={errorText(add.error, t)} /> : null}
      </Form>
    </Modal>
  )
}

function withoutEmpty(device: NewDevice): NewDevice {
  const { residentId, room, ...needed } = device
  return { ...needed, ...(residentId ? { residentId } : {}), ...(room ? { room } : {}) }
}
