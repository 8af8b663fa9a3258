import { Alert, Button, Form, Input } from 'antd'
import { useTexts } from '../../i18n/i18n.ts'
import type { SaveSettings } from './save-settings.ts'
import { deviceErrorText } from './terms.ts'

/** The key that an OwnTracks phone encrypts with. It is never shown again. */
export function PhoneKey({ isSet, saving }: { isSet: boolean; saving: SaveSettings }) {
  const { t } = useTexts()
  const [form] = Form.useForm<{ key: string }>()
  const submit = ({ key }: { key: string }) => {
    saving.save({ encryptionKey: key })
    form.resetFields()
  }
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={submit}>
      <p className="muted panel-lead">{t(isSet ? 'devices.settings.keySet' : 'devices.settings.keyNone')}</p>
      <Form.Item
        name="key"
        label={t('devices.settings.key')}
        extra={t('devices.settings.keyHint')}
        rules={[{ required: true, message: t('devices.settings.keyNeeded') }]}
      >
        <Input.Password maxLength={32} autoComplete="new-password" />
      </Form.Item>
      {saving.error ? (
        <Alert type="error" showIcon className="form-alert" title={deviceErrorText(saving.error, t)} />
      ) : null}
      <span className="office-actions">
        <Button type="primary" htmlType="submit" loading={saving.pending}>
          {t('devices.settings.save')}
        </Button>
        {isSet ? (
          <Button danger disabled={saving.pending} onClick={() => saving.save({ encryptionKey: null })}>
            {t('devices.settings.keyRemove')}
          </Button>
        ) : null}
      </span>
    </Form>
  )
}
