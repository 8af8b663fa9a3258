import { Alert, Button, Form, Input } from 'antd'
import type { DeviceSettingsView } from '../../../server/contract/device.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { fieldErrors } from './form-errors.ts'
import type { SaveSettings } from './save-settings.ts'
import { deviceErrorText } from './terms.ts'

interface Values {
  url: string
  username?: string
  password?: string
  ca?: string
  topics?: string
}

/** As in the contract's `DeviceSettingsChange`. */
const BROKER_URL = /^mqtts?:\/\/[^\s@]+$/

/** Where the platform connects to as a client. */
export function BridgeForm({ bridge, saving }: { bridge: DeviceSettingsView['bridge']; saving: SaveSettings }) {
  const { t, language } = useTexts()
  const submit = (values: Values) => {
    const topics = (values.topics ?? '').split('\n').map((topic) => topic.trim())
    saving.save({
      bridge: {
        url: values.url.trim(),
        username: values.username?.trim() || null,
        // Left out, the saved one stays.
        ...(values.password ? { password: values.password } : {}),
        ca: values.ca?.trim() || null,
        topics: topics.filter(Boolean),
      },
    })
  }
  const start: Values = {
    url: bridge?.url ?? '',
    username: bridge?.username ?? '',
    ca: bridge?.ca ?? '',
    topics: bridge?.topics.join('\n') ?? '',
  }
  return (
    <Form<Values> layout="vertical" requiredMark={false} initialValues={start} onFinish={submit}>
      {bridge === null ? <p className="muted panel-lead">{t('devices.settings.noBridge')}</p> : null}
      <div className="two-columns">
        <Form.Item
          className="wide"
          name="url"
          label={t('devices.settings.bridgeUrl')}
          extra={t('devices.settings.bridgeUrlHint')}
          rules={[{ required: true, pattern: BROKER_URL, message: t('devices.settings.bridgeUrlWrong') }]}
        >
          <Input maxLength={300} spellCheck={false} autoComplete="off" placeholder="mqtts://" />
        </Form.Item>
        <Form.Item name="username" label={t('devices.settings.username')}>
          <Input maxLength={200} autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="password" label={t('devices.settings.password')}>
          <Input.Password
            maxLength={500}
            autoComplete="new-password"
            placeholder={bridge?.hasPassword ? t('devices.settings.passwordSet') : ''}
          />
        </Form.Item>
        <Form.Item name="topics" label={t('devices.settings.topics')} extra={t('devices.settings.topicsHint')}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} spellCheck={false} className="mono" />
        </Form.Item>
        <Form.Item name="ca" label={t('devices.settings.ca')} extra={t('devices.settings.caHint')}>
          <Input.TextArea
            autoSize={{ minRows: 2, maxRows: 8 }}
            spellCheck={false}
            className="mono"
            maxLength={20_000}
          />
        </Form.Item>
      </div>
      {saving.error ? (
        <Alert
          type="error"
          showIcon
          className="form-alert"
          title={deviceErrorText(saving.error, t)}
          description={fieldErrors(saving.error, language)
            .map(({ field, message }) => `${field}: ${message}`)
            .join('\n')}
        />
      ) : null}
      <Button type="primary" htmlType="submit" loading={saving.pending} data-testid="save-settings">
        {t('devices.settings.save')}
      </Button>
    </Form>
  )
}
