import { Alert, App, Button, Modal } from 'antd'
import { useTexts } from '../i18n/i18n.ts'
import { useReturnFocus } from '../ui/return-focus.ts'

interface Props {
  title: string
  /** That it is shown once, and what to do with it now. */
  warning: string
  name: { label: string; value: string }
  secret: { label: string; value: string; testId: string }
  copyLabel: string
  onClose(): void
}

/** What the server shows once. The dialog is not closed by a slip. */
export function SecretOnce({ title, warning, name, secret, copyLabel, onClose }: Props) {
  const { t } = useTexts()
  useReturnFocus()
  const { message } = App.useApp()
  const copy = async () => {
    // Browsers give the clipboard to pages on HTTPS or on this machine only.
    if (!window.isSecureContext) return void message.warning(t('admin.copyByHand'))
    await navigator.clipboard.writeText(secret.value)
    void message.success(t('common.copied'))
  }
  return (
    <Modal
      open
      title={title}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose} data-testid="secret-saved">
          {t('admin.saved')}
        </Button>
      }
    >
      <Alert type="warning" showIcon title={warning} />
      <dl className="secret">
        <dt>{name.label}</dt>
        <dd>
          <code>{name.value}</code>
        </dd>
        <dt>{secret.label}</dt>
        <dd>
          <code data-testid={secret.testId}>{secret.value}</code>
          <Button size="small" autoFocus onClick={() => void copy()}>
            {copyLabel}
          </Button>
        </dd>
      </dl>
    </Modal>
  )
}
