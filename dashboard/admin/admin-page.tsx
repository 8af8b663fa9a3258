import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { type ReactNode, useEffect } from 'react'
import type { Session } from '../../server/contract/api.ts'
import { unknownCountQuery } from '../api/device-queries.ts'
import { useTexts } from '../i18n/i18n.ts'
import { navigate, usePath } from '../router.ts'
import { OfficeFrame } from '../ui/office-frame.tsx'
import { OfficeNav } from '../ui/office-nav.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Accounts } from './accounts.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { DetectionPage } from './detection/detection-page.tsx'
import { AddDevice } from './devices/add-device.tsx'
import { Bridges } from './devices/bridges.tsx'
import { DeviceList } from './devices/device-list.tsx'
import { DevicePage } from './devices/device-page.tsx'
import { ImportPage } from './devices/import-page.tsx'
import { UnknownDevices } from './devices/unknown-devices.tsx'
import { type OfficeRoute, type OfficeTab, officeRoute, TAB_PATHS } from './routes.ts'
import { Statistics } from './statistics.tsx'
import './detection/detection.css'
import './devices/devices.css'
import './devices/panels.css'
import './devices/device-page.css'

/** Administration: devices, who knocks, bridges, what could not be read, accounts, and figures. */
export default function AdminPage({ session }: { session: Session }) {
  const { t } = useTexts()
  const path = usePath()
  const route = officeRoute(path)
  useEffect(() => {
    // A page of its own begins at its top, whatever the last one was scrolled to.
    if (path !== '') window.scrollTo(0, 0)
  }, [path])
  return (
    <OfficeFrame session={session} title={t('app.office')}>
      {session.role !== 'admin' ? (
        <EmptyState title={t('admin.noPermission')} text={t('admin.noPermissionText')} />
      ) : route === null ? (
        <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
          <Button type="primary" onClick={() => navigate(TAB_PATHS.devices)}>
            {t('devices.back')}
          </Button>
        </EmptyState>
      ) : (
        <>
          <Pages current={route.tab} />
          <Content session={session} route={route} />
        </>
      )}
    </OfficeFrame>
  )
}

function Pages({ current }: { current: OfficeTab }) {
  const { t } = useTexts()
  const page = (key: OfficeTab, label: ReactNode) => ({ key, to: TAB_PATHS[key], label })
  return (
    <OfficeNav
      current={current}
      entries={[
        page('devices', t('devices.tabs.devices')),
        page('unknown', <UnknownLabel />),
        page('bridges', t('devices.tabs.bridges')),
        page('detection', t('detection.tab')),
        page('unreadable', t('admin.deadLetters')),
        page('accounts', t('admin.accounts')),
        page('statistics', t('statistics.tab')),
      ]}
    />
  )
}

function Content({ session, route }: { session: Session; route: OfficeRoute }) {
  switch (route.tab) {
    case 'devices':
      return <DevicesContent route={route} />
    case 'unknown':
      return <UnknownDevices />
    case 'bridges':
      return <Bridges />
    case 'detection':
      return <DetectionPage route={route} />
    case 'unreadable':
      return <DeadLetters />
    case 'accounts':
      return <Accounts session={session} />
    case 'statistics':
      return <Statistics />
  }
}

function DevicesContent({ route }: { route: Extract<OfficeRoute, { tab: 'devices' }> }) {
  switch (route.view) {
    case 'list':
      return <DeviceList />
    case 'add':
      return <AddDevice />
    case 'import':
      return <ImportPage />
    case 'device':
      return <DevicePage key={route.deviceId} deviceId={route.deviceId} />
  }
}

/** How many wait for adoption. */
function UnknownLabel() {
  const { t } = useTexts()
  const { count, more } = useQuery(unknownCountQuery).data ?? { count: 0, more: false }
  return (
    <span className="tab-count" data-testid="tab-unknown">
      {t('devices.tabs.unknown')}
      {count === 0 ? null : <span className="tab-badge figures">{more ? `${count}+` : count}</span>}
    </span>
  )
}
