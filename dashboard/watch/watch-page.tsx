import { Button } from 'antd'
import { useEffect } from 'react'
import type { Session } from '../../server/contract/api.ts'
import { useTexts } from '../i18n/i18n.ts'
import { navigate, usePath } from '../router.ts'
import { OfficeFrame } from '../ui/office-frame.tsx'
import { OfficeNav } from '../ui/office-nav.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Incident } from './incident.tsx'
import { Incidents } from './incidents.tsx'
import { OutageList } from './outage-list.tsx'
import { Outages } from './outages.tsx'
import { WATCH_TABS, type WatchRoute, watchPath, watchRoute } from './routes.ts'
import { Suppressions } from './suppressions.tsx'
import { Unprotected } from './unprotected.tsx'
import '../admin/devices/panels.css'
import './watch.css'

/** Supervision, for operators and administrators alike. */
export default function WatchPage({ session }: { session: Session }) {
  const { t } = useTexts()
  const path = usePath()
  const route = watchRoute(path)
  useEffect(() => {
    if (path !== '') window.scrollTo(0, 0)
  }, [path])
  return (
    <OfficeFrame session={session} title={t('watch.title')}>
      {route === null ? (
        <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
          <Button type="primary" onClick={() => navigate(watchPath('unprotected'))}>
            {t('watch.tabs.unprotected')}
          </Button>
        </EmptyState>
      ) : (
        <>
          <OfficeNav
            current={route.tab}
            entries={WATCH_TABS.map((key) => ({ key, to: watchPath(key), label: t(`watch.tabs.${key}`) }))}
          />
          <Content session={session} route={route} />
        </>
      )}
    </OfficeFrame>
  )
}

function Content({ session, route: { tab, id } }: { session: Session; route: WatchRoute }) {
  switch (tab) {
    case 'unprotected':
      return <Unprotected role={session.role} />
    case 'incidents':
      return id === null ? <Incidents /> : <Incident key={id} incidentId={id} role={session.role} />
    case 'outages':
      return id === null ? <Outages /> : <OutageList key={id} outageId={Number(id)} />
    case 'suppressions':
      return <Suppressions role={session.role} />
  }
}
