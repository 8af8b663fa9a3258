import { useQuery } from '@tanstack/react-query'
import { Button, Table, type TableColumnsType } from 'antd'
import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import type { Role } from '../../../server/contract/api.ts'
import type { Language } from '../../../server/contract/explain/template.ts'
import type { GroupAddress, UserAddress } from '../../../server/contract/notify.ts'
import { addressesQuery } from '../../api/escalation-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { AddressDialog, type Addressed } from './address-dialog.tsx'

/** Where accounts and groups can be reached away from the desk. */
export function AddressBook() {
  const { t } = useTexts()
  const query = useQuery(addressesQuery)
  const [of, setOf] = useState<Addressed | null>(null)
  const users = useUserColumns(setOf)
  const groups = useGroupColumns(setOf)
  if (query.isError && !query.data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!query.data) return <LateSkeleton rows={6} />
  return (
    <>
      <h3 className="centre-part">{t('escalation.reach.users')}</h3>
      <Table<UserAddress>
        rowKey="userId"
        size="small"
        columns={users}
        dataSource={query.data.users}
        pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
        data-testid="addresses"
      />
      <div className="office-tools centre-part">
        <h3>{t('escalation.reach.groups')}</h3>
        <Button size="small" onClick={() => setOf({ type: 'new' })} data-testid="group-add">
          {t('escalation.reach.addGroup')}
        </Button>
      </div>
      <Table<GroupAddress>
        rowKey="groupId"
        size="small"
        columns={groups}
        dataSource={query.data.groups}
        pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{ emptyText: t('escalation.reach.none') }}
      />
      {of === null ? null : <AddressDialog of={of} onClose={() => setOf(null)} />}
    </>
  )
}

const languageColumn = (t: TFunction) => ({
  title: t('escalation.reach.language'),
  dataIndex: 'language',
  width: 120,
  render: (code: Language) => t(`escalation.reach.languages.${code}`),
})
const address = (value: string | null) => <span className="figures">{value ?? '—'}</span>

function useUserColumns(open: (of: Addressed) => void): TableColumnsType<UserAddress> {
  const { t } = useTexts()
  return useMemo(
    () => [
      { title: t('escalation.reach.name'), dataIndex: 'displayName' },
      { title: t('escalation.reach.role'), dataIndex: 'role', width: 120, render: (role: Role) => t(`role.${role}`) },
      {
        title: t('escalation.reach.duty'),
        dataIndex: 'onDuty',
        width: 110,
        render: (onDuty: boolean) => (
          <span data-level={onDuty ? 'good' : 'none'}>
            <span aria-hidden="true">{onDuty ? '●' : '○'}</span>{' '}
            {t(onDuty ? 'escalation.reach.onDuty' : 'escalation.reach.offDuty')}
          </span>
        ),
      },
      { title: t('escalation.reach.email'), dataIndex: 'email', render: address },
      { title: t('escalation.reach.phone'), dataIndex: 'phone', width: 200, render: address },
      languageColumn(t),
      {
        title: '',
        key: 'edit',
        width: 90,
        render: (_, user) => (
          <Button size="small" onClick={() => open({ type: 'user', user })} data-testid="address-edit">
            {t('escalation.reach.edit')}
          </Button>
        ),
      },
    ],
    [t, open],
  )
}

function useGroupColumns(open: (of: Addressed) => void): TableColumnsType<GroupAddress> {
  const { t } = useTexts()
  return useMemo(
    () => [
      { title: t('escalation.reach.groupName'), dataIndex: 'name' },
      { title: t('escalation.reach.groupId'), dataIndex: 'groupId', width: 160 },
      { title: t('escalation.reach.email'), dataIndex: 'email', render: address },
      { title: t('escalation.reach.phone'), dataIndex: 'phone', width: 200, render: address },
      languageColumn(t),
      {
        title: '',
        key: 'edit',
        width: 90,
        render: (_, group) => (
          <Button size="small" onClick={() => open({ type: 'group', group })}>
            {t('escalation.reach.edit')}
          </Button>
        ),
      },
    ],
    [t, open],
  )
}
