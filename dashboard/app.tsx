import { QueryClientProvider, useQuery } from '@tanstack/react-query'
import { App as AntApp, Button, ConfigProvider } from 'antd'
import { lazy, Suspense, useLayoutEffect } from 'react'
import type { Session } from '../server/contract/api.ts'
import { queryClient, sessionQuery } from './api/queries.ts'
import { ConsolePage } from './console/console-page.tsx'
import { errorText } from './console/words.ts'
import { antdLocale } from './i18n/antd-locale.ts'
import { useTexts } from './i18n/i18n.ts'
import { navigate, usePath } from './router.ts'
import { SignInPage } from './signin/signin-page.tsx'
import { setDocumentTheme } from './ui/document.ts'
import { lessMotion } from './ui/motion.ts'
import { EmptyState, ErrorState, LateSkeleton } from './ui/states.tsx'
import { useStore } from './ui/store.ts'
import { type Area, antdTheme, themes } from './ui/theme.ts'

const AdminPage = lazy(() => import('./admin/admin-page.tsx'))
const CentrePage = lazy(() => import('./centre/centre-page.tsx'))
const SimulatorPage = lazy(() => import('./simulator/simulator-page.tsx'))
const WatchPage = lazy(() => import('./watch/watch-page.tsx'))

/** Providers and the choice of page. */
export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Themed />
    </QueryClientProvider>
  )
}

function Themed() {
  const { language } = useTexts()
  const path = usePath()
  const { data: session } = useQuery(sessionQuery)
  const theme = useStore(themes[session ? areaOf(path) : 'console'])
  const isCalm = useStore(lessMotion)
  // Before any effect below reads colours from the document.
  useLayoutEffect(() => setDocumentTheme(theme), [theme])
  return (
    <ConfigProvider locale={antdLocale(language)} theme={antdTheme(theme, isCalm)} button={{ autoInsertSpace: false }}>
      <AntApp component={false} message={{ top: 56 }} notification={{ placement: 'bottomRight' }}>
        <Pages path={path} />
      </AntApp>
    </ConfigProvider>
  )
}

function areaOf(path: string): Area {
  if (path === '/') return 'console'
  return path.startsWith('/centre/wall') ? 'wall' : 'office'
}

function Pages({ path }: { path: string }) {
  const { t } = useTexts()
  const { data: session, error, isPending, refetch } = useQuery(sessionQuery)
  if (isPending) return <LateSkeleton rows={10} />
  if (session === undefined) {
    return <ErrorState title={t('admin.failed')} text={errorText(error, t)} onRetry={() => void refetch()} />
  }
  if (session === null) return <SignInPage />
  return (
    <Suspense fallback={<LateSkeleton rows={10} />}>
      <Page path={path} session={session} />
    </Suspense>
  )
}

function Page({ path, session }: { path: string; session: Session }) {
  const { t } = useTexts()
  if (path === '/') return <ConsolePage session={session} />
  if (path === '/admin' || path.startsWith('/admin/')) return <AdminPage session={session} />
  if (path === '/simulator') return <SimulatorPage session={session} />
  if (path === '/watch' || path.startsWith('/watch/')) return <WatchPage session={session} />
  if (path === '/centre' || path.startsWith('/centre/')) return <CentrePage session={session} />
  return (
    <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
      <Button type="primary" onClick={() => navigate('/')}>
        {t('admin.back')}
      </Button>
    </EmptyState>
  )
}
