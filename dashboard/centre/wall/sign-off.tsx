import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import type { WallView } from '../../../server/contract/wall.ts'
import { signOff, wallQuery } from '../../api/shift-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'

type Operator = Pick<WallView['operators'][number], 'userId' | 'displayName' | 'cases'>

/** Ends the shift of somebody who can't do it herself: ill, called away, or gone with the desk left open. */
export function SignOff({ operator }: { operator: Operator }) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        size="small"
        aria-label={t('wall.signOff.of', { name: operator.displayName })}
        onClick={() => setOpen(true)}
        data-testid="wall-sign-off"
      >
        {t('wall.signOff.button')}
      </Button>
      {open ? <SignOffDialog operator={operator} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

function SignOffDialog({ operator, onClose }: { operator: Operator; onClose(): void }) {
  const { t } = useTexts()
  const client = useQueryClient()
  const [form] = Form.useForm<{ reason: string }>()
  const end = useMutation({
    mutationFn: (reason: string) => signOff(operator.userId, reason),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: wallQuery.queryKey })
      onClose()
    },
  })
  const { length } = operator.cases
  return (
    <Modal
      open
      width={480}
      title={t('wall.signOff.of', { name: operator.displayName })}
      okText={t('wall.signOff.submit')}
      okButtonProps={{ danger: true, 'data-testid': 'sign-off-submit' }}
      confirmLoading={end.isPending}
      mask={{ closable: false }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="dialog-lead">
        {length === 0 ? t('wall.signOff.free') : t('wall.signOff.cases', { n: length, name: operator.displayName })}
      </p>
      {end.error ? <Alert className="form-alert" type="error" showIcon title={errorText(end.error, t)} /> : null}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ reason }) => end.mutate(reason.trim())}>
        <Form.Item
          name="reason"
          label={t('wall.signOff.reason')}
          rules={[{ required: true, whitespace: true, message: t('wall.signOff.needReason') }]}
        >
          <Input autoFocus autoComplete="off" maxLength={300} data-testid="sign-off-reason" />
        </Form.Item>
        {/* Enter submits: the dialog's own button lies outside the form. */}
        <input type="submit" hidden />
      </Form>
    </Modal>
  )
}
