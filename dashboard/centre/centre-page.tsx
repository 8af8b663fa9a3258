import { Button } from 'antd'
import { Suspense, useEffect } from 'react'
import { ROLES, type Session } from '../../server/contract/api.ts'
import { useTexts } from '../i18n/i18n.ts'
import { navigate, usePath } from '../router.ts'
import { OfficeFrame } from '../ui/office-frame.tsx'
import { OfficeNav } from '../ui/office-nav.tsx'
import { EmptyState, LateSkeleton } from '../ui/states.tsx'
import { CENTRE_PAGES } from './pages.ts'
import { centrePath, centreRoute } from './routes.ts'

/** The call centre besides the console: shift, quality, search, rules. Pages above one's role are not shown. */
export default function CentrePage({ session }: { session: Session }) {
  const { t } = useTexts()
  const path = usePath()
  const rank = ROLES.indexOf(session.role)
  const pages = CENTRE_PAGES.filter((one) => ROLES.indexOf(one.role) <= rank)
  const route = centreRoute(path, pages[0]?.key ?? '')
  const shown = pages.find((one) => one.key === route?.page)
  useEffect(() => {
    if (path !== '') window.scrollTo(0, 0)
  }, [path])
  return (
    <OfficeFrame session={session} title={t('centre.title')} area={shown?.key === 'wall' ? 'wall' : 'office'}>
      {route === null || shown === undefined ? (
        <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
          <Button type="primary" onClick={() => navigate('/')}>
            {t('admin.back')}
          </Button>
        </EmptyState>
      ) : (
        <>
          <OfficeNav
            current={shown.key}
            entries={pages.map(({ key }) => ({ key, to: centrePath(key), label: t(`centre.tabs.${key}`) }))}
          />
          <Suspense key={shown.key} fallback={<LateSkeleton rows={8} />}>
            <shown.page session={session} id={route.id} />
          </Suspense>
        </>
      )}
    </OfficeFrame>
  )
}
