import { useMutation } from '@tanstack/react-query'
import { Alert, Form, Input, Modal } from 'antd'
import { useTexts } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../ui/return-focus.ts'
import { errorText } from '../words.ts'
import type { Hidden } from './use-case-file.ts'

/** Whoever has not the case in hand says why before anything hidden is shown. */
export function ReasonDialog(props: { hidden: Hidden; onReveal(reason: string): Promise<void>; onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const [form] = Form.useForm<{ reason: string }>()
  const reveal = useMutation({ mutationFn: props.onReveal })
  return (
    <Modal
      open
      destroyOnHidden
      width={460}
      title={t(`file.reason.${props.hidden.what}`)}
      okText={t('file.reason.submit')}
      okButtonProps={{ 'data-testid': 'reason-submit' }}
      confirmLoading={reveal.isPending}
      mask={{ closable: false }}
      onOk={form.submit}
      onCancel={props.onClose}
    >
      <p className="dialog-lead">{t('file.reason.lead')}</p>
      {reveal.error ? (
        <Alert className="dialog-refusal" type="warning" showIcon title={errorText(reveal.error, t)} />
      ) : null}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ reason }) => reveal.mutate(reason.trim())}>
        <Form.Item
          name="reason"
          label={t('file.reason.label')}
          rules={[{ required: true, whitespace: true, min: 2, message: t('file.reason.need') }]}
        >
          <Input autoFocus autoComplete="off" maxLength={300} data-testid="reason-text" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
