import { useMutation } from '@tanstack/react-query'
import { Alert, App, Form, Input, Modal } from 'antd'
import type { PasswordChange } from '../../server/contract/api.ts'
import { hasCode, request } from '../api/client.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { useReturnFocus } from './return-focus.ts'

/** As in the contract's `PasswordChange`. */
const LEAST = 10
const MOST = 256

type Values = PasswordChange & { repeat: string }

/** The own password: the current one, and the new one twice. */
export function ChangePassword({ username, onClose }: { username: string; onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const { message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const change = useMutation({
    mutationFn: ({ current, password }: Values) => request('POST', '/session/password', { current, password }),
    onSuccess: () => {
      void message.success(t('password.changed'))
      onClose()
    },
    onError: (error) => {
      if (!hasCode(error, 'wrong_credentials')) return
      form.setFields([{ name: 'current', errors: [t('password.wrong')] }])
      form.focusField('current')
    },
  })
  return (
    <Modal
      open
      width={440}
      title={t('password.title')}
      okText={t('password.submit')}
      mask={{ closable: false }}
      confirmLoading={change.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t('password.lead')}</p>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(values) => change.mutate(values)}
        data-testid="change-password"
      >
        {/* Tells the browser's password store whose password this is. */}
        <input type="text" autoComplete="username" value={username} readOnly hidden />
        <Form.Item
          name="current"
          label={t('password.current')}
          rules={[{ required: true, message: t('password.needCurrent') }]}
        >
          <Input.Password autoFocus autoComplete="current-password" maxLength={MOST} data-testid="password-current" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('password.new')}
          rules={[{ required: true, min: LEAST, message: t('password.tooShort', { n: LEAST }) }]}
        >
          <Input.Password
            autoComplete="new-password"
            maxLength={MOST}
            placeholder={t('password.hint', { n: LEAST })}
            data-testid="password-new"
          />
        </Form.Item>
        <Form.Item
          name="repeat"
          label={t('password.repeat')}
          dependencies={['password']}
          rules={[
            ({ getFieldValue }) => ({
              validator: async (_, repeat: string | undefined) => {
                if ((repeat ?? '') !== (getFieldValue('password') ?? '')) throw new Error(t('password.differs'))
              },
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={MOST} data-testid="password-repeat" />
        </Form.Item>
        {/* Enter submits: the dialog's own button lies outside the form. */}
        <input type="submit" hidden />
        {change.error && !hasCode(change.error, 'wrong_credentials') ? (
          <Alert type="error" showIcon title={errorText(change.error, t)} />
        ) : null}
      </Form>
    </Modal>
  )
}
