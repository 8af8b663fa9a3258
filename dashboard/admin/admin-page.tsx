import { Tabs } from 'antd'
import type { Session } from '../../server/contract/api.ts'
import { useTexts } from '../i18n/i18n.ts'
import { OfficeFrame } from '../ui/office-frame.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Accounts } from './accounts.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { Devices } from './devices.tsx'

/** Administration: devices, what could not be read, and accounts. */
export default function AdminPage({ session }: { session: Session }) {
  const { t } = useTexts()
  return (
    <OfficeFrame session={session} title={t('app.office')}>
      {session.role === 'admin' ? (
        <Tabs
          items={[
            { key: 'devices', label: t('admin.devices'), children: <Devices /> },
            { key: 'dead', label: t('admin.deadLetters'), children: <DeadLetters /> },
            { key: 'accounts', label: t('admin.accounts'), children: <Accounts session={session} /> },
          ]}
        />
      ) : (
        <EmptyState title={t('admin.noPermission')} text={t('admin.noPermissionText')} />
      )}
    </OfficeFrame>
  )
}
