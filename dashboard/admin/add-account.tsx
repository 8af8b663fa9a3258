import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal, Select } from 'antd'
import type { NewUser, Role } from '../../server/contract/api.ts'
import { hasCode, request } from '../api/client.ts'
import { usersQuery } from '../api/queries.ts'
import type { NewUserPassword } from '../api/types.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { zhCN } from '../i18n/zh-CN.ts'
import { useReturnFocus } from '../ui/return-focus.ts'
import { SecretOnce } from './secret-once.tsx'

const ROLES = Object.keys(zhCN.role) as Role[]

/** As in the contract's `NewUser`. */
const USERNAME = /^[a-z][a-z0-9._-]{1,31}$/

/** A new account. Its password is generated and shown once. */
export function AddAccount({ onClose }: { onClose(): void }) {
  const { t } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const [form] = Form.useForm<NewUser>()
  const role = Form.useWatch('role', form) ?? 'operator'
  const add = useMutation({
    mutationFn: (user: NewUser) =>
      request<NewUserPassword>('POST', '/users', { ...user, displayName: user.displayName.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: usersQuery.queryKey }),
    onError: (error) => {
      if (hasCode(error, 'already_exists')) {
        form.setFields([{ name: 'username', errors: [t('admin.account.usernameTaken')] }])
      }
    },
  })
  if (add.data) {
    return (
      <SecretOnce
        title={t('admin.account.created')}
        warning={t('admin.account.passwordOnce')}
        name={{ label: t('admin.account.username'), value: add.data.username }}
        secret={{ label: t('admin.account.password'), value: add.data.password, testId: 'generated-password' }}
        copyLabel={t('admin.account.copyPassword')}
        onClose={onClose}
      />
    )
  }
  return (
    <Modal
      open
      title={t('admin.account.addTitle')}
      okText={t('admin.account.add')}
      mask={{ closable: false }}
      confirmLoading={add.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form<NewUser>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ role: 'operator' }}
        onFinish={(user) => add.mutate(user)}
      >
        <Form.Item
          name="displayName"
          label={t('admin.account.displayName')}
          extra={t('admin.account.displayNameHint')}
          rules={[{ required: true, whitespace: true, message: t('admin.account.needDisplayName') }]}
        >
          <Input autoFocus autoComplete="off" maxLength={60} data-testid="account-display-name" />
        </Form.Item>
        <Form.Item
          name="username"
          label={t('admin.account.username')}
          extra={t('admin.account.usernameHint')}
          rules={[{ required: true, pattern: USERNAME, message: t('admin.account.usernameWrong') }]}
        >
          <Input autoComplete="off" autoCapitalize="none" maxLength={32} data-testid="account-username" />
        </Form.Item>
        <Form.Item name="role" label={t('admin.account.role')} extra={t(`admin.account.roleHint.${role}`)}>
          <Select options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
        </Form.Item>
        {/* Enter submits: the dialog's own button lies outside the form. */}
        <input type="submit" hidden />
        {add.error && !hasCode(add.error, 'already_exists') ? (
          <Alert type="error" showIcon title={errorText(add.error, t)} />
        ) : null}
      </Form>
    </Modal>
  )
}
