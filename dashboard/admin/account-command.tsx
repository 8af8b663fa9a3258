import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Modal } from 'antd'
import type { UserView } from '../../server/contract/api.ts'
import { request } from '../api/client.ts'
import { usersQuery } from '../api/queries.ts'
import type { NewPassword } from '../api/types.ts'
import { errorText } from '../console/words.ts'
import { useTexts } from '../i18n/i18n.ts'
import { useReturnFocus } from '../ui/return-focus.ts'
import { SecretOnce } from './secret-once.tsx'

export type AccountCommand = 'password' | 'disable' | 'enable'

/** Asks once and says what follows; a new password is then shown once. */
export function ConfirmAccountCommand(props: { account: UserView; command: AccountCommand; onClose(): void }) {
  const { account, command, onClose } = props
  const { t } = useTexts()
  useReturnFocus()
  const client = useQueryClient()
  const run = useMutation({
    mutationFn: () => request<Partial<NewPassword>>('POST', `/users/${account.userId}/${command}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: usersQuery.queryKey })
      // No message: the row itself shows what was done.
      if (command !== 'password') onClose()
    },
  })
  if (run.data?.password !== undefined) {
    return (
      <SecretOnce
        title={t('admin.account.passwordReset')}
        warning={t('admin.account.passwordOnce')}
        name={{ label: t('admin.account.username'), value: account.username }}
        secret={{ label: t('admin.account.password'), value: run.data.password, testId: 'generated-password' }}
        copyLabel={t('admin.account.copyPassword')}
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
          {t(`admin.account.command.${command}.title`)}
          <span className="dialog-case">
            {account.displayName} · {account.username} · {t(`role.${account.role}`)}
          </span>
        </>
      }
      okText={t(`admin.account.command.${command}.submit`)}
      okButtonProps={{ danger: command !== 'enable', autoFocus: true }}
      mask={{ closable: false }}
      confirmLoading={run.isPending}
      onOk={() => run.mutate()}
      onCancel={onClose}
    >
      <p className="dialog-lead" data-testid="account-confirm">
        {t(`admin.account.command.${command}.lead`)}
      </p>
      {run.error ? <Alert type="error" showIcon title={errorText(run.error, t)} /> : null}
    </Modal>
  )
}
