import { Button, Segmented } from 'antd'
import { lazy, Suspense } from 'react'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { EmptyState, LateSkeleton } from '../../ui/states.tsx'
import type { CentrePageProps } from '../page-props.ts'
import { centrePath } from '../routes.ts'
import { AuditPage } from './audit-page.tsx'
import { Mine } from './mine.tsx'
import { Months } from './months.tsx'
import '../../watch/watch.css'
import '../levels/levels.css'
import './quality.css'

const Outcomes = lazy(() => import('./outcomes.tsx'))
const Load = lazy(() => import('./load.tsx'))
const SheetEditor = lazy(() => import('./sheet-editor.tsx'))

const VIEWS = ['audits', 'outcomes', 'load', 'sheet', 'mine'] as const
type View = (typeof VIEWS)[number]
const AUDIT = /^[0-9a-f-]{36}$/

/** Audits of closed cases, how they ended, and the load of operators. Operators see their own audits alone. */
export default function QualityPage({ session, id }: CentrePageProps) {
  const { t } = useTexts()
  if (id !== null && AUDIT.test(id)) return <AuditPage key={id} auditId={id} session={session} />
  const views: readonly View[] = session.role === 'operator' ? ['mine'] : VIEWS
  const view = id === null ? views[0] : views.find((one) => one === id)
  if (view === undefined) {
    return (
      <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
        <Button onClick={() => navigate(centrePath('quality'))}>{t('quality.back')}</Button>
      </EmptyState>
    )
  }
  return (
    <section data-testid="quality">
      {views.length === 1 ? null : (
        <Segmented<View>
          className="centre-views"
          value={view}
          onChange={(chosen) => navigate(chosen === 'audits' ? centrePath('quality') : centrePath('quality', chosen))}
          options={views.map((value) => ({ value, label: t(`quality.views.${value}`) }))}
        />
      )}
      <Suspense fallback={<LateSkeleton rows={8} />}>{content(view, session.userId)}</Suspense>
    </section>
  )
}

function content(view: View, me: string) {
  switch (view) {
    case 'audits':
      return <Months me={me} />
    case 'outcomes':
      return <Outcomes />
    case 'load':
      return <Load />
    case 'sheet':
      return <SheetEditor />
    case 'mine':
      return <Mine />
  }
}
