import { useTexts } from '../i18n/i18n.ts'
import './drill-mark.css'

/** Part of a drill: striped, and in words, so that nobody can mistake it. */
export function DrillMark({ title }: { title: string }) {
  const { t } = useTexts()
  return (
    <span className="drill-mark" data-testid="drill-mark" title={t('drills.markHint', { title })}>
      {t('drills.mark')}
    </span>
  )
}
