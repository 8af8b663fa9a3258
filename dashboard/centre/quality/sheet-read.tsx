import type { AuditDetail } from '../../../server/contract/quality.ts'
import { type Criterion, SHEET_SECTIONS } from '../../../server/contract/quality-sheet.ts'
import { useTexts } from '../../i18n/i18n.ts'
import { evidenceText } from './evidence.ts'
import { momentText } from './words.ts'

/** The sheet as it was signed, or, for who had the case, that somebody else has to fill it. */
export function SheetRead({ of }: { of: AuditDetail }) {
  const { t, language } = useTexts()
  if (of.state === 'open') {
    return (
      <p className="audit-note" role="status" data-testid="audit-own-case">
        {t('quality.ownCase')}
      </p>
    )
  }
  return (
    <section className="sheet" aria-label={t('quality.sheet')} data-testid="sheet-read">
      <h3>
        {t('quality.sheet')} <small className="muted">{t('quality.sheetVersion', { n: of.sheet.version })}</small>
      </h3>
      <p className="muted">
        {t('quality.signed', {
          name: of.auditor ?? '—',
          time: of.completedAt === null ? '—' : momentText(of.completedAt, language),
        })}
      </p>
      {SHEET_SECTIONS.map((section) => {
        const those = of.sheet.content.criteria.filter((one) => one.section === section)
        return those.length === 0 ? null : (
          <section key={section}>
            <h4>{t(`quality.section.${section}`)}</h4>
            <ul className="sheet-answers">
              {those.map((criterion) => (
                <Line key={criterion.id} of={of} criterion={criterion} />
              ))}
            </ul>
          </section>
        )
      })}
      {of.remark === null ? null : (
        <>
          <h4>{t('quality.remark')}</h4>
          <p className="sheet-remark">{of.remark}</p>
        </>
      )}
    </section>
  )
}

function Line({ of, criterion }: { of: AuditDetail; criterion: Criterion }) {
  const { t, language } = useTexts()
  const answer = of.answers.find(({ id }) => id === criterion.id)
  const value = answer?.value ?? 'na'
  const level = value === 'na' ? undefined : value === 2 ? 'good' : value === 1 ? 'soon' : 'late'
  const name = value === 'na' ? 'na' : value === 0 ? 'v0' : value === 1 ? 'v1' : 'v2'
  const isPoints = criterion.scale === 'points' || name === 'v1'
  return (
    <li>
      <span>
        {criterion.text[language]}
        {criterion.critical ? (
          <span className="watch-tag" data-tone="bad">
            {t('quality.critical')}
          </span>
        ) : null}
        {criterion.evidence === null ? null : (
          <small className="muted">{evidenceText(criterion.evidence, of, t, language)}</small>
        )}
        {answer?.note ? <em>{answer.note}</em> : null}
      </span>
      <b className="figures" data-level={level}>
        {value === 'na' ? '' : `${value} `}
        {isPoints ? t(`quality.value.${name}`) : t(`quality.yesNo.${name}`)}
      </b>
    </li>
  )
}
