import type { CaseSummary, Certainty } from '../../server/contract/case.ts'
import { useTexts } from '../i18n/i18n.ts'
import { DrillMark } from './drill-mark.tsx'
import { CERTAINTY_SIGN } from './why.ts'
import './certainty.css'

/** How sure it is, as a word with a sign. */
export function CertaintyMark({ certainty }: { certainty: Certainty }) {
  const { t } = useTexts()
  return (
    <span className="mark" data-certainty={certainty} data-testid="certainty">
      <span aria-hidden="true">{CERTAINTY_SIGN[certainty]}</span> {t(`why.certainty.${certainty}`)}
    </span>
  )
}

/** Whoever is concerned does not move, answer or recover. */
export function SevereMark() {
  const { t } = useTexts()
  return (
    <span className="mark" data-severe data-testid="severe">
      <span aria-hidden="true">‼</span> {t('why.severe')}
    </span>
  )
}

/** No device of the resident can call for help now. */
function UnprotectedMark() {
  const { t } = useTexts()
  return (
    <span className="mark" data-unprotected data-testid="unprotected" title={t('why.unprotectedText')}>
      <span aria-hidden="true">⚠</span> {t('why.unprotected')}
    </span>
  )
}

/** Nobody has taken it, and more than the desks know. */
function EscalatedMark({ level }: { level: number }) {
  const { t } = useTexts()
  return (
    <span className="mark" data-escalated data-testid="escalated" title={t('escalation.markText', { level })}>
      <span aria-hidden="true">↑</span> {t('escalation.mark', { level })}
    </span>
  )
}

/** In the queue only what departs from the rule is marked. */
export function RowMarks({ item }: { item: CaseSummary }) {
  const escalated = item.escalation && item.escalation.state !== 'acknowledged' ? item.escalation : null
  return (
    <>
      {item.drill ? <DrillMark title={item.drill.title} /> : null}
      {escalated ? <EscalatedMark level={escalated.level} /> : null}
      {item.severe ? <SevereMark /> : null}
      {item.unprotected ? <UnprotectedMark /> : null}
      {item.secondAskedAt ? <AskedMark /> : null}
      {item.handover ? <HandoverMark to={item.handover.to?.displayName ?? null} /> : null}
    </>
  )
}

/** Its owner waits for a colleague's word. */
function AskedMark() {
  const { t } = useTexts()
  return (
    <span className="mark mark-handover" data-testid="second-asked" title={t('second.markText')}>
      <span aria-hidden="true">②</span> {t('second.mark')}
    </span>
  )
}

function HandoverMark({ to }: { to: string | null }) {
  const { t } = useTexts()
  return (
    <span className="mark mark-handover" data-testid="handover-mark">
      ⇄ {t('handover.offered', { name: to ?? t('log.toQueue') })}
    </span>
  )
}
