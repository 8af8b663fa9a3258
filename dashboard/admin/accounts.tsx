import { useQuery } from '@tanstack/react-query'
import { Button, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import type { Role, Session, UserView } from '../../server/contract/api.ts'
import { usersQuery } from '../api/queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { ChangePassword } from '../ui/change-password.tsx'
import { timeText } from '../ui/formats.ts'
import { serverNow } from '../ui/server-clock.ts'
import { type AccountCommand, ConfirmAccountCommand } from './account-command.tsx'
import { type AccountFilter, filterAccounts } from './account-filter.ts'
import { AddAccount } from './add-account.tsx'
import { FilteredList } from './filtered-list.tsx'

type Dialog = { kind: 'add' } | { kind: 'own' } | { kind: 'command'; account: UserView; command: AccountCommand } | null

const NONE: UserView[] = []

/** Who may sign in: new accounts, new passwords, and an end to those who have left. */
export function Accounts({ session }: { session: Session }) {
  const { t } = useTexts()
  const query = useQuery(usersQuery)
  const [filter, setFilter] = useState<AccountFilter>({ text: '', state: 'all' })
  const [dialog, setDialog] = useState<Dialog>(null)
  const columns = useColumns(session.userId, setDialog)
  const all = query.data ?? NONE
  const rows = useMemo(() => filterAccounts(all, filter), [all, filter])
  return (
    <section>
      <FilteredList
        query={query}
        rows={rows}
        rowKey="userId"
        columns={columns}
        filter={filter}
        onFilter={setFilter}
        searchLabel={t('admin.account.search')}
        states={[
          { value: 'all', label: t('admin.account.all') },
          { value: 'enabled', label: t('admin.account.enabled') },
          { value: 'disabled', label: t('admin.account.disabled') },
        ]}
        total={t('admin.account.total', { n: all.length, enabled: all.filter((account) => account.enabled).length })}
        addLabel={t('admin.account.add')}
        addTestId="add-account"
        onAdd={() => setDialog({ kind: 'add' })}
        empty={{ title: t('admin.account.noMatch') }}
      />
      <OpenDialog dialog={dialog} username={session.username} onClose={() => setDialog(null)} />
    </section>
  )
}

function OpenDialog({ dialog, username, onClose }: { dialog: Dialog; username: string; onClose(): void }) {
  switch (dialog?.kind) {
    case undefined:
      return null
    case 'add':
      return <AddAccount onClose={onClose} />
    case 'own':
      return <ChangePassword username={username} onClose={onClose} />
    case 'command':
      return <ConfirmAccountCommand account={dialog.account} command={dialog.command} onClose={onClose} />
  }
}

function useColumns(ownId: string, open: (dialog: Dialog) => void): TableColumnsType<UserView> {
  const { t, language } = useTexts()
  return useMemo(
    () => [
      {
        title: t('admin.account.displayName'),
        dataIndex: 'displayName',
        render: (name: string, account) => (
          <>
            {name}
            {account.userId === ownId ? <span className="muted"> · {t('admin.account.you')}</span> : null}
          </>
        ),
        sorter: (a, b) => a.displayName.localeCompare(b.displayName, language),
      },
      {
        title: t('admin.account.username'),
        dataIndex: 'username',
        sorter: (a, b) => (a.username < b.username ? -1 : 1),
      },
      { title: t('admin.account.role'), dataIndex: 'role', render: (role: Role) => t(`role.${role}`) },
      {
        title: t('admin.account.state'),
        dataIndex: 'enabled',
        render: (enabled: boolean) => (
          <b data-level={enabled ? 'good' : 'none'} className={enabled ? '' : 'muted'}>
            {enabled ? t('admin.account.enabled') : t('admin.account.disabled')}
          </b>
        ),
      },
      {
        title: t('admin.account.createdAt'),
        dataIndex: 'createdAt',
        render: (at: string) => <span className="figures">{timeText(at, serverNow(), language)}</span>,
        sorter: (a, b) => a.createdAt.localeCompare(b.createdAt),
      },
      {
        title: t('admin.account.actions'),
        key: 'actions',
        render: (_: unknown, account) => <Actions account={account} own={account.userId === ownId} open={open} />,
      },
    ],
    [t, language, ownId, open],
  )
}

/** The own account has no reset, which would end the session before its password was read, and can't be disabled. */
function Actions({ account, own, open }: { account: UserView; own: boolean; open(dialog: Dialog): void }) {
  const { t } = useTexts()
  if (own) {
    return (
      <Button size="small" onClick={() => open({ kind: 'own' })}>
        {t('password.title')}
      </Button>
    )
  }
  const command = (command: AccountCommand) => (
    <Button size="small" data-testid={`account-${command}`} onClick={() => open({ kind: 'command', account, command })}>
      {t(`admin.account.command.${command}.name`)}
    </Button>
  )
  return (
    <span className="office-actions">
      {command('password')}
      {command(account.enabled ? 'disable' : 'enable')}
    </span>
  )
}
