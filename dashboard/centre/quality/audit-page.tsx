import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { Session } from '../../../server/contract/api.ts'
import type { AuditDetail } from '../../../server/contract/quality.ts'
import { auditQuery } from '../../api/quality-queries.ts'
import { errorText } from '../../console/words.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { navigate } from '../../router.ts'
import { shortId } from '../../ui/formats.ts'
import { ErrorState, LateSkeleton } from '../../ui/states.tsx'
import { centrePath } from '../routes.ts'
import { OriginTag, StateTag } from './audit-tags.tsx'
import { CaseSide } from './case-side.tsx'
import { Comments } from './comments.tsx'
import { SheetForm } from './sheet-form.tsx'
import { SheetRead } from './sheet-read.tsx'
import { dueText, momentText } from './words.ts'

/** One audit: the case's record on the left, the sheet on the right. */
export function AuditPage({ auditId, session }: { auditId: string; session: Session }) {
  const { t } = useTexts()
  const query = useQuery(auditQuery(auditId))
  const { data } = query
  const back = () => navigate(centrePath('quality'))
  if (query.isError && !data) {
    return (
      <ErrorState title={t('admin.failed')} text={errorText(query.error, t)} onRetry={() => void query.refetch()} />
    )
  }
  if (!data) return <LateSkeleton rows={12} />
  return (
    <section data-testid="audit">
      <Head of={data} onBack={back} />
      <div className="audit-columns">
        <CaseSide of={data} mayListen={session.role !== 'operator'} />
        <div className="audit-sheet">
          {data.mayWrite ? (
            <SheetForm key={data.version} of={data} onReload={() => void query.refetch()} />
          ) : (
            <SheetRead of={data} />
          )}
          {data.state === 'completed' ? <Comments of={data} /> : null}
        </div>
      </div>
    </section>
  )
}

function Head({ of, onBack }: { of: AuditDetail; onBack(): void }) {
  const { t, language } = useTexts()
  return (
    <header className="audit-head">
      <Button onClick={onBack} data-testid="audit-back">
        {t('quality.back')}
      </Button>
      <h2>
        {t(`kind.${of.kind}`)} <span className="muted figures">{shortId(of.caseId)}</span>
      </h2>
      <span>{t('quality.of', { name: of.operator.displayName })}</span>
      <span className="muted">
        {[of.place, of.closedAt && momentText(of.closedAt, language)].filter(Boolean).join(' · ')}
      </span>
      <OriginTag of={of} />
      <StateTag of={of} />
      {of.state === 'open' ? (
        <span className="muted">{t('quality.dueAt', { time: dueText(of.dueAt, language) })}</span>
      ) : null}
      {of.caseState === 'closed' ? null : <b data-level="late">{t('quality.reopened')}</b>}
      {of.reason === null ? null : <p className="audit-reason">{t('quality.pickedWhy', { reason: of.reason })}</p>}
    </header>
  )
}
