import { Button, Segmented } from 'antd'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { EmptyState } from '../../ui/states.tsx'
import type { CentrePageProps } from '../page-props.ts'
import { centrePath } from '../routes.ts'
import { Notifications } from './notifications.tsx'
import { Policies } from './policies.tsx'
import { Reach } from './reach.tsx'
import { Running } from './running.tsx'
import '../../admin/devices/panels.css'
import '../../watch/watch.css'
import './escalation.css'

const VIEWS = ['policies', 'running', 'notifications', 'reach'] as const
type View = (typeof VIEWS)[number]

/** Who is told of a case that nobody takes: the rules, and what they are doing now. */
export default function EscalationPage({ id }: CentrePageProps) {
  const { t } = useTexts()
  const view = VIEWS.find((one) => one === (id ?? 'policies'))
  if (view === undefined) {
    return (
      <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
        <Button onClick={() => navigate(centrePath('escalation'))}>{t('escalation.views.policies')}</Button>
      </EmptyState>
    )
  }
  return (
    <section data-testid="escalation">
      <Segmented<View>
        className="centre-views"
        value={view}
        onChange={(chosen) => navigate(centrePath('escalation', chosen))}
        options={VIEWS.map((value) => ({ value, label: t(`escalation.views.${value}`) }))}
      />
      {view === 'policies' ? <Policies /> : null}
      {view === 'running' ? <Running /> : null}
      {view === 'notifications' ? <Notifications /> : null}
      {view === 'reach' ? <Reach /> : null}
    </section>
  )
}
